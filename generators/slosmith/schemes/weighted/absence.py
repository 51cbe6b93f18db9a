"""The alert about a missing SLI. Without it, missing data would look like 100 %."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Alerting, Duration, Slo
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.chain import Chain
from slosmith.schemes.scheme import Alert
from slosmith.schemes.weighted.alert_texts import alert, annotated
from slosmith.schemes.weighted.budget_text import left_without_data
from slosmith.vocabulary import names


def alerts(slo: Slo, alerting: Alerting) -> Iterator[Alert]:
    """One alert; none if it is switched off."""
    if alerting.absence:
        severity, label = alerting.absent_severity, alerting.absent_severity_label
        hold = alerting.absent_for
        yield alert(slo, alerting, AlertKind.ABSENT, alerting.absent_name, "absent", severity, label, hold=hold)


def rule(chain: Chain, alerting: Alerting, alert: Alert, interval: Duration) -> AlertingRule:
    """Fires if the SLI disappeared, never existed, or lost its bucket. An idle SLI (0 events) is not absent.

    The expression compares two series. The objective is a constant, so it always exists. The rate of all events exists
    only if all events and bad events are known.

    The objective has no group labels. So the alert of a grouped SLO is about all groups together: it fires when no
    group is left. A spec does not list the groups, so a group that disappears looks like a group that was removed on
    purpose.
    """
    slo, hold = chain.slo, alert.hold
    texts = annotated(
        slo,
        alerting,
        alert,
        summary=f"{chain.whole_title}: no data",
        description=(
            f"{_unknown(chain)}. Some or all of its series have been missing for {hold}. Nobody knows whether "
            f"{slo.service} meets its objective, and burn-rate alerts may not fire. Find out which series are missing. "
            "Usual causes: a renamed metric, a selector that matches no series, a histogram bucket that is gone."
        ),
        budget=left_without_data(chain),
    )
    expr = f"{chain.series(names.OBJECTIVE_RATIO)}\nunless on ({chain.on_identity})\n{chain.series(names.TOTAL_RATE)}"
    return alert.rule(
        slo,
        expr,
        texts,
        (
            f"Tier {alert.tier} ({alert.severity}): series of the SLI have been missing for {hold}.",
            "Series without traffic (0 events) are not missing.",
        ),
    )


def _unknown(chain: Chain) -> str:
    if not chain.slo.counts_events:
        return f"The error ratio of {chain.whole_subject} is not known"
    return f"The events of {chain.whole_subject} cannot be counted"
