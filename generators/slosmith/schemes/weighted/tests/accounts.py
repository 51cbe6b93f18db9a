"""The hour tiles of one SLO in every scenario of the test of budgets, and the sums of ranges over them.

A rule with a wrong start or a wrong mean gives another number from these tiles. All tiles are inside the hours of a
test for consumers. :mod:`.range_tests` tests the length of ranges over tiles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from slosmith.model import Duration, Labels
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.ruletests.series import Run, Timeline, constant
from slosmith.ruletests.spans import EVALUATED_EVERY
from slosmith.schemes.calendars import period_lengths
from slosmith.schemes.floors import budget_minimum
from slosmith.schemes.tiers import ratio_windows
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.tests.evaluate import PER_HOUR
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.schemes.weighted.tests.tiles import Tile, TileBook
from slosmith.vocabulary import names

_PARTS = 1024
"""A power of two, so that sums of these fractions are exact floating-point numbers."""

SHORTEST = Duration(86_400_000)
"""The shortest period that is long enough for a scene."""

HALF_HOUR = Duration(1_800_000)
_LOST_HOUR = 7
"""Hours before the evaluation of a full hour around which evaluations were lost."""
HOUR_MS = 3_600_000

EXHAUSTION = (AlertKind.EXHAUSTED, AlertKind.CALENDAR_EXHAUSTED)

NOW = EVALUATED_EVERY.milliseconds // HOUR_MS
"""The hour of the evaluation."""

LOST, IDLE, FEW, ENOUGH, SPENT, KEPT, BOUNDARY, OPENING = range(1, 9)
"""The scenarios."""

SAID = {
    LOST: "no bad events, and the series of all events is missing: no error ratio",
    IDLE: "no traffic: 100% of the budget is left",
    FEW: "nearly every event is bad, but just fewer than alerts need",
    ENOUGH: "with earlier bad events, just as many as alerts need",
    SPENT: "exactly 100% of the budget is spent",
    KEPT: "1% of the budget is left",
    BOUNDARY: "only hours after the start of the calendar period count; evaluations were lost around a full hour",
    OPENING: "the calendar period begins now: nothing is known of it yet",
}

_EARLIER = 9
"""Hours before the evaluation. Events at this time are in every rolling period."""

CALENDAR = {
    LOST: (6, 6),
    IDLE: (6, 6),
    FEW: (6, 0),
    ENOUGH: (_EARLIER + 1, 0),
    SPENT: (6, 0),
    KEPT: (6, 0),
    BOUNDARY: (8, 24),
    OPENING: (0, 2000),
}
"""The calendar period: hours since its start, hours until its end."""


def tile_windows(subject: Subject) -> tuple[int, ...]:
    """Hours of every window that is a sum of hour tiles, including the rolling period. Incomplete hours count."""
    return tuple(sorted({-(-window.milliseconds // HOUR_MS) for window in tiled_windows(subject)}))


def tiled_windows(subject: Subject) -> tuple[Duration, ...]:
    """Every window that is a sum of hour tiles, including the rolling period, ascending."""
    slo = subject.slo
    own = [window for window in ratio_windows(slo.alerting) if subject.weighted and read_from_tiles(window)]
    return tuple(sorted({*own, slo.period.rolling}))


def calendar_hours(subject: Subject) -> int:
    """Hours of the longest period of the calendar. 0 without a calendar."""
    calendar = subject.slo.period.calendar
    return period_lengths(calendar)[1].milliseconds // HOUR_MS if calendar is not None else 0


def seen_hours(number: int, rolling_hours: int) -> dict[int, Fraction]:
    """The recorded seen shares of hours, by the number of hours before the evaluation. One of them is larger than a
    whole hour, so that their sum is the whole rolling period, or half of it in BOUNDARY.
    """
    newer = {2: Fraction(3, 4), 0: Fraction(1, 4)}
    if number == BOUNDARY:
        # with the hour around which evaluations were lost
        return {_EARLIER: Fraction(rolling_hours, 2) - 3, CALENDAR[BOUNDARY][0]: Fraction(1), **newer}
    return {_EARLIER: Fraction(rolling_hours - 1), **newer}


class Account:
    """The tiles of one SLO in every scenario, and their sums."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        slo = subject.slo
        self.budget = Fraction(slo.objective.error_budget_ratio)
        self.minimum = budget_minimum(subject.slo)
        self.rolling_hours = slo.period.rolling.milliseconds // HOUR_MS
        self._own = {number: TileBook() for number in SAID}
        self._bystander = {number: TileBook() for number in SAID}
        self._place()
        for number in SAID:
            if number != LOST:
                self._bystander[number].add(NOW, (1000 * number, 0))

    def _add(self, number: int, hours_ago: int, tile: Tile) -> None:
        self._own[number].add(NOW - hours_ago, tile)

    def _place(self) -> None:
        bad, good = self.budget.numerator, self.budget.denominator
        self._add(IDLE, 0, (0, 0))
        few, enough = self._parts(self.minimum * Decimal("0.97"), math.floor), self._parts(self.minimum, math.ceil)
        self._add(FEW, 0, (enough, few))
        self._add(ENOUGH, _EARLIER, (enough, few))
        self._add(ENOUGH, 0, (enough - few, enough - few))
        # whole budgets: the bad events of one budget are above every minimum
        times = 2 * (int(self.minimum) + 1)
        self._add(SPENT, 5, (good * times, bad * times))
        self._make_up(SPENT, _EARLIER, Fraction(1))
        self._add(KEPT, 5, (100 * good * times, 99 * bad * times))
        self._make_up(KEPT, _EARLIER, Fraction(99, 100))
        # a tile that ends exactly at the start of the period belongs to the period before
        self._add(BOUNDARY, 9, (5000, 700))
        self._add(BOUNDARY, 8, (3000, 2500))
        self._add(BOUNDARY, _LOST_HOUR, (4000, 60))
        self._own[BOUNDARY].lose(NOW - _LOST_HOUR)
        self._add(BOUNDARY, 0, (1000, 11))
        self._add(OPENING, 1, (900, 400))
        self._add(OPENING, 0, (800, 500))

    @staticmethod
    def _parts(count: Decimal, whole: Callable[[Fraction], int]) -> Fraction:
        """``count``, rounded to a fraction whose sums are exact floating-point numbers."""
        return Fraction(whole(Fraction(count) * _PARTS), _PARTS)

    def _make_up(self, number: int, hours_ago: int, share: Fraction) -> None:
        """Adds a tile, so that exactly ``share`` of the rolling budget is spent, with all other tiles.

        The tile ends before the calendar period begins.
        """
        spent = self.budget * share
        total, bad = self.rolling(self._own[number], self.rolling_hours)
        times = max(-(-total // spent.denominator), -(-bad // spent.numerator)) + 1
        times = max(times, -(-(total - bad) // (spent.denominator - spent.numerator)) + 1)
        self._add(number, hours_ago, (spent.denominator * times - total, spent.numerator * times - bad))

    # --- input

    def feed(self, timeline: Timeline) -> None:
        for number in SAID:
            for group, book in self.books(number):
                total, bad = book.histories(NOW, PER_HOUR)
                seen = tuple(
                    Run(PER_HOUR * ago, PER_HOUR * ago, _decimal(share))
                    for ago, share in seen_hours(number, self.rolling_hours).items()
                )
                timeline.feed(self.subject.recorded(names.COVERAGE_HOUR, group), number, seen)
                if number == LOST:
                    bad = constant(0, 0, 0)
                timeline.feed(self.subject.recorded(names.TOTAL_HOUR, group), number, total)
                timeline.feed(self.subject.recorded(names.BAD_HOUR, group), number, bad)

        calendar = self.subject.slo.period.calendar
        if calendar is not None:
            # another calendar has many bad events while this one has few
            other = self.subject.recorded(names.CALENDAR_BAD, self.subject.groups[0], calendar=f"not-{calendar.name}")
            timeline.feed(other, FEW, constant(7_000_000, 0, 0))

    # --- expected sums

    def rolling(self, book: TileBook, hours: int) -> Tile:
        return book.since(NOW - hours, NOW, hours)

    def calendar(self, book: TileBook, number: int) -> Tile:
        since, _ = CALENDAR[number]
        return book.since(NOW - since, NOW, calendar_hours(self.subject))

    def coverage(self, book: TileBook, number: int) -> Fraction:
        """The seen share of the rolling period."""
        hours = self.rolling_hours
        return self._seen(book, number, hours) / hours

    def calendar_coverage(self, book: TileBook, number: int) -> Fraction:
        """The seen share of the hours of the calendar period that have ended."""
        since, _ = CALENDAR[number]
        return self._seen(book, number, since) / since

    def _seen(self, book: TileBook, number: int, hours: int) -> Fraction:
        known = seen_hours(number, self.rolling_hours)
        lost = number == BOUNDARY and book.has(NOW - _LOST_HOUR) and hours > _LOST_HOUR
        return sum((share for ago, share in known.items() if ago < hours), Fraction(int(lost)))

    def elapsed(self, number: int) -> Fraction:
        since, until = CALENDAR[number]
        return Fraction(since, since + until)

    def exhausted(self, number: int) -> list[AlertingRule]:
        """The exhaustion alerts that fire."""
        book = self._own[number]
        rolling = self.rolling(book, self.rolling_hours)
        spent = {AlertKind.EXHAUSTED: self._spent(rolling, self.coverage(book, number))}
        if self.subject.slo.period.calendar is not None:
            spent[AlertKind.CALENDAR_EXHAUSTED] = self._spent(self.calendar(book, number), self.elapsed(number))
        return [rule for rule in self.subject.alerts(*EXHAUSTION) if spent[rule.kind]]

    def _spent(self, tile: Tile, share: Fraction) -> bool:
        """Whether the budget is spent. ``share`` is the share of the period for which the error ratio counts."""
        return error_ratio(tile) / self.budget * share >= 1 and tile[1] >= self.minimum

    def books(self, number: int) -> list[tuple[Labels, TileBook]]:
        """The tiles of each group in a scenario."""
        return [
            (group, (self._bystander if index else self._own)[number])
            for index, group in enumerate(self.subject.groups)
        ]


def error_ratio(tile: Tile) -> Fraction:
    return Fraction(tile[1]) / Fraction(tile[0]) if tile[0] else Fraction(0)


def _decimal(share: Fraction) -> Decimal:
    """``share``, which has a short decimal form."""
    return Decimal(share.numerator) / Decimal(share.denominator)
