"""Suggests targets: the highest round target that is not above a ratio."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from slosmith.vocabulary.numbers import percent_exact


def target_at_most(ratio: Decimal) -> str:
    """The highest round target that is not above ``ratio``: 0.99702 is ``99.7%``; ``no target`` when none is."""
    for places in (1, 2, 3, 4):
        rounded = ratio.quantize(Decimal(1).scaleb(-places - 2), ROUND_FLOOR)
        if 0 < rounded < 1 and (rounded >= Decimal("0.9") or places == 1):
            return percent_exact(rounded)
    return "no target"


def target_at_most_hint(ratio: Decimal) -> str:
    """A hint with the highest target that fits: ``set the target to 99.7% or less``."""
    found = target_at_most(ratio)
    return "remove the objective: no target fits" if found == "no target" else f"set the target to {found} or less"
