"""Expected states of the absence alert at the evaluations of the test group of recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from slosmith.model import Duration
from slosmith.model.rule_tests import AlertTest, ExpectedAlert, QueryTest, Sample
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.ruletests.expect import rendered_alert, series
from slosmith.ruletests.series import Timeline
from slosmith.schemes.chain import chain
from slosmith.schemes.weighted.budget_text import left_without_data
from slosmith.schemes.weighted.tests.agenda import BACK, IDLE, NO_ERRORS_KNOWN, NOTHING, UNEVEN
from slosmith.schemes.weighted.tests.budget_left import without_data
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names


def absence_queries(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """The expected state (none, pending, firing) at every evaluation."""
    return [query for rule in subject.alerts(AlertKind.ABSENT) for query in _absence_queries(subject, rule, timeline)]


def _absence_queries(subject: Subject, rule: AlertingRule, timeline: Timeline) -> list[QueryTest]:
    tier = dict(rule.labels)[names.TIER]
    selector = series(names.ALERTS, ((names.ALERT_NAME, rule.alert), (names.ID, subject.slo.id), (names.TIER, tier)))
    states = _absence_states(rule, timeline)
    said = {
        IDLE: "no traffic: data is not absent", UNEVEN: "data is there",
        NO_ERRORS_KNOWN: "the series of bad events is missing", NOTHING: "all series are missing",
        BACK: "data is there again",
    }  # fmt: skip
    return [
        QueryTest(
            f"count by ({names.ALERT_STATE}) ({selector})",
            timeline.at(evaluation),
            (Sample(series("", ((names.ALERT_STATE, state),)), "1"),) if state else (),
            (f"{subject.slo.id}: {said[evaluation]}",),
        )
        for evaluation, state in states.items()
    ]


def _absence_states(rule: AlertingRule, timeline: Timeline) -> dict[int, str]:
    hold = rule.hold or Duration(0)
    at_once = "firing" if hold.milliseconds == 0 else "pending"
    later = "firing" if hold <= timeline.evaluation_interval else "pending"
    return {IDLE: "", UNEVEN: "", NO_ERRORS_KNOWN: at_once, NOTHING: later, BACK: ""}


def absence_texts(
    subjects: Sequence[Subject], timeline: Timeline, counted: Callable[[Subject, int], tuple[Fraction, Fraction]]
) -> tuple[AlertTest, ...]:
    """The expected labels and annotations of the absence alerts while they fire. ``counted`` gives all and bad events
    of the hour before an evaluation.
    """
    expected: dict[str, list[ExpectedAlert]] = {}
    for subject in subjects:
        for rule in subject.alerts(AlertKind.ABSENT):
            if _absence_states(rule, timeline)[NOTHING] != "firing":
                continue
            left = without_data(subject, _hours(subject, timeline, counted))
            known = {} if left is None else {left_without_data(chain(subject.slo)): left}
            shown = rendered_alert(rule, subject.public_labels(), float(subject.slo.objective.target_ratio), known)
            if shown is None:
                return ()
            expected.setdefault(rule.alert, []).append(ExpectedAlert(*shown))
    return tuple(
        AlertTest(alert, timeline.at(NOTHING), tuple(alerts), ("Labels and annotations of the alerts.",))
        for alert, alerts in sorted(expected.items())
    )


def _hours(
    subject: Subject, timeline: Timeline, counted: Callable[[Subject, int], tuple[Fraction, Fraction]]
) -> list[tuple[Fraction, Fraction]]:
    """The hours before all series vanished that the rolling period still reads."""
    reach = subject.slo.period.rolling.milliseconds
    every = timeline.evaluation_interval.milliseconds
    hours = {each: counted(subject, each) for each in (UNEVEN, NO_ERRORS_KNOWN) if (NOTHING - each) * every < reach}
    # without bad events in its whole period there is no ratio, however many events there were
    return list(hours.values()) if UNEVEN in hours else []
