"""Decimal numbers as text: exact in PromQL, rounded and with a unit for people."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import lru_cache

EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN)
"""For every computation on thresholds: the same digits on every machine."""

_DIGITS = 12
_COUNT = Decimal("1e-6")


@lru_cache(maxsize=4096)
def significant(value: Decimal, digits: int = _DIGITS) -> Decimal:
    """``value`` rounded to ``digits`` significant digits, without trailing zeros."""
    with localcontext(Context(prec=digits, rounding=ROUND_HALF_EVEN)):
        return (+value).normalize()


@lru_cache(maxsize=4096)
def plain(value: Decimal) -> str:
    """A PromQL number literal: no exponent, no trailing zeros, at most twelve significant digits."""
    return format(significant(value), "f")


def percent(ratio: Decimal, digits: int = 4) -> str:
    """A ratio 0..1 for people: ``0.0466667`` -> ``4.667%``."""
    return format(significant(ratio * 100, digits), "f") + "%"


def percent_exact(ratio: Decimal) -> str:
    """A ratio that was written by a person, as they wrote it: ``0.9995`` -> ``99.95%``."""
    return plain(ratio * 100) + "%"


def approximate_time(seconds: Decimal, rounding: str = ROUND_HALF_EVEN) -> str:
    """A length of time for people, to the minute (``1h41m``), to the second below five minutes."""
    whole = int(seconds.to_integral_value(rounding))
    if whole < 300:
        minutes, rest = divmod(whole, 60)
        return (f"{minutes}m" if minutes else "") + (f"{rest}s" if rest or not minutes else "")
    minutes = int((Decimal(whole) / 60).to_integral_value(rounding))
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    return (f"{days}d" if days else "") + (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")


def evaluation_after(seconds: Decimal, interval: Decimal) -> Decimal:
    """When the first evaluation ends that can know of something ``seconds`` after its start: rules run every
    ``interval`` seconds and know nothing between, so this is a multiple of it, and never less than one.
    """
    # thresholds have twelve digits: a trillionth of a second must not cost another interval
    count = (seconds / interval).quantize(_COUNT).to_integral_value(ROUND_CEILING)
    return max(count, Decimal(1)) * interval


def time_until(seconds: Decimal | None) -> str:
    """How long it takes until an alert fires or clears, for people: never less than it is; ``never`` for None."""
    return "never" if seconds is None else approximate_time(seconds, ROUND_CEILING)
