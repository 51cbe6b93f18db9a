"""Describes the pairs of windows of Sloth's alerts, and how to change a pair that can never fire."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from slosmith.model import Slo
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary.numbers import number, percent, percent_exact, whole_minutes


def is_dead(pair: AlertTier) -> bool:
    """Whether the pair can never fire: even a full outage is not over its threshold."""
    return pair.threshold_ratio >= 1


def why_dead(slo: Slo, pair: AlertTier) -> str:
    """The ratio of errors that a pair needs, and how it is computed."""
    return (
        f"{percent(pair.catalogue_budget_share, 3)} of the budget of {percent_exact(slo.objective.target_ratio)} over"
        f" {slo.period.rolling.in_days} needs {percent(pair.threshold_ratio, 3)} errors over {pair.long}"
    )


def remedy(slo: Slo, pair: AlertTier) -> str:
    """Changes that let the pair fire; one of them is enough. The threshold is budget_share x period / long window x
    (1 - target), and has to be below 100 %.
    """
    share, rolling = pair.catalogue_budget_share, slo.period.rolling.seconds
    budget = slo.objective.error_budget_ratio
    target = 1 - pair.long.seconds / (share * rolling)
    window = share * rolling * budget
    found = [f"a target above {_at_least(target)}"]
    if window < rolling:
        found.append(f"a long window above {whole_minutes(window)}")
    found.append(f"a budget_share below {_at_most(pair.long.seconds / (rolling * budget))}")
    return f"it can fire with {', '.join(found[:-1])} or {found[-1]}"


def listed(pairs: Iterable[AlertTier]) -> str:
    """Pairs by name: ``1h and 6h``."""
    return " and ".join(pair.name for pair in pairs)


def _at_least(ratio: Decimal) -> str:
    # rounded up: every target above the number lets the pair fire
    return f"{number((ratio * 100).quantize(Decimal('0.001'), ROUND_CEILING), 5)}%"


def _at_most(ratio: Decimal) -> str:
    return f"{number((ratio * 100).quantize(Decimal('0.001'), ROUND_FLOOR), 5)}%"
