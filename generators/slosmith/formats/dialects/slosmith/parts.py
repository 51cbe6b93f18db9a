"""slosmith/v1: the parts that classes, services and projects share - objectives, periods, alerting, records."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from slosmith.formats.declarations import AlertingDeclaration, ObjectiveDeclaration, PeriodDeclaration, TemplateUse
from slosmith.formats.dialects.slosmith.indicators import read_indicator
from slosmith.formats.values import Node
from slosmith.model import (
    ALERT_SEVERITIES,
    DAY,
    Decision,
    DocumentPath,
    Labels,
    MinimumBadEvents,
    NoGuarantee,
    Waiver,
)
from slosmith.problems.nearest import suggestion

_LONGEST_DAYS = 366
_NEVER_EXPIRES = "9999-12-31"


def read_period(node: Node | None) -> PeriodDeclaration | None:
    if node is None:
        return None
    rolling = node.duration("rolling")
    if rolling is not None and rolling.milliseconds % DAY.milliseconds:
        node.report("SCH215", f"a rolling period of {rolling} is not whole days", ("rolling",), "such as 28d or 30d")
        rolling = None
    elif rolling is not None and not 1 <= rolling.milliseconds // DAY.milliseconds <= _LONGEST_DAYS:
        node.report("SCH215", f"a rolling period of {rolling.in_days} is too long", ("rolling",), "at most 366d")
        rolling = None
    return PeriodDeclaration(
        origin=node.origin, removed=node.removed("calendar"), rolling=rolling, calendar=node.text("calendar") or None
    )


def read_source(node: Node | None) -> TemplateUse | None:
    if node is None:
        return None
    return TemplateUse(
        origin=node.origin,
        paths={"parameters": (*node.origin.path, "with")},
        template=node.text("template") or None,
        parameters=node.values.get("with", {}),
    )


URL_PLACEHOLDERS = ("class", "service", "uid")
ANNOTATION_PLACEHOLDERS = (*URL_PLACEHOLDERS, "indicator")
_PLACEHOLDER = re.compile(r"(?<![{$])\{([A-Za-z_]+)\}(?!\})")
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def check_placeholders(node: Node, text: str, path: DocumentPath, known: tuple[str, ...]) -> None:
    """Report the placeholders of a text that are not ``known``. The contents of Prometheus' templates are not read."""
    for name in _PLACEHOLDER.findall(_TEMPLATE.sub("{{}}", text)):
        if name not in known:
            node.report("SCH206", f"there is no placeholder {{{name}}}", path, suggestion(name, known, "placeholders"))


def _annotations(node: Node) -> Labels:
    """The annotations below ``node``, with their placeholders checked."""
    found = node.labels("annotations")
    for name, text in found:
        check_placeholders(node, text, ("annotations", name), ANNOTATION_PLACEHOLDERS)
    return found


def read_alerting(node: Node | None) -> AlertingDeclaration | None:
    if node is None:
        return None
    base = node.origin.path
    fields: dict[str, Any] = {
        "disable": node.values.get("disable"),
        "catalogue": node.text("catalogue") or None,
        "name": node.text("name") or None,
        "minimum_bad_events": _minimum(node),
        "max_error_ratio": _error_ratio(node),
        "labels": node.labels("labels"),
        "annotations": _annotations(node),
        "annotation_names": node.labels("annotation_names"),
        "placeholders": True,
    }
    paths: dict[str, DocumentPath] = {}
    for severity in ALERT_SEVERITIES:
        part = node.child(severity)
        if part is not None:
            fields[severity] = _enabled(part)
            fields[f"{severity}_labels"] = part.labels("labels")
            fields[f"{severity}_annotations"] = _annotations(part)
            paths[severity] = (*base, severity, "disable")
            paths[f"{severity}_labels"] = (*base, severity, "labels")
            paths[f"{severity}_annotations"] = (*base, severity, "annotations")
    absence, exhaustion = node.child("absence"), node.child("exhaustion")
    if absence is not None:
        fields |= {"absence": _enabled(absence), "absent_for": absence.duration("for")}
        fields["absent_name"] = absence.text("name") or None
        fields["absent_severity"] = absence.text("severity") or None
        paths |= {"absence": (*base, "absence", "disable"), "absent_for": (*base, "absence", "for")}
        paths["absent_name"] = (*base, "absence", "name")
        paths["absent_severity"] = (*base, "absence", "severity")
    if exhaustion is not None:
        fields |= {"exhaustion": _enabled(exhaustion), "exhausted_name": exhaustion.text("name") or None}
        paths |= {"exhaustion": (*base, "exhaustion", "disable"), "exhausted_name": (*base, "exhaustion", "name")}
    removed = {*node.removed("catalogue", "name", "minimum_bad_events", "max_error_ratio")}
    if absence is not None:
        removed |= {_ABSENCE[field] for field in absence.removed(*_ABSENCE)}
    if exhaustion is not None and exhaustion.removed("name"):
        removed.add("exhausted_name")
    return AlertingDeclaration(origin=node.origin, paths=paths, removed=frozenset(removed), **fields)


