"""The variables of an expression: an SLO and its service as plain maps. docs/policy.md lists every field, from FIELDS.

All numbers are doubles, so that they can be mixed; durations are seconds, ratios 0..1, targets also percentages. A
field without a value is absent: ``has(slo.threshold_seconds)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from slosmith.model import DAY, Duration, Service, Slo
from slosmith.model.rules import AlertKind
from slosmith.policy.expressions import used_selectors
from slosmith.schemes.scheme import Scheme

Facts = dict[str, Any]

FIELDS: Mapping[str, Mapping[str, str]] = {
    "slo": {
        "id": "Identity: service and name, joined by `-`.",
        "service": "Name of the service.",
        "name": "Name of the SLO: the indicator, and the site if there are sites.",
        "indicator": "Name of the indicator, such as `availability`.",
        "kind": "Kind of the indicator: `counter_ratio`, `histogram_latency`, `query_ratio`, ...",
        "template": "SLI template of the indicator; absent without one.",
        "metrics": "List of the metrics that the indicator reads.",
        "class": "Class of the service; absent without one.",
        "team": "Team that is responsible for it.",
        "site": "Site; absent without sites.",
        "scope": "`global` or `site`.",
        "group_by": "List of the labels of `group_by`.",
        "target": "Target as a ratio: 0.98.",
        "target_percent": "Target in percent: 98.0.",
        "aspirational_percent": "Aspirational target in percent; absent without one.",
        "threshold_seconds": "Latency threshold of the objective; absent without one.",
        "period_days": "Rolling period.",
        "calendar": "Name of the reporting calendar; absent without one.",
        "events_per_day": "Declared traffic; absent without it.",
        "alerting": "Map, absent without alerts: `catalogue`, `name`, `minimum_bad_events` (the fewest with "
        "which an alert can fire: 2 if the minimum is adaptive), `minimum_is_adaptive` (bool), `max_error_ratio`, "
        "`absence` and `exhaustion` (bool), `severities` (list, of all alerts), `tiers` (list of maps: `name`, "
        "`severity`, `long_seconds`, `short_seconds`, `burn_rate`, `threshold`, `budget_share`, `clamped`). "
        "With `rules: sloth` the tiers are the pairs of windows of Sloth's two alerts, which have no minimum, absence "
        "or exhaustion.",
        "labels": "Map of extra labels.",
        "description": "Description; empty without one.",
        "documentation": "URL; empty without one.",
        "runbook": "URL; empty without one.",
        "dashboard": "URL; empty without one.",
        "revision": "Revision; empty without one.",
        "dialect": "Format of the spec: `slosmith/v1`, ...",
    },
    "service": {
        "name": "Name of the service.",
        "class": "Class; absent without one.",
        "team": "Team.",
        "description": "Description; empty without one.",
        "documentation": "URL; empty without one.",
        "runbook": "URL; empty without one.",
        "dashboard": "URL; empty without one.",
        "responsible": "Who maintains and debugs it; empty without a value.",
        "sites": "List of sites.",
        "clients": "Map of two lists: `external`, `internal`.",
        "dependencies": "Map of two lists of names: `hard`, `soft`.",
        "operations": "Map: `time_to_detect_seconds`, `time_to_repair_seconds`, `expected_outages` (absent without "
        "a value), `monitoring`, `deployment`, `debugging` (empty without a value).",
        "decisions": "List of maps: `date` (2026-03-01), `decision`, `reason`.",
        "no_guarantee": "List of maps: `indicator`, `reason`, `date`.",
        "objectives": "List of the names of its indicators.",
        "slos": "List of the ids of its SLOs.",
        "dialect": "Format of the spec.",
    },
}
"""Variable -> field -> what it holds. Beside them there is ``today``, a text such as 2026-03-01."""


def slo_facts(slo: Slo, scheme: Scheme) -> Facts:
    """An SLO for expressions. Its alerts are those of the project's rule scheme."""
    objective = slo.objective
    return _present(
        {
            "id": slo.id, "service": slo.service, "name": slo.name, "indicator": slo.indicator_name,
            "kind": str(type(slo.indicator).__struct_config__.tag),
            "template": slo.template or None,
            "metrics": sorted({used.selector.metric for used in used_selectors(slo)}),
            "class": slo.slo_class, "team": slo.team, "site": slo.site, "scope": slo.scope,
            "group_by": list(slo.group_by),
            "target": float(objective.target_ratio),
            "target_percent": float(objective.target_ratio * 100),
            "aspirational_percent": _times_hundred(objective.aspirational_ratio),
            "threshold_seconds": _seconds(objective.threshold),
            "period_days": float(slo.period.rolling.seconds / DAY.seconds),
            "calendar": slo.period.calendar.name if slo.period.calendar is not None else None,
            "events_per_day": _float(slo.expected_events_per_day),
            "alerting": _alerting(slo, scheme),
            "labels": dict(slo.labels),
            "description": slo.description, "documentation": slo.documentation, "runbook": slo.runbook,
            "dashboard": slo.dashboard, "revision": slo.revision, "dialect": slo.dialect,
        }
    )  # fmt: skip


