"""slosmith's rules as they were before they were made to hold on bad days: frozen, as text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

import msgspec.yaml

from bench.alerting.contestants.contestant import Contestant, last
from slosmith.history.arithmetic import Outcome

_HERE = Path(__file__).parent


@cache
def _rules(target: str, period: int) -> tuple[str, ...]:
    thresholds = msgspec.yaml.decode((_HERE / "former-thresholds.yaml").read_bytes(), type=dict[str, list[float]])
    tiers = dict(zip(("tier1h", "tier6h", "tier1d", "tier3d"), thresholds[f"{target} {period}"], strict=True))
    numbers = {
        "target": f"{float(target) / 100:.10g}",
        "budget": f"{1 - float(target) / 100:.10g}",
        "days": period,
        "window": f"{period // 7}w" if period % 7 == 0 else f"{period}d",
        **{name: f"{value:.12g}" for name, value in tiers.items()},
    }
    return (Template((_HERE / "former.yaml").read_text("utf-8")).substitute(numbers),)


def _left(outcome: Outcome, budget_ratio: float) -> float | None:
    return last(outcome, "slo:period_error_budget_remaining:ratio")


FORMER = Contestant("former", "slosmith, rules of 2026-11-27", _rules, _left)
