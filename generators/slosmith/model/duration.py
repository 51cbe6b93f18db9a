"""Lengths of time in whole milliseconds, in Prometheus' notation."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

import msgspec

_UNITS_MS = {"y": 31_536_000_000, "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)


class Duration(msgspec.Struct, frozen=True, order=True):
    """A length of time, in whole milliseconds (Prometheus' own resolution)."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read Prometheus' notation, ``28d`` or ``1h30m``. Raises ValueError for anything else, and for zero."""
        match = _DURATION.fullmatch(text)
        if match is None or len(text) > 40:
            raise ValueError(f"not a duration: {text!r}")
        total = sum(
            int(number) * unit for number, unit in zip(match.groups(), _UNITS_MS.values(), strict=True) if number
        )
        if total <= 0:
            raise ValueError(f"not a duration: {text!r}")
        return cls(total)

    @classmethod
    def from_seconds(cls, seconds: int) -> Duration:
        return cls(seconds * 1000)

    @property
    def seconds(self) -> Decimal:
        """Length in seconds, exact."""
        return Decimal(self.milliseconds) / 1000

    @property
    def whole_seconds(self) -> int:
        """Length in whole seconds. Only for durations of whole seconds (windows, periods)."""
        return self.milliseconds // 1000

    def __str__(self) -> str:
        """Prometheus' own form: years and weeks only if they divide exactly, so 28d is ``4w``, and 30d is ``30d``."""
        return _duration_text(self.milliseconds)

    @property
    def in_days(self) -> str:
        """The form that people write for periods: ``28d`` for whole days, else Prometheus' form."""
        days, rest = divmod(self.milliseconds, _UNITS_MS["d"])
        return f"{days}d" if days and not rest else str(self)


MINUTE, HOUR, DAY = (Duration(_UNITS_MS[unit]) for unit in ("m", "h", "d"))


@lru_cache(maxsize=4096)
def _duration_text(milliseconds: int) -> str:
    """Cached, because a large policy prints a few durations very often."""
    if milliseconds == 0:
        return "0s"
    rest, parts = milliseconds, []
    for unit, size in _UNITS_MS.items():
        if unit in ("y", "w") and rest % size:
            continue
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
