"""What to write instead of a text that is no duration. Every reader of durations gives these hints."""

from __future__ import annotations

import re
from decimal import Decimal

from slosmith.model import Duration

_SPELLED_UNITS = (
    ("milliseconds", "ms"), ("millisecond", "ms"), ("msec", "ms"), ("seconds", "s"), ("second", "s"), ("secs", "s"),
    ("sec", "s"), ("minutes", "m"), ("minute", "m"), ("mins", "m"), ("min", "m"), ("hours", "h"), ("hour", "h"),
    ("hrs", "h"), ("hr", "h"), ("days", "d"), ("day", "d"), ("weeks", "w"), ("week", "w"), ("years", "y"),
    ("year", "y"),
)  # fmt: skip
_FRACTION = re.compile(r"([0-9]{1,12}\.[0-9]{1,12})(y|w|d|h|m|s|ms)", re.ASCII)
_SMALLER = {"y": ("d", 365), "w": ("d", 7), "d": ("h", 24), "h": ("m", 60), "m": ("s", 60), "s": ("ms", 1000)}
_UNITS = ("d", "h", "m", "s", "ms")


def in_one_unit(duration: Duration) -> str:
    """A duration in its largest whole unit up to days, as people write it: ``26h``, not ``1d2h``."""
    sizes = {unit: Duration.parse(f"1{unit}").milliseconds for unit in _UNITS}
    unit = next(unit for unit, size in sizes.items() if not duration.milliseconds % size)
    return f"{duration.milliseconds // sizes[unit]}{unit}"


def duration_hint(text: str, pattern: str = "") -> str:
    """A hint with a duration near ``text``, in Prometheus' notation. If none is near: the rules of the notation.

    ``pattern`` is the notation of a format that allows less (OpenSLO has no seconds). A hint is empty if nothing near
    ``text`` can be written in it.
    """
    candidate = re.sub(r"[\s,]+", "", text[:60]).lower()
    if "month" in candidate:
        return "months differ in length: write 30d"
    if re.fullmatch(r"(0+[a-z]*)+", candidate):
        return "it must be longer than 0: remove the key, or write a duration such as 1m"
    for long, unit in _SPELLED_UNITS:
        candidate = re.sub(rf"(?<=[0-9]){long}", unit, candidate)
    fraction = _FRACTION.fullmatch(candidate)
    if fraction is not None and fraction[2] in _SMALLER:
        unit, factor = _SMALLER[fraction[2]]
        exact = Decimal(fraction[1]) * factor
        candidate = f"{int(exact)}{unit}" if exact == int(exact) else candidate
    if candidate.isascii() and candidate.isdigit():
        units = [f"{candidate}{unit}" for unit in ("ms", "s", "m", "h") if re.search(pattern, f"{candidate}{unit}")]
        return f"add a unit, such as {' or '.join(units[:2])}" if units else ""
    try:
        meant = Duration.parse(candidate)
    except ValueError:
        notation = "write whole numbers with the units y, w, d, h, m, s and ms, largest unit first: 1h30m"
        return "" if pattern and not re.search(pattern, "1h30m") else notation
    for written in (candidate, in_one_unit(meant)):
        if written != text and re.search(pattern, written):
            return f"write {written}"
    # what can be parsed and is not allowed has a number of ten digits or more, or a unit that the format lacks
    return "write a shorter time" if re.search("[0-9]{10}", candidate) else ""