def service_facts(service: Service) -> Facts:
    """A service for expressions."""
    operations = service.operations
    return _present(
        {
            "name": service.name, "class": service.slo_class, "team": service.team, "description": service.description,
            "documentation": service.documentation, "runbook": service.runbook, "dashboard": service.dashboard,
            "responsible": service.responsible, "sites": list(service.sites),
            "clients": {"external": list(service.clients_external), "internal": list(service.clients_internal)},
            "dependencies": {
                "hard": [item.name for item in service.dependencies if item.hard],
                "soft": [item.name for item in service.dependencies if not item.hard],
            },
            "operations": _present({
                "time_to_detect_seconds": _seconds(operations.time_to_detect),
                "time_to_repair_seconds": _seconds(operations.time_to_repair),
                "expected_outages": _float(operations.expected_outages),
                "monitoring": operations.monitoring, "deployment": operations.deployment,
                "debugging": operations.debugging,
            }),
            "decisions": [
                {"date": item.date, "decision": item.decision, "reason": item.reason} for item in service.decisions
            ],
            "no_guarantee": [
                {"indicator": item.indicator, "reason": item.reason, "date": item.date}
                for item in service.no_guarantees
            ],
            "objectives": list(dict.fromkeys(slo.indicator_name for slo in service.slos)),
            "slos": [slo.id for slo in service.slos],
            "dialect": service.dialect,
        }
    )  # fmt: skip


def _alerting(slo: Slo, scheme: Scheme) -> Facts | None:
    alerting = slo.alerting
    if alerting is None:
        return None
    found, floor = scheme.pairs(slo), scheme.floor(slo)
    kinds = {alert.kind for alert in scheme.alerts(slo)}
    return {
        "catalogue": alerting.catalogue, "name": alerting.name,
        "minimum_bad_events": float(floor.fewest), "minimum_is_adaptive": floor.adaptive,
        "max_error_ratio": float(alerting.max_error_ratio),
        "absence": AlertKind.ABSENT in kinds, "exhaustion": AlertKind.EXHAUSTED in kinds,
        "severities": sorted({alert.severity for alert in scheme.alerts(slo)}),
        "tiers": [
            {
                "name": tier.name, "severity": tier.severity, "long_seconds": _seconds(tier.long),
                "short_seconds": _seconds(tier.short), "burn_rate": float(tier.factor),
                "threshold": float(tier.threshold_ratio), "budget_share": float(tier.budget_share),
                "clamped": tier.clamped,
            }
            for tier in found
        ],
    }  # fmt: skip


def example() -> Facts:
    """The default variables of a policy's cases: a plain SLO of a plain service."""
    tier = {"name": "1h", "severity": "page", "long_seconds": 3600.0, "short_seconds": 300.0, "burn_rate": 13.44,
            "threshold": 0.2688, "budget_share": 0.02, "clamped": False}  # fmt: skip
    return {
        "slo": {
            "id": "example-availability", "service": "example", "name": "availability", "indicator": "availability",
            "kind": "counter_ratio", "metrics": ["http_requests_total"], "team": "example-team", "scope": "global",
            "group_by": [], "target": 0.98, "target_percent": 98.0, "period_days": 28.0,
            "alerting": {
                "catalogue": "default", "name": "ErrorBudgetBurn", "minimum_bad_events": 2.0,
                "minimum_is_adaptive": True, "max_error_ratio": 0.5,
                "absence": True, "exhaustion": True, "severities": ["page"], "tiers": [tier],
            },
            "labels": {}, "description": "", "documentation": "", "runbook": "", "dashboard": "", "revision": "",
            "dialect": "slosmith/v1",
        },
        "service": {
            "name": "example", "team": "example-team", "description": "", "documentation": "", "runbook": "",
            "dashboard": "", "responsible": "", "sites": [], "clients": {"external": [], "internal": []},
            "dependencies": {"hard": [], "soft": []},
            "operations": {"monitoring": "", "deployment": "", "debugging": ""}, "decisions": [], "no_guarantee": [],
            "objectives": ["availability"], "slos": ["example-availability"], "dialect": "slosmith/v1",
        },
        "today": "2026-03-01",
    }  # fmt: skip


def changed(base: Facts, changes: Mapping[str, Any]) -> Facts:
    """``base`` with ``changes`` merged in, map by map. null removes a field. Numbers become doubles."""
    found = dict(base)
    for key, value in changes.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, Mapping):
            inner = found.get(key)
            found[key] = changed(inner if isinstance(inner, dict) else {}, value)
        else:
            found[key] = _plain(value)
    return found


_WHOLE = re.compile(r"\b(slo|service)\b(?!\s*\.\s*[A-Za-z_]|\s*\[\s*['\"])")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def needed(facts: Facts, expressions: str) -> Facts:
    """The fields of ``facts`` whose names are in ``expressions``: less data for the interpreter."""
    if _WHOLE.search(expressions):
        return facts
    words = set(_WORD.findall(expressions))
    return {
        name: {field: inner for field, inner in value.items() if field in words} if isinstance(value, dict) else value
        for name, value in facts.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return float(value)


def _present(fields: Facts) -> Facts:
    return {name: value for name, value in fields.items() if value is not None}


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _times_hundred(value: Decimal | None) -> float | None:
    return None if value is None else float(value * 100)


def _seconds(duration: Duration | None) -> float | None:
    return None if duration is None else float(duration.seconds)
