"""The hour tiles of one SLO at every evaluation of the test of budgets, and the sums of ranges over them.

A rule with a wrong range, a wrong start or a wrong mean gives another number from these tiles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from slosmith.model import Duration, Labels
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.ruletests.series import Timeline, constant
from slosmith.schemes.calendars import period_lengths
from slosmith.schemes.tiers import minimum_bad_events, ratio_windows
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.schemes.weighted.tests.tiles import Tile, TileBook
from slosmith.vocabulary import names

_SCENE = 24
"""Hours before an evaluation that belong to it only."""

_PARTS = 1024
"""A power of two, so that sums of these fractions are exact floating-point numbers."""

SHORTEST = Duration(86_400_000)
"""The shortest period that is long enough for a scene."""

HALF_HOUR = Duration(1_800_000)
HOUR_MS = 3_600_000

EXHAUSTION = (AlertKind.EXHAUSTED, AlertKind.CALENDAR_EXHAUSTED)

LOST, IDLE, FEW, ENOUGH, SPENT, KEPT, BOUNDARY, OPENING = range(1, 9)
"""The first evaluations. The last evaluation covers whole periods."""

SAID = {
    LOST: "no events, and the series of bad events is missing: no error ratio",
    IDLE: "no traffic: 100% of the budget is left",
    FEW: "nearly every event is bad, but just fewer than alerts need",
    ENOUGH: "with earlier bad events, just as many as alerts need",
    SPENT: "exactly 100% of the budget is spent",
    KEPT: "1% of the budget is left",
    BOUNDARY: "only hours after the start of the calendar period count",
    OPENING: "the calendar period begins now: 100% of its budget is left",
}

# the calendar period at an evaluation: hours since its start, hours until its end
_CALENDAR = {
    LOST: (10, 10),
    IDLE: (10, 10),
    FEW: (10, 0),
    SPENT: (10, 0),
    KEPT: (10, 0),
    BOUNDARY: (10, 30),
    OPENING: (0, 2000),
}


def longest_look_back(subjects: Sequence[Subject]) -> int:
    """Hours of the longest range over hour tiles: rolling period, calendar period, alert windows."""
    return max(
        (hours for subject in subjects for hours in (*tile_windows(subject), _calendar_hours(subject))), default=0
    )


def tile_windows(subject: Subject) -> tuple[int, ...]:
    """Hours of every window that is a sum of hour tiles, including the rolling period."""
    slo = subject.slo
    own = [window for window in ratio_windows(slo.alerting) if subject.weighted and read_from_tiles(window)]
    return tuple(sorted({window.milliseconds // HOUR_MS for window in (*own, slo.period.rolling)}))


def _calendar_hours(subject: Subject) -> int:
    calendar = subject.slo.period.calendar
    return period_lengths(calendar)[1].milliseconds // HOUR_MS if calendar is not None else 0


def _late_start(subject: Subject) -> int:
    """Start of the calendar period, in hours before the last evaluation. It is nearly the whole length of the period.
    No other range over tiles begins near it.
    """
    hours = _calendar_hours(subject)
    return hours - 1 if hours not in tile_windows(subject) else hours - 8


def span(subject: Subject, number: int, hours: int, last: int) -> tuple[int, int]:
    """Hours since the start and until the end of the calendar period at an evaluation. ``hours`` is the time between
    two evaluations.
    """
    if number == last:
        since = _late_start(subject)
        return since, _calendar_hours(subject) - since
    if number == ENOUGH:  # the events of the evaluation before count too
        return hours + 10, 0
    return _CALENDAR[number]


class Account:
    """The tiles of one SLO, and their sums."""

    def __init__(self, subject: Subject, hours: int, last: int) -> None:
        self.subject, self.hours, self.last = subject, hours, last
        slo = subject.slo
        self.budget = Fraction(slo.objective.error_budget_ratio)
        self.minimum = minimum_bad_events(subject.slo)
        self.rolling_hours = slo.period.rolling.milliseconds // HOUR_MS
        self.book, self.bystander = TileBook(), TileBook()
        self._late()
        self._early()
        for number in (*SAID, last):
            if number != LOST:
                self.bystander.add(number * hours, (1000 * number, 0))

    def _add(self, number: int, hours_ago: int, tile: Tile) -> None:
        self.book.add(number * self.hours - hours_ago, tile)

    def _early(self) -> None:
        bad, good = self.budget.numerator, self.budget.denominator
        self._add(IDLE, 0, (0, 0))
        few, enough = self._parts(self.minimum * Decimal("0.97"), math.floor), self._parts(self.minimum, math.ceil)
        self._add(FEW, 0, (enough, few))
        rest = enough - few if self.rolling_hours > self.hours else enough
        self._add(ENOUGH, 0, (rest, rest))
        # whole budgets: the bad events of one budget are above every minimum
        times = 2 * (int(self.minimum) + 1)
        self._add(SPENT, 5, (good * times, bad * times))
        self._make_up(SPENT, 20, Fraction(1))
        self._add(KEPT, 5, (100 * good * times, 99 * bad * times))
        self._make_up(KEPT, 20, Fraction(99, 100))
        # a tile that ends exactly at the start of the period belongs to the period before
        self._add(BOUNDARY, 11, (5000, 700))
        self._add(BOUNDARY, 10, (3000, 2500))
        self._add(BOUNDARY, 9, (4000, 60))
        self._add(BOUNDARY, 0, (1000, 11))
        self._add(OPENING, 1, (900, 400))
        self._add(OPENING, 0, (800, 500))

    @staticmethod
    def _parts(count: Decimal, whole: Callable[[Fraction], int]) -> Fraction:
        """``count``, rounded to a fraction whose sums are exact floating-point numbers."""
        return Fraction(whole(Fraction(count) * _PARTS), _PARTS)

    def _make_up(self, number: int, hours_ago: int, share: Fraction) -> None:
        """Adds a tile, so that exactly ``share`` of the rolling budget is spent at an evaluation, with all other tiles.

        The tile ends before the calendar period begins.
        """
        spent = self.budget * share
        now = self.rolling(self.book, number, self.rolling_hours)
        if now is None:
            raise ValueError("a tile ends at the start of a range")
        total, bad = now
        times = max(-(-total // spent.denominator), -(-bad // spent.numerator)) + 1
        times = max(times, -(-(total - bad) // (spent.denominator - spent.numerator)) + 1)
        self._add(number, hours_ago, (spent.denominator * times - total, spent.numerator * times - bad))

    def _late(self) -> None:
        """Hours with much traffic, an outage in a quiet hour, and errors on both sides of the start of every range."""
        tiles: dict[int, Tile] = {0: (120_000, 240), 3: (90_000, 45), 5: (300, 270), 6: (20, 20)}
        edges = [*tile_windows(self.subject)]
        if _calendar_hours(self.subject):
            edges.append(_late_start(self.subject))
        for index, hours in enumerate(sorted(set(edges)), 1):
            tiles[hours - 1] = (700 + index, 100 * index)
            tiles[hours + 1] = (40_000 + index, 9000 * index)
        for hours_ago, tile in sorted(tiles.items(), reverse=True):
            self._add(self.last, hours_ago, tile)
            hour = self.last * self.hours - hours_ago
            if any(0 <= number * self.hours - hour <= _SCENE for number in SAID):
                raise ValueError("a tile is in the scene of another evaluation")
        if any(self.book.has(self.last * self.hours - hours) for hours in tile_windows(self.subject)):
            raise ValueError("a tile ends at the start of a range")

    # --- input

    def feed(self, timeline: Timeline, last: int) -> None:
        for index, group in enumerate(self.subject.groups):
            total, bad = (self.bystander if index else self.book).histories(last * self.hours)
            timeline.feed(self.subject.recorded(names.TOTAL_HOUR, group), LOST, constant(0, 0, 0))
            timeline.feed(self.subject.recorded(names.TOTAL_HOUR, group), last, total)
            timeline.feed(self.subject.recorded(names.BAD_HOUR, group), last, bad)

        calendar = self.subject.slo.period.calendar
        if calendar is not None:
            # another calendar has many bad events while this one has few
            other = self.subject.recorded(names.CALENDAR_BAD, self.subject.groups[0], calendar=f"not-{calendar.name}")
            timeline.feed(other, FEW, constant(7_000_000, 0, 0))

    # --- expected sums

    def rolling(self, book: TileBook, number: int, hours: int) -> Tile | None:
        return book.sums(number * self.hours, hours)

    def calendar(self, book: TileBook, number: int) -> Tile:
        since, _ = span(self.subject, number, self.hours, self.last)
        now = number * self.hours
        return book.since(now - since, now, _calendar_hours(self.subject))

    def elapsed(self, number: int) -> Fraction:
        since, until = span(self.subject, number, self.hours, self.last)
        return Fraction(since, since + until)

    def exhausted(self, number: int) -> list[AlertingRule] | None:
        """The exhaustion alerts that fire. None: the result depends on the Prometheus version, because a tile ends at
        the start of the rolling period.
        """
        period = self.subject.slo.period
        rolling = self.rolling(self.book, number, self.rolling_hours)
        if rolling is None:
            return None
        spent = {AlertKind.EXHAUSTED: self._spent(rolling, Fraction(1))}
        if period.calendar is not None:
            spent[AlertKind.CALENDAR_EXHAUSTED] = self._spent(self.calendar(self.book, number), self.elapsed(number))
        return [rule for rule in self.subject.alerts(*EXHAUSTION) if spent[rule.kind]]

    def _spent(self, tile: Tile, elapsed: Fraction) -> bool:
        return error_ratio(tile) / self.budget * elapsed >= 1 and tile[1] >= self.minimum

    def books(self) -> list[tuple[Labels, TileBook]]:
        return [(group, self.bystander if index else self.book) for index, group in enumerate(self.subject.groups)]


def error_ratio(tile: Tile) -> Fraction:
    return Fraction(tile[1]) / Fraction(tile[0]) if tile[0] else Fraction(0)
