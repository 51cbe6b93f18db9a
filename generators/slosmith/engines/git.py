"""git, the program: one command in a folder. Commits of a repository are read by :mod:`slosmith.engines.commits`."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from slosmith.engines.error import EngineError

_TIMEOUT_SECONDS = 120
_CREDENTIALS = re.compile(r"//[^/@\s]+@")
"""The name and password in a URL. They are not for a log."""


def git(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None, *, stdin: bytes = b""
) -> bytes:
    """The standard output of a git command in ``folder``. ``environment`` is added to the process's own.

    git asks nobody for a password. Raises EngineError with git's last line if there is no git, or if it fails.
    """
    # the name of a folder is not a pattern, and nobody is there to answer a question
    fixed = {"GIT_LITERAL_PATHSPECS": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            input=stdin,
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
