"""What Sloth's formats share: services, SLOs, queries, alerts. They differ in how keys are spelled, and where."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from slosmith.formats.declarations import (
    AlertingDeclaration,
    AnyDeclaration,
    BrokenDeclaration,
    InlineIndicator,
    ObjectiveDeclaration,
    PeriodDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.dialects.slosmith.indicators import report_promql
from slosmith.formats.dialects.sloth.plugins import read_plugin
from slosmith.formats.schema import Schema
from slosmith.formats.values import Node
from slosmith.formats.yaml.document import Document
from slosmith.model import Duration, Labels, Origin, QueryRatio, RawRatio
from slosmith.problems.finding import Finding
from slosmith.problems.nearest import suggestion

PERIOD = Duration.parse("30d")
"""Sloth's period where nobody says one."""

_RULE_PLUGINS = ("sloth.dev/core/sli_rules/v1", "sloth.dev/core/metadata_rules/v1", "sloth.dev/core/alert_rules/v1")
_KNOWN_PLUGINS = (*_RULE_PLUGINS, "sloth.dev/core/validate/v1", "sloth.dev/core/noop/v1", "sloth.dev/core/debug/v1")
"""The plugins that make up Sloth's own chain, and those that change nothing."""


class Notation(msgspec.Struct, frozen=True):
    """How a format spells the keys, and where the service stands."""

    root: tuple[str, ...]
    error_query: str
    total_query: str
    error_ratio_query: str
    page_alert: str
    ticket_alert: str
    plugins: str


SNAKE_CASE = Notation(
    (), "error_query", "total_query", "error_ratio_query", "page_alert", "ticket_alert", "slo_plugins"
)
CAMEL_CASE = Notation(
    ("spec",), "errorQuery", "totalQuery", "errorRatioQuery", "pageAlert", "ticketAlert", "sloPlugins"
)


def declare_service(
    document: Document, dialect: str, schema: Schema, definition: str, notation: Notation
) -> tuple[tuple[AnyDeclaration, ...], list[Finding]]:
    """The service of one document with its SLOs as complete objectives; when it has problems, none but a broken one."""
    place = document.origin()
    # to Sloth a key without a value is a key that is not there
    value = _without_nothing(document.value)
    findings = schema.check(value, definition, place)
    inside = value
    for key in notation.root:
        inside = inside.get(key, {}) if isinstance(inside, dict) else {}
    name = inside.get("service") if isinstance(inside, dict) else None
    if findings:
        broken = BrokenDeclaration(origin=place, kind="service", name=name if isinstance(name, str) else None)
        return (broken,), findings
    root = document.origin("service", *notation.root)
    declaration = _Reader(Node(inside, root, findings), dialect, notation).service()
    if findings:
        return (BrokenDeclaration(origin=place, kind="service", name=name),), findings
    return (declaration,), findings


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value


