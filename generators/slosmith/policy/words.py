"""Numbers in messages, as people read them."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from slosmith.model import Duration

_HUNDRED = Decimal(100)
_TEN_DIGITS = Context(prec=10)


def percent(ratio: Decimal) -> str:
    """A ratio 0..1 as a percentage: 0.995 is ``99.5%``. Exact up to ten digits, which is more than anybody writes; what
    has more was divided (the target of a composite, a budget share from a burn rate) and is rounded.
    """
    return f"{_TEN_DIGITS.plus(ratio * _HUNDRED).normalize():f}%"


def about_percent(ratio: Decimal, digits: int = 3) -> str:
    """A ratio as a percentage with at most ``digits`` significant digits."""
    return f"{number(ratio * _HUNDRED, digits)}%"


def target_at_most(ratio: Decimal) -> str:
    """The highest round target that is not above ``ratio``: 0.99702 is ``99.7%``; ``no target`` when none is."""
    for places in (1, 2, 3, 4):
        rounded = (ratio * _HUNDRED).quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)
        if 0 < rounded < _HUNDRED and (rounded >= 90 or places == 1):
            return f"{rounded.normalize():f}%"
    return "no target"


def target_at_most_hint(ratio: Decimal) -> str:
    """The highest target that fits, as advice: ``set the target to 99.7% or less``."""
    found = target_at_most(ratio)
    return "remove the objective: no target fits" if found == "no target" else f"set the target to {found} or less"


def number(value: Decimal, digits: int = 3) -> str:
    """A number with at most ``digits`` significant digits, thousands grouped: ``13,400``, ``0.28``."""
    if value == 0:
        return "0"
    exponent = value.adjusted() - digits + 1
    rounded = value.quantize(Decimal(1).scaleb(min(exponent, 0))) if exponent < 0 else round(value, -exponent)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def event_count(count: Decimal) -> str:
    """A count of events: ``about 280 events``, ``about 1 event``."""
    shown = number(count)
    return f"about {shown} event{'' if shown == '1' else 's'}"


def minutes(length: Duration) -> str:
    """A length of time for people, whole seconds (rounded up): ``2h10m``; less than a second is ``1s``."""
    seconds = int((Decimal(length.milliseconds) / 1000).to_integral_value(ROUND_CEILING))
    return str(Duration.from_seconds(seconds))
