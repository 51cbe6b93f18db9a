"""The facts of a project: one plain value for each SLO, each service, each class and the settings.

A fact is a text that people read and programs compare. Two projects with equal facts mean the same, whatever their
files look like: order of keys, comments, anchors and names of files are no facts. Everything that this room reports is
computed from two sets of facts. Pure: no clock, no files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from slosmith.model import Duration, GaugeThreshold, Indicator, Labels, Origin, Service, Slo, SloClass, Workspace
from slosmith.model.objectives import BurnRateWindow
from slosmith.model.rules import AlertingRule, RecordingKind, RecordingRule
from slosmith.output.artefacts import compile_rules
from slosmith.schemes.registry import scheme
from slosmith.schemes.scheme import Alert, Scheme
from slosmith.settings import Project
from slosmith.sli.base import base_expressions, error_ratio_text
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import exact, percent_exact


class Fact(msgspec.Struct, frozen=True):
    """One value, as text. Facts are equal if their texts are, wherever they come from."""

    text: str
    origin: Origin = Origin("default")
    """The place where the value is written."""


Facts = Mapping[str, Fact]
"""Name of a fact (:mod:`slosmith.changes.fields` has them all) -> fact. A value that is not there has no fact."""


class Recording(msgspec.Struct, frozen=True):
    """A recorded series, by all that identifies it, and the expression that computes it."""

    kind: RecordingKind
    record: str
    labels: Labels
    expr: str


class AlertFacts(msgspec.Struct, frozen=True):
    """An alert, with what the scheme says about it and the expression that fires it."""

    alert: Alert
    expr: str
    annotations: Labels
    hold: Duration | None
    keep: Duration | None

    @property
    def key(self) -> tuple[str, str]:
        """Distinguishes the alerts of an SLO: name and tier."""
        return self.alert.name, self.alert.tier


class SloFacts(msgspec.Struct, frozen=True):
    """An SLO: its model, its facts, and what the project's scheme makes of it."""

    slo: Slo
    facts: Facts
    measure: Indicator
    """The indicator without the bound that the threshold sets."""
    recordings: tuple[Recording, ...]
    alerts: tuple[AlertFacts, ...]

    @property
    def id(self) -> str:
        return self.slo.id


class ProjectFacts(msgspec.Struct, frozen=True):
    """All facts of one project."""

    workspace: Workspace
    project: Project
    slos: Mapping[str, SloFacts]
    """By id. Ids are unique in a project."""
    services: Mapping[str, Facts]
    classes: Mapping[str, Facts]
    settings: Facts

    @property
    def scheme(self) -> Scheme:
        """The scheme of the project's rules."""
        return scheme(self.project.rules)


def facts_of(
    workspace: Workspace,
    project: Project,
    governing: Mapping[str, str] = {},
    known: ProjectFacts | None = None,
) -> ProjectFacts:
    """The facts of a project. Its rules are compiled once. ``governing`` adds facts of policy that are in files of
    their own. Services that are equal in ``known`` are not compiled again: equal services have equal facts.
    """
    alike = _equal(workspace, known) if known is not None and known.project == project else frozenset()
    slos: dict[str, SloFacts] = {}
    made = scheme(project.rules)
    for service in workspace.services:
        if known is not None and id(service) in alike:
            slos.update((slo.id, known.slos[slo.id]) for slo in service.slos)
            continue
        rules: dict[str | None, list[RecordingRule | AlertingRule]] = {}
        for group in compile_rules(service, project).groups:
            for rule in group.rules:
                rules.setdefault(rule.slo, []).append(rule)
        for slo in service.slos:
            slos[slo.id] = _slo_facts(slo, made, rules.get(slo.id, ()))
    services: dict[str, Facts] = {}
    for service in workspace.services:
        services[service.name] = {**services.get(service.name, {}), **dict(_service(service))}
    return ProjectFacts(
        workspace=workspace,
        project=project,
        slos=slos,
        services=services,
        classes={slo_class.name: dict(_class(slo_class)) for slo_class in workspace.classes},
        settings={**dict(_settings(project)), **{name: Fact(text) for name, text in governing.items()}},
    )


def _equal(workspace: Workspace, known: ProjectFacts) -> frozenset[int]:
    """The services that are equal in both, by identity."""
    others = {(each.name, each.origin.file, each.origin.document): each for each in known.workspace.services}
    return frozenset(
        id(each)
        for each in workspace.services
        if each == others.get((each.name, each.origin.file, each.origin.document))
    )


# --- an SLO ---


