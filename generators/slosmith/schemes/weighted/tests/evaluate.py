"""The expected results of the rules for a history, computed from the SLO and not from the text of the rules.

Evaluations are on full hours, so the hour tiles of a window contain every event of it.

Prometheus 2 counts a sample exactly at the start of a range, Prometheus 3 does not. A result that depends on this is
None, and no test expects it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec

from slosmith.model import Duration
from slosmith.ruletests.series import History, Run, Value, at_evaluation, earlier, window_sum
from slosmith.ruletests.spans import EVALUATED_EVERY, SCENARIOS
from slosmith.schemes.floors import Floor
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.schemes.weighted.ranges import read_from_tiles

MINUTE, HOUR = Duration(60_000), Duration(3_600_000)

PER_HOUR = 60
"""Samples of an hour: one a minute."""

EXACT_INTEGERS = 2**53
"""Whole numbers up to this one, and their sums, are exact floating-point numbers."""


def samples_of(window: Duration) -> int:
    """The number n of offsets, 0 to n-1, inside a window without its start. A window of tiles has whole hours."""
    if read_from_tiles(window):
        return PER_HOUR * hours_of(window)
    return -(-window.milliseconds // MINUTE.milliseconds)


def hours_of(window: Duration) -> int:
    """The number of tiles in a window, on the full hour: one for each hour that has begun in it."""
    return -(-window.milliseconds // HOUR.milliseconds)


def gap_of(window: Duration) -> int:
    """The number of samples that must be missing before the start of a window, so that Prometheus 2 and 3 agree: the
    sample at the start, or the whole hour of the tile at the start.
    """
    return PER_HOUR if read_from_tiles(window) else 1


class Events(msgspec.Struct, frozen=True):
    """Recorded rates before an evaluation, one a minute. Each rate counts for ``every`` seconds."""

    total: History
    bad: History
    every: int
    last_ratio: Decimal | None = None
    """The error ratio over 5m that was recorded last, if it is inside of every window and nothing is known now."""


def hour_tiles(history: History, every: int, *, newest: bool = True) -> History:
    """The hour tiles of these rates, at full hours. Hours without a rate have no tile. ``newest``: with the tile of the
    last hour.
    """
    hours = (history[0].oldest // PER_HOUR + 1) if history else 0
    found: list[Run] = []
    before, counted = (0, 0) if newest else window_sum(history, PER_HOUR - 1)
    for hour in range(0 if newest else 1, hours):
        upto, count = window_sum(history, PER_HOUR * (hour + 1) - 1)
        if count > counted:
            found.append(Run(PER_HOUR * hour, PER_HOUR * hour, (upto - before) * every))
        before, counted = upto, count
    return tuple(reversed(found))


def recent(history: History, samples: int) -> History:
    """The newest samples of a history, at the offsets 0 to ``samples`` - 1."""
    return tuple(
        msgspec.structs.replace(run, oldest=min(run.oldest, samples - 1)) for run in history if run.newest < samples
    )


def seen_share(history: History) -> Fraction:
    """The share of the last hour's evaluations that have a rate. One of them may be missing."""
    return min(Fraction(window_sum(history, PER_HOUR)[1], PER_HOUR), Fraction(1))


def error_ratio(events: Events, window: Duration) -> Fraction | None:
    """The recorded error ratio over ``window``. None if Prometheus 2 and 3 do not agree."""
    if window == FIVE_MINUTES:
        now, failed = at_evaluation(events.total), at_evaluation(events.bad)
        if now is None or failed is None:
            return None
        return Fraction(failed) / Fraction(now) if now else Fraction(0)
    results = set()
    for closed in (False, True):
        total, bad = _sums(events, window, closed)
        results.add(Fraction(bad) / Fraction(total) if total else Fraction(0))
    return results.pop() if len(results) == 1 else None


def _sums(events: Events, window: Duration, closed: bool) -> tuple[Value, Value]:
    """Sums of the rates in a window, all and bad. ``closed`` is True for Prometheus 2."""
    last = samples_of(window) - 1
    # ranges over rates are one second shorter than their window, so both versions read the same samples
    if closed and read_from_tiles(window):
        last += PER_HOUR
    return window_sum(events.total, last)[0], window_sum(events.bad, last)[0]


Verdicts = tuple[bool | None, ...]
"""Whether a tier fires at the evaluations of a test, oldest first; None: it depends on the Prometheus version, or on
rounding.
"""


def verdicts(tier: AlertTier, floor: Floor, events: Events) -> Verdicts:
    """Whether the expression of a tier gives the alert, at every evaluation of a test that ends with ``events``."""
    apart = samples_of(EVALUATED_EVERY)
    before = (
        Events(earlier(events.total, number * apart), earlier(events.bad, number * apart), events.every)
        for number in range(SCENARIOS - 1, 0, -1)
    )
    return tuple(fires(tier, floor, each) for each in (*before, events))


def fires(tier: AlertTier, floor: Floor, events: Events) -> bool | None:
    """Whether a tier fires at the evaluation. None: it depends on the Prometheus version, or on rounding."""
    results = {_fires(tier, floor, events, closed) for closed in (True, False)}
    return results.pop() if len(results) == 1 else None


def _fires(tier: AlertTier, floor: Floor, events: Events, closed: bool) -> bool | None:
    threshold = float(tier.threshold_ratio)
    for window in (tier.long, tier.short):
        if window == FIVE_MINUTES:
            total, bad = at_evaluation(events.total) or 0, at_evaluation(events.bad) or 0
        else:
            total, bad = _sums(events, window, closed)
        # near the threshold both sums are whole numbers below 2^53, so there is a single, exact division
        if not total or float(bad) / float(total) <= threshold:
            if window == tier.short and tier.severity == "page" and (events.last_ratio or 0) > tier.threshold_ratio:
                continue
            return False
    if not floor:
        return True
    counted, failed = (Fraction(value) * events.every for value in _sums(events, tier.long, closed))
    needed = Fraction(floor.below(tier.threshold_ratio).needed(counted))
    return failed > needed if abs(failed - needed) >= needed / 1000 else None
