"""What rules cost a server: how many are evaluated and how many samples are read in a minute, with a whole history."""

from __future__ import annotations

import msgspec

from bench.alerting.contestants import CONTESTANTS
from bench.alerting.traces import MINUTE, Plan, make
from slosmith.history.arithmetic import evaluate, read_rule_file

PLAN = Plan(0, "99.9", 28, "1/s", "healthy 0.5", "none", whole=True)
"""Four series, scraped every minute for 29 days."""


class Cost(msgspec.Struct, frozen=True):
    """Of one SLO with four series, in a minute."""

    rules: float
    samples: float


def costs(only: str | None = None) -> dict[str, Cost]:
    """Each contestant's cost, or that of one."""
    trace = make(PLAN)
    found = {}
    for contestant in CONTESTANTS:
        if only not in (None, contestant.name):
            continue
        texts = contestant.rules(PLAN.target, PLAN.period)
        assert texts is not None
        groups = [group for text in texts for group in read_rule_file(text)]
        outcome = evaluate(groups, trace.series, 0, (PLAN.minutes - 1) * MINUTE, count_samples=True)
        often = {group.name: MINUTE / group.interval for group in groups}
        samples = sum(count * often[group] for (group, _), count in outcome.samples_read.items())
        rules = sum(len(group.rules) * often[group.name] for group in groups)
        found[contestant.name] = Cost(rules, samples)
    return found
