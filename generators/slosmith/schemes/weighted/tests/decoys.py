"""Unit test of identities: the input has recorded series of other SLOs too, and no rule may read them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from slosmith.model import HOUR, Duration, Labels, Slo
from slosmith.model.rule_tests import QueryTest, TestGroup
from slosmith.ruletests.expect import round_query, series
from slosmith.ruletests.series import Timeline, constant
from slosmith.ruletests.spans import EVALUATED_EVERY
from slosmith.schemes.tiers import ratio_windows
from slosmith.schemes.weighted.recordings import event_windows, tiles_read_raw
from slosmith.schemes.weighted.tests.evaluate import MINUTE
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names

_LARGE = 7_000_000_000_000_000
"""The value of the other series: far above every threshold and minimum."""

_TILES = (names.TOTAL_HOUR, names.BAD_HOUR)
_EARLIER = 7
"""Minutes: an earlier sample of other SLOs' tiles, which rules read where a tile is missing on the full hour."""

_EVENTS = 1_000_000_000
_HOURS = 10
"""The calendar period began ten hours ago and ends in ten."""

_CALENDAR = (
    names.CALENDAR_TOTAL, names.CALENDAR_BAD, names.CALENDAR_ERROR_RATIO, names.CALENDAR_COVERAGE,
    names.CALENDAR_BUDGET_SPENT, names.CALENDAR_BUDGET_REMAINING,
)  # fmt: skip
_REMAINING = (names.PERIOD_BUDGET_REMAINING, names.CALENDAR_BUDGET_REMAINING)


def decoys_group(subjects: Sequence[Subject]) -> TestGroup:
    """One test group, with one evaluation for all SLOs. Their samples are at this time: each series has one value."""
    timeline = Timeline(MINUTE, EVALUATED_EVERY)
    queries: list[QueryTest] = []
    calendars = {subject.slo.period.calendar.name for subject in subjects if subject.slo.period.calendar}
    for calendar in sorted(calendars):
        now, hours = EVALUATED_EVERY.whole_seconds, _HOURS * 3600
        for metric, value in ((names.CALENDAR_START, now - hours), (names.CALENDAR_END, now + hours)):
            timeline.feed(series(metric, ((names.CALENDAR, calendar),)), 1, constant(value, 0, 0))
            timeline.feed(series(metric, ((names.CALENDAR, f"not-{calendar}"),)), 1, constant(3600, 0, 0))
    for subject in subjects:
        bad = _bad(subject)
        subject.feed_events(timeline, 1, constant(_EVENTS, 0, 0), constant(bad, 0, 0))
        if tiles_read_raw(subject.slo):
            every = subject.every
            subject.feed_tiles(timeline, 1, constant(_EVENTS * every, 0, 0), constant(bad * every, 0, 0))
        for metric, labels in _decoys(subject):
            value = -_LARGE if metric in _REMAINING else _LARGE
            earlier = constant(value, _EARLIER, _EARLIER) if metric in _TILES else ()
            timeline.feed(series(metric, labels), 1, (*earlier, *constant(value, 0, 0)))
        queries += _own(subject, Fraction(bad, _EVENTS), bad, timeline.at(1))
    return TestGroup(
        "recorded series of other SLOs",
        MINUTE,
        timeline.inputs(),
        tuple(queries),
        comment=(
            "For each recording there are copies with one identity label changed. Rules must not read the copies.",
        ),
    )


def _bad(subject: Subject) -> int:
    """Bad events a second, so few that no alert fires."""
    limits = [subject.slo.objective.error_budget_ratio, *(tier.threshold_ratio for tier in subject.tiers)]
    return int(_EVENTS * min(limits) / 2)


def _decoys(subject: Subject) -> list[tuple[str, Labels]]:
    """For every recording that a rule reads, copies that differ from the SLO's series in one label."""
    slo = subject.slo
    own = subject.base_labels(subject.groups[0])
    others = [_changed(own, label, "not") for label in names.IDENTITY]
    found = [(metric, labels) for metric in _recorded(slo) for labels in others]
    # other SLOs whose events cannot be counted
    found += [(names.OBJECTIVE_RATIO, _changed(own, label, "lone")) for label in names.IDENTITY]
    calendar = slo.period.calendar
    if calendar is not None:
        labels = (*own, (names.CALENDAR, calendar.name))
        in_calendar = [_changed(labels, label, "not") for label in (*names.IDENTITY, names.CALENDAR)]
        found += [(metric, labels) for metric in _CALENDAR for labels in in_calendar]
    return found


