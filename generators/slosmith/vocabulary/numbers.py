"""Decimal numbers as text: exact for PromQL, rounded and with a unit for people. All numbers are formatted here."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import lru_cache

from slosmith.model import MINUTE, Duration

EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN)
"""For computations on thresholds. They give the same digits on every machine."""

_DIGITS = 12
_WRITTEN_DIGITS = 10
"""People write fewer digits. A number with more digits is the result of a division (the target of a composite), and is
rounded.
"""
_COUNT = Decimal("1e-6")


# --- for PromQL ---


@lru_cache(maxsize=4096)
def significant(value: Decimal, digits: int = _DIGITS) -> Decimal:
    """``value`` rounded to ``digits`` significant digits, without trailing zeros."""
    with localcontext(Context(prec=digits, rounding=ROUND_HALF_EVEN)):
        return (+value).normalize()


@lru_cache(maxsize=4096)
def plain(value: Decimal) -> str:
    """A PromQL number literal: no exponent, no trailing zeros, at most twelve significant digits."""
    return format(significant(value), "f")


def exact(value: Decimal) -> str:
    """A PromQL number literal with every digit of ``value``: no exponent, no trailing zeros. ``value`` is finite."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- for people ---


def number(value: Decimal, digits: int = 3) -> str:
    """A number with at most ``digits`` significant digits, thousands grouped: ``13,400``, ``0.28``."""
    return f"{significant(value, digits):,f}"


def amount(value: Decimal) -> str:
    """A number with thousands grouped and at most two digits after the point: ``13,440.5``. Numbers below 1 have three
    significant digits.
    """
    rounded = round(value, 2) if value >= 1 or value == 0 else significant(value, 3)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: Decimal, digits: int = 4) -> str:
    """A ratio 0..1 as a percentage with at most ``digits`` significant digits: ``0.0466667`` is ``4.667%``."""
    return number(ratio * 100, digits) + "%"


def percent_exact(ratio: Decimal) -> str:
    """A ratio from a spec, with all its digits: ``0.9995`` is ``99.95%``."""
    return format(significant(ratio * 100, _WRITTEN_DIGITS), "f") + "%"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def event_count(count: Decimal) -> str:
    """A computed number of events: ``about 280 events``, ``about 1 event``."""
    shown = number(count)
    return f"about {shown} event{'' if shown == '1' else 's'}"


# --- lengths of time, for people ---


def approximate_time(seconds: Decimal, rounding: str = ROUND_HALF_EVEN) -> str:
    """A length of time for people, in minutes (``1h41m``), and below five minutes in seconds."""
    whole = int(seconds.to_integral_value(rounding))
    if whole < 300:
        minutes, rest = divmod(whole, 60)
        return (f"{minutes}m" if minutes else "") + (f"{rest}s" if rest or not minutes else "")
    minutes = int((Decimal(whole) / 60).to_integral_value(rounding))
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    return (f"{days}d" if days else "") + (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")


def whole_seconds(length: Duration) -> str:
    """A length of time in Prometheus' form, in whole seconds, rounded up: ``2h10m``. Less than a second is ``1s``."""
    return str(Duration.from_seconds(int(length.seconds.to_integral_value(ROUND_CEILING))))


def whole_minutes(seconds: Decimal) -> str:
    """A length of time in whole minutes, rounded up: ``2h10m``, ``28d``."""
    minutes = int((seconds / MINUTE.seconds).to_integral_value(ROUND_CEILING))
    return Duration(minutes * MINUTE.milliseconds).in_days


def evaluation_after(seconds: Decimal, interval: Decimal) -> Decimal:
    """The time of the first evaluation that can detect a condition ``seconds`` after its start. Rules are evaluated
    every ``interval`` seconds, so the result is a multiple of ``interval``, and at least one ``interval``.
    """
    # thresholds have twelve digits: a rounding error must not add another interval
    count = (seconds / interval).quantize(_COUNT).to_integral_value(ROUND_CEILING)
    return max(count, Decimal(1)) * interval


def time_until(seconds: Decimal | None) -> str:
    """The time until an alert fires or clears, for people, rounded up. ``never`` for None."""
    return "never" if seconds is None else approximate_time(seconds, ROUND_CEILING)