def _slo_facts(slo: Slo, made: Scheme, rules: Iterable[RecordingRule | AlertingRule]) -> SloFacts:
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
    yield "labels", _labels(slo.labels)
    yield "info_labels", _labels(slo.info_labels)
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
            yield name, _text(getattr(alerting, name))
    for name in _TEXTS:
        yield name, _labels(getattr(alerting, name))
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
            value = _text(getattr(window, name))
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
    text = _text(getattr(indicator, name))
    return f"{indicator.op} {text}" if isinstance(indicator, GaugeThreshold) else text


def without_threshold(indicator: Indicator) -> Indicator:
    """The indicator without its bound: equal for two SLOs that measure the same thing."""
    fields = {name: value for name, value in _BOUNDS.items() if name in indicator.__struct_fields__}
    return msgspec.structs.replace(indicator, **fields) if fields else indicator


# --- services, classes, settings ---


def _service(service: Service) -> Iterator[tuple[str, Fact]]:
    operations = service.operations
    texts: dict[str, str] = {
        "about": service.description,
        "responsible": service.responsible,
        "clients_external": "; ".join(sorted(service.clients_external)),
        "clients_internal": "; ".join(sorted(service.clients_internal)),
        "hard": ", ".join(sorted(each.name for each in service.dependencies if each.hard)),
        "soft": ", ".join(sorted(each.name for each in service.dependencies if not each.hard)),
        "decisions": _records(service.decisions),
        "waivers": _records(service.waivers),
        "no_guarantee": _records(service.no_guarantees),
    }
    texts |= {name: _text(getattr(operations, name)) for name in operations.__struct_fields__}
    for name, text in texts.items():
        if text:
            yield name, Fact(" ".join(text.split()), service.origin)


def _class(slo_class: SloClass) -> Iterator[tuple[str, Fact]]:
    texts = {
        "about": slo_class.description,
        "decisions": _records(slo_class.decisions),
        "no_guarantee": _records(slo_class.no_guarantees),
        "waivers": _records(slo_class.waivers),
    }
    for name, text in texts.items():
        if text:
            yield name, Fact(" ".join(text.split()), slo_class.origin)
    for objective in slo_class.objectives:
        yield f"target of {objective.indicator}", Fact(percent_exact(objective.target_ratio), objective.origin)
        if objective.threshold is not None:
            yield f"threshold of {objective.indicator}", Fact(str(objective.threshold), objective.origin)
        if objective.aspirational_ratio is not None:
            text = percent_exact(objective.aspirational_ratio)
            yield f"aspirational target of {objective.indicator}", Fact(text, objective.origin)
        limits = objective.allowed_target
        if limits is not None:
            text = " to ".join(percent_exact(limit) for limit in limits)
            yield f"allowed target of {objective.indicator}", Fact(text, objective.origin)


def _settings(project: Project) -> Iterator[tuple[str, Fact]]:
    texts = {
        "rules": project.rules,
        "interval": str(project.evaluation_interval),
        "write_only": project.write_only,
        "keep_firing_for": "" if project.keep_firing_for else "left out",
        "unit_tests": project.unit_tests,
        "project": project.name,
        "about": project.description,
        "sites": ", ".join(site.name if site.covered else f"{site.name} (not covered)" for site in project.sites),
        "max_slos": str(project.max_slos),
        "command": project.command,
        "dependencies": ", ".join(
            each.name if each.target_ratio is None else f"{each.name} {percent_exact(each.target_ratio)}"
            for each in project.dependencies
        ),
        "inventory": _text(project.inventory),
        "approvals": "" if not project.approvals else _json(project.approvals),
    }
    for name in sorted(project.policy):
        texts[f"policy {name}"] = _json(project.policy[name])
    for name in sorted(project.targets):
        texts[f"target {name}"] = _json(project.targets[name] or {})
    for name, text in texts.items():
        if text:
            yield name, Fact(" ".join(text.split()), project.origin)


def _records(records: Iterable[msgspec.Struct]) -> str:
    """Entries of a log, without their places. Their order has no meaning."""
    texts = [
        ", ".join(_text(getattr(each, name)) for name in each.__struct_fields__ if name != "origin") for each in records
    ]
    return "; ".join(sorted(texts))


def _labels(labels: Labels) -> str:
    return ", ".join(f"{name}={value}" for name, value in labels)


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return exact(value)
    if isinstance(value, msgspec.Struct) and not isinstance(value, Duration):
        return _json(value)
    if isinstance(value, tuple):
        return ", ".join(_text(each) for each in value)
    return str(value)
