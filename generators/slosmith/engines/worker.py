"""A separate process for an engine, because a program of a user may crash the engine, or run without end.

It starts without site packages, so that it is ready after about 30 ms. Its argument is the folder of its package.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from slosmith.engines.error import EngineError

START_SECONDS = 20.0
"""How long a process may take to start, on a busy machine."""


def package_folder(package: str, otherwise: str) -> str:
    """The folder of ``package``, without an import. Raises EngineError (``otherwise``) if it is not installed."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise EngineError(otherwise)
    return folders[0]


def start(script: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """The running ``script``. Raises EngineError if the process cannot start."""
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(script), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise EngineError(f"cannot start the process for {script.stem.partition('_')[0]}: {error}") from None


def stop(process: subprocess.Popen[bytes]) -> int:
    """End the process. Returns its exit code (negative: the signal)."""
    process.kill()
    close(process)
    return process.wait()


def close(process: subprocess.Popen[bytes]) -> None:
    """Close this side of its pipes."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
