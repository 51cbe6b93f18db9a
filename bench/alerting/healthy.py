"""Alerts of services that meet their objective, for every target and traffic: `python -m bench.alerting.healthy`.

No page and no burn-rate ticket is right here. 72 cells, each `--months` long, with days and nights and events at
random, and without any disturbance.

--share S      the error ratio as a share of the error budget (0.9)
--months N     months of each cell (3)
--only NAME    one contestant
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
from functools import partial

import numpy as np

from bench.alerting.contestants import CONTESTANTS, Contestant
from bench.alerting.traces import DAY, MINUTE
from slosmith.history.arithmetic import FIRING, Samples, Series, evaluate, read_rule_file

TARGETS = ("90", "95", "99", "99.5", "99.9", "99.99")
PER_HOUR = (0.5, 1, 3, 6, 12, 25, 60, 150, 600, 3600, 36_000, 360_000)
PERIOD, WARM_UP, MONTH = 28, 4, 30
"""Days."""
BUDGETS = ("ErrorBudgetExhausted",)
"""Alerts about a whole period, which chance can spend."""

Cell = tuple[str, float]


def episodes(cell: Cell, contestant: Contestant, share: float, months: int) -> tuple[float, float]:
    """Pages and tickets a month, each counted when it begins to fire."""
    target, per_hour = cell
    length = (WARM_UP + months * MONTH) * DAY
    rng = np.random.default_rng([TARGETS.index(target), int(2 * per_hour)])
    rate = per_hour / 60 * (1 + 0.6 * np.sin(2 * np.pi * (np.arange(length) / DAY - 0.3)))
    total = rng.poisson(rate)
    bad = rng.binomial(total, share * (1 - float(target) / 100))
    times = np.arange(length) * MINUTE + 20_000
    series = [
        Series(
            (("__name__", "http_requests_total"), ("code", code), ("instance", "0"), ("job", "api")),
            Samples.scraped(times, np.cumsum(events).astype(np.float64)),
        )
        for code, events in (("200", total - bad), ("500", bad))
    ]
    rules = contestant.rules(target, PERIOD)
    assert rules is not None
    groups = [group for text in rules for group in read_rule_file(text)]
    outcome = evaluate(groups, series, 0, (length - 1) * MINUTE)
    found = [0, 0]
    for alert in outcome.alerts:
        labels = dict(alert.labels)
        if labels["alertname"] in BUDGETS:
            continue
        firing = alert.states == FIRING
        begins = np.flatnonzero(np.diff(np.concatenate(([False], firing)).astype(np.int8)) == 1)
        severity = labels.get("severity") or labels.get("sloth_severity", "")
        found[severity not in contestant.page] += int((alert.grid.times[begins] >= WARM_UP * DAY * MINUTE).sum())
    return found[0] / months, found[1] / months


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.alerting.healthy")
    parser.add_argument("--share", type=float, default=0.9)
    parser.add_argument("--months", type=int, default=3)
    parser.add_argument("--only", choices=[each.name for each in CONTESTANTS])
    chosen = parser.parse_args()
    cells = [*itertools.product(TARGETS, PER_HOUR)]
    print(f"Alerts a month at {chosen.share:g} of the budget: mean of {len(cells)} cells, and the worst one")
    with multiprocessing.Pool(2) as pool:
        for contestant in CONTESTANTS:
            if chosen.only in (None, contestant.name):
                work = partial(episodes, contestant=contestant, share=chosen.share, months=chosen.months)
                found = pool.map(work, cells, chunksize=1)
                parts = []
                for kind, of_kind in zip(("pages", "tickets"), zip(*found, strict=True), strict=True):
                    worst, cell = max(zip(of_kind, cells, strict=True))
                    parts.append(f"{kind} {np.mean(of_kind):.3f}, worst {worst:.2f} ({cell[0]} %, {cell[1]:g}/h)")
                print(f"{contestant.name:10s} {'; '.join(parts)}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
