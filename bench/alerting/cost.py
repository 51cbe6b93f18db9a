"""What rules cost a server: how many are evaluated and how many samples are read in a minute, with a whole history.

The numbers are those of ``slosmith explain --cost``, with the raw series of a trace.
"""

from __future__ import annotations

import msgspec

from bench.alerting.contestants import CONTESTANTS
from bench.alerting.traces import Plan, make
from slosmith.explanation.cost import Counter, Evaluated
from slosmith.history.arithmetic import read_rule_file
from slosmith.model import Duration

PLAN = Plan(0, "99.9", 28, "1/s", "healthy 0.5", "none", whole=True)
"""Four series, scraped every minute for 29 days."""


class Cost(msgspec.Struct, frozen=True):
    """Of one SLO with four series, in a minute."""

    rules: float
    samples: float


def costs(only: str | None = None) -> dict[str, Cost]:
    """Each contestant's cost, or that of one."""
    raw = [series.labels for series in make(PLAN).series]
    found = {}
    for contestant in CONTESTANTS:
        if only not in (None, contestant.name):
            continue
        texts = contestant.rules(PLAN.target, PLAN.period)
        assert texts is not None
        rules = [
            Evaluated(rule.record, rule.expr, rule.labels, Duration(group.interval))
            for text in texts
            for group in read_rule_file(text)
            for rule in group.rules
        ]
        cost = Counter(rules, raw).cost(rules)
        found[contestant.name] = Cost(float(cost.rule_evaluations_per_minute), float(cost.samples_per_minute))
    return found
