"""Shared by Sloth's formats: services, SLOs, queries, alerts. The formats differ in spelling and place of the keys."""

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
from slosmith.formats.dialects.sloth.chain import read_chain
from slosmith.formats.dialects.sloth.plugins import read_plugin
from slosmith.formats.dialects.sloth.slokit import read_latency, read_period, read_windows
from slosmith.formats.schema import Schema
from slosmith.formats.values import Node
from slosmith.formats.yaml.document import Document
from slosmith.model import Duration, Labels, Origin, QueryRatio, RawRatio
from slosmith.problems import Problem

PERIOD = Duration.parse("30d")
"""Sloth's default period."""
CATALOGUE = "sloth"
"""The built-in catalogue with Sloth's windows."""


class Notation(msgspec.Struct, frozen=True):
    """The spelling of a format's keys, and the place of the service."""

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
) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The service of one document with its SLOs as complete objectives; a broken one if it has problems."""
    place = document.origin()
    # Sloth ignores keys without a value
    value = _without_nothing(document.value)
    problems = schema.check(value, definition, place)
    inside = value
    for key in notation.root:
        inside = inside.get(key, {}) if isinstance(inside, dict) else {}
    name = inside.get("service") if isinstance(inside, dict) else None
    if problems:
        broken = BrokenDeclaration(origin=place, kind="service", name=name if isinstance(name, str) else None)
        return (broken,), problems
    root = document.origin("service", *notation.root)
    declaration = _Reader(Node(inside, root, problems), dialect, notation).service()
    if problems:
        return (BrokenDeclaration(origin=place, kind="service", name=name),), problems
    return (declaration,), problems


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: item if type(item) is str else _without_nothing(item)
            for key, item in value.items()
            if item is not None
        }
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value


class _Reader:
    def __init__(self, node: Node, dialect: str, notation: Notation) -> None:
        self.node, self.dialect, self.notation = node, dialect, notation
        self.labels = _texts(node, "labels")
        self.chain = read_chain(node, notation.plugins)

    def service(self) -> ServiceDeclaration:
        node = self.node
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
            usual_catalogue=CATALOGUE,
        )

    def _objective(self, slo: Node, name: str) -> ObjectiveDeclaration:
        chain = read_chain(slo, "plugins", self.chain)
        chain.check()
        labels = {**dict(self.labels), **dict(_texts(slo, "labels"))}
        indicator, threshold, bound_at = self._indicator(slo)
        period = read_period(slo)
        alerting = self._alerting(slo, alerts=chain.alerts)
        annotations = {**dict(alerting.page_annotations), **dict(alerting.annotations)}
        return ObjectiveDeclaration(
            origin=slo.origin,
            paths={
                "target_ratio": (*slo.origin.path, "objective"),
                "indicator": (*slo.origin.path, "sli"),
                "threshold": bound_at,
                "labels": (*slo.origin.path, "labels") if "labels" in slo else (*self.node.origin.path, "labels"),
                "info_labels": chain.info_path,
                "team": (*slo.origin.path, "labels"),
                "runbook": (*slo.origin.path, "alerting"),
                "dashboard": (*slo.origin.path, "alerting"),
            },
            name=name,
            target_ratio=slo.target("objective"),
            threshold=threshold,
            indicator=indicator,
            description=slo.text("description"),
            period=period,
            alerting=alerting,
            labels=tuple(sorted(labels.items())),
            info_labels=chain.info_labels,
            # labels and annotations name the team, runbook and dashboard
            team=labels.get("team") or dict(alerting.labels).get("team", ""),
            runbook=_link(annotations, "runbook"),
            dashboard=_link(annotations, "dashboard"),
        )

    # --- what is counted

    def _indicator(self, slo: Node) -> tuple[Any, Duration | None, tuple[str | int, ...]]:
        """The indicator, and, for a plugin's histogram, the threshold and its path."""
        sli = Node(slo.values["sli"], slo.at("sli"), slo.problems)
        plugin, events, raw = sli.child("plugin"), sli.child("events"), sli.child("raw")
        latency = sli.child("latency")
        if latency is not None:
            return read_latency(latency)
        if plugin is not None:
            return read_plugin(plugin, self.notation.error_query, self.notation.total_query)
        if raw is not None:
            field = self.notation.error_ratio_query
            _check_query(raw, field)
            return InlineIndicator(origin=raw.origin, indicator=RawRatio(raw.values[field])), None, ()
        assert events is not None  # the schema requires one of three
        bad, total = self.notation.error_query, self.notation.total_query
        for field in (bad, total):
            _check_query(events, field)
        if events.text(bad) == events.text(total):
            events.report("SCH216", "both queries are the same: every event would be bad", (bad,))
        indicator = QueryRatio(events.values[total], bad=events.values[bad])
        return InlineIndicator(origin=events.origin, indicator=indicator), None, ()

    # --- alerts

    def _alerting(self, slo: Node, *, alerts: bool) -> AlertingDeclaration:
        place = slo.at("alerting")
        node = Node(slo.values.get("alerting", {}), place, slo.problems)
        page = Node(node.values.get(self.notation.page_alert, {}), node.at(self.notation.page_alert), slo.problems)
        ticket = Node(
            node.values.get(self.notation.ticket_alert, {}), node.at(self.notation.ticket_alert), slo.problems
        )
        pages, tickets = (alerts and not part.values.get("disable", False) for part in (page, ticket))
        windows = read_windows(node)
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
                "windows": (*place.path, "windows"),
                "absence": place.path, "exhaustion": (*ticket.origin.path, "disable"),
            },
            name=node.text("name") or None,
            windows=windows,
            # None: the project's settings decide
            page=None if pages else False,
            ticket=None if tickets else False,
            # no alerts if both are disabled; the ticket about a spent budget is off if the ticket alert is
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
    """Labels or annotations. Sloth reads unquoted numbers and booleans as strings."""
    return tuple(sorted((name, scalar_text(value)) for name, value in node.values.get(field, {}).items()))


def _link(annotations: dict[str, str], kind: str) -> str:
    """A URL in the usual annotations. Empty if it is not a URL, or contains a template."""
    for name in (kind, f"{kind}_url"):
        url = annotations.get(name, "")
        if url.startswith(("https://", "http://")) and "{{" not in url:
            return url
    return ""


def scalar_text(value: str | int | bool | Decimal) -> str:
    """The text of a YAML scalar, as Go's YAML library converts it to a string."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_query(node: Node, field: str) -> None:
    """Check that a query contains the window, and is PromQL with the window filled in."""
    from slosmith import promql
    from slosmith.formats import free_queries as queries

    text = node.values[field]
    if not promql.has_window(text):
        hint = "write {{.window}} as the range: rate(x[{{.window}}])"
        node.report("RES313", f"`{field}` has no {{{{.window}}}}", (field,), hint)
        return
    try:
        queries.check_query(text)
    except promql.PromqlError as error:
        report_promql(node, error, (field,))
