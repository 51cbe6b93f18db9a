"""Unit tests of both budgets: sums over hour tiles, the start of the calendar period, and exhaustion.

Hour tiles are the input. Raw series are missing, so the rules that record tiles give nothing. All SLOs of a service
share the test groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from slosmith.model import Duration
from slosmith.model.rule_tests import AlertTest, ExpectedAlert, QueryTest, TestGroup
from slosmith.model.rules import AlertKind
from slosmith.ruletests.expect import rendered_alert, round_query, series, states_of
from slosmith.ruletests.series import Timeline, constant
from slosmith.ruletests.spans import LONGEST, apart
from slosmith.ruletests.states import FIRING, NONE
from slosmith.schemes.weighted.exhaustion import LEFT
from slosmith.schemes.weighted.recordings import event_windows
from slosmith.schemes.weighted.tests.accounts import (
    BOUNDARY,
    CALENDAR,
    EXHAUSTION,
    IDLE,
    LOST,
    NOW,
    OPENING,
    SAID,
    SHORTEST,
    SPENT,
    Account,
    error_ratio,
    tiled_windows,
)
from slosmith.schemes.weighted.tests.evaluate import MINUTE, hours_of
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names


def budgets_groups(subjects: Sequence[Subject]) -> tuple[TestGroup, ...]:
    """A test group for each scenario, for all SLOs whose period is long enough for the scenario."""
    short = [subject.slo.id for subject in subjects if subject.slo.period.rolling < SHORTEST]
    subjects = [subject for subject in subjects if subject.slo.period.rolling >= SHORTEST]
    accounts = [Account(subject) for subject in subjects]
    timeline = Timeline(MINUTE, LONGEST)
    _feed_calendars(subjects, timeline)
    queries: list[QueryTest] = []
    notes = [f"Not tested: {', '.join(short)}, whose period is shorter than {SHORTEST.in_days}."] if short else []
    for account in accounts:
        account.feed(timeline)
        expected = _Expected(account)
        for number in SAID:
            queries += expected.at_evaluation(number, timeline.at(number))
    alerts = _texts(accounts, timeline.at(SPENT), notes)
    comment = (
        "Input: events of each hour. Scenarios:",
        *(f"- {said}" for said in SAID.values()),
        "`slosmith test` tests how far the rolling and the calendar period reach.",
        *notes,
    )
    return apart(timeline, TestGroup("budgets", MINUTE, (), tuple(queries), alerts, comment))


def _feed_calendars(subjects: Sequence[Subject], timeline: Timeline) -> None:
    calendars = {subject.slo.period.calendar.name for subject in subjects if subject.slo.period.calendar}
    for name in sorted(calendars):
        for number, (since, until) in CALENDAR.items():
            for metric, hour in ((names.CALENDAR_START, NOW - since), (names.CALENDAR_END, NOW + until)):
                for calendar, value in ((name, hour * 3600), (f"not-{name}", 3600)):
                    timeline.feed(series(metric, ((names.CALENDAR, calendar),)), number, constant(value, 0, 0))


class _Expected:
    """The expected results for one account, by evaluation."""

    def __init__(self, account: Account) -> None:
        self.account, self.subject = account, account.subject

    def at_evaluation(self, number: int, at: Duration) -> list[QueryTest]:
        """Every series of a budget in a scenario, and the exhaustion alerts that fire."""
        subject = self.subject
        comment = SAID[number]
        if number == LOST:
            return self._expect_nothing(at, comment)
        found = self._expect_rolling(number, at, comment)
        if subject.slo.period.calendar is not None:
            found += self._expect_calendar(number, at)
        alerts = subject.alerts(*EXHAUSTION)
        if alerts:
            spent = self.account.exhausted(number)
            states = [(rule, FIRING if rule in spent else NONE) for rule in alerts]
            found.append(states_of(subject.slo, alerts, states, at))
        return found

    def _expect_nothing(self, at: Duration, comment: str) -> list[QueryTest]:
        metrics = [names.error_ratio(window) for window in tiled_windows(self.subject)]
        return [
            round_query(self.subject.select_any([*metrics, names.CALENDAR_ERROR_RATIO]), at, [], comment),
        ]

    def _expect_rolling(self, number: int, at: Duration, comment: str) -> list[QueryTest]:
        subject = self.subject
        account, books = self.account, self.account.books(number)
        sums = [(group, account.rolling(book, account.rolling_hours)) for group, book in books]
        seen = [account.coverage(book, number) for _, book in books]
        left = [
            (subject.public_labels(group), 1 - error_ratio(tile) / account.budget * share)
            for (group, tile), share in zip(sums, seen, strict=True)
        ]
        queries = [round_query(subject.select(names.PERIOD_BUDGET_REMAINING), at, left, comment)]
        if number in (IDLE, BOUNDARY):
            queries += self._windows(number, at)
        if number == BOUNDARY:
            for metric, index in ((names.PERIOD_TOTAL, 0), (names.PERIOD_BAD, 1)):
                values = [(subject.base_labels(group), Fraction(tile[index])) for group, tile in sums]
                queries.append(round_query(subject.select(metric), at, values))
            burnt = [(subject.public_labels(group), error_ratio(tile) / self.account.budget) for group, tile in sums]
            queries.append(round_query(subject.select(names.PERIOD_BURN_RATE), at, burnt))
            known = [(subject.base_labels(group), share) for (group, _), share in zip(sums, seen, strict=True)]
            queries.append(round_query(subject.select(names.COVERAGE), at, known))
        return queries

    def _windows(self, number: int, at: Duration) -> list[QueryTest]:
        """The error ratio, and all events, over every window that is computed from hour tiles."""
        subject = self.subject
        queries = []
        events = event_windows(subject.slo)
        for window in tiled_windows(subject):
            # on the full hour, a tile for each hour that has begun in the window
            labels = {names.WINDOW: str(window)}
            sums = [(group, self.account.rolling(book, hours_of(window))) for group, book in self.account.books(number)]
            ratios = [(subject.public_labels(group, **labels), error_ratio(tile)) for group, tile in sums]
            queries.append(round_query(subject.select(names.error_ratio(window)), at, ratios))
            if window in events:
                totals = [(subject.base_labels(group), Fraction(tile[0])) for group, tile in sums]
                queries.append(round_query(subject.select(names.window_events(window)), at, totals))
        return queries

    def _expect_calendar(self, number: int, at: Duration) -> list[QueryTest]:
        subject, calendar = self.subject, self.subject.slo.period.calendar
        own = {names.CALENDAR: calendar.name} if calendar is not None else {}
        if number == OPENING:  # no hour of it has ended
            metrics = (
                names.CALENDAR_ERROR_RATIO, names.CALENDAR_COVERAGE, names.CALENDAR_BUDGET_SPENT,
                names.CALENDAR_BUDGET_REMAINING,
            )  # fmt: skip
            return [round_query(subject.select_any(metrics), at, [])]
        sums = [(group, self.account.calendar(book, number)) for group, book in self.account.books(number)]
        spent = [
            (group, error_ratio(tile) / self.account.budget * self.account.elapsed(number)) for group, tile in sums
        ]
        public = [subject.public_labels(group, **own) for group, _ in sums]

        def query(metric: str, values: list[Fraction]) -> QueryTest:
            return round_query(subject.select(metric, **own), at, list(zip(public, values, strict=True)))

        queries = [query(names.CALENDAR_BUDGET_REMAINING, [1 - value for _, value in spent])]
        if number == BOUNDARY:
            queries.append(query(names.CALENDAR_ERROR_RATIO, [error_ratio(tile) for _, tile in sums]))
            queries.append(query(names.CALENDAR_BUDGET_SPENT, [value for _, value in spent]))
        if number == BOUNDARY:
            for metric, index in ((names.CALENDAR_TOTAL, 0), (names.CALENDAR_BAD, 1)):
                base = [(subject.base_labels(group, **own), Fraction(tile[index])) for group, tile in sums]
                queries.append(round_query(subject.select(metric, **own), at, base))
            seen = [
                (subject.base_labels(group, **own), self.account.calendar_coverage(book, number))
                for group, book in self.account.books(number)
            ]
            queries.append(round_query(subject.select(names.CALENDAR_COVERAGE, **own), at, seen))
        return queries


def _texts(accounts: Sequence[Account], at: Duration, notes: list[str]) -> tuple[AlertTest, ...]:
    """The expected labels and annotations of the exhaustion alerts when nothing is left of the budgets."""
    expected: dict[str, list[ExpectedAlert]] = {}
    for account in accounts:
        subject = account.subject
        calendar = subject.slo.period.calendar
        for rule in account.exhausted(SPENT):
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
