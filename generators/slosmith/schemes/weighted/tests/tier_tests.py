"""Scenarios for one tier of burn-rate alerts: what is fed before the tick, and which tiers fire at it.

They are planned once for every combination of tiers and event floor, because the SLOs of a class share them. The events
are fed as recorded rates, so every ratio, join and floor between them and the alert takes part.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec

from slosmith.model import Duration
from slosmith.ruletests.series import History, Run, constant, without
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.tests.evaluate import (
    EXACT_INTEGERS,
    HOUR,
    Events,
    fires,
    gap_of,
    hour_tiles,
    intervals,
    step_of,
)
from slosmith.vocabulary.numbers import approximate_time, percent

MINUTE = Duration(60_000)

_MARGIN = Fraction(1, 100)
"""How far over and under a threshold scenarios lie: a threshold that is 5 % off shows in either direction."""

_PAST = Fraction(1, 20)
"""Healthy traffic older than the long window, as a share of it: a longer window would be thinned out by it."""


class Scenario(msgspec.Struct, frozen=True):
    """Rates per second, total and bad, up to the tick. ``firing`` holds the indexes of the tiers that fire at it,
    ``checked`` of those for which every Prometheus version says the same.
    """

    title: str
    events: Events
    firing: tuple[int, ...]
    checked: tuple[int, ...]


class Omitted(msgspec.Struct, frozen=True):
    """A scenario that these windows and thresholds do not allow, and why."""

    title: str
    reason: str


def resolution(tiers: tuple[AlertTier, ...]) -> Duration:
    """The distance of samples: a minute, or five where a window is built from hour tiles: a minute costs too much."""
    return FIVE_MINUTES if any(read_from_tiles(tier.long) for tier in tiers) else MINUTE


def history_needed(tiers: tuple[AlertTier, ...]) -> Duration:
    """How long before a tick its scenario may begin."""
    longest = max((tier.long.milliseconds for tier in tiers), default=0)
    return Duration(int(longest * (1 + _PAST)) + 3_600_000)


@lru_cache(maxsize=4096)
def scenarios(tiers: tuple[AlertTier, ...], index: int, minimum: Decimal, every: int) -> tuple[Scenario | Omitted, ...]:
    """All scenarios of the tier at ``index``, in a fixed number and order, so that SLOs can share ticks.

    ``minimum`` is the number of bad events that its long window has to hold, 0 for none; ``every`` the seconds between
    two evaluations of the rules.
    """
    return _Planner(tiers, index, minimum, every).plan()


class _Planner:
    def __init__(self, tiers: tuple[AlertTier, ...], index: int, minimum: Decimal, every: int) -> None:
        self.tiers, self.index, self.minimum, self.every = tiers, index, minimum, every
        self.tier = tier = tiers[index]
        self.interval = resolution(tiers)
        self.long = intervals(tier.long, self.interval)
        self.short = intervals(tier.short, self.interval)
        self.threshold = Fraction(tier.threshold_ratio)
        self.over = min(self.threshold * (1 + _MARGIN), (self.threshold + 1) / 2)
        self.events = self._events()
        self.said = percent(tier.threshold_ratio)
        self.total, self.silent_bad, self.silent_word = self._silent()

    def _events(self) -> int:
        """Events a second: enough that ratios differ by a tenth of the margin, and that the floor is met."""
        wanted = max(Fraction(10_000), Fraction(self.minimum)) / self.threshold
        events = 1000
        while events < wanted:
            events *= 10
        return events

    def _silent(self) -> tuple[int, int, str]:
        """Rates, total and bad, that lie exactly at the threshold; just under it where sums would not be exact."""
        times = -(-self.events // self.threshold.denominator)
        total, bad = self.threshold.denominator * times, self.threshold.numerator * times
        if total * self.long * 2 * self.interval.whole_seconds < EXACT_INTEGERS:
            return total, bad, "exactly at"
        return self.events, round(self.threshold * (1 - _MARGIN) * self.events), "just below"

    def plan(self) -> tuple[Scenario | Omitted, ...]:
        short, long = self.tier.short, self.tier.long
        unlike = "both windows are the same" if short == long else ""
        return (
            self._constant(f"{percent(_decimal(self.over))} errors, just above {self.said}: fires", self.over, True),
            self._at_threshold(),
            self._long_only(unlike),
            self._short_only(unlike),
            *self._outage(),
            *self._recovery(),
        )

    # --- scenarios

    def _constant(self, title: str, ratio: Fraction, expected: bool) -> Scenario | Omitted:
        bad = round(ratio * self.events)
        return self._scenario(title, constant(self.events, 0, self.long - 1), constant(bad, 0, self.long - 1), expected)

    def _at_threshold(self) -> Scenario | Omitted:
        """Exactly the threshold is not over it."""
        title = f"both windows {self.silent_word} {self.said}: does not fire"
        total, bad = (constant(rate, 0, self.long - 1) for rate in (self.total, self.silent_bad))
        return self._scenario(title, total, bad, False)

    def _long_only(self, impossible: str) -> Scenario | Omitted:
        """The short window lies exactly at the threshold, or just under it, and the long one just over it."""
        short, long = self.tier.short, self.tier.long
        title = f"{long} just above {self.said}, but {short} {self.silent_word} it: does not fire"
        if impossible:
            return Omitted(title, impossible)
        # the sample at exactly the short window's start has the short window's ratio: it counts in some versions
        recent = self.short + 1
        newer, all_of_it = self._seen(recent), self._seen(self.long)
        missing = self.over * self.total * all_of_it - self.silent_bad * newer
        older = missing / (all_of_it - newer) if all_of_it > newer else Fraction(-1)
        if not 0 <= older <= self.total:
            return Omitted(title, "no constant error ratio outside of the short window makes it so")
        bad = (
            *constant(round(older), recent, self.long - 1),
            *constant(self.silent_bad, 0, recent - 1),
        )
        return self._scenario(title, constant(self.total, 0, self.long - 1), bad, False)

    def _short_only(self, impossible: str) -> Scenario | Omitted:
        """The short window and all others below the long one lie just over the threshold, the long one exactly at it,
        or just under it: its oldest events are good.
        """
        short, long = self.tier.short, self.tier.long
        title = f"{short} just above {self.said}, but {long} {self.silent_word} it: does not fire"
        if impossible:
            return Omitted(title, impossible)
        over = math.floor(self.threshold * self.total) + max(1, round((self.over - self.threshold) * self.total))
        step = step_of(self.tier.long, self.interval)
        full, rest = divmod(self.silent_bad * self._seen(self.long), over)
        if full < self._seen(self.short + 1) or (full + 1) * step > self.long:
            return Omitted(title, "the short window is too much of the long one")
        bad = (
            *constant(0, (full + 1) * step, self.long - 1),
            *constant(rest, full * step, (full + 1) * step - 1),
            *constant(over, 0, full * step - 1),
        )
        return self._scenario(title, constant(self.total, 0, self.long - 1), bad, False)

    def _seen(self, samples: int) -> int:
        """How many of that many samples the long window reads."""
        return (samples - 1) // step_of(self.tier.long, self.interval) + 1

    def _outage(self) -> tuple[Scenario | Omitted, Scenario | Omitted]:
        """From clean, a full outage fires once it has lasted threshold x long window, and not a step earlier."""
        step = step_of(self.tier.long, self.interval)
        needed = step * (int(self.threshold * (self.long // step)) + 1)
        lasting = self._time(needed)
        titles = (
            f"full outage for {lasting}: fires",
            f"full outage for {self._time(needed - step)}: does not fire yet",
        )
        if needed > self.long:
            return Omitted(titles[0], "the threshold cannot be reached"), Omitted(titles[1], "it never fires")
        return (
            self._scenario(titles[0], *self._down(needed, 0), True),
            self._scenario(titles[1], *self._down(needed - step, 0), False),
        )

    def _recovery(self) -> tuple[Scenario | Omitted, Scenario | Omitted]:
        """After a full outage the short window clears the alert: still firing at the last moment, then not."""
        step = step_of(self.tier.short, self.interval)
        # shortly before the computed moment, and from there sample by sample
        clean = max(step, int(self.short * (1 - self.threshold)) // step * step - 2 * step)
        while clean <= self.short + step and self._verdict(*self._up_again(clean)) is not False:
            clean += step
        before = self._time(clean - step) if clean > step else "0s"
        return (
            self._scenario(f"{before} after a full outage: still fires", *self._up_again(clean - step), True),
            self._scenario(f"{self._time(clean)} after a full outage: has cleared", *self._up_again(clean), False),
        )

    # --- building blocks

    def _down(self, failing: int, clean: int) -> tuple[History, History]:
        """Full outage over ``failing`` samples that ended ``clean`` samples ago; healthy before and since.

        Where the short window is the recorded 5m rate itself, that rate falls over five minutes, as a rate does.
        """
        total = constant(self.events, 0, self.long - 1)
        end = min(clean + failing, self.long) - 1
        falling: list[Run] = []
        if self.tier.short == FIVE_MINUTES:
            length = intervals(FIVE_MINUTES, self.interval)
            for since in range(1, min(clean, length - 1) + 1):
                falling.append(Run(clean - since, clean - since, self.events * (length - since) // length))
            rest = clean - 1 - len(falling)
        else:
            rest = clean - 1
        bad = (
            *constant(0, end + 1, self.long - 1),
            *constant(self.events, clean, end),
            *falling,
            *constant(0, 0, rest),
        )
        return total, bad

    def _up_again(self, clean: int) -> tuple[History, History]:
        """A full outage as long as the long window that ended ``clean`` samples ago. No sample stands at the start of
        the short window, where versions count differently.
        """
        total, bad = self._down(self.long, clean)
        hole = (self.short, self.short + gap_of(self.tier.short, self.interval) - 1)
        if self.tier.short == FIVE_MINUTES:
            return total, bad
        return without(total, *hole), without(bad, *hole)

    def _scenario(self, title: str, total: History, bad: History, expected: bool) -> Scenario | Omitted:
        start = self.long + gap_of(self.tier.long, self.interval)
        past = int(self.long * _PAST) + 1
        total = (*constant(self.events, start, start + past - 1), *total)
        bad = (*constant(0, start, start + past - 1), *bad)
        events = self._events_of(total, bad)
        verdicts = [fires(tier, self.minimum, events, self.interval) for tier in self.tiers]
        if verdicts[self.index] is not expected:
            return Omitted(title, "these windows and this threshold do not allow it")
        return Scenario(
            title,
            events,
            tuple(index for index, verdict in enumerate(verdicts) if verdict),
            tuple(index for index, verdict in enumerate(verdicts) if verdict is not None),
        )

    def _verdict(self, total: History, bad: History) -> bool | None:
        return fires(self.tier, self.minimum, self._events_of(total, bad), self.interval)

    def _events_of(self, total: History, bad: History) -> Events:
        if self.interval != FIVE_MINUTES:
            return Events(total, bad, self.every)
        missing = self.tier.long.milliseconds // HOUR.milliseconds
        tiles = [hour_tiles(history, self.interval, self.every, missing) for history in (total, bad)]
        return Events(total, bad, self.every, (tiles[0], tiles[1]))

    def _time(self, samples: int) -> str:
        return approximate_time(self.interval.seconds * samples)


def _decimal(value: Fraction) -> Decimal:
    """Twelve digits, which is enough for what only has to lie on one side of a threshold."""
    return Decimal(f"{float(value):.12g}")
