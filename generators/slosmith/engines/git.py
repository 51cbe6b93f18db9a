"""git: a folder as it was at another commit. The working tree is not changed."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

from slosmith.engines.error import EngineError

_TIMEOUT_SECONDS = 120


def folder_at(folder: Path, revision: str, into: Path) -> Path | None:
    """The files of ``folder`` at ``revision``, written below ``into``; None if the commit has no such folder.

    Raises EngineError if there is no git, no repository, or no such commit.
    """
    prefix = _git(folder, "rev-parse", "--show-prefix").decode().strip().rstrip("/")
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    try:
        commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except EngineError:
        raise EngineError(f"git knows no commit '{revision}' in {top}") from None
    name = commit.decode().strip()
    if prefix and not _git(top, "ls-tree", "-d", name, "--", prefix).strip():
        return None
    archive = _git(top, "archive", "--format=tar", name, *(["--", prefix] if prefix else []))
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(into, filter=_harmless)
    return into / prefix


def _harmless(member: tarfile.TarInfo, into: str) -> tarfile.TarInfo | None:
    """The member, unless it is a link out of the folder, or a device: such a file is not a spec."""
    try:
        return tarfile.data_filter(member, into)
    except tarfile.FilterError:
        return None


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_LITERAL_PATHSPECS": "1"},  # the name of a folder is not a pattern
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise EngineError("git was not found: install it, so that it is on PATH") from None
    except subprocess.TimeoutExpired:
        raise EngineError(f"git {arguments[0]} took more than {_TIMEOUT_SECONDS} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise EngineError(f"git {arguments[0]}: {lines[-1] if lines else f'exit code {done.returncode}'}")
    return done.stdout
