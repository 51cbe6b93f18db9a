"""promtool's notation of series."""

from __future__ import annotations

import re
from decimal import Decimal


def expand(values: str) -> list[str]:
    """promtool's notation as a list with one entry for each sample."""
    found: list[str] = []
    for part in values.split():
        value, _, times = part.partition("x")
        if value == "_":
            found += ["_"] * int(times or 1)
            continue
        match = re.fullmatch(r"(-?[0-9.eE]+|NaN)([+-][0-9.]+)?", value)
        assert match is not None, part
        first, step = Decimal(match[1]), Decimal(match[2] or 0)
        found += [str(first + step * index if step else match[1]) for index in range(int(times or 0) + 1)]
    return found
