"""The expected results of the rules for a history, computed from the SLO and not from the text of the rules.

Prometheus 2 counts a sample exactly at the start of a range, Prometheus 3 does not. A result that depends on this is
None, and no test expects it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec

from slosmith.model import Duration
from slosmith.ruletests.series import History, Run, Value, at_evaluation, earlier, window_sum, without
from slosmith.ruletests.spans import EVALUATED_EVERY, SCENARIOS
from slosmith.schemes.floors import Floor
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.schemes.weighted.ranges import counts_tiles, read_from_tiles

HOUR = Duration(3_600_000)

EXACT_INTEGERS = 2**53
"""Whole numbers up to this one, and their sums, are exact floating-point numbers."""


def intervals(window: Duration, interval: Duration) -> int:
    """The number n of offsets, 0 to n-1, inside a window without its start."""
    return -(-window.milliseconds // interval.milliseconds)


def step_of(window: Duration, interval: Duration, *, tiles: bool = True) -> int:
    """The step in which a window is read, in samples: every sample below a week, above it one for each hour (tiles) or
    each 5m.
    """
    if not read_from_tiles(window):
        return 1
    return max(1, (HOUR if tiles else FIVE_MINUTES).milliseconds // interval.milliseconds)


def gap_of(window: Duration, interval: Duration) -> int:
    """The number of samples that must be missing before the start of a window, so that Prometheus 2 and 3 agree: the
    sample at the start and, for a subquery, the samples that its first step would find when it looks back.
    """
    return 1 + intervals(FIVE_MINUTES, interval) if read_from_tiles(window) else 1


class Events(msgspec.Struct, frozen=True):
    """Recorded rates before an evaluation. Each rate counts for ``every`` seconds. ``tiles`` are the earlier hour
    tiles, without the tile that the evaluation itself records.
    """

    total: History
    bad: History
    every: int
    tiles: tuple[History, History] = ((), ())
    last_ratio: Decimal | None = None
    """The error ratio over 5m that was recorded last, if it is inside of every window and nothing is known now."""


def hour_tiles(history: History, interval: Duration, every: int, missing: int) -> History:
    """Hour tiles of each full hour, without the last hour. Each sample counts for ``every`` seconds. The tile
    ``missing`` hours ago is left out, because it would be exactly at the start of a range.
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
    """The recorded error ratio over ``window``. None if Prometheus 2 and 3 do not agree."""
    if window == FIVE_MINUTES:
        now, failed = at_evaluation(events.total), at_evaluation(events.bad)
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
    """The sum of the tiles inside the window and of the tile that the evaluation itself records."""
    now = _seen(history, HOUR, interval, closed)[0] * every
    step = HOUR.milliseconds // interval.milliseconds
    older, _ = window_sum(tiles, _last(window, interval, closed), step)
    return older + now


def _seen(history: History, window: Duration, interval: Duration, closed: bool) -> tuple[Value, int]:
    """Sum and number of the recorded rates that a range over ``window`` reads. ``closed`` is True for Prometheus 2."""
    if not read_from_tiles(window):
        # ranges are one second shorter than their window, so both versions read the same samples
        return window_sum(history, intervals(window, interval) - 1)
    # a subquery looks back five minutes if a step has no sample
    reach = FIVE_MINUTES.milliseconds // interval.milliseconds - (0 if closed else 1)
    return window_sum(history, _last(window, interval, closed), step_of(window, interval, tiles=False), reach)


def _last(window: Duration, interval: Duration, closed: bool) -> int:
    """The last offset inside a window."""
    return window.milliseconds // interval.milliseconds if closed else intervals(window, interval) - 1


Verdicts = tuple[bool | None, ...]
"""Whether a tier fires at the evaluations of a test, oldest first; None: it depends on the Prometheus version, or on
rounding.
"""


def verdicts(tier: AlertTier, floor: Floor, events: Events, interval: Duration) -> Verdicts:
    """Whether the expression of a tier gives the alert, at every evaluation of a test that ends with ``events``."""
    samples = EVALUATED_EVERY.milliseconds // interval.milliseconds
    before = (_as_seen(events, number * samples) for number in range(SCENARIOS - 1, 0, -1))
    return tuple(fires(tier, floor, each, interval) for each in (*before, events))


def _as_seen(events: Events, samples: int) -> Events:
    """The events as an evaluation that many samples earlier sees them: it records the tile of its own hour itself."""
    total, bad = (without(earlier(tiles, samples), 0, 0) for tiles in events.tiles)
    return Events(earlier(events.total, samples), earlier(events.bad, samples), events.every, (total, bad))


def fires(tier: AlertTier, floor: Floor, events: Events, interval: Duration) -> bool | None:
    """Whether a tier fires at the evaluation. None: it depends on the Prometheus version, or on
    rounding.
    """
    results = {_fires(tier, floor, events, interval, closed) for closed in (True, False)}
    return results.pop() if len(results) == 1 else None


def _fires(tier: AlertTier, floor: Floor, events: Events, interval: Duration, closed: bool) -> bool | None:
    threshold = float(tier.threshold_ratio)
    for window in (tier.long, tier.short):
        if window == FIVE_MINUTES:
            total, bad = at_evaluation(events.total) or 0, at_evaluation(events.bad) or 0
        else:
            total, bad = _sums(events, window, interval, closed)
        # near the threshold both sums are whole numbers below 2^53, so there is a single, exact division
        if not total or float(bad) / float(total) <= threshold:
            if window == tier.short and tier.severity == "page" and (events.last_ratio or 0) > tier.threshold_ratio:
                continue
            return False
    if not floor:
        return True
    if counts_tiles(tier.long):
        counted, failed = (Fraction(value) for value in _sums(events, tier.long, interval, closed))
        if not floor.adaptive:
            return failed >= floor.needed(counted)
    else:
        every = FIVE_MINUTES.whole_seconds if read_from_tiles(tier.long) else events.every
        counted, failed = (
            Fraction(_seen(history, tier.long, interval, closed)[0]) * every for history in (events.total, events.bad)
        )
    needed = Fraction(floor.below(tier.threshold_ratio).needed(counted))
    return failed > needed if abs(failed - needed) >= needed / 1000 else None
