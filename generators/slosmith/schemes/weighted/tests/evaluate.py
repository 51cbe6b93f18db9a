"""What the rules have to say about a history, computed from the SLO and not from the rules' text.

Prometheus 2 counts a sample that stands at exactly a range's start, Prometheus 3 does not. What depends on that is
ambiguous (None) and no test asks for it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec

from slosmith.model import Duration
from slosmith.ruletests.series import History, Run, Value, at_tick, window_sum
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.schemes.weighted.ranges import read_from_tiles

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


class Events(msgspec.Struct, frozen=True):
    """Recorded rates before a tick, each of which the rules take for ``every`` seconds. ``tiles`` are the hour tiles
    before the one that the tick itself records.
    """

    total: History
    bad: History
    every: int
    tiles: tuple[History, History] = ((), ())


def hour_tiles(history: History, interval: Duration, every: int, missing: int) -> History:
    """Events of each hour but the last, as tiles on the hour, each sample taken for ``every`` seconds; without the one
    ``missing`` hours ago, which would stand at exactly a range's start.
    """
    per_hour = HOUR.milliseconds // interval.milliseconds
    oldest = history[0].oldest if history else -1
    found: list[Run] = []
    before, _ = window_sum(history, per_hour - 1)
    for hour in range(1, oldest // per_hour + 1):
        upto, _ = window_sum(history, per_hour * (hour + 1) - 1)
        if hour != missing:
            offset = per_hour * hour
            found.append(Run(offset, offset, (upto - before) * every))
        before = upto
    return tuple(reversed(found))


def error_ratio(events: Events, window: Duration, interval: Duration) -> Fraction | None:
    """The recorded error ratio over ``window``, where both ways of counting agree; None otherwise."""
    if window == FIVE_MINUTES:
        now, failed = at_tick(events.total), at_tick(events.bad)
        if now is None or failed is None:
            return None
        return Fraction(failed) / Fraction(now) if now else Fraction(0)
    results = set()
    for closed in (False, True):
        total, bad = _sums(events, window, interval, closed)
        results.add(Fraction(bad) / Fraction(total) if total else Fraction(0))
    return results.pop() if len(results) == 1 else None


def _sums(events: Events, window: Duration, interval: Duration, closed: bool) -> tuple[Value, Value]:
    if read_from_tiles(window):
        total, bad = (
            _tile_sum(history, tiles, events.every, window, interval, closed)
            for history, tiles in zip((events.total, events.bad), events.tiles, strict=True)
        )
    else:
        total, bad = (_seen(history, window, interval, closed)[0] for history in (events.total, events.bad))
    return total, bad


def _tile_sum(
    history: History, tiles: History, every: int, window: Duration, interval: Duration, closed: bool
) -> Value:
    """The tiles inside the window, and the one that the tick itself records."""
    now = _seen(history, HOUR, interval, closed)[0] * every
    step = HOUR.milliseconds // interval.milliseconds
    older, _ = window_sum(tiles, _last(window, interval, closed), step)
    return older + now


def _seen(history: History, window: Duration, interval: Duration, closed: bool) -> tuple[Value, int]:
    """Sum and number of the recorded rates that a range over ``window`` reads. ``closed``: in Prometheus 2."""
    if not read_from_tiles(window):
        # ranges are a second short of their window, so both versions read the same samples
        return window_sum(history, intervals(window, interval) - 1)
    # a subquery looks back five minutes where a step has no sample
    reach = FIVE_MINUTES.milliseconds // interval.milliseconds - (0 if closed else 1)
    return window_sum(history, _last(window, interval, closed), step_of(window, interval, tiles=False), reach)


def _last(window: Duration, interval: Duration, closed: bool) -> int:
    """The last offset inside a window."""
    return window.milliseconds // interval.milliseconds if closed else intervals(window, interval) - 1


def fires(tier: AlertTier, minimum: Decimal, events: Events, interval: Duration) -> bool | None:
    """Whether a tier fires at the tick; None: that depends on the Prometheus version. ``minimum``: of bad events."""
    results = {_fires(tier, minimum, events, interval, closed) for closed in (True, False)}
    return results.pop() if len(results) == 1 else None


def _fires(tier: AlertTier, minimum: Decimal, events: Events, interval: Duration, closed: bool) -> bool | None:
    threshold = float(tier.threshold_ratio)
    for window in (tier.long, tier.short):
        if window == FIVE_MINUTES:
            total, bad = at_tick(events.total) or 0, at_tick(events.bad) or 0
        else:
            total, bad = _sums(events, window, interval, closed)
        # both sums are whole numbers below 2^53 wherever a test comes near the threshold: one exact division
        if not total or float(bad) / float(total) <= threshold:
            return False
    if not minimum:
        return True
    every = FIVE_MINUTES.whole_seconds if read_from_tiles(tier.long) else events.every
    events_in_window = float(_seen(events.bad, tier.long, interval, closed)[0]) * every
    floor = float(minimum)
    if abs(events_in_window - floor) < floor / 1000:
        return None
    return events_in_window > floor
