"""A process of its own for an engine that somebody's program may bring down, or keep busy for ever.

It is started without site packages, so that it is there in some 30 ms; what it needs to load is its argument.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from slosmith.engines.error import EngineError

START_SECONDS = 20.0
"""How long a process may take to start, on a machine that is busy with something else."""


def package_folder(package: str, otherwise: str) -> str:
    """Where ``package`` is installed; it is not imported. Raises EngineError with the text ``otherwise``."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise EngineError(otherwise)
    return folders[0]


def start(script: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """The running ``script``. Raises EngineError if there can be no process."""
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(script), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        raise EngineError(f"cannot run {script.stem.partition('_')[0]} in a process of its own: {error}") from None


def stop(process: subprocess.Popen[bytes]) -> int:
    """End the process. Returns what it ended with (negative: the signal)."""
    process.kill()
    close(process)
    return process.wait()


def close(process: subprocess.Popen[bytes]) -> None:
    """Close this side of its pipes."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
