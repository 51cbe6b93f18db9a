"""The composite of several objectives: the weighted mean of their error ratios and of their targets.

OpenSLO defines weights, but not the arithmetic. With weights w, error ratios r and targets t, the composite's
error ratio is sum(w * r) / sum(w) and its target sum(w * t) / sum(w): if every objective is met, so is the composite.
"""

from __future__ import annotations

from decimal import Decimal
from textwrap import indent

import msgspec

from slosmith.model import Duration, Indicator, RawRatio
from slosmith.sli.base import base_expressions, error_ratio_text
from slosmith.vocabulary.numbers import exact

_STAND_IN = Duration(7_654_321_000)
"""A window that no query has, so that its text is unique. It is replaced by the placeholder."""


class Share(msgspec.Struct, frozen=True):
    """One objective in the composite."""

    weight: Decimal
    target_ratio: Decimal
    indicator: Indicator


def composite(shares: list[Share]) -> tuple[RawRatio, Decimal]:
    """The composite's error ratio (it counts no events: those of different kinds cannot be added) and its target."""
    sum_of_weights = sum((share.weight for share in shares), Decimal(0))
    parts = [f"{exact(share.weight)} * {_error_ratio(share.indicator)}" for share in shares]
    target = sum((share.weight * share.target_ratio for share in shares), Decimal(0)) / sum_of_weights
    query = "(\n" + indent("\n+\n".join(parts), "  ") + f"\n)\n/ {exact(sum_of_weights)}"
    return RawRatio(query), round(target, 12).normalize()


def _error_ratio(indicator: Indicator) -> str:
    if not indicator.counts_events:
        return f"sum(\n{indent(error_ratio_text(indicator), '  ')}\n)"
    events = base_expressions(indicator, (), _STAND_IN)
    bad, total = (f"(\n{indent(text, '  ')}\n)" for text in (events.bad, events.total))
    weighed = f"{bad}\n/\n({total} > 0)\nor\n0 * {bad}"
    ratio = f"(\n{indent(weighed, '  ')}\n)"
    # events in the window on both sides instead of events per second: the ratio is the same
    return ratio.replace(f" / {_STAND_IN.whole_seconds}", "").replace(str(_STAND_IN), "{{.window}}")
