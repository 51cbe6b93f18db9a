"""Unit tests of both budgets: sums over hour tiles, the start of the calendar period, and exhaustion.

Hour tiles are the input. The raw series are missing, so the rules that record hour tiles give nothing. All SLOs of a
service share the evaluations. The last evaluation is so late that the longest period begins inside the test.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from slosmith.model import Duration, Labels
from slosmith.model.rule_tests import AlertTest, ExpectedAlert, QueryTest, TestGroup
from slosmith.model.rules import AlertKind
from slosmith.ruletests.expect import firing, rendered_alert, round_query, series
from slosmith.ruletests.series import Timeline, constant
from slosmith.schemes.weighted.exhaustion import LEFT
from slosmith.schemes.weighted.tests.accounts import (
    BOUNDARY,
    ENOUGH,
    EXHAUSTION,
    HALF_HOUR,
    HOUR_MS,
    IDLE,
    LOST,
    OPENING,
    SAID,
    SHORTEST,
    SPENT,
    Account,
    error_ratio,
    longest_look_back,
    span,
    tile_windows,
)
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.schemes.weighted.tests.tiles import Tile
from slosmith.vocabulary import names


def budgets_group(subjects: Sequence[Subject], evaluation_interval: Duration) -> TestGroup:
    """One test group for all SLOs, without SLOs whose period is too short for the scenes."""
    short = [subject.slo.id for subject in subjects if subject.slo.period.rolling < SHORTEST]
    subjects = [subject for subject in subjects if subject.slo.period.rolling >= SHORTEST]
    hours = evaluation_interval.milliseconds // HOUR_MS
    last, accounts = _accounts(subjects, hours)
    timeline = Timeline(HALF_HOUR, evaluation_interval)
    _feed_calendars(subjects, timeline, hours, last)
    queries: list[QueryTest] = []
    notes = [f"Not tested: {', '.join(short)}, whose period is shorter than {SHORTEST.in_days}."] if short else []
    for account in accounts:
        account.feed(timeline, last)
        expected = _Expected(account)
        for number in (*SAID, last):
            queries += expected.at_evaluation(number, timeline.at(number), notes)
    return TestGroup(
        "budgets",
        HALF_HOUR,
        timeline.inputs(),
        tuple(queries),
        _texts(accounts, timeline.at(SPENT), notes),
        (
            f"Rules are evaluated every {evaluation_interval}; each evaluation sees another scenario. "
            "Input: events of each hour.",
            *(f"- {said}" for said in SAID.values()),
            f"The last evaluation ({timeline.at(last)}) covers whole periods.",
            *notes,
        ),
    )


def _accounts(subjects: Sequence[Subject], hours: int) -> tuple[int, list[Account]]:
    """The number of the last evaluation, and the tiles of every SLO. At the last evaluation, the longest period begins
    after the evaluations that need an empty past, and no tiles collide. It is the first such evaluation.
    """
    last = max(len(SAID) + 1, ENOUGH + -(-(longest_look_back(subjects) + 3) // hours))
    for attempt in range(last, last + hours):
        try:
            return attempt, [Account(subject, hours, attempt) for subject in subjects]
        except ValueError:
            continue
    raise AssertionError("tiles collide at every evaluation")


def _feed_calendars(subjects: Sequence[Subject], timeline: Timeline, hours: int, last: int) -> None:
    calendars = {subject.slo.period.calendar.name: subject for subject in subjects if subject.slo.period.calendar}
    for name, subject in sorted(calendars.items()):
        for number in (*SAID, last):
            now = number * hours
            since, until = span(subject, number, hours, last)
            for metric, hour in ((names.CALENDAR_START, now - since), (names.CALENDAR_END, now + until)):
                for calendar, value in ((name, hour * 3600), (f"not-{name}", 3600)):
                    timeline.feed(series(metric, ((names.CALENDAR, calendar),)), number, constant(value, 0, 0))


class _Expected:
    """The expected results for one account, by evaluation."""

    def __init__(self, account: Account) -> None:
        self.account, self.subject = account, account.subject

    def at_evaluation(self, number: int, at: Duration, notes: list[str]) -> list[QueryTest]:
        """Every series of a budget at an evaluation, and the exhaustion alerts that fire."""
        subject = self.subject
        said = SAID.get(number, "both periods from their start; every event has the same weight")
        comment = f"{subject.slo.id}: {said}"
        if number == LOST:
            return self._expect_nothing(at, comment)
        found = self._expect_rolling(number, at, comment, notes)
        if subject.slo.period.calendar is not None:
            found += self._expect_calendar(number, at)
        exhausted = self.account.exhausted(number)
        alerts = subject.alerts(*EXHAUSTION)
        if alerts and exhausted is not None:
            found.append(firing(subject.slo, alerts, alerts, exhausted, at))
        return found

    def _expect_nothing(self, at: Duration, comment: str) -> list[QueryTest]:
        windows = [Duration(hours * HOUR_MS) for hours in tile_windows(self.subject)]
        metrics = [names.error_ratio(window) for window in windows]
        return [
            round_query(self.subject.select_any([*metrics, names.CALENDAR_ERROR_RATIO]), at, [], comment),
        ]

    def _expect_rolling(self, number: int, at: Duration, comment: str, notes: list[str]) -> list[QueryTest]:
        subject = self.subject
        sums: list[tuple[Labels, Tile]] = []
        for group, book in self.account.books():
            tile = self.account.rolling(book, number, self.account.rolling_hours)
            if tile is None:
                notes.append(
                    f"Not tested for {subject.slo.id} at {at}: Prometheus versions differ in what they read "
                    "at the start of its period."
                )
                return []
            sums.append((group, tile))
        queries = [
            round_query(
                subject.select(names.PERIOD_BUDGET_REMAINING),
                at,
                [(subject.public_labels(group), 1 - error_ratio(tile) / self.account.budget) for group, tile in sums],
                comment,
            )
        ]
        if number in (IDLE, self.account.last):
            queries += self._ratios(number, at)
        if number == self.account.last:
            for metric, index in ((names.PERIOD_TOTAL, 0), (names.PERIOD_BAD, 1)):
                values = [(subject.base_labels(group), Fraction(tile[index])) for group, tile in sums]
                queries.append(round_query(subject.select(metric), at, values))
            burnt = [(subject.public_labels(group), error_ratio(tile) / self.account.budget) for group, tile in sums]
            queries.append(round_query(subject.select(names.PERIOD_BURN_RATE), at, burnt))
        return queries

    def _ratios(self, number: int, at: Duration) -> list[QueryTest]:
        """The error ratio over every window that is computed from hour tiles."""
        subject = self.subject
        queries = []
        for hours in tile_windows(subject):
            window = Duration(hours * HOUR_MS)
            labels = {names.WINDOW: str(window)}
            values = [
                (subject.public_labels(group, **labels), error_ratio(tile))
                for group, book in self.account.books()
                if (tile := self.account.rolling(book, number, hours)) is not None
            ]
            queries.append(round_query(subject.select(names.error_ratio(window)), at, values))
        return queries

    def _expect_calendar(self, number: int, at: Duration) -> list[QueryTest]:
        subject, calendar = self.subject, self.subject.slo.period.calendar
        own = {names.CALENDAR: calendar.name} if calendar is not None else {}
        sums = [(group, self.account.calendar(book, number)) for group, book in self.account.books()]
        spent = [
            (group, error_ratio(tile) / self.account.budget * self.account.elapsed(number)) for group, tile in sums
        ]
        public = [subject.public_labels(group, **own) for group, _ in sums]

        def query(metric: str, values: list[Fraction]) -> QueryTest:
            return round_query(subject.select(metric, **own), at, list(zip(public, values, strict=True)))

        queries = [query(names.CALENDAR_BUDGET_REMAINING, [1 - value for _, value in spent])]
        if number in (BOUNDARY, OPENING, self.account.last):
            queries.append(query(names.CALENDAR_ERROR_RATIO, [error_ratio(tile) for _, tile in sums]))
            queries.append(query(names.CALENDAR_BUDGET_SPENT, [value for _, value in spent]))
        if number in (BOUNDARY, self.account.last):
            for metric, index in ((names.CALENDAR_TOTAL, 0), (names.CALENDAR_BAD, 1)):
                base = [(subject.base_labels(group, **own), Fraction(tile[index])) for group, tile in sums]
                queries.append(round_query(subject.select(metric, **own), at, base))
        return queries


def _texts(accounts: Sequence[Account], at: Duration, notes: list[str]) -> tuple[AlertTest, ...]:
    """The expected labels and annotations of the exhaustion alerts when nothing is left of the budgets."""
    expected: dict[str, list[ExpectedAlert]] = {}
    for account in accounts:
        subject = account.subject
        calendar = subject.slo.period.calendar
        for rule in account.exhausted(SPENT) or ():
            own = calendar if rule.kind is AlertKind.CALENDAR_EXHAUSTED else None
            more = {names.CALENDAR: own.name} if own is not None else {}
            shown = rendered_alert(rule, subject.public_labels(subject.groups[0], **more), 0.0, {LEFT: "0%"})
            if shown is None:
                notes.append(
                    f"Annotations of {rule.alert} are not compared: they contain templates that slosmith cannot render."
                )
                return ()
            expected.setdefault(rule.alert, []).append(ExpectedAlert(*shown))
    return tuple(
        AlertTest(alert, at, tuple(alerts), ("Labels and annotations of the alerts.",))
        for alert, alerts in sorted(expected.items())
    )
