"""One run of a command as a whole process: wall time, CPU time, peak memory."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Figures:
    """One run: wall time and CPU time of all processes, in seconds, and peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


def measure(command: Sequence[str], cwd: Path) -> Figures:
    """Runs ``command`` in ``cwd``. Raises SystemExit if it fails.

    With bytecode, as after an installation: without it, Python compiles every module again, in a third of a start.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (cwd / "output.txt").open("wb") as output:
        before, started = os.times(), time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        sampler = _Sampler(process.pid)
        sampler.start()
        code = process.wait()
        wall, after = time.perf_counter() - started, os.times()
        sampler.stop()
    if code != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {code}\n{(cwd / 'output.txt').read_text()[-2000:]}")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Figures(wall, cpu, sampler.peak / 1024)


class _Sampler(threading.Thread):
    """Measures the peak memory of the processes of a session, in KiB."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session, self._done, self.peak = session, threading.Event(), 0

    def run(self) -> None:
        while not self._done.wait(0.02):
            self.peak = max(self.peak, sum(self._memory(folder) for folder in Path("/proc").glob("[0-9]*")))

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _memory(self, folder: Path) -> int:
        try:
            session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
            if session != self._session:
                return 0
            lines = (folder / "smaps_rollup").read_text().splitlines()
        except (OSError, ValueError, IndexError):
            return 0  # the process has ended
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
