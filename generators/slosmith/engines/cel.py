"""CEL, the Common Expression Language, in a process of its own. An expression that takes too long is killed.

The interpreter holds Python's lock while it evaluates, so neither a thread nor a signal could stop it. The process
starts without site packages and loads only the interpreter's extension module, which takes about 60 ms. It starts
early, while slosmith does other work.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import msgspec

from slosmith.engines import worker

WORKER = Path(__file__).with_name("cel_worker.py")


class Outcome(msgspec.Struct, frozen=True):
    """The result of one evaluation."""

    kind: Literal["value", "syntax", "failed", "slow"]
    """``syntax``: the expression cannot be compiled; ``slow``: it took longer than allowed, or too much memory."""
    value: Any = None
    message: str = ""
    line: int = 0
    column: int = 0
    """Of a syntax error, in the expression, both from 1; 0 when unknown."""


class CelEngine:
    """Evaluates expressions over lists of variable sets. A context manager: at its end the process ends.

    ``seconds``: time limit of one evaluation over one set. Raises EngineError if the interpreter is not installed, or
    its process cannot start.
    """

    def __init__(self, seconds: float = 2.0) -> None:
        self._folder = worker.package_folder(
            "cel", "user policies need a CEL interpreter: install slosmith[policies], or common-expression-language"
        )
        self._seconds = seconds
        self._variables: bytes | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""
        self._start()

    def __enter__(self) -> CelEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def evaluate(self, expression: str, variables: Sequence[dict[str, Any]]) -> list[Outcome]:
        """The outcome for each set of variables, in order. A syntax error is one outcome for all. An evaluation that is
        too slow ends the whole call: its outcome is the last, and some outcomes before it may be lost.

        Variables hold None, bool, int, float, str, and lists and dicts of these.
        """
        encoded = json.dumps(variables).encode()
        if self._process is None:
            self._start()
        request = b'{"expression": ' + json.dumps(expression).encode()
        if encoded != self._variables:
            request += b', "variables": ' + encoded
        self._variables = encoded
        try:
            self._send(request + b"}\n")
            return self._outcomes(len(variables))
        except (BrokenPipeError, EOFError):
            self._stop()
            return [Outcome("slow", message="it took too much memory or time, and its process was ended")]

    def _outcomes(self, count: int) -> list[Outcome]:
        found: list[Outcome] = []
        allowed = worker.START_SECONDS  # until it has started and read the variables
        while True:
            line = self._line(allowed)
            if line is None:
                self._stop()
                return [*found, Outcome("slow", message=f"it took longer than {self._seconds:g} s")]
            answer = json.loads(line)
            if answer["kind"] == "ready":
                allowed = self._seconds
                if not count:
                    return found
                continue
            found.append(Outcome(**answer))
            if len(found) == count or answer["kind"] == "syntax":
                return found

    # --- the process ---

    def _start(self) -> None:
        self._process = worker.start(WORKER, self._folder)
        self._variables, self._buffer = None, b""

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            worker.stop(process)

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _send(self, request: bytes) -> None:
        stream = self._running().stdin
        assert stream is not None
        stream.write(request)
        stream.flush()

    def _line(self, seconds: float) -> bytes | None:
        """The next line of the process's output; None after the time limit. Raises EOFError if the process ended."""
        stream = self._running().stdout
        assert stream is not None
        handle = stream.fileno()
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as waiting:
            waiting.register(handle, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = deadline - time.monotonic()
                if left <= 0 or not waiting.select(left):
                    return None
                read = os.read(handle, 1 << 16)
                if not read:
                    raise EOFError
                self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line