def _changed(labels: Labels, label: str, how: str) -> Labels:
    return tuple((name, f"{how}-{value}" if name == label else value) for name, value in labels)


def _recorded(slo: Slo) -> tuple[str, ...]:
    """Every recording that a rule of the SLO selects by its identity labels, without those of the calendar."""
    windows = (*ratio_windows(slo.alerting), slo.period.rolling)
    return (
        names.TOTAL_RATE, names.BAD_RATE, names.TOTAL_HOUR, names.BAD_HOUR, names.COVERAGE_HOUR,
        names.PERIOD_TOTAL, names.PERIOD_BAD, names.COVERAGE,
        *dict.fromkeys(names.error_ratio(window) for window in windows),
        *(names.window_events(window) for window in event_windows(slo)),
        names.OBJECTIVE_RATIO, names.PERIOD_BURN_RATE, names.PERIOD_BUDGET_REMAINING,
    )  # fmt: skip


def _own(subject: Subject, ratio: Fraction, bad: int, at: Duration) -> list[QueryTest]:
    """The expected recordings of the SLO itself. Every window contains one sample."""
    slo = subject.slo
    burn = ratio / Fraction(slo.objective.error_budget_ratio)
    windows = {slo.period.rolling: ratio}
    if subject.weighted:
        windows |= dict.fromkeys(ratio_windows(slo.alerting), ratio)
    rest = [(index > 0, group) for index, group in enumerate(subject.groups)]
    ratios = [
        (subject.public_labels(group, **{names.WINDOW: str(window)}), Fraction(0) if bystander else value)
        for bystander, group in rest
        for window, value in windows.items()
    ]

    calendar = slo.period.calendar
    in_calendar = {names.CALENDAR: calendar.name} if calendar is not None else {}

    def query(metric: str, value: Fraction, bystander: Fraction, *, base: bool = False) -> QueryTest:
        labels = subject.base_labels if base else subject.public_labels
        own = in_calendar if metric in _CALENDAR else {}
        values = [(labels(group, **own), bystander if other else value) for other, group in rest]
        return round_query(subject.select_strictly(subject.select(metric, **own)), at, values)

    events, errors, none, one = (
        Fraction(_EVENTS * subject.every),
        Fraction(bad * subject.every),
        Fraction(0),
        Fraction(1),
    )
    # one evaluation of the last hour has rates
    seen, hours = min(Fraction(subject.every, 3600), one), slo.period.rolling.milliseconds // HOUR.milliseconds
    found = [
        round_query(
            subject.select_strictly(subject.select_any(names.error_ratio(window) for window in windows)),
            at,
            ratios,
            f"{slo.id}: only its own series count",
        ),
        query(names.TOTAL_HOUR, events, events, base=True),
        query(names.BAD_HOUR, errors, none, base=True),
        query(names.PERIOD_TOTAL, events, events, base=True),
        query(names.PERIOD_BAD, errors, none, base=True),
        query(names.PERIOD_BURN_RATE, burn, none),
        query(names.COVERAGE_HOUR, seen, seen, base=True),
        query(names.COVERAGE, seen / hours, seen / hours, base=True),
        query(names.PERIOD_BUDGET_REMAINING, 1 - burn * seen / hours, one),
        *(query(names.window_events(window), events, events, base=True) for window in event_windows(slo)),
    ]
    if subject.weighted:
        found.append(query(names.CURRENT_BURN_RATE, burn, none))
    if calendar is not None:
        found += [
            query(names.CALENDAR_TOTAL, events, events, base=True),
            query(names.CALENDAR_BAD, errors, none, base=True),
            query(names.CALENDAR_ERROR_RATIO, ratio, none),
            query(names.CALENDAR_COVERAGE, seen / _HOURS, seen / _HOURS, base=True),
            query(names.CALENDAR_BUDGET_SPENT, burn / 2, none),
            query(names.CALENDAR_BUDGET_REMAINING, 1 - burn / 2, one),
        ]
    alerts = series(names.ALERTS, ((names.ID, slo.id),))
    return [*found, QueryTest(f"count by ({names.TIER}) ({alerts})", at, (), (f"{slo.id}: no alert fires",))]
