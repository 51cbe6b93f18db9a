"""What the rules have to say about a history, computed from the SLO and not from the rules' text.

Prometheus 2 counts a sample that stands at exactly a range's start, Prometheus 3 does not. What depends on that is
ambiguous (None) and no test asks for it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slosmith.model import Duration
from slosmith.rules.chain import read_from_tiles
from slosmith.rules.windows import FIVE_MINUTES, AlertTier
from slosmith.ruletests.series import History, Value, at_tick, window_sum

HOUR = Duration(3_600_000)

EXACT_INTEGERS = 2**53
"""Whole numbers up to here, and their sums, are exact as floating-point numbers."""


def intervals(window: Duration, interval: Duration) -> int:
    """The offsets 0 .. n-1 that lie inside a window that is open on the left."""
    return -(-window.milliseconds // interval.milliseconds)


def step_of(window: Duration, interval: Duration, *, tiles: bool = True) -> int:
    """Every how many samples a window is read: all of them below a week, then an hour for tiles, and 5m steps else."""
    if not read_from_tiles(window):
        return 1
    return max(1, (HOUR if tiles else FIVE_MINUTES).milliseconds // interval.milliseconds)


def gap_of(window: Duration, interval: Duration) -> int:
    """How many blanks from a window's start backwards make both ways of counting agree: the sample at the start, and
    for a subquery what its first step would find by looking back.
    """
    return 1 + intervals(FIVE_MINUTES, interval) if read_from_tiles(window) else 1


def error_ratio(total: History, bad: History, window: Duration, interval: Duration) -> Fraction | None:
    """The recorded error ratio over ``window``, where both ways of counting agree; None otherwise."""
    if window == FIVE_MINUTES:
        now, failed = at_tick(total), at_tick(bad)
        if now is None or failed is None:
            return None
        return Fraction(failed) / Fraction(now) if now else Fraction(0)
    results = set()
    for closed in (False, True):
        events, errors = (seen(history, window, interval, closed)[0] for history in (total, bad))
        results.add(Fraction(errors) / Fraction(events) if events else Fraction(0))
    return results.pop() if len(results) == 1 else None


def seen(
    history: History, window: Duration, interval: Duration, closed: bool, *, tiles: bool = True
) -> tuple[Value, int]:
    """Sum and number of the samples that a range over ``window`` reads. ``closed``: in Prometheus 2.

    ``tiles`` False: the recorded rates are read also over windows whose ratio is built from hour tiles.
    """
    inside = intervals(window, interval) - 1
    if not read_from_tiles(window):
        # ranges are a second short of their window, so both versions read the same samples
        return window_sum(history, inside)
    last = window.milliseconds // interval.milliseconds if closed else inside
    # a subquery looks back five minutes where a step has no sample
    reach = FIVE_MINUTES.milliseconds // interval.milliseconds - (0 if closed else 1)
    return window_sum(history, last, step_of(window, interval, tiles=tiles), reach)


def fires(tier: AlertTier, minimum: Decimal, total: History, bad: History, interval: Duration) -> bool | None:
    """Whether a tier fires at the tick; None: that depends on the Prometheus version. ``minimum``: of bad events."""
    results = {_fires(tier, minimum, total, bad, interval, closed) for closed in (True, False)}
    return results.pop() if len(results) == 1 else None


def _fires(
    tier: AlertTier, minimum: Decimal, total: History, bad: History, interval: Duration, closed: bool
) -> bool | None:
    threshold = float(tier.threshold_ratio)
    for window in (tier.long, tier.short):
        if window == FIVE_MINUTES:
            events, errors = at_tick(total) or 0, at_tick(bad) or 0
        else:
            events, errors = (seen(history, window, interval, closed)[0] for history in (total, bad))
        # both sums are whole numbers below 2^53 wherever a test comes near the threshold: one exact division
        if not events or float(errors) / float(events) <= threshold:
            return False
    if not minimum:
        return True
    errors, count = seen(bad, tier.long, interval, closed, tiles=False)
    events_in_window = float(errors) / count * tier.long.whole_seconds
    floor = float(minimum)
    if abs(events_in_window - floor) < floor / 1000:
        return None
    return events_in_window > floor
