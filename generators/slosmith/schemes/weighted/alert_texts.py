"""One place that puts an alert together: labels, annotations and whose word wins."""

from __future__ import annotations

from typing import Literal

from slosmith.model import Alerting, BurnRateWindow, Duration
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.weighted.chain import Chain
from slosmith.vocabulary import names
from slosmith.vocabulary.links import LINKS, percent_encoded


def alert_rule(
    chain: Chain,
    alerting: Alerting,
    kind: AlertKind,
    *,
    name: str,
    severity: Literal["page", "ticket"],
    tier: str,
    expr: str,
    summary: str,
    description: str,
    severity_label: str = "",
    windows: tuple[BurnRateWindow, ...] = (),
    hold: Duration | None = None,
    comment: tuple[str, ...] = (),
) -> AlertingRule:
    """An alert with the labels that routing needs and the annotations that a person needs.

    The user's labels and annotations win over ours, those of a severity over those of the SLO. The identity labels
    come with the series and cannot be overridden; they are written all the same, because promtool takes two alerts of
    one file for duplicates unless their written labels differ.
    """
    slo = chain.slo
    page = severity == "page"
    labels = {
        names.SEVERITY: severity_label or alerting.severity_label(severity),
        names.TIER: tier,
        names.TEAM: slo.team,
        **dict(alerting.labels),
        **dict(alerting.page_labels if page else alerting.ticket_labels),
        **dict(chain.base_labels),
    }
    annotations = {
        "summary": summary,
        "description": description,
        "runbook": slo.runbook,
        "dashboard": slo.dashboard,
        **dict(alerting.annotations),
        **dict(alerting.page_annotations if page else alerting.ticket_annotations),
    }
    return AlertingRule(
        kind=kind,
        slo=chain.id,
        severity=severity,
        tier=tier,
        windows=windows,
        alert=name,
        expr=expr,
        labels=tuple(sorted((key, value) for key, value in labels.items() if value)),
        annotations=tuple(
            (key, percent_encoded(value) if key in LINKS else value) for key, value in annotations.items() if value
        ),
        hold=hold,
        comment=comment,
    )
