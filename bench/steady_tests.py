"""Runs the unit tests that a consumer gets again and again, as a consumer does, and counts the runs that fail.

    python bench/steady_tests.py FOLDER [--runs 200] [--jobs 2] [--seconds 1500] [--log FILE]

A run is `promtool test rules` on every test file below FOLDER, each by a process of its own. No file is tried again.
With --log, every run is written down when it ends, so that a benchmark that was interrupted still counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

UNPACKED = Path(__file__).resolve().parents[1] / ".tools/prometheus/usr/bin"


def main() -> int:
    """Exit code 1 if a run failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="No run begins after that time.")
    parser.add_argument("--log", type=Path)
    options = parser.parse_args()
    promtool = shutil.which("promtool", path=f"{os.environ['PATH']}:{UNPACKED}")
    files = sorted(options.folder.rglob("*_test.yaml"))
    if promtool is None or not files:
        parser.error("promtool was not found" if promtool is None else f"no test files below {options.folder}")
    version = subprocess.run([promtool, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    print(f"{version}; {len(files)} files")
    started, loads, failures, runs = time.monotonic(), [], [], 0
    with ThreadPoolExecutor(options.jobs) as pool:
        while runs < options.runs and time.monotonic() - started < options.seconds:
            before = time.monotonic()
            said = [each for each in pool.map(lambda file: _run(promtool, file), files) if each]
            runs += 1
            loads.append(os.getloadavg()[0])
            failures += [f"run {runs}: {each}" for each in said]
            line = f"run {runs}: {len(said)} failed, {time.monotonic() - before:.1f} s, load {loads[-1]:.1f}"
            if options.log is not None:
                with options.log.open("a") as log:
                    log.write("\n".join([line, *said, ""]))
    print(
        f"{runs} runs of {len(files)} files: {len(failures)} failures, {time.monotonic() - started:.0f} s, "
        f"load {min(loads):.0f} to {max(loads):.0f}"
    )
    print("\n".join(failures))
    return 1 if failures else 0


def _run(promtool: str, file: Path) -> str:
    """What promtool says of a file that fails; empty if it passes."""
    done = subprocess.run(
        [promtool, "test", "rules", file.name], cwd=file.parent, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else f"{file.name}: {done.stdout}{done.stderr}"


if __name__ == "__main__":
    sys.exit(main())
