"""Specs as Pyrra's Kubernetes resources: a file for each service, a document for each SLO. Pyrra has few kinds of
indicators.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from slosmith.export.framework import Exported, Loss
from slosmith.export.losses import service_losses, slo_losses
from slosmith.formats.dialects.pyrra.v1alpha1 import KIND, NAME, SERVICE_ANNOTATION
from slosmith.formats.dialects.pyrra.windows import SEVERITY_LABELS, absent_for, is_pyrras, of_fields, pyrra_windows
from slosmith.model import (
    ALERT_SEVERITIES,
    Alerting,
    BooleanGauge,
    CounterRatio,
    Duration,
    HistogramLatency,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    Selector,
    Service,
    Slo,
)
from slosmith.output.yaml_text import document
from slosmith.promql import selector_text
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import plain

_PREFIX = "pyrra.dev/"
_LINKS = ("documentation", "runbook", "dashboard")


def export_services(services: Sequence[Service]) -> Exported:
    """``<service>.yaml`` for each service. An SLO is left out and reported if Pyrra does not have its kind of
    indicator. Pure.
    """
    losses: list[Loss] = []
    files = {}
    for service in services:
        losses += service_losses(service, "Pyrra", ("documentation",))
        documents = []
        for slo in service.slos:
            indicator = _indicator(slo)
            if indicator is None:
                why = "the SLO is left out: Pyrra counts with one counter or histogram on each side"
                losses.append(Loss(slo.id, "indicator", why))
                continue
            losses += _losses(slo)
            documents.append(_slo(slo, indicator))
        if documents:
            files[f"{service.name}.yaml"] = "---\n".join(map(document, documents))
    return Exported(files, tuple(losses))


def _slo(slo: Slo, indicator: dict[str, Any]) -> dict[str, Any]:
    labels = {**({names.TEAM: slo.team} if slo.team else {}), **dict(slo.labels)}
    annotations = {kind: url for kind in _LINKS if (url := getattr(slo, kind))}
    if slo.alerting is not None:
        annotations |= dict(slo.alerting.annotations)
    metadata: dict[str, Any] = {"name": slo.id}
    if labels:
        metadata["labels"] = {f"{_PREFIX}{name}": value for name, value in sorted(labels.items())}
    metadata["annotations"] = {
        **{f"{_PREFIX}{name}": value for name, value in sorted(annotations.items())},
        SERVICE_ANNOTATION: slo.service,
    }
    spec: dict[str, Any] = {}
    if slo.description:
        spec["description"] = slo.description
    spec |= {
        "target": plain(slo.objective.target_ratio * 100),
        "window": slo.period.rolling.in_days,
        "indicator": indicator,
    }
    alerting = _alerting(slo.alerting, slo.period.rolling)
    if alerting:
        spec["alerting"] = alerting
    return {"apiVersion": NAME, "kind": KIND, "metadata": metadata, "spec": spec}


def _indicator(slo: Slo) -> dict[str, Any] | None:
    grouping = {"grouping": list(slo.group_by)} if slo.group_by else {}
    found = _kind(slo.indicator)
    return None if found is None else {found[0]: {**found[1], **grouping}}


def _kind(indicator: Indicator) -> tuple[str, dict[str, Any]] | None:
    """The field of Pyrra's indicator and its content. None for an indicator that Pyrra does not have."""
    match indicator:
        case CounterRatio(total=(total,), bad=(errors,)):
            return "ratio", {"errors": _query(errors), "total": _query(total)}
        case HistogramLatency(buckets=(bucket,), total=(total,), le=le):
            return "latency", {"success": _query(bucket.with_matchers(Matcher("le", "=", le))), "total": _query(total)}
        case NativeHistogramLatency(histograms=(total,), threshold=threshold) if threshold * 1000 % 1 == 0:
            return "latencyNative", {"total": _query(total), "latency": str(Duration(int(threshold * 1000)))}
        case BooleanGauge(gauges=(gauge,)):
            return "bool_gauge", _query(gauge)
    return None


def _query(selector: Selector) -> dict[str, str]:
    return {"metric": selector_text(selector)}


def _alerting(alerting: Alerting | None, rolling: Duration) -> dict[str, Any]:
    if alerting is None:
        return {"disabled": True}
    default = Alerting(alerting.catalogue, alerting.windows)
    value: dict[str, Any] = {}
    if not alerting.page and not alerting.ticket:
        value["burnrates"] = False
    if not alerting.absence:
        value["absent"] = False
    if alerting.name != default.name:
        value["name"] = alerting.name
    if alerting.absent_name != default.absent_name:
        value["absentName"] = alerting.absent_name
    severities = _severities(alerting, rolling)
    if severities:
        value["severities"] = severities
    return value


def _severities(alerting: Alerting, rolling: Duration) -> dict[str, str]:
    """The values of the ``severity`` label that differ from Pyrra's. If Pyrra's windows are others, a tier has the
    label that all windows of its severity have.
    """
    found = {}
    windows = {(window.long, window.short, round(window.budget_share, 12)): window for window in alerting.windows}
    pyrras = pyrra_windows(rolling)
    for field, tier in of_fields().items() if alerting.page or alerting.ticket else ():
        usual = pyrras.get(field)
        window = windows.get((usual.long, usual.short, round(usual.budget_share, 12))) if usual is not None else None
        severity = tier.severity if window is None else window.severity
        own = {window.severity_label} if window is not None else _own_labels(alerting, severity)
        label = (own.pop() if len(own) == 1 else "") or alerting.severity_label(severity)
        if label != SEVERITY_LABELS[tier.severity]:
            found[field] = label
    if alerting.absence:
        label = alerting.absent_severity_label or alerting.severity_label(alerting.absent_severity)
        if label != SEVERITY_LABELS["page"]:
            found["absent"] = label
    return found


def _own_labels(alerting: Alerting, severity: str) -> set[str]:
    return {window.severity_label for window in alerting.windows if window.severity == severity}


def _losses(slo: Slo) -> Iterator[Loss]:
    has = ("documentation", "alerting.name", "alerting.absence.name", "alerting.absence.for", "alerting.annotations",
           "alerting.absence.severity", "alerting.severities")  # fmt: skip
    histogram = isinstance(slo.indicator, HistogramLatency | NativeHistogramLatency)
    if isinstance(slo.indicator, HistogramLatency | CounterRatio) and slo.indicator.native:
        yield Loss(slo.id, "indicator.native", "Pyrra reads a histogram as classic or as native; classic is written")
    yield from slo_losses(slo, "Pyrra", (*has, "threshold") if histogram else has)
    if slo.period.calendar is not None:
        yield Loss(slo.id, "period.calendar", "Pyrra's windows are rolling")
    alerting = slo.alerting
    if alerting is None:
        return
    if not is_pyrras(alerting.windows, slo.period.rolling) and any(
        len(_own_labels(alerting, severity)) > 1 for severity in ALERT_SEVERITIES
    ):
        yield Loss(slo.id, "alerting.severities", "Pyrra's tiers have other windows, so the labels of tiers are lost")
    if alerting.absence and alerting.absent_for != absent_for(slo.period.rolling):
        yield Loss(slo.id, "alerting.absence.for", "Pyrra computes it from the period")
    if alerting.page != alerting.ticket:
        field = "alerting.ticket" if alerting.page else "alerting.page"
        yield Loss(slo.id, field, "Pyrra has alerts for all burn rates or for none")
    if (alerting.page or alerting.ticket) and not is_pyrras(alerting.windows, slo.period.rolling):
        yield Loss(slo.id, "catalogue", "Pyrra computes its windows from the period")
