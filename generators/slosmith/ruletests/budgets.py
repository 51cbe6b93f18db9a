"""Unit tests of both budgets: sums over hour tiles, weighted by events; the calendar's boundary; exhaustion.

Tiles are fed, so the rules that make them stay silent. All SLOs of a service share the ticks; the last of them lies
late enough for the longest period to have a beginning inside the test.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from slosmith.model import Duration, Labels
from slosmith.rules import names
from slosmith.rules.calendars import period_days
from slosmith.rules.chain import read_from_tiles
from slosmith.rules.windows import ratio_windows
from slosmith.ruletests.expect import firing, rendered_alert, round_query, series
from slosmith.ruletests.series import Timeline, constant
from slosmith.ruletests.subject import Subject, minimum_bad_events
from slosmith.ruletests.tiles import Tile, TileBook
from slosmith.ruletests.types import AlertTest, ExpectedAlert, QueryTest, TestGroup

_SCENE = 24
"""Hours before a tick that are its own."""

HALF_HOUR = Duration(1_800_000)
_HOUR_MS = 3_600_000

LOST, IDLE, FEW, SPENT, KEPT, BOUNDARY, OPENING = range(1, 8)
"""The first ticks; the last one looks back over whole periods."""

_SAID = {
    LOST: "no events, and no bad ones known: no ratio",
    IDLE: "idle: the budget is whole",
    FEW: "every event was bad, but there were few",
    SPENT: "the budget is spent to the last event",
    KEPT: "a hundredth of the budget is left",
    BOUNDARY: "only what ended after the calendar period began counts, and its budget grows with time",
    OPENING: "the calendar period begins now: its budget opens whole",
}

# the calendar period at a tick: hours since its start, hours until its end
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
    """Hours of the longest range over tiles: rolling period, calendar period, alert windows."""
    return max((hours for subject in subjects for hours in (*_windows(subject), _calendar_hours(subject))), default=0)


def budgets_group(subjects: Sequence[Subject], tick: Duration) -> TestGroup:
    """One test group for all SLOs."""
    hours = tick.milliseconds // _HOUR_MS
    last, accounts = _accounts(subjects, hours)
    timeline = Timeline(HALF_HOUR, tick)
    _feed_calendars(subjects, timeline, hours, last)
    queries: list[QueryTest] = []
    notes: list[str] = []
    for account in accounts:
        account.feed(timeline, last)
        for number in (*_SAID, last):
            queries += account.expect(number, timeline.at(number), notes)
    return TestGroup(
        "budgets",
        HALF_HOUR,
        timeline.inputs(),
        tuple(queries),
        _texts(accounts, timeline.at(SPENT), notes),
        (
            f"Every {tick} a tick; hour tiles are fed. {'; '.join(_SAID.values())}.",
            f"The last tick ({timeline.at(last)}) looks back over whole periods.",
            *notes,
        ),
    )


def _accounts(subjects: Sequence[Subject], hours: int) -> tuple[int, list[_Account]]:
    """The last tick and every SLO's tiles: the first tick at which the longest period begins after the ticks that need
    an empty past, and at which no tiles collide.
    """
    last = max(len(_SAID) + 1, FEW + -(-(longest_look_back(subjects) + 3) // hours))
    for attempt in range(last, last + hours):
        try:
            return attempt, [_Account(subject, hours, attempt) for subject in subjects]
        except ValueError:
            continue
    raise AssertionError("tiles collide at every tick")


def _windows(subject: Subject) -> tuple[int, ...]:
    """Hours of every window that is summed from tiles, the rolling period among them."""
    slo = subject.slo
    own = [window for window in ratio_windows(slo.alerting) if subject.weighted and read_from_tiles(window)]
    return tuple(sorted({window.milliseconds // _HOUR_MS for window in (*own, slo.period.rolling)}))


def _calendar_hours(subject: Subject) -> int:
    calendar = subject.slo.period.calendar
    return 24 * period_days(calendar)[1] if calendar is not None else 0


def _span(subject: Subject, number: int, last: int) -> tuple[int, int]:
    """Hours since the start and until the end of the calendar period at a tick."""
    if number == last:
        return _calendar_hours(subject) - 1, 1
    return _CALENDAR[number]


def _feed_calendars(subjects: Sequence[Subject], timeline: Timeline, hours: int, last: int) -> None:
    calendars = {subject.slo.period.calendar.name: subject for subject in subjects if subject.slo.period.calendar}
    for name, subject in sorted(calendars.items()):
        for number in (*_SAID, last):
            now = number * hours
            since, until = _span(subject, number, last)
            for metric, hour in ((names.CALENDAR_START, now - since), (names.CALENDAR_END, now + until)):
                for calendar, value in ((name, hour * 3600), (f"not-{name}", 3600)):
                    timeline.feed(series(metric, ((names.CALENDAR, calendar),)), number, constant(value, 0, 0))


class _Account:
    """One SLO's tiles, and what they come to."""

    def __init__(self, subject: Subject, hours: int, last: int) -> None:
        self.subject, self.hours, self.last = subject, hours, last
        slo = subject.slo
        self.budget = Fraction(slo.objective.error_budget_ratio)
        self.minimum = minimum_bad_events(subject)
        self._rolling_hours = slo.period.rolling.milliseconds // _HOUR_MS
        self.book, self.bystander = TileBook(), TileBook()
        self._late()
        self._early()
        for number in (*_SAID, last):
            if number != LOST:
                self.bystander.add(number * hours, (1000 * number, 0))

    def _add(self, number: int, hours_ago: int, tile: Tile) -> None:
        self.book.add(number * self.hours - hours_ago, tile)

    def _early(self) -> None:
        bad, good = self.budget.numerator, self.budget.denominator
        # whole budgets, so many that the bad events of one are above every floor
        enough = 2 * (int(self.minimum) + 1)
        few = int(self.minimum) // 2
        self._add(IDLE, 0, (0, 0))
        self._add(FEW, 0, (few, few))
        self._add(SPENT, 5, (good * enough, bad * enough))
        self._make_up(SPENT, 20, Fraction(1))
        self._add(KEPT, 5, (100 * good * enough, 99 * bad * enough))
        self._make_up(KEPT, 20, Fraction(99, 100))
        # the tile that ends as the period begins belongs to the one before
        self._add(BOUNDARY, 11, (5000, 700))
        self._add(BOUNDARY, 10, (3000, 2500))
        self._add(BOUNDARY, 9, (4000, 60))
        self._add(BOUNDARY, 0, (1000, 11))
        self._add(OPENING, 1, (900, 400))
        self._add(OPENING, 0, (800, 500))

    def _make_up(self, number: int, hours_ago: int, share: Fraction) -> None:
        """A tile after which exactly ``share`` of the rolling budget is spent at a tick, whatever else counts.

        It ends before the calendar period begins.
        """
        spent = self.budget * share
        now = self._rolling(self.book, number, self._rolling_hours)
        if now is None:
            raise ValueError("a tile stands at a range's start")
        total, bad = now
        times = max(-(-total // spent.denominator), -(-bad // spent.numerator)) + 1
        times = max(times, -(-(total - bad) // (spent.denominator - spent.numerator)) + 1)
        self._add(number, hours_ago, (spent.denominator * times - total, spent.numerator * times - bad))

    def _late(self) -> None:
        """Busy hours, an outage in a quiet one, and errors on both sides of every range's start."""
        tiles: dict[int, Tile] = {0: (120_000, 240), 3: (90_000, 45), 5: (300, 270), 6: (20, 20)}
        edges = [*_windows(self.subject)]
        if _calendar_hours(self.subject):
            edges.append(_calendar_hours(self.subject) - 1)
        for index, hours in enumerate(sorted(set(edges)), 1):
            tiles[hours - 1] = (700 + index, 100 * index)
            tiles[hours + 1] = (40_000 + index, 9000 * index)
        for hours_ago, tile in sorted(tiles.items(), reverse=True):
            self._add(self.last, hours_ago, tile)
            hour = self.last * self.hours - hours_ago
            if any(0 <= number * self.hours - hour <= _SCENE for number in _SAID):
                raise ValueError("a tile stands in another tick's scene")
        if any(self.book.has(self.last * self.hours - hours) for hours in _windows(self.subject)):
            raise ValueError("a tile stands at a range's start")

    # --- what is fed

    def feed(self, timeline: Timeline, last: int) -> None:
        for index, group in enumerate(self.subject.groups):
            total, bad = (self.bystander if index else self.book).histories(last * self.hours)
            timeline.feed(self.subject.recorded(names.TOTAL_HOUR, group), LOST, constant(0, 0, 0))
            timeline.feed(self.subject.recorded(names.TOTAL_HOUR, group), last, total)
            timeline.feed(self.subject.recorded(names.BAD_HOUR, group), last, bad)

        calendar = self.subject.slo.period.calendar
        if calendar is not None:
            # another calendar's bad events are many, while there are few in this one
            other = self.subject.recorded(names.CALENDAR_BAD, self.subject.groups[0], calendar=f"not-{calendar.name}")
            timeline.feed(other, FEW, constant(7_000_000, 0, 0))

    # --- what is expected

    def _rolling(self, book: TileBook, number: int, hours: int) -> Tile | None:
        return book.sums(number * self.hours, hours)

    def _calendar(self, book: TileBook, number: int) -> Tile:
        since, _ = _span(self.subject, number, self.last)
        now = number * self.hours
        return book.since(now - since, now, _calendar_hours(self.subject))

    def _elapsed(self, number: int) -> Fraction:
        since, until = _span(self.subject, number, self.last)
        return Fraction(since, since + until)

    def expect(self, number: int, at: Duration, notes: list[str]) -> list[QueryTest]:
        """Every budget series at a tick, and which exhaustion alerts fire."""
        subject = self.subject
        said = _SAID.get(number, "both periods from their beginning, every event with the same weight")
        comment = f"{subject.slo.id}: {said}"
        if number == LOST:
            return self._expect_nothing(at, comment)
        found = self._expect_rolling(number, at, comment, notes)
        if subject.slo.period.calendar is not None:
            found += self._expect_calendar(number, at)
        if subject.exhaustion:
            labels = [dict(rule.labels)[names.TIER] for rule in subject.exhaustion]
            fires = [((names.TIER, labels[i]), *subject.groups[0]) for i in self.exhausted(number)]
            found.append(firing(subject.slo, subject.exhaustion[0].alert, labels, at, fires))
        return found

    def _expect_nothing(self, at: Duration, comment: str) -> list[QueryTest]:
        windows = [Duration(hours * _HOUR_MS) for hours in _windows(self.subject)]
        metrics = [names.error_ratio(window) for window in windows]
        return [
            round_query(self.subject.select_any([*metrics, names.CALENDAR_ERROR_RATIO]), at, [], comment),
        ]

    def exhausted(self, number: int) -> list[int]:
        """Indexes of the exhaustion alerts that fire: 0 rolling, 1 calendar."""
        period = self.subject.slo.period
        rolling = self._rolling(self.book, number, self._rolling_hours) or (0, 0)
        sums = [(rolling, Fraction(1))]
        if period.calendar is not None:
            sums.append((self._calendar(self.book, number), self._elapsed(number)))
        return [
            index
            for index, (tile, elapsed) in enumerate(sums[: len(self.subject.exhaustion)])
            if _ratio(tile) / self.budget * elapsed >= 1 and tile[1] >= self.minimum
        ]

    def _books(self) -> list[tuple[Labels, TileBook]]:
        return [(group, self.bystander if index else self.book) for index, group in enumerate(self.subject.groups)]

    def _expect_rolling(self, number: int, at: Duration, comment: str, notes: list[str]) -> list[QueryTest]:
        subject = self.subject
        sums: list[tuple[Labels, Tile]] = []
        for group, book in self._books():
            tile = self._rolling(book, number, self._rolling_hours)
            if tile is None:
                notes.append(f"Not tested for {subject.slo.id} at {at}: a tile stands at the start of its period.")
                return []
            sums.append((group, tile))
        queries = [
            round_query(
                subject.select(names.PERIOD_BUDGET_REMAINING),
                at,
                [(subject.public_labels(group), 1 - _ratio(tile) / self.budget) for group, tile in sums],
                comment,
            )
        ]
        if number in (IDLE, self.last):
            queries += self._ratios(number, at)
        if number == self.last:
            for metric, index in ((names.PERIOD_TOTAL, 0), (names.PERIOD_BAD, 1)):
                values = [(subject.base_labels(group), Fraction(tile[index])) for group, tile in sums]
                queries.append(round_query(subject.select(metric), at, values))
            burnt = [(subject.public_labels(group), _ratio(tile) / self.budget) for group, tile in sums]
            queries.append(round_query(subject.select(names.PERIOD_BURN_RATE), at, burnt))
        return queries

    def _ratios(self, number: int, at: Duration) -> list[QueryTest]:
        """The error ratio over every window that is read from tiles."""
        subject = self.subject
        queries = []
        for hours in _windows(subject):
            window = Duration(hours * _HOUR_MS)
            labels = {names.WINDOW: str(window)}
            values = [
                (subject.public_labels(group, **labels), _ratio(tile))
                for group, book in self._books()
                if (tile := self._rolling(book, number, hours)) is not None
            ]
            queries.append(round_query(subject.select(names.error_ratio(window)), at, values))
        return queries

    def _expect_calendar(self, number: int, at: Duration) -> list[QueryTest]:
        subject, calendar = self.subject, self.subject.slo.period.calendar
        own = {names.CALENDAR: calendar.name} if calendar is not None else {}
        sums = [(group, self._calendar(book, number)) for group, book in self._books()]
        spent = [(group, _ratio(tile) / self.budget * self._elapsed(number)) for group, tile in sums]
        public = [subject.public_labels(group, **own) for group, _ in sums]

        def query(metric: str, values: list[Fraction]) -> QueryTest:
            return round_query(subject.select(metric, **own), at, list(zip(public, values, strict=True)))

        queries = [query(names.CALENDAR_BUDGET_REMAINING, [1 - value for _, value in spent])]
        if number in (BOUNDARY, OPENING, self.last):
            queries.append(query(names.CALENDAR_ERROR_RATIO, [_ratio(tile) for _, tile in sums]))
            queries.append(query(names.CALENDAR_BUDGET_SPENT, [value for _, value in spent]))
        if number in (BOUNDARY, self.last):
            for metric, index in ((names.CALENDAR_TOTAL, 0), (names.CALENDAR_BAD, 1)):
                base = [(subject.base_labels(group, **own), Fraction(tile[index])) for group, tile in sums]
                queries.append(round_query(subject.select(metric, **own), at, base))
        return queries


def _ratio(tile: Tile) -> Fraction:
    return Fraction(tile[1], tile[0]) if tile[0] else Fraction(0)


def _texts(accounts: Sequence[_Account], at: Duration, notes: list[str]) -> tuple[AlertTest, ...]:
    """Labels and annotations of the exhaustion alerts: nothing is left."""
    expected: dict[str, list[ExpectedAlert]] = {}
    for account in accounts:
        subject = account.subject
        calendar = subject.slo.period.calendar
        for index in account.exhausted(SPENT):
            rule = subject.exhaustion[index]
            more = {names.CALENDAR: calendar.name} if index and calendar is not None else {}
            shown = rendered_alert(rule, subject.public_labels(subject.groups[0], **more), 0.0)
            if shown is None:
                notes.append(f"Texts of {rule.alert} are not compared: they hold templates beyond the usual.")
                return ()
            expected.setdefault(rule.alert, []).append(ExpectedAlert(*shown))
    return tuple(
        AlertTest(alert, at, tuple(alerts), ("The alerts' texts.",)) for alert, alerts in sorted(expected.items())
    )
