"""Scenarios for one tier of burn-rate alerts: the input before an evaluation, and the tiers that fire at it.

The scenarios are computed once for every combination of tiers and floor of bad events, because the SLOs of a class
share them. The input is recorded rates. So the test covers every ratio, join and minimum between them and the alert.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import msgspec

from slosmith.model import Duration
from slosmith.ruletests.series import History, Run, constant, without
from slosmith.ruletests.spans import EVALUATED_EVERY, SCENARIOS
from slosmith.schemes.floors import Floor
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.schemes.weighted.tests.evaluate import (
    EXACT_INTEGERS,
    MINUTE,
    PER_HOUR,
    Events,
    Verdicts,
    fires,
    gap_of,
    samples_of,
    verdicts,
)
from slosmith.vocabulary.numbers import approximate_time, percent

_MARGIN = Fraction(1, 100)
"""Distance of scenarios from the threshold, above and below. The tests detect a threshold that is wrong by 5 %."""

_PAST = Fraction(1, 20)
"""Length of healthy traffic before the long window, as a share of the window. It lowers the ratio of a window that is
too long.
"""

_YOUNG, _OLD = Duration.parse("10h"), Duration.parse("31h")


class Scenario(msgspec.Struct, frozen=True):
    """Rates per second, total and bad, up to the evaluation. ``active`` has the verdicts of each tier at the
    evaluations of the test, the scenario's as the last.
    """

    title: str
    events: Events
    active: tuple[Verdicts, ...]
    held: bool = False
    """Whether the condition of the tier was true at the evaluation before, too."""

    @property
    def firing(self) -> tuple[int, ...]:
        """The indexes of the tiers whose condition is true."""
        return tuple(index for index, verdicts in enumerate(self.active) if verdicts[-1])

    @property
    def checked(self) -> tuple[int, ...]:
        """The indexes of the tiers for which all Prometheus versions give the same result."""
        return tuple(index for index, verdicts in enumerate(self.active) if verdicts[-1] is not None)


class Omitted(msgspec.Struct, frozen=True):
    """A scenario that is not possible with these windows and thresholds, and the reason."""

    title: str
    reason: str


def young_history(tier: AlertTier) -> Duration:
    """How long there have been events where the long window does not fit into a test: it has then seen all of them."""
    return min(max(_YOUNG, Duration(2 * tier.short.milliseconds)), _OLD)


@lru_cache(maxsize=4096)
def scenarios(
    tiers: tuple[AlertTier, ...], index: int, floor: Floor, every: int, *, young: bool = False, times: bool = True
) -> tuple[Scenario | Omitted, ...]:
    """All scenarios of the tier at ``index``, in a fixed number and order, so that SLOs can share evaluations.

    ``floor`` is the number of bad events that its long window has to hold; ``every`` the seconds between two
    evaluations of the rules; ``young``: there have been events for less time than the long window takes; ``times``:
    rules are evaluated, with the tier's ``for`` and ``keep_firing_for``.
    """
    planner = _Planner(tiers, index, floor, every, young, times)
    return (*planner.plan(), *planner.times()) if times else planner.plan()


class _Planner:
    def __init__(
        self, tiers: tuple[AlertTier, ...], index: int, floor: Floor, every: int, young: bool, times: bool
    ) -> None:
        self.tiers, self.index, self.floor, self.every = tiers, index, floor, every
        self.tier = tier = tiers[index]
        self.young = young
        self.long = samples_of(young_history(tier) if young else tier.long)
        """Samples that the long window contains."""
        self.short = samples_of(tier.short)
        self.threshold = Fraction(tier.threshold_ratio)
        self.quiet = self._quiet_before_others(times)
        self.over = min(self.threshold * (1 + _MARGIN), (self.threshold + 1) / 2)
        self.events = self._events()
        self.said = percent(tier.threshold_ratio)
        self.total, self.silent_bad, self.silent_word = self._silent()

    def _quiet_before_others(self, times: bool) -> tuple[tuple[int, int], ...]:
        """A short window before each earlier evaluation, as the newest and the oldest offset. It has no errors where
        the alert has to be clear: an alert that an earlier evaluation saw firing would be kept, whatever is true now.
        """
        if not times or not self.tier.window.keep:
            return ()
        apart = samples_of(EVALUATED_EVERY)
        return tuple(
            (number * apart, min(number * apart + self.short, self.long - 1))
            for number in range(1, SCENARIOS)
            if number * apart < self.long
        )

    def _quieted(self, bad: History) -> History:
        for newest, oldest in self.quiet:
            runs = (*without(bad, newest, oldest), *constant(0, newest, oldest))
            bad = tuple(sorted(runs, key=lambda run: -run.oldest))
        return bad

    def _events(self) -> int:
        """Events a second: so many that ratios can differ by a tenth of the margin, and that the minimum is reached."""
        wanted = max(Fraction(10_000), Fraction(self.floor.least)) / self.threshold
        events = 1000
        while events < wanted:
            events *= 10
        return events

    def _silent(self) -> tuple[int, int, str]:
        """Rates, total and bad, exactly at the threshold, or just below it if their sums would not be exact."""
        times = -(-self.events // self.threshold.denominator)
        total, bad = self.threshold.denominator * times, self.threshold.numerator * times
        if total * self.long * 2 * MINUTE.whole_seconds < EXACT_INTEGERS:
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
            # how long an outage takes to fire and to clear depends on all of the window
            *(() if self.young else (*self._outage(), *self._recovery())),
        )

    def times(self) -> tuple[Scenario | Omitted, ...]:
        """Scenarios for ``for`` and ``keep_firing_for``, if the tier has them."""
        window = self.tier.window
        held = (self._held(),) if window.hold or window.keep else ()
        return (*held, self._kept()) if window.keep else held

    # --- scenarios

    def _constant(self, title: str, ratio: Fraction, expected: bool) -> Scenario | Omitted:
        bad = round(ratio * self.events)
        return self._scenario(title, constant(self.events, 0, self.long - 1), constant(bad, 0, self.long - 1), expected)

    def _at_threshold(self) -> Scenario | Omitted:
        """A ratio exactly at the threshold does not fire."""
        title = f"both windows {self.silent_word} {self.said}: does not fire"
        total, bad = (constant(rate, 0, self.long - 1) for rate in (self.total, self.silent_bad))
        return self._scenario(title, total, bad, False)

    def _long_only(self, impossible: str) -> Scenario | Omitted:
        """The short window is exactly at the threshold, or just below it. The long window is just above it."""
        short, long = self.tier.short, self.tier.long
        title = f"{long} just above {self.said}, but {short} {self.silent_word} it: does not fire"
        if impossible:
            return Omitted(title, impossible)
        # the samples at the start of the short window have its ratio, because some versions count them
        recent = self.short + gap_of(short)
        quiet = sum(oldest - newest + 1 for newest, oldest in self.quiet)
        missing = self.over * self.total * self.long - self.silent_bad * recent
        room = self.long - recent - quiet
        older = missing / room if room > 0 else Fraction(-1)
        if not 0 <= older <= self.total:
            return Omitted(title, "no constant error ratio outside of the short window makes it so")
        bad = (
            *constant(round(older), recent, self.long - 1),
            *constant(self.silent_bad, 0, recent - 1),
        )
        return self._scenario(title, constant(self.total, 0, self.long - 1), self._quieted(bad), False)

    def _short_only(self, impossible: str) -> Scenario | Omitted:
        """The short window and all others that are shorter than the long one are just above the threshold. The long
        window is exactly at the threshold or just below it, because its oldest events are good.
        """
        short, long = self.tier.short, self.tier.long
        title = f"{short} just above {self.said}, but {long} {self.silent_word} it: does not fire"
        if impossible:
            return Omitted(title, impossible)
        over = math.floor(self.threshold * self.total) + max(1, round((self.over - self.threshold) * self.total))
        full, rest = divmod(self.silent_bad * self.long, over)
        if full < self.short + gap_of(short) or full + 1 > self.long:
            return Omitted(title, "the short window is too much of the long one")
        bad = (*constant(0, full + 1, self.long - 1), Run(full, full, rest), *constant(over, 0, full - 1))
        return self._scenario(title, constant(self.total, 0, self.long - 1), bad, False)

    def _outage(self) -> tuple[Scenario | Omitted, Scenario | Omitted]:
        """A full outage with no errors before it fires after threshold x long window, and not one step earlier."""
        needed = int(self.threshold * self.long) + 1
        titles = (
            f"full outage for {_time(needed)}: fires",
            f"full outage for {_time(needed - 1)}: does not fire yet",
        )
        if needed > self.long:
            return Omitted(titles[0], "the threshold cannot be reached"), Omitted(titles[1], "it never fires")
        return (
            self._scenario(titles[0], *self._down(needed, 0), True),
            self._scenario(titles[1], *self._down(needed - 1, 0), False),
        )

    def _recovery(self) -> tuple[Scenario | Omitted, Scenario | Omitted]:
        """After a full outage, the short window clears the alert. One evaluation is just before that time, one is at
        it.
        """
        # starts shortly before the computed time, and continues sample by sample
        clean = max(1, int(self.short * (1 - self.threshold)) - 2)
        while clean <= self.short + 1 and self._verdict(*self._up_again(clean)) is not False:
            clean += 1
        before = _time(clean - 1) if clean > 1 else "0s"
        return (
            self._scenario(f"{before} after a full outage: still fires", *self._up_again(clean - 1), True),
            self._scenario(f"{_time(clean)} after a full outage: has cleared", *self._up_again(clean), False),
        )

    def _held(self) -> Scenario | Omitted:
        """The condition was true at the evaluation before, too: ``for`` has passed if it is not longer than the time
        between two evaluations.
        """
        lasting = samples_of(EVALUATED_EVERY) + PER_HOUR
        title = f"all events are bad for {_time(lasting)}, so true at two evaluations {EVALUATED_EVERY} apart"
        outage = constant(self.events, 0, lasting - 1)
        return self._judged(title, outage, outage, True, held=True)

    def _kept(self) -> Scenario | Omitted:
        """The same, and healthy since the last evaluation. With ``keep_firing_for`` the alert still fires: its time
        begins with the first evaluation at which the condition is false.
        """
        healthy = samples_of(EVALUATED_EVERY)
        since = 2 * healthy + PER_HOUR
        title = f"the same, then healthy for {EVALUATED_EVERY}"
        bad = (*constant(self.events, healthy, since - 1), *constant(0, 0, healthy - 1))
        return self._judged(title, constant(self.events, 0, since - 1), bad, False)

    # --- building blocks

    def _down(self, failing: int, clean: int) -> tuple[History, History]:
        """A full outage of ``failing`` samples that ended ``clean`` samples ago. There are no errors before and after
        it.

        If the short window is the recorded 5m rate, the rate falls slowly over five minutes.
        """
        total = constant(self.events, 0, self.long - 1)
        end = min(clean + failing, self.long) - 1
        falling: list[Run] = []
        if self.tier.short == FIVE_MINUTES:
            length = samples_of(FIVE_MINUTES)
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
        """A full outage of the length of the long window that ended ``clean`` samples ago. There is no sample at the
        start of the short window, because versions count differently there.
        """
        total, bad = self._down(self.long, clean)
        bad = self._quieted(bad)
        hole = (self.short, self.short + gap_of(self.tier.short) - 1)
        if self.tier.short == FIVE_MINUTES:
            return total, bad
        return without(total, *hole), without(bad, *hole)

    def _scenario(self, title: str, total: History, bad: History, expected: bool) -> Scenario | Omitted:
        if not self.young:
            start = self.long + gap_of(self.tier.long)
            past = int(self.long * _PAST) + 1
            total = (*constant(self.events, start, start + past - 1), *total)
            bad = (*constant(0, start, start + past - 1), *bad)
        return self._judged(title, total, bad, expected)

    def _judged(
        self, title: str, total: History, bad: History, expected: bool, *, held: bool = False
    ) -> Scenario | Omitted:
        events = Events(total, bad, self.every)
        active = tuple(verdicts(tier, self.floor, events) for tier in self.tiers)
        if active[self.index][-1] is not expected:
            return Omitted(title, "these windows and this threshold do not allow it")
        return Scenario(title, events, active, held)

    def _verdict(self, total: History, bad: History) -> bool | None:
        return fires(self.tier, self.floor, Events(total, bad, self.every))


def _time(samples: int) -> str:
    return approximate_time(MINUTE.seconds * samples)


def _decimal(value: Fraction) -> Decimal:
    """``value`` with twelve digits. This is exact enough for a value that must be on one side of a threshold."""
    return Decimal(f"{float(value):.12g}")
