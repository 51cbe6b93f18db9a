"""Measures slosmith as whole processes, as users start it. Prints a Markdown table for bench/README.md.

    python bench/run.py [--sizes 100,1000,10000] [--runs 3] [--jobs 2] [--rules-only]

Each figure is the median of the runs. Wall time is the time that a person waits. CPU time (user and system, with child
processes) can be compared on a busy machine too. Peak memory is the largest sum of the proportional set sizes of all
processes, sampled every 20 ms. So shared pages count once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import synthesize
from measuring import measure

SLOSMITH = [sys.executable, "-m", "slosmith"]
RULES_ONLY = "targets: {thanos: {tests: false}}\n"
ALL = "targets: {thanos: {}, grafana: {}}\n"


def main() -> None:
    """Measures and prints."""
    arguments = _arguments()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    jobs = ["--jobs", str(arguments.jobs)]
    print("| measurement | SLOs | wall s | CPU s | SLOs per second | CPU ms per SLO | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            specs = Path(scratch) / "slo_specs"
            synthesize.write(specs, size)
            one = str(specs / "services" / "service-00000.yaml")
            if size == sizes[0]:
                _row("start: `slosmith version`", 0, arguments.runs, ["version"], Path(scratch))
                _row("start: `slosmith --help`", 0, arguments.runs, ["--help"], Path(scratch))
            _row("validate one file", 4, arguments.runs, ["validate", one], Path(scratch), of=size)
            _row("validate", size, arguments.runs, ["validate"], Path(scratch))
            everything = () if arguments.rules_only else (("generate, all", ALL),)
            for name, targets in (("generate, rules", RULES_ONLY), *everything):
                settings = specs / "slosmith.yaml"
                text = settings.read_text("utf-8")
                settings.write_text(text[: text.index("targets:")] + targets, "utf-8")
                _row(name, size, arguments.runs, ["generate", *jobs], Path(scratch), fresh=True)
            if everything:
                _row("generate, all, nothing changed", size, arguments.runs, ["generate", *jobs], Path(scratch))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rules-only", action="store_true", help="without unit tests and dashboards")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    return parser.parse_args()


def _row(name: str, slos: int, runs: int, command: list[str], cwd: Path, *, fresh: bool = False, of: int = 0) -> None:
    found = []
    for number in range(runs + 1):
        if fresh:
            subprocess.run(["rm", "-rf", str(cwd / "generated")], check=True)
        figures = measure([*SLOSMITH, *command], cwd)
        if number:  # the first run warms the caches
            found.append(figures)
    wall, cpu, memory = (statistics.median(getattr(each, key) for each in found) for key in ("wall", "cpu", "memory"))
    rate = f"{slos / wall:,.0f}" if slos > 4 else ""
    each = f"{1000 * cpu / slos:.2f}" if slos > 4 else ""
    where = f" of {of:,}" if of else ""
    count = f"{slos:,}" if slos else ""
    print(f"| {name} | {count}{where} | {wall:.2f} | {cpu:.2f} | {rate} | {each} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
