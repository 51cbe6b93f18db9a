"""Runs the unit tests that a consumer gets again and again, as a consumer does, and counts the runs that fail.

    python bench/steady_tests.py SPECS [--target operations_alerts] [--runs 200] [--jobs 2] [--seconds 1500]
                                       [--log FILE] [--blocks] [--one-of-a-kind]

The specs are compiled with their unit tests into a temporary folder. A run is `promtool test rules` on every test file
of the target, each by a process of its own. No file is tried again.
With --log, every file is written down when it ends, so that a benchmark that was interrupted still counts.
With --one-of-a-kind, a run takes one file of those whose rules differ only in names, the next one in each run: their
tests have the same series, times and numbers, and names do not decide about compaction.
With --blocks, promtool runs under strace, which counts the blocks that its storage writes: without compaction, none.
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
from tempfile import NamedTemporaryFile, TemporaryDirectory

import slosmith
from slosmith.output.alike import kinds

UNPACKED = Path(__file__).resolve().parents[1] / ".tools/prometheus/usr/bin"


def main() -> int:
    """Exit code 1 if a run failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("specs", type=Path)
    parser.add_argument("--target", default="operations_alerts")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="No run begins after that time.")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--blocks", action="store_true", help="Count the blocks that promtool's storage writes.")
    parser.add_argument("--one-of-a-kind", action="store_true", help="One file of rules that differ only in names.")
    options = parser.parse_args()
    promtool = shutil.which("promtool", path=f"{os.environ['PATH']}:{UNPACKED}")
    if promtool is None:
        parser.error("promtool was not found")
    with TemporaryDirectory(prefix="slosmith-steady-") as folder:
        slosmith.generate(slosmith.load(options.specs, unit_tests="beside_rules"), folder, jobs=options.jobs)
        files = sorted(Path(folder, options.target).rglob("*_test.yaml"))
        if not files:
            parser.error(f"the target {options.target} has no unit tests")
        return _runs(promtool, files, options)


def _runs(promtool: str, files: list[Path], options: argparse.Namespace) -> int:
    version = subprocess.run([promtool, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    turns = [[file] for file in files]
    if options.one_of_a_kind:
        alike = kinds(file.with_name(file.name.removesuffix("_test.yaml") + ".yaml") for file in files)
        turns = [[rules.with_name(f"{rules.stem}_test.yaml") for rules in each] for each in alike]
    print(f"{version}; {len(files)} files, {len(turns)} in a run")
    started, loads, failures, runs, written = time.monotonic(), [], [], 0, 0
    with ThreadPoolExecutor(options.jobs) as pool:
        while runs < options.runs and time.monotonic() - started < options.seconds:
            before = time.monotonic()
            failed = 0
            chosen = [each[runs % len(each)] for each in turns]
            for file, said, blocks in pool.map(lambda file: _run(promtool, file, options.blocks), chosen):
                loads.append(os.getloadavg()[0])
                written += blocks
                failed += bool(said)
                failures += [f"run {runs + 1}: {file.name}: {said}"] if said else []
                counted = f", {blocks} blocks" if options.blocks else ""
                _log(options.log, f"  {file.name}: {said or 'passed'}{counted}, load {loads[-1]:.1f}")
            runs += 1
            _log(options.log, f"run {runs}: {failed} files failed, {time.monotonic() - before:.1f} s")
    print(
        f"{runs} runs of {len(turns)} files: {len(failures)} failures, {time.monotonic() - started:.0f} s, "
        f"load {min(loads):.0f} to {max(loads):.0f}" + (f", {written} blocks" if options.blocks else "")
    )
    print("\n".join(failures))
    return 1 if failures else 0


def _run(promtool: str, file: Path, blocks: bool) -> tuple[Path, str, int]:
    """What promtool says of a file that fails (empty if it passes), and how many blocks its storage wrote."""
    with NamedTemporaryFile("r") as calls:
        tracing = ["strace", "-f", "-qq", "-e", "trace=mkdir,mkdirat", "-o", calls.name] if blocks else []
        done = subprocess.run(
            [*tracing, promtool, "test", "rules", file.name],
            cwd=file.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        written = calls.read().count(".tmp-for-creation")
    return file, "" if done.returncode == 0 else f"{done.stdout}{done.stderr}", written


def _log(file: Path | None, line: str) -> None:
    if file is not None:
        with file.open("a") as log:
            log.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
