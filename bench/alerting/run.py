"""Runs the benchmark: `python -m bench.alerting.run`. Writes bench/alerting/results.json, tables and plots.

--traces N     how many traces (1008: every combination of target, period and traffic six times)
--whole N      traces of a whole period, for each period (8)
--jobs N       processes (2)
--output DIR   where to write (bench/alerting)
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from functools import partial
from pathlib import Path

import msgspec

from bench.alerting.contestants import CONTESTANTS
from bench.alerting.cost import costs
from bench.alerting.report import Results, write
from bench.alerting.scoring import Score, score
from bench.alerting.traces import MINUTE, Plan, make, plans, whole_plans
from slosmith.history.arithmetic import evaluate, read_rule_file

HERE = Path(__file__).parent


def run(plan: Plan, only: str | None = None) -> list[Score]:
    """All contestants on one trace, or one of them."""
    trace = make(plan)
    found = []
    for contestant in CONTESTANTS:
        if only not in (None, contestant.name):
            continue
        texts = contestant.rules(plan.target, plan.period)
        if texts is None:
            continue
        groups = [group for text in texts for group in read_rule_file(text)]
        outcome = evaluate(groups, trace.series, 0, (plan.minutes - 1) * MINUTE, missed=trace.missed)
        found.append(score(contestant, trace, outcome))
    return found


def _measure(traces: int, whole: int, jobs: int, only: str | None) -> Results:
    work = sorted([*plans(traces), *whole_plans(whole)], key=lambda plan: -plan.minutes)
    started = time.monotonic()
    scores: list[Score] = []
    with multiprocessing.Pool(jobs) as pool:
        for done, found in enumerate(pool.imap_unordered(partial(run, only=only), work, chunksize=1), 1):
            scores += found
            if done % 50 == 0 or done == len(work):
                print(f"{done} of {len(work)} traces, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    scores.sort(key=msgspec.json.encode)
    return Results(scores, costs(only), len(work))


def _with(kept: Results, new: Results) -> Results:
    """Kept results in which contestants that were run again have their new scores."""
    fresh = {each.contestant for each in new.scores}
    scores = [*(each for each in kept.scores if each.contestant not in fresh), *new.scores]
    return Results(sorted(scores, key=msgspec.json.encode), {**kept.costs, **new.costs}, kept.traces)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.alerting.run")
    parser.add_argument("--traces", type=int, default=1008)
    parser.add_argument("--whole", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output", type=Path, default=HERE)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--only", choices=[each.name for each in CONTESTANTS])
    chosen = parser.parse_args()
    kept = msgspec.json.decode(chosen.kept.read_bytes(), type=Results) if chosen.kept is not None else None
    if kept is not None and chosen.only is None:
        results = kept
    else:
        results = _measure(chosen.traces, chosen.whole, chosen.jobs, chosen.only)
        results = _with(kept, results) if kept is not None else results
    if chosen.keep is not None:
        chosen.keep.write_bytes(msgspec.json.encode(results))
    docs = HERE.parent.parent / "docs" if chosen.output == HERE else None
    write(chosen.output, docs, results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
