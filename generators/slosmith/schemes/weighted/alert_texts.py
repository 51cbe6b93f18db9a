"""One place that gives alerts their labels and annotations, and says which of several values wins."""

from __future__ import annotations

from slosmith.model import Alerting, AlertSeverity, Duration, Labels, Slo
from slosmith.model.rules import AlertKind
from slosmith.schemes.scheme import Alert, Trigger
from slosmith.vocabulary import names
from slosmith.vocabulary.links import LINKS, percent_encoded


def alert(
    slo: Slo,
    alerting: Alerting,
    kind: AlertKind,
    name: str,
    tier: str,
    severity: AlertSeverity,
    severity_label: str = "",
    *,
    trigger: Trigger | None = None,
    hold: Duration | None = None,
) -> Alert:
    """An alert with the labels that routing needs. ``severity_label`` replaces the project's name of the severity.

    The user's labels win over ours, those of a severity over those of the SLO. The identity labels come with the series
    and cannot be overridden; they are written all the same, because promtool takes two alerts of one file for
    duplicates unless their written labels differ.
    """
    labels = {
        names.SEVERITY: severity_label or alerting.severity_label(severity),
        names.TIER: tier,
        names.TEAM: slo.team,
        **dict(alerting.labels),
        **dict(alerting.page_labels if severity == "page" else alerting.ticket_labels),
        names.ID: slo.id,
        names.SERVICE: slo.service,
        names.SLO: slo.name,
    }
    return Alert(
        kind=kind,
        name=name,
        tier=tier,
        severity=severity,
        labels=tuple(sorted((key, value) for key, value in labels.items() if value)),
        trigger=trigger,
        hold=hold,
    )


def annotated(slo: Slo, alerting: Alerting, alert: Alert, *, summary: str, description: str) -> Labels:
    """The annotations that a person needs. The user's win over ours, those of a severity over those of the SLO."""
    found = {
        "summary": summary,
        "description": description,
        "runbook": slo.runbook,
        "dashboard": slo.dashboard,
        **dict(alerting.annotations),
        **dict(alerting.page_annotations if alert.severity == "page" else alerting.ticket_annotations),
    }
    if found["description"] == description:
        found["description"] += _next_step(alert.kind, found["runbook"], found["dashboard"])
    return tuple((key, percent_encoded(value) if key in LINKS else value) for key, value in found.items() if value)


def _next_step(kind: AlertKind, runbook: str, dashboard: str) -> str:
    """What to do now, with the links that the alert has; empty where neither is a URL (``TODO``)."""
    look = "open the dashboard" if kind is AlertKind.ABSENT else "see on the dashboard how much error budget is left"
    steps = []
    if "://" in runbook:
        steps.append("follow the runbook")
    if "://" in dashboard:
        steps.append(look)
    return f" Next: {' and '.join(steps)}." if steps else ""
