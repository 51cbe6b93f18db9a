"""Jsonnet, independent of the engine: a program, JSON in, JSON out, and imports from a mapping instead of a disk.

The engine is rjsonnet, a Rust implementation. It runs in a process of its own, with limits of time and memory, because
programs come with specs: a recursion can overflow the engine's stack, and a text can fill the memory. One process
serves a whole run (each process that a build forks has its own).

rjsonnet is used although its last release is from January 2025. The language has not changed since, and an error of the
engine stays in its process. Its wheels fit every CPython from 3.8 on, also later ones; each wheel of Google's
go-jsonnet fits one version. It makes a dashboard of Lift Wing in 54 ms (go-jsonnet: 94 ms; the mean of six on two busy
processors) and loads in 20 ms (33 ms). Tests check that both engines give equal results. go-jsonnet could replace
rjsonnet in this file and its worker: nothing else in the package knows the engine.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from slosmith.engines import worker

WORKER = Path(__file__).with_name("jsonnet_worker.py")
MAX_STACK = 500
"""The most nested calls of a program; the engines' own default."""
MAX_DEPTH = 500
"""The most levels of lists and objects in a result; a dashboard has about ten."""
SECONDS = 10
"""The most processor time of one evaluation; a service's dashboard takes some hundredths of a second."""
WALL_SECONDS = 60.0
"""The longest wait for an answer, on a busy machine."""
MEMORY_BYTES = 2 << 30
LARGEST_BYTES = 64 << 20
"""The most bytes of a result, as JSON."""


class JsonnetError(Exception):
    """A program that does not evaluate. ``file`` is the import path (or the program's name) of the error; ``line`` and
    ``column`` count from 1, and are 0 if the engine reported no place.
    """

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
        self.message, self.file, self.line, self.column = message, file, line, column
        where = f"{file}:{line}:{column}: " if file else ""
        super().__init__(f"{where}{message}")


def evaluate(
    program: str,
    *,
    name: str = "main.jsonnet",
    values: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
) -> Any:
    """Evaluate ``program`` and return its result, as plain Python values.

    ``values`` are readable as ``std.extVar(key)``; they are anything that msgspec can write as JSON. ``files`` are
    what ``import`` and ``importstr`` find: import path -> text; nothing is read from the disk.

    Raises JsonnetError for errors of the program or its files, and if it takes too much time or memory. Raises
    EngineError if the engine is not installed.
    """
    library = dict(files or {})
    codes = {key: msgspec.json.encode(value).decode() for key, value in (values or {}).items()}
    with _lock:
        kind, answer = _engine().ask({"name": name, "program": program, "codes": codes}, library)
    sources = {**library, name: program}
    if kind == "value":
        try:
            value = msgspec.json.decode(answer)
        except (msgspec.DecodeError, RecursionError):
            value = _UNREADABLE
        if value is _UNREADABLE or _deeper(value, MAX_DEPTH):
            raise JsonnetError("its result is not valid JSON, or it is nested too deeply", name)
        return value
    text = answer.decode()
    if kind == "missing":
        known = ", ".join(sorted(library)) or "none"
        raise JsonnetError(
            f"cannot import {text!r}: there is no such file (known: {known})", *_place_of_import(text, sources)
        )
    if kind == "large":
        raise JsonnetError(f"its result has {int(text):,} bytes, at most {LARGEST_BYTES:,}", name)
    if kind == "ended":
        raise JsonnetError(text, name)
    if kind == "panic":
        raise JsonnetError(f"the jsonnet engine failed: {text}", name)
    raise _error(text, sources)


_UNREADABLE = object()


