"""The facts of one SLO: what is measured, its objective, its alerts, and the rules that its scheme makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from slosmith.changes.facts import AlertFacts, Fact, Facts, Recording, SloFacts
from slosmith.changes.texts import labels_text, value_text
from slosmith.model import Duration, GaugeThreshold, Indicator, Origin, Slo
from slosmith.model.objectives import BurnRateWindow
from slosmith.model.rules import AlertingRule, RecordingRule
from slosmith.schemes.scheme import Scheme
from slosmith.sli.base import base_expressions, error_ratio_text
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import exact, percent_exact


def slo_facts(slo: Slo, made: Scheme, rules: Iterable[RecordingRule | AlertingRule]) -> SloFacts:
    recordings: list[Recording] = []
    alerting: dict[tuple[str, str], AlertingRule] = {}
    for rule in rules:
        if isinstance(rule, RecordingRule):
            recordings.append(Recording(rule.kind, rule.record, rule.labels, rule.expr))
        else:
            alerting[rule.alert, rule.tier] = rule
    alerts = []
    for alert in made.alerts(slo):
        made_from = alerting.get((alert.name, alert.tier))
        if made_from is not None:
            alerts.append(AlertFacts(alert, made_from.expr, made_from.annotations, made_from.hold, made_from.keep))
    return SloFacts(
        slo=slo,
        facts=_placed(slo, _facts(slo, alerts)),
        measure=without_threshold(slo.indicator),
        recordings=tuple(recordings),
        alerts=tuple(alerts),
    )


_ORIGINS = {
    "total": "indicator", "bad": "indicator", "error_ratio": "indicator", "group_by": "indicator",
    "traffic": "expected_events_per_day", "calendar_starts": "calendar",
}  # fmt: skip
"""Fact -> the name of its value in the SLO's origins, where it is another."""


def _placed(slo: Slo, texts: Iterable[tuple[str, str]]) -> Facts:
    origins = dict(slo.origins)
    tiers = origins.get("windows") or origins.get("catalogue") or Origin("default")
    placed: dict[str, Fact] = {}
    for name, text in texts:
        if text:
            usual = tiers if name.startswith("tier ") else Origin("default")
            placed[name] = Fact(text, origins.get(_ORIGINS.get(name, name), usual))
    return placed


def _facts(slo: Slo, alerts: Iterable[AlertFacts]) -> Iterator[tuple[str, str]]:
    objective, period = slo.objective, slo.period
    yield "target", percent_exact(objective.target_ratio)
    yield "threshold", str(objective.threshold or "")
    yield "measured_threshold", str(objective.measured_threshold or "")
    yield "aspirational", percent_exact(objective.aspirational_ratio) if objective.aspirational_ratio else ""
    yield "period", period.rolling.in_days
    yield "calendar", period.calendar.name if period.calendar is not None else ""
    yield "calendar_starts", _calendar_text(slo)
    yield from _measured(slo)
    yield "template", slo.template
    yield "class", slo.slo_class or ""
    yield "team", slo.team
    yield "scope", slo.scope
    yield "labels", labels_text(slo.labels)
    yield "info_labels", labels_text(slo.info_labels)
    yield "revision", slo.revision
    yield "traffic", "" if slo.expected_events_per_day is None else f"{exact(slo.expected_events_per_day)} a day"
    for name in ("description", "documentation", "runbook", "dashboard"):
        yield name, " ".join(getattr(slo, name).split())
    yield "alerting", "off" if slo.alerting is None else "on"
    yield from _alerting(slo, tuple(alerts))


def _measured(slo: Slo) -> Iterator[tuple[str, str]]:
    if slo.counts_events:
        base = base_expressions(slo.indicator, slo.group_by)
        yield "total", base.total
        yield "bad", base.bad
    else:
        yield "error_ratio", error_ratio_text(slo.indicator)
    yield "group_by", ", ".join(sorted(slo.group_by))
    yield "bound", bound_text(slo.indicator)


def _calendar_text(slo: Slo) -> str:
    calendar = slo.period.calendar
    if calendar is None:
        return ""
    starts = ", ".join(f"{month:02}-{day:02}" for month, day in calendar.starts)
    every = f"every {calendar.every.in_days}" if calendar.every is not None else ""
    return f"{starts}{every}" + (f" {calendar.offset:+}s" if calendar.offset else "")


