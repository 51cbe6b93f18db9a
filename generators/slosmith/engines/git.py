"""git: a folder as it was at another commit, and commands in clones of our own. No working tree of a user changes."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from slosmith.engines.error import EngineError

_TIMEOUT_SECONDS = 120
_CREDENTIALS = re.compile(r"//[^/@\s]+@")
"""The name and password in a URL. They are not for a log."""


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
    return git(folder, arguments)


def git(folder: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> bytes:
    """The standard output of a git command in ``folder``. ``environment`` is added to the process's own.

    git asks nobody for a password. Raises EngineError with git's last line if there is no git, or if it fails.
    """
    # the name of a folder is not a pattern, and nobody is there to answer a question
    fixed = {"GIT_LITERAL_PATHSPECS": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **fixed, **(environment or {})},
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise EngineError("git was not found: install it, so that it is on PATH") from None
    except subprocess.TimeoutExpired:
        raise EngineError(f"git {_command(arguments)} took more than {_TIMEOUT_SECONDS} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        said = [line for line in lines if line.startswith(("fatal: ", "error: "))] or lines
        reason = _CREDENTIALS.sub("//", said[-1]) if said else f"exit code {done.returncode}"
        raise EngineError(f"git {_command(arguments)}: {reason}")
    return done.stdout


def _command(arguments: Sequence[str]) -> str:
    """The name of the command, behind the options ``-c NAME=VALUE``."""
    skipped = iter(arguments)
    for argument in skipped:
        if argument != "-c":
            return argument
        next(skipped, None)
    return ""
