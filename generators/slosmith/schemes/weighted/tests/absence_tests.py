"""Expected states of the absence alert at the evaluations of the test group of recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from slosmith.model import Duration
from slosmith.model.rule_tests import AlertTest, ExpectedAlert, QueryTest, Sample
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.ruletests.expect import rendered_alert, series
from slosmith.ruletests.series import Timeline
from slosmith.ruletests.spans import EVALUATED_EVERY
from slosmith.schemes.chain import chain
from slosmith.schemes.weighted.budget_text import left_without_data
from slosmith.schemes.weighted.tests.agenda import IDLE, NO_EVENTS_KNOWN, NOTHING
from slosmith.schemes.weighted.tests.budget_left import without_data
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary import names


def absence_queries(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """The expected state (none, pending, firing) at every evaluation."""
    return [query for rule in subject.alerts(AlertKind.ABSENT) for query in _absence_queries(subject, rule, timeline)]


def _absence_queries(subject: Subject, rule: AlertingRule, timeline: Timeline) -> list[QueryTest]:
    tier = dict(rule.labels)[names.TIER]
    selector = series(names.ALERTS, ((names.ALERT_NAME, rule.alert), (names.ID, subject.slo.id), (names.TIER, tier)))
    at_once, later = _state_after(rule, Duration(0)), _state_after(rule, EVALUATED_EVERY)
    # only the scenario in which everything goes missing has data at an earlier evaluation
    expected = [
        (IDLE, "", "no traffic: data is not absent"),
        (NO_EVENTS_KNOWN, later, f"the series of all events has been missing for {EVALUATED_EVERY}"),
        (NOTHING, at_once, "all series have just gone missing"),
    ]
    return [
        QueryTest(
            f"count by ({names.ALERT_STATE}) ({selector})",
            timeline.at(evaluation),
            (Sample(series("", ((names.ALERT_STATE, state),)), "1"),) if state else (),
            (said,),
        )
        for evaluation, state, said in expected
    ]


def _state_after(rule: AlertingRule, missing: Duration) -> str:
    """The alert's state once data has been missing for that long."""
    return "firing" if (rule.hold or Duration(0)) <= missing else "pending"


def absence_texts(
    subjects: Sequence[Subject],
    timeline: Timeline,
    left_of: Callable[[Subject], Fraction | None],
) -> tuple[AlertTest, ...]:
    """The expected labels and annotations of the absence alerts while they fire. ``left_of`` gives the rest of the
    budget by the events before all events went missing.
    """
    expected: dict[str, list[ExpectedAlert]] = {}
    for subject in subjects:
        for rule in subject.alerts(AlertKind.ABSENT):
            if _state_after(rule, EVALUATED_EVERY) != "firing":
                continue
            left = without_data(subject, left_of(subject))
            known = {} if left is None else {left_without_data(chain(subject.slo)): left}
            shown = rendered_alert(rule, subject.public_labels(), float(subject.slo.objective.target_ratio), known)
            if shown is None:
                return ()
            expected.setdefault(rule.alert, []).append(ExpectedAlert(*shown))
    return tuple(
        AlertTest(alert, timeline.at(NO_EVENTS_KNOWN), tuple(alerts), ("Labels and annotations of the alerts.",))
        for alert, alerts in sorted(expected.items())
    )
