"""Measures the time of the policy checks, in one process, on a synthetic specs folder. Prints lines for
bench/README.md.

    python bench/bench_policy.py [--slos 1000] [--runs 5]

CPU seconds are those of this process and, for user policies, of the process that evaluates CEL. The first run imports
the checks. The median is of all runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import synthesize
from slosmith.policy import catalogue, engine
from slosmith.policy.judging import judge
from slosmith.workspace import LoadedWorkspace, load

TODAY = date(2026, 3, 1)
POLICY = """version: slosmith/v1
kind: Policy
name: policy-{number}
code: BENCH{number}
expression: slo.target_percent >= 90.0 && slo.alerting.tiers.all(tier, tier.threshold < 1.0) && slo.team != ''
message: no
cases: [{{holds: true}}, {{holds: false, slo: {{target_percent: 50}}}}]
"""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--slos", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        specs = Path(scratch) / "slo_specs"
        synthesize.write(specs, arguments.slos)
        loaded = load(specs)
        if loaded.workspace is None:
            raise SystemExit(f"the synthetic specs are wrong: {loaded.problems[0]}")
        count = len(loaded.workspace.slos())
        _row(f"all {len(catalogue.codes())} checks, {count} SLOs", arguments.runs, lambda: _checks(loaded))
        (specs / "policies").mkdir()
        for number in range(3):
            (specs / "policies" / f"policy-{number}.yaml").write_text(POLICY.format(number=number))
        _row("the same, and three user policies", arguments.runs, lambda: judge(loaded, TODAY))


def _checks(loaded: LoadedWorkspace) -> object:
    assert loaded.workspace is not None
    return engine.run(loaded.workspace, loaded.project, TODAY, templates=loaded.library)


def _row(what: str, runs: int, work: Callable[[], object]) -> None:
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), _cpu()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(_cpu() - cpu)
    print(
        f"| {what} | first {walls[0]:.2f} s wall, {cpus[0]:.2f} s CPU |"
        f" median {statistics.median(walls):.2f} s wall, {statistics.median(cpus):.2f} s CPU |"
    )


def _cpu() -> float:
    """CPU seconds of this process and its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