_TEXTS = ("annotations", "page_annotations", "ticket_annotations", "annotation_names")
_SHOWN_OTHERWISE = ("windows", "labels", "page_labels", "ticket_labels", "severities", *_TEXTS)


def _alerting(slo: Slo, alerts: tuple[AlertFacts, ...]) -> Iterator[tuple[str, str]]:
    """The values that alerts are made from. A field that the model gains later is a fact too."""
    alerting = slo.alerting
    if alerting is None:
        return
    for name in alerting.__struct_fields__:
        if name not in _SHOWN_OTHERWISE:
            yield name, value_text(getattr(alerting, name))
    for name in _TEXTS:
        yield name, labels_text(getattr(alerting, name))
    for window in alerting.windows:
        yield f"tier {window.name}", _tier_text(window)
    for severity in dict.fromkeys(each.alert.severity for each in alerts):
        found = {_severity_label(each) for each in alerts if each.alert.severity == severity}
        yield f"severity of {severity}s", ", ".join(sorted(found))
    yield from _alert_labels(slo, alerts)


_WINDOW_WORDS = {"hold": "for", "keep": "keep_firing_for"}


def _tier_text(window: BurnRateWindow) -> str:
    text = f"{window.severity}: {percent_exact(window.budget_share)} of the budget in {window.long} and {window.short}"
    if window.severity_label:
        text += f", severity {window.severity_label}"
    for name in window.__struct_fields__:
        if name not in ("name", "budget_share", "long", "short", "severity", "severity_label"):
            value = value_text(getattr(window, name))
            text += f", {_WINDOW_WORDS.get(name, name)} {value}" if value else ""
    return text


_IDENTITY = frozenset({*names.IDENTITY, names.SEVERITY, names.SLOTH_SEVERITY, names.TIER})


def _severity_label(each: AlertFacts) -> str:
    return dict(each.alert.labels).get(names.SEVERITY) or each.alert.severity


def _alert_labels(slo: Slo, alerts: tuple[AlertFacts, ...]) -> Iterator[tuple[str, str]]:
    """The labels that route alerts, beside those of every series. A label with one value in all alerts is one fact."""
    found: dict[str, dict[str, None]] = {}
    kinds = [(each.alert.severity, dict(each.alert.labels)) for each in alerts]
    for label in dict.fromkeys(name for _, labels in kinds for name in labels if name not in _IDENTITY):
        values = {(severity, labels.get(label, "")) for severity, labels in kinds}
        if len({value for _, value in values}) == 1:
            found[label] = {next(iter(values))[1]: None}
        else:
            found[label] = {f"{severity}s: {value or 'none'}": None for severity, value in sorted(values)}
    for label, texts in sorted(found.items()):
        text = ", ".join(texts)
        if (label, text) != (names.TEAM, slo.team):
            yield f"label {label}", text


_BOUNDS: dict[str, Any] = {"le": "1", "threshold": Decimal(1), "max_age": Duration(1), "value": Decimal(1)}
"""The fields of indicators that are the bound of a good event, and a value that stands for any bound."""


def bound_of(indicator: Indicator) -> Decimal | None:
    """The bound of a good event, in the unit of the metric (milliseconds for an age). None: the kind has no bound."""
    for name in _BOUNDS:
        if name in indicator.__struct_fields__:
            value = getattr(indicator, name)
            return Decimal(value.milliseconds) if isinstance(value, Duration) else Decimal(value)
    return None


def bound_text(indicator: Indicator) -> str:
    """The bound, with its operator if the kind has one: ``>= 2``, ``26h``."""
    name = next((name for name in _BOUNDS if name in indicator.__struct_fields__), None)
    if name is None:
        return ""
    text = value_text(getattr(indicator, name))
    return f"{indicator.op} {text}" if isinstance(indicator, GaugeThreshold) else text


def without_threshold(indicator: Indicator) -> Indicator:
    """The indicator without its bound: equal for two SLOs that measure the same thing."""
    fields = {name: value for name, value in _BOUNDS.items() if name in indicator.__struct_fields__}
    return msgspec.structs.replace(indicator, **fields) if fields else indicator
