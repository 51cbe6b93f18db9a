"""Runs every command in a process of its own, without the start of an interpreter: the process is forked from one that
has imported slosmith.

A command has its own process, streams, folder, environment and exit code. Settings that an interpreter reads at its
start (hash seed, encodings) have no effect, and slosmith's modules are imported already. A test of these starts an
interpreter.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_SERVER = """
import sys
from tests.cli.forking import serve
if serve(int(sys.argv[1])):
    from slosmith.cli.main import run
    run()
"""
"""The command runs where `python -m slosmith` runs it: at the top, so that what it does not catch ends the process."""

_AT_THE_START = ("PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONOPTIMIZE", "PYTHONUTF8", "LANG", "LC_")


def needs_a_start(env: Mapping[str, str]) -> bool:
    """Whether an interpreter reads one of these variables only at its start."""
    return any(name.startswith(_AT_THE_START) for name in env)


def run_forked(
    arguments: Sequence[str], folder: Path, env: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """``python -m slosmith ARGUMENTS`` in ``folder``, with no other environment. Raises TimeoutExpired (seconds)."""
    request = json.dumps({"arguments": [*arguments], "folder": str(folder), "env": dict(env)}).encode()
    connection = _connection()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        socket.send_fds(connection, [f"{len(request):8d}".encode()], [output.fileno(), errors.fileno()])
        connection.sendall(request)
        process = int(_receive(connection, 12))
        connection.settimeout(timeout)
        try:
            status = int(_receive(connection, 12))
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            connection.settimeout(None)
            _receive(connection, 12)
            raise subprocess.TimeoutExpired([*arguments], timeout) from None
        finally:
            connection.settimeout(None)
        texts = []
        for stream in (output, errors):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace").replace("\r\n", "\n"))
    return subprocess.CompletedProcess([*arguments], os.waitstatus_to_exitcode(status), *texts)


@cache
def _connection() -> socket.socket:
    """A connection to the server. The server ends when this process ends, because the connection is closed then."""
    ours, theirs = socket.socketpair()
    with theirs:
        subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(theirs.fileno())],
            cwd=Path(__file__).parents[2],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
    return ours


def _receive(connection: socket.socket, length: int) -> bytes:
    """Exactly ``size`` bytes; fewer if the other side has ended."""
    content = b""
    while len(content) < length and (more := connection.recv(length - len(content))):
        content += more
    return content


def serve(descriptor: int) -> bool:
    """Forks for every request. True in the fork, which runs the command; False when there are no more requests."""
    _import_everything()
    path = sys.path[1:]  # without the current folder, which `python -c` adds
    with socket.socket(fileno=descriptor) as connection:
        while True:
            length, descriptors, _, _ = socket.recv_fds(connection, 8, 2)
            if not length:
                return False
            request = json.loads(_receive(connection, int(length)))
            process = os.fork()
            if process == 0:
                break
            for one in descriptors:
                os.close(one)
            connection.sendall(f"{process:12d}".encode())
            connection.sendall(f"{os.waitpid(process, 0)[1]:12d}".encode())
    _become(request["arguments"], request["folder"], request["env"], descriptors, path)
    return True


def _become(arguments: list[str], folder: str, env: dict[str, str], streams: Sequence[int], path: list[str]) -> None:
    """Makes this process equal to a new interpreter."""
    for number, descriptor in enumerate(streams, 1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["slosmith", *arguments]
    sys.path = [folder, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep)), *path]
    sys.dont_write_bytecode = bool(env.get("PYTHONDONTWRITEBYTECODE"))
    time.tzset()


def _import_everything() -> None:
    """Imports all modules of slosmith without `__main__`, and their dependencies."""
    import gc
    import pkgutil
    from importlib import import_module

    import slosmith

    for module in pkgutil.walk_packages(slosmith.__path__, "slosmith."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.collect()
    gc.freeze()  # all forks share the objects that exist now
