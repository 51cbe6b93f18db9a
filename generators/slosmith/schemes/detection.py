"""The times at which alerts on burn rates fire, for a constant error ratio after a time without errors.

Events and errors are evenly spaced, and the first error comes at the end of its turn: with an error ratio of 10 % of
one event a minute, after ten minutes. So no time is shorter than what the rules do with such traffic. Where events come
at random, half of the times are shorter.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal, localcontext

from slosmith.model import DAY, Duration, Slo
from slosmith.schemes.floors import Floor
from slosmith.schemes.scheme import Alert, Scheme
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary.numbers import EXACT, evaluation_after

TYPICAL: tuple[tuple[Decimal, str], ...] = (
    (EXACT.divide(Decimal(1), Decimal(60)), "1 event a minute"),
    (Decimal(1), "1 event a second"),
    (Decimal(100), "100 events a second"),
)
"""Events per second for which times are given if the spec does not declare the traffic, and how they are called."""

_COUNT = Decimal("1e-9")


def declared_rate(slo: Slo) -> Decimal | None:
    """Declared events per second. None if the traffic is not declared, or the SLI has no events."""
    per_day = slo.expected_events_per_day if slo.counts_events else None
    return None if per_day is None else EXACT.divide(per_day, DAY.seconds)


def seconds_to_fire(pair: AlertTier, floor: Floor, error_ratio: Decimal, per_second: Decimal | None) -> Decimal | None:
    """Seconds until the error ratio of the long window is above its threshold, and the window has enough bad events.
    None: this never happens. ``per_second`` is the number of all events; None: so many that only the ratio counts.
    """
    over = pair.detection_seconds(error_ratio)
    if over is None or per_second is None:
        return over
    if not per_second:
        return None
    with localcontext(EXACT):
        events = per_second * pair.long.seconds
        needed = floor.below(pair.threshold_ratio).needed(events)
        # more than the threshold's share, and as many as the floor needs
        count = max((pair.threshold_ratio * events + _COUNT).to_integral_value(ROUND_FLOOR) + 1, _whole(needed))
        if count > (events * error_ratio + _COUNT).to_integral_value(ROUND_FLOOR):
            return None
        return count / (per_second * error_ratio)


def fires_after(
    slo: Slo, scheme: Scheme, alert: Alert, error_ratio: Decimal, interval: Duration, per_second: Decimal | None
) -> Decimal | None:
    """Seconds until an alert on burn rates fires: the first evaluation that can see it, and its ``for``. None: it never
    fires. Multiples of ``interval``, the time between two evaluations.
    """
    assert alert.trigger is not None
    floor = scheme.floor(slo)

    def of(pair: AlertTier) -> Decimal | None:
        delay = scheme.window_delay(pair)
        return tier_fires_after(pair, floor, alert.hold, delay, error_ratio, interval, per_second)

    found = [seconds for pair in alert.trigger.pairs if (seconds := of(pair)) is not None]
    return min(found, default=None)


def tier_fires_after(
    pair: AlertTier,
    floor: Floor,
    hold: Duration | None,
    delay: Duration,
    error_ratio: Decimal,
    interval: Duration,
    per_second: Decimal | None,
) -> Decimal | None:
    """The same for one pair of windows, which can be ``delay`` later than their events."""
    seconds = seconds_to_fire(pair, floor, error_ratio, per_second)
    if seconds is None:
        return None
    seen = evaluation_after(seconds + delay.seconds, interval.seconds)
    if hold is None:
        return seen
    if per_second and EXACT.divide(1, per_second * error_ratio) > pair.short.seconds < hold.seconds:
        return None  # the short window forgets each error before `for` has passed
    return seen + evaluation_after(hold.seconds, interval.seconds)


def clears_after(alert: Alert, error_ratio: Decimal, interval: Duration) -> Decimal | None:
    """Seconds from the end of the errors until the alert clears, with its ``keep_firing_for``. None: it never fired."""
    assert alert.trigger is not None
    seconds = alert.trigger.reset_seconds(error_ratio)
    if seconds is None:
        return None
    kept = Decimal(0) if alert.keep is None else alert.keep.seconds
    return evaluation_after(seconds, interval.seconds) + kept


def _whole(count: Decimal) -> Decimal:
    whole = count.to_integral_value(ROUND_FLOOR)
    return whole if count - whole <= _COUNT else whole + 1
