"""Labels and annotations of all alerts, and the order in which values replace each other."""

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
    keep: Duration | None = None,
) -> Alert:
    """An alert with the labels that routing needs. ``severity_label`` replaces the project's value for the severity.

    Labels of the user replace ours. Labels of a severity replace labels of the SLO. The identity labels come from the
    series, and nothing can replace them. The rule has them too, because promtool reports two alerts in one file as
    duplicates if their labels in the file are equal.
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
        keep=keep,
    )


def annotated(
    slo: Slo, alerting: Alerting, alert: Alert, *, summary: str, description: str, budget: str = ""
) -> Labels:
    """The annotations for people. Annotations of the user replace ours, those of a severity replace those
    of the SLO. ``budget`` says what is left of the error budget. It is empty if another text says it.
    """
    ours = {
        "summary": summary,
        "description": description,
        "budget": budget,
        "runbook": slo.runbook,
        "dashboard": slo.dashboard,
    }
    names_of = {own: alerting.annotation_name(own) for own in ours}
    found = {
        **{names_of[own]: text for own, text in ours.items() if names_of[own]},
        **dict(alerting.annotations),
        **dict(alerting.page_annotations if alert.severity == "page" else alerting.ticket_annotations),
    }
    links = {own: found.get(names_of[own], "") for own in LINKS}
    if found.get(names_of["description"]) == description:
        found[names_of["description"]] += _next_step(alert.kind, links["runbook"], links["dashboard"])
    encoded = {*LINKS, *(names_of[own] for own in LINKS)}
    return tuple((key, percent_encoded(value) if key in encoded else value) for key, value in found.items() if value)


def _next_step(kind: AlertKind, runbook: str, dashboard: str) -> str:
    """The next steps, with the links of the alert. Empty if none of the links is a URL (``TODO``)."""
    look = "open the dashboard" if kind is AlertKind.ABSENT else "see on the dashboard how much error budget is left"
    steps = []
    if "://" in runbook:
        steps.append("follow the runbook")
    if "://" in dashboard:
        steps.append(look)
    return f" Next: {' and '.join(steps)}." if steps else ""
