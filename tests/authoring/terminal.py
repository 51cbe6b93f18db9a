"""Runs slosmith on a terminal: a person who reads questions and types answers."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

CTRL_C = "\x03"
CTRL_D = "\x04"


def on_terminal(
    folder: Path, arguments: Sequence[str], answers: Sequence[str], *, seconds: float = 60
) -> tuple[str, int]:
    """What is on the screen at the end, and the exit code. Each answer is typed at the next question (``: ``)."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "slosmith", *arguments],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "NO_COLOR": "1", "TERM": "dumb"},
        # Ctrl-C reaches the process only if this is its terminal
        preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
    )  # fmt: skip
    os.close(theirs)
    screen, waiting, asked, end = "", [*answers], 0, time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    data = os.read(ours, 65536)
                except OSError:  # the terminal is closed: the process has ended
                    break
                if not data:
                    break
                screen += data.decode("utf-8", "replace").replace("\r\n", "\n")
            elif waiting and screen.endswith(": ") and len(screen) > asked:
                answer = waiting.pop(0)
                os.write(ours, answer.encode() if answer in (CTRL_C, CTRL_D) else f"{answer}\n".encode())
                asked = len(screen) + 1
        return screen, process.wait(timeout=max(1.0, end - time.monotonic()))
    finally:
        process.kill()
        os.close(ours)