class _Reader:
    def __init__(self, node: Node, dialect: str, notation: Notation) -> None:
        self.node, self.dialect, self.notation = node, dialect, notation
        self.labels = _texts(node, "labels")

    def service(self) -> ServiceDeclaration:
        node = self.node
        _check_chain(node, self.notation.plugins)
        objectives: dict[str, ObjectiveDeclaration] = {}
        for slo in node.items("slos"):
            name = slo.text("name")
            if name in objectives:
                slo.report("SCH210", f"two SLOs are named '{name}'", ("name",), "rename one of them")
            objectives[name] = self._objective(slo, name)
        return ServiceDeclaration(
            origin=node.origin,
            paths={"name": (*node.origin.path, "service")},
            dialect=self.dialect,
            name=node.text("service"),
            objectives=tuple(objectives.values()),
            usual_period=PeriodDeclaration(origin=Origin("default"), rolling=PERIOD),
        )

    def _objective(self, slo: Node, name: str) -> ObjectiveDeclaration:
        _check_chain(slo, "plugins")
        labels = {**dict(self.labels), **dict(_texts(slo, "labels"))}
        indicator, threshold, bound_at = self._indicator(slo)
        alerting = self._alerting(slo)
        annotations = {**dict(alerting.page_annotations), **dict(alerting.annotations)}
        return ObjectiveDeclaration(
            origin=slo.origin,
            paths={
                "target_ratio": (*slo.origin.path, "objective"),
                "indicator": (*slo.origin.path, "sli"),
                "threshold": bound_at,
                "labels": (*slo.origin.path, "labels") if "labels" in slo else (*self.node.origin.path, "labels"),
                "team": (*slo.origin.path, "labels"),
                "runbook": (*slo.origin.path, "alerting"),
                "dashboard": (*slo.origin.path, "alerting"),
            },
            name=name,
            target_ratio=slo.target("objective"),
            threshold=threshold,
            indicator=indicator,
            description=slo.text("description"),
            alerting=alerting,
            labels=tuple(sorted(labels.items())),
            # who answers for it, and by which page, is said by labels and annotations
            team=labels.get("team") or dict(alerting.labels).get("team", ""),
            runbook=_link(annotations, "runbook"),
            dashboard=_link(annotations, "dashboard"),
        )

    # --- what is counted

    def _indicator(self, slo: Node) -> tuple[Any, Duration | None, tuple[str | int, ...]]:
        """The indicator, and for a histogram of a plugin the threshold and where it was written."""
        sli = Node(slo.values["sli"], slo.at("sli"), slo.findings)
        plugin, events, raw = sli.child("plugin"), sli.child("events"), sli.child("raw")
        if plugin is not None:
            return read_plugin(plugin)
        if raw is not None:
            field = self.notation.error_ratio_query
            _check_query(raw, field)
            return InlineIndicator(origin=raw.origin, indicator=RawRatio(raw.values[field])), None, ()
        assert events is not None  # the schema wants one of three
        bad, total = self.notation.error_query, self.notation.total_query
        for field in (bad, total):
            _check_query(events, field)
        if events.text(bad) == events.text(total):
            events.report("SCH216", "both queries are the same: every event would be bad", (bad,))
        indicator = QueryRatio(events.values[total], bad=events.values[bad])
        return InlineIndicator(origin=events.origin, indicator=indicator), None, ()

    # --- alerts

    def _alerting(self, slo: Node) -> AlertingDeclaration:
        place = slo.at("alerting")
        node = Node(slo.values.get("alerting", {}), place, slo.findings)
        page = Node(node.values.get(self.notation.page_alert, {}), node.at(self.notation.page_alert), slo.findings)
        ticket = Node(
            node.values.get(self.notation.ticket_alert, {}), node.at(self.notation.ticket_alert), slo.findings
        )
        pages, tickets = (not part.values.get("disable", False) for part in (page, ticket))
        if (pages or tickets) and not node.text("name"):
            path = ("alerting",) if "alerting" in slo else ()
            hint = "add `alerting: {name: ...}`, or disable both alerts"
            slo.report("SCH204", "the alerts have no name", path, hint, on_key=bool(path))
        return AlertingDeclaration(
            origin=place,
            paths={
                "page": (*page.origin.path, "disable"), "page_labels": (*page.origin.path, "labels"),
                "page_annotations": (*page.origin.path, "annotations"),
                "ticket": (*ticket.origin.path, "disable"), "ticket_labels": (*ticket.origin.path, "labels"),
                "ticket_annotations": (*ticket.origin.path, "annotations"),
                "absence": place.path, "exhaustion": (*ticket.origin.path, "disable"),
            },
            name=node.text("name") or None,
            page=pages,
            ticket=tickets,
            # who wants no alerts gets none; our ticket about a spent budget goes with the other tickets
            absence=None if pages or tickets else False,
            exhaustion=None if tickets else False,
            labels=_texts(node, "labels"),
            annotations=_texts(node, "annotations"),
            page_labels=_texts(page, "labels"),
            page_annotations=_texts(page, "annotations"),
            ticket_labels=_texts(ticket, "labels"),
            ticket_annotations=_texts(ticket, "annotations"),
        )  # fmt: skip


def _texts(node: Node, field: str) -> Labels:
    """Labels or annotations. Sloth takes unquoted numbers and booleans for the texts that they look like."""
    return tuple(sorted((name, scalar_text(value)) for name, value in node.values.get(field, {}).items()))


def _link(annotations: dict[str, str], kind: str) -> str:
    """A URL in the annotations that are usual for it; empty where it is none, or is made when the alert fires."""
    for name in (kind, f"{kind}_url"):
        url = annotations.get(name, "")
        if url.startswith(("https://", "http://")) and "{{" not in url:
            return url
    return ""


def scalar_text(value: str | int | bool | Decimal) -> str:
    """The text of a YAML scalar, as Go's reader takes it for a string."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_query(node: Node, field: str) -> None:
    """A query has the window in it, and is PromQL once the window is filled in."""
    from slosmith import promql
    from slosmith.formats import free_queries as queries

    text = node.values[field]
    if not promql.has_window(text):
        hint = "write {{.window}} where the range stands: rate(x[{{.window}}])"
        node.report("RES313", f"`{field}` has no {{{{.window}}}}", (field,), hint)
        return
    try:
        queries.check_query(text)
    except promql.PromqlError as error:
        report_promql(node, error, (field,))


def _check_chain(node: Node, field: str) -> None:
    """Plugins that make rules are code: only Sloth's own chain, whose rules are known, can be taken."""
    part = node.child(field)
    if part is None:
        return
    chain = part.items("chain")
    for step in chain:
        plugin = step.text("id")
        if plugin not in _KNOWN_PLUGINS:
            hint = suggestion(plugin, _KNOWN_PLUGINS, "Sloth's own are")
            step.report("RES327", f"the plugin '{plugin}' is code, which is not run here", ("id",), hint)
    overrides = part.values.get("overridePrevious", part.values.get("override_previous", False))
    ids = {step.text("id") for step in chain}
    missing = [plugin for plugin in _RULE_PLUGINS if plugin not in ids]
    if overrides and missing:
        message = f"the chain leaves out rules ({missing[0]}), which cannot be done here"
        part.report("RES327", message, hint="remove `overridePrevious`")