def _deeper(value: Any, depth: int) -> bool:
    """Whether lists and objects are nested deeper than ``depth``. The limit of a decoder depends on Python's version;
    this limit does not.
    """
    level = [value]
    for _ in range(depth + 1):
        level = [
            below
            for each in level
            if isinstance(each, dict | list)
            for below in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


# --- the process


class _Engine:
    """The process, and the files that it has."""

    def __init__(self) -> None:
        folder = worker.package_folder(
            "rjsonnet",
            "the jsonnet engine is not installed: install the Python package rjsonnet (pip install rjsonnet)",
        )
        limits = (MAX_STACK, SECONDS, MEMORY_BYTES, LARGEST_BYTES)
        self.process = worker.start(WORKER, folder, *map(str, limits))
        self._files: dict[str, str] | None = None

    def ask(self, request: dict[str, Any], files: dict[str, str]) -> tuple[str, bytes]:
        """The kind of the answer, and its bytes; ``ended`` if the process ended instead."""
        if files != self._files:
            request["files"] = self._files = files
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            self.process.kill()

        timer = threading.Timer(worker.START_SECONDS + WALL_SECONDS, end)
        timer.start()
        try:
            stdin.write(msgspec.json.encode(request) + b"\n")
            stdin.flush()
            head = stdout.readline()
            if head.endswith(b"\n"):
                answer = msgspec.json.decode(head, type=_Answer)
                content = stdout.read(answer.length)
                if len(content) == answer.length:
                    return answer.kind, content
        except BrokenPipeError:
            pass
        except BaseException:
            _forget()  # interrupted: a late answer must not be read as the next one
            raise
        finally:
            timer.cancel()
        return "ended", self._ended(late.is_set()).encode()

    def _ended(self, late: bool) -> str:
        """Why the process ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)  # it closed its pipes, and will end soon
        code = self.process.poll()
        _forget()
        if late:
            return f"it takes too long: no answer within {worker.START_SECONDS + WALL_SECONDS:g} s"
        if code == -getattr(signal, "SIGXCPU", 0):
            return f"it takes too long: more than {SECONDS} s of processor time"
        if code == -signal.SIGSEGV or code == -getattr(signal, "SIGBUS", 0):
            return "it calls itself too often, or is nested too deeply"
        return f"it takes too much memory: more than {MEMORY_BYTES >> 30} GiB"


class _Answer(msgspec.Struct):
    kind: str
    length: int


_lock = threading.Lock()
_running: _Engine | None = None


def _engine() -> _Engine:
    global _running
    if _running is None:
        _running = _Engine()
    return _running


@atexit.register
def _forget() -> None:
    """End the process; the next evaluation starts another."""
    global _running
    engine, _running = _running, None
    if engine is not None:
        worker.stop(engine.process)


def _forked() -> None:
    """In a forked process: the engine belongs to the parent process."""
    global _lock, _running
    engine, _running, _lock = _running, None, threading.Lock()
    if engine is not None:
        worker.close(engine.process)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


# --- where it went wrong


_PLACE = re.compile(r"^\s*(?P<file>\S.*?):(?P<line>\d+):(?P<column>\d+)", re.MULTILINE)
_FIELD = re.compile(r"^\s*field <(?P<name>[^>]+)> manif", re.MULTILINE)


def _error(message: str, sources: Mapping[str, str]) -> JsonnetError:
    """The first line of the engine's message, with the innermost place in one of ``sources``. Places in the standard
    library do not help users.
    """
    first = message.strip().partition("\n")[0].removeprefix("runtime error: ")
    for found in _PLACE.finditer(message):
        if found["file"] in sources:
            return JsonnetError(first, found["file"], int(found["line"]), int(found["column"]))
    fields = [found["name"] for found in _FIELD.finditer(message)]
    return JsonnetError(f"{first} (in {'.'.join(reversed(fields))})" if fields else first)


def _place_of_import(wanted: str, sources: Mapping[str, str]) -> tuple[str, int, int]:
    """The place of the import of ``wanted``. The engine does not report it: this is the first such import."""
    statement = re.compile(rf"""import(?:str|bin)?\s*(?P<quote>['"]){re.escape(wanted)}(?P=quote)""")
    for name in sorted(sources):
        found = statement.search(sources[name])
        if found is not None:
            before = sources[name][: found.start()]
            return name, before.count("\n") + 1, found.start() - before.rfind("\n")
    return "", 0, 0