_ABSENCE = {"for": "absent_for", "name": "absent_name"}


def _minimum(node: Node) -> MinimumBadEvents | None:
    adaptive = node.values.get("minimum_bad_events") == "adaptive"
    return "adaptive" if adaptive else node.number("minimum_bad_events")


def _enabled(part: Node) -> bool | None:
    disable = part.values.get("disable")
    return None if disable is None else not disable


def no_ratio(node: Node, field: str) -> bool:
    """False for a number below 1 without a percent sign (reported): its author probably meant a ratio."""
    value = node.values.get(field)
    if isinstance(value, Decimal) and 0 < value < 1:
        exact = (value * 100).normalize()
        message, hint = (
            f"`{field}` is {value}, which means {value} %",
            f"write {exact:f}%, or {value}% if you mean that",
        )
        node.report("SCH213", message, (field,), hint)
        return False
    return True


def _error_ratio(node: Node) -> Decimal | None:
    if not no_ratio(node, "max_error_ratio"):
        return None
    value = node.percent("max_error_ratio")
    if value is not None and not 0 < value < 1:
        message = "max_error_ratio must be above 0 % and below 100 %: at 100 % no alert can fire"
        node.report("SCH207", message, ("max_error_ratio",), "such as 50%")
        return None
    return value


def read_objective(name: str, node: Node) -> ObjectiveDeclaration:
    """One entry of ``objectives``."""
    traffic = node.child("traffic")
    return ObjectiveDeclaration(
        origin=node.origin,
        paths={
            "target_ratio": (*node.origin.path, "target"),
            "aspirational_ratio": (*node.origin.path, "aspirational"),
            "events_per_day": (*node.origin.path, "traffic"),
        },
        removed=node.removed("documentation", "runbook", "dashboard", "description", "threshold", "measured_threshold")
        | ({"aspirational_ratio"} if node.removed("aspirational") else frozenset()),
        name=name,
        target_ratio=node.target("target"),
        aspirational_ratio=node.target("aspirational"),
        threshold=node.duration("threshold"),
        measured_threshold=node.duration("measured_threshold"),
        indicator=read_indicator(node),
        description=node.text("description"),
        period=read_period(node.child("period")),
        alerting=read_alerting(node.child("alerting")),
        labels=node.labels("labels"),
        info_labels=node.labels("info_labels"),
        group_by=node.texts("group_by") if "group_by" in node else None,
        events_per_day=traffic.number("events_per_day") if traffic is not None else None,
        events_per_period=traffic.number("events_per_period") if traffic is not None else None,
        documentation=node.text("documentation"),
        runbook=node.text("runbook"),
        dashboard=node.text("dashboard"),
    )


def read_objectives(node: Node) -> tuple[ObjectiveDeclaration, ...]:
    """``objectives``, with the targets of ``aspirational`` put into them."""
    written = {name: read_objective(name, child) for name, child in node.children("objectives")}
    for name, child in node.children("aspirational"):
        target = child.target("target")
        path = (*child.origin.path, "target")
        known = written.get(name)
        if known is not None and known.aspirational_ratio is not None:
            hint = f"it is in objectives.{name} already: remove one"
            child.report("SCH210", f"the aspirational target of {name} is set twice", hint=hint, on_key=True)
        elif known is not None:
            fields = {field: getattr(known, field) for field in known.__struct_fields__}
            fields |= {"aspirational_ratio": target, "paths": {**known.paths, "aspirational_ratio": path}}
            written[name] = ObjectiveDeclaration(**fields)
        else:
            written[name] = ObjectiveDeclaration(
                origin=child.origin, name=name, aspirational_ratio=target, paths={"aspirational_ratio": path}
            )
    return tuple(written.values())


def read_decisions(node: Node) -> tuple[Decision, ...]:
    return tuple(
        Decision(
            item.date("date"),
            item.text("decision"),
            item.text("reason"),
            item.origin,
            item.date("effective") if "effective" in item else "",
        )
        for item in node.items("decisions")
    )


def read_waivers(node: Node) -> tuple[Waiver, ...]:
    return tuple(
        Waiver(
            item.text("code"),
            item.text("reason"),
            item.text("owner"),
            item.date("expires"),
            item.origin,
            item.text("objective") or None,
        )
        for item in node.items("waivers")
    )


def read_accepted(node: Node) -> tuple[Waiver, ...]:
    """``accepted``: notices that are not shown any more."""
    return tuple(
        Waiver(
            item.text("code"),
            item.text("reason"),
            "",
            _NEVER_EXPIRES,
            item.origin,
            item.text("objective") or None,
            notices_only=True,
        )
        for item in node.items("accepted")
    )


def read_no_guarantees(node: Node) -> tuple[NoGuarantee, ...]:
    return tuple(
        NoGuarantee(item.text("indicator"), item.text("reason"), item.date("date"), item.origin)
        for item in node.items("no_guarantee")
    )
