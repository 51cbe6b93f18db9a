"""Specs as OpenSLO v1: a file for each service, with a Service and its SLOs. Indicators and alert policies
are inline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from typing import Any

from slosmith.export.event_queries import event_queries
from slosmith.export.framework import Exported, Loss
from slosmith.export.losses import service_losses, slo_losses
from slosmith.formats.dialects.openslo.alerts import ALERTMANAGER
from slosmith.formats.dialects.openslo.calendars import calendar_window, rolling_of_calendar
from slosmith.model import (
    DAY,
    HOUR,
    MINUTE,
    Alerting,
    BurnRateWindow,
    CounterRatio,
    Duration,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    QueryRatio,
    Service,
    Slo,
)
from slosmith.output.yaml_text import document
from slosmith.promql import selector_text
from slosmith.sli.base import error_ratio_text
from slosmith.sli.bounds import le_pattern
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import EXACT, plain

VERSION = "openslo/v1"
_OPERATORS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_LINKS = ("documentation", "runbook", "dashboard")
_UNITS = (("d", DAY.whole_seconds), ("h", HOUR.whole_seconds), ("m", MINUTE.whole_seconds))


def export_services(services: Sequence[Service]) -> Exported:
    """``<service>.yaml`` for each service. Pure."""
    losses: list[Loss] = []
    files = {}
    for service in services:
        losses += service_losses(service, "OpenSLO", ("description", "documentation"))
        documents = [_object("Service", service.name, {"description": service.description or service.name})]
        for slo in service.slos:
            losses += _losses(slo)
            documents.append(_slo(slo))
        if service.slos:
            files[f"{service.name}.yaml"] = "---\n".join(map(document, documents))
    return Exported(files, tuple(losses))


def _object(kind: str, name: str, spec: dict[str, Any], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"apiVersion": VERSION, "kind": kind, "metadata": {"name": name, **(metadata or {})}, "spec": spec}


def _slo(slo: Slo) -> dict[str, Any]:
    labels = {**({names.TEAM: slo.team} if slo.team else {}), **dict(slo.labels)}
    annotations = {kind: url for kind in _LINKS if (url := getattr(slo, kind))}
    metadata: dict[str, Any] = {}
    if labels:
        metadata["labels"] = dict(sorted(labels.items()))
    if annotations:
        metadata["annotations"] = annotations
    spec: dict[str, Any] = {}
    if slo.description:
        spec["description"] = slo.description
    objective: dict[str, Any] = {"target": Decimal(plain(slo.objective.target_ratio))}
    method = "Occurrences"
    if _is_plain_gauge(slo.indicator):
        method = "Timeslices"
        objective = {**_threshold(slo.indicator), **objective, "timeSliceTarget": 1, "timeSliceWindow": "1m"}
    spec |= {
        "service": slo.service,
        "indicator": {"metadata": {"name": _label(slo.service, slo.name)}, "spec": _sli(slo.indicator)},
        "timeWindow": [_window(slo)],
        "budgetingMethod": method,
        "objectives": [objective],
        "alertPolicies": _policies(slo, slo.alerting),
    }
    return _object("SLO", slo.id, spec, metadata)


# --- indicators


def _is_plain_gauge(indicator: Indicator) -> bool:
    return isinstance(indicator, GaugeThreshold) and len(indicator.gauges) == 1


def _threshold(indicator: Indicator) -> dict[str, Any]:
    assert isinstance(indicator, GaugeThreshold)
    return {"op": _OPERATORS[indicator.op], "value": indicator.value}


def _sli(indicator: Indicator) -> dict[str, Any]:
    if isinstance(indicator, GaugeThreshold) and len(indicator.gauges) == 1:
        return {"thresholdMetric": _metric(f"{indicator.aggregate}({selector_text(indicator.gauges[0])})")}
    if not indicator.counts_events:
        return {"ratioMetric": {"raw": _metric(error_ratio_text(indicator)), "rawType": "failure"}}
    if isinstance(indicator, HistogramLatency) and not indicator.native:
        # as good events, because a bucket is a counter too
        bound = Matcher("le", "=~", le_pattern(indicator.le))
        buckets = tuple(bucket.with_matchers(bound) for bucket in indicator.buckets)
        indicator = CounterRatio(indicator.total, good=buckets)
    if isinstance(indicator, CounterRatio) and not indicator.native:
        side, counted = ("bad", indicator.bad) if indicator.bad else ("good", indicator.good)
        if len(counted) == len(indicator.total) == 1:
            return _ratio(side, selector_text(counted[0]), selector_text(indicator.total[0]))
    if isinstance(indicator, QueryRatio) and indicator.good is not None:
        return _ratio("good", indicator.good.strip(), indicator.total.strip())
    queries = event_queries(indicator)
    return _ratio("bad", queries.bad, queries.total)


def _ratio(side: str, counted: str, total: str) -> dict[str, Any]:
    return {"ratioMetric": {"counter": True, side: _metric(counted), "total": _metric(total)}}


def _metric(query: str) -> dict[str, Any]:
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}


# --- windows and alerts


def _aligned(slo: Slo) -> bool:
    """Whether the window is written as a calendar window. This needs a rolling period of the calendar's
    usual length.
    """
    calendar = slo.period.calendar
    return calendar is not None and rolling_of_calendar(calendar) == slo.period.rolling


def _window(slo: Slo) -> dict[str, Any]:
    calendar = slo.period.calendar
    window = calendar_window(calendar) if calendar is not None and _aligned(slo) else None
    if window is None:
        return {"duration": _shorthand(slo.period.rolling), "isRolling": True}
    duration, start = window
    return {"duration": duration, "isRolling": False, "calendar": start}


def _policies(slo: Slo, alerting: Alerting | None) -> list[dict[str, Any]]:
    if alerting is None:
        return []
    enabled = {"page": alerting.page, "ticket": alerting.ticket}
    windows = [window for window in alerting.windows if enabled[window.severity]]
    if windows or not alerting.absence:
        return [_policy(slo, alerting, window, breaching=True) for window in windows]
    # a policy must have a condition, even if no alert uses it
    return [_policy(slo, alerting, window, breaching=False) for window in alerting.windows[:1]]


def _policy(slo: Slo, alerting: Alerting, window: BurnRateWindow, *, breaching: bool) -> dict[str, Any]:
    with localcontext(EXACT):
        factor = window.budget_share * slo.period.rolling.seconds / window.long.seconds
    name = _label(slo.id, window.name)
    condition = {
        "kind": "burnrate",
        "op": "gte",
        "threshold": Decimal(plain(factor)),
        "lookbackWindow": _shorthand(window.long),
        "alertAfter": _shorthand(window.short),
    }
    return {
        "kind": "AlertPolicy",
        "metadata": {"name": name},
        "spec": {
            "alertWhenNoData": alerting.absence,
            "alertWhenBreaching": breaching,
            "conditions": [
                {
                    "kind": "AlertCondition",
                    "metadata": {"name": name},
                    "spec": {"severity": window.severity, "condition": condition},
                }
            ],
            # OpenSLO's validator requires at least one
            "notificationTargets": [
                {
                    "kind": "AlertNotificationTarget",
                    "metadata": {"name": ALERTMANAGER},
                    "spec": {"target": ALERTMANAGER},
                }
            ],
        },
    }


def _label(slo: str, window: str) -> str:
    """A name made of both, valid by RFC 1123. No other object refers to an inline object, so the name may
    be shortened.
    """
    ending = f"-{_slug(window)}"
    return f"{_slug(slo)[: 63 - len(ending)].rstrip('-')}{ending}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"


def _shorthand(window: Duration) -> str:
    """A window in OpenSLO's notation, which has a single unit. Windows are whole minutes."""
    unit, seconds = next((unit, size) for unit, size in _UNITS if window.whole_seconds % size == 0)
    return f"{window.whole_seconds // seconds}{unit}"


# --- losses


def _losses(slo: Slo) -> Iterator[Loss]:
    yield from slo_losses(slo, "OpenSLO", ("documentation",))
    if slo.period.calendar is not None and not _aligned(slo):
        yield Loss(slo.id, "period.calendar", "OpenSLO has one window for each SLO; the rolling one is written")
    if slo.group_by:
        yield Loss(slo.id, "group_by", "OpenSLO has no groups; all groups together are one SLO")
    if slo.alerting is not None and slo.alerting.absence and not slo.alerting.windows:
        yield Loss(slo.id, "alerting.absence", "an alert policy of OpenSLO needs a condition, and this SLO has none")
    if isinstance(slo.indicator, HistogramLatency) and not slo.indicator.native:
        yield Loss(slo.id, "indicator", "a missing bucket counts as slow events, not as missing data")
