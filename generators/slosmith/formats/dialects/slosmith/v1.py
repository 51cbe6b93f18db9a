"""slosmith/v1, our own format: services, classes, alert catalogues, calendars and the project's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slosmith.formats.catalogues import SHORTEST_WINDOW, Tier, Tiers
from slosmith.formats.declarations import (
    AnyDeclaration,
    BrokenDeclaration,
    CalendarDeclaration,
    CatalogueDeclaration,
    ClassDeclaration,
    DependencyDeclaration,
    Override,
    ProjectDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.dialects.slosmith.parts import (
    URL_PLACEHOLDERS,
    check_placeholders,
    no_ratio,
    read_accepted,
    read_alerting,
    read_decisions,
    read_no_guarantees,
    read_objectives,
    read_period,
    read_source,
    read_waivers,
)
from slosmith.formats.messages import shown
from slosmith.formats.schema import Schema
from slosmith.formats.values import Node
from slosmith.formats.yaml.document import Document
from slosmith.model import HOUR, MINUTE, Calendar, DocumentPath, Duration, Operations, Origin
from slosmith.problems import Problem
from slosmith.problems.nearest import suggestion

NAME = "slosmith/v1"
SCHEMA = Schema("slosmith-v1")
_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The declarations of one document; a broken one if it has problems."""
    value = document.value
    kind = value.get("kind")
    place = Origin("service", document.file, (), document.index)
    if not isinstance(kind, str) or kind not in _READERS:
        if kind is None:
            message, hint = "the key 'kind' is missing", "add `kind: Service`, or another kind"
            return (), [Problem(code="SCH204", message=message, hint=hint, origin=place)]
        message = f"{shown(kind)} is not a kind of {NAME}"
        hint = suggestion(str(kind), [name for name in _READERS if name != "Calendars"], "kinds")
        place = Origin("service", document.file, ("kind",), document.index)
        return (), [Problem(code="SCH202", message=message, hint=hint, origin=place)]
    origin_kind, reader = _READERS[kind]
    place = Origin(origin_kind, document.file, (), document.index)
    problems = SCHEMA.check(value, kind, place)
    sound = _sound_part(value, kind, place, problems) if problems else value
    declarations = reader(Node(sound, place, problems))
    if problems:
        name = value.get("name")
        partial = next((found for found in declarations if isinstance(found, ServiceDeclaration)), None)
        return (
            BrokenDeclaration(
                origin=place, kind=origin_kind, name=name if isinstance(name, str) else None, partial=partial
            ),
        ), problems
    return declarations, problems


_ENTRIES = ("objectives", "aspirational", "overrides")


def _sound_part(value: dict[str, Any], kind: str, place: Origin, problems: list[Problem]) -> dict[str, Any]:
    """The document without the parts that the schema rejects, to check the rest in the same run.

    Whole fields are left out, or single entries of fields with named entries. The rest is checked again, because one
    error may hide another (which is added to ``problems``).
    """
    sound, wrong = value, list(problems)
    while True:
        smaller = sound
        for problem in wrong:
            smaller = _without(smaller, problem.origin.path)
        if smaller == sound:
            return sound
        sound = smaller
        wrong = [found for found in SCHEMA.check(sound, kind, place) if found.origin.path]
        # a field is not empty as written if all its entries were left out
        problems += [found for found in wrong if found.code != "SCH208" or value.get(str(found.origin.path[0])) == {}]


def _without(value: dict[str, Any], path: DocumentPath) -> dict[str, Any]:
    if not path or path[0] not in value:
        return value
    field = str(path[0])
    entries = value[field]
    if len(path) > 1 and field in _ENTRIES and isinstance(entries, dict):
        return {**value, field: {name: entry for name, entry in entries.items() if name != path[1]}}
    return {name: entry for name, entry in value.items() if name != field}


def _service(node: Node) -> tuple[AnyDeclaration, ...]:
    traffic = node.child("traffic")
    return (
        ServiceDeclaration(
            **_common(node),
            dialect=NAME,
            slo_class=node.text("class") or None,
            sites=node.texts("sites"),
            scope=node.values.get("scope"),
            group_by=node.texts("group_by"),
            events_per_day=traffic.number("events_per_day") if traffic is not None else None,
            events_per_period=traffic.number("events_per_period") if traffic is not None else None,
            revision=node.text("revision"),
        ),
    )


def _class(node: Node) -> tuple[AnyDeclaration, ...]:
    overrides = []
    for name, child in node.children("overrides"):
        bounds = child.child("target")
        target = None
        if bounds is not None:
            low, high = bounds.target("min"), bounds.target("max")
            if low is not None and high is not None and low > high:
                bounds.report("SCH207", "`min` is above `max`", ("min",), "swap them")
            elif low is not None and high is not None:
                target = (low, high)
        thresholds = tuple(Duration.parse(text) for text in child.texts("threshold"))
        overrides.append(
            Override(
                origin=child.origin,
                objective=name,
                target=target,
                thresholds=thresholds,
                indicator=bool(child.values.get("indicator", False)),
            )
        )
    return (ClassDeclaration(**_common(node), overrides=tuple(overrides)),)


def _common(node: Node) -> dict[str, Any]:
    clients = node.child("clients")
    return {
        "origin": node.origin,
        "paths": {
            "slo_class": ("class",), "source": ("indicator_source",), "no_guarantees": ("no_guarantee",),
            "events_per_day": ("traffic",), "events_per_period": ("traffic",),
        },
        "name": node.text("name"),
        "team": node.text("team"),
        "description": node.text("description"),
        "responsible": node.text("responsible"),
        "clients_external": clients.texts("external") if clients is not None else (),
        "clients_internal": clients.texts("internal") if clients is not None else (),
        "dependencies": _dependencies(node),
        "removed": _removed(node),
        "operations": _operations(node.child("operations")),
        "documentation": node.text("documentation"),
        "runbook": node.text("runbook"),
        "dashboard": node.text("dashboard"),
        "period": read_period(node.child("period")),
        "source": read_source(node.child("indicator_source")),
        "objectives": read_objectives(node),
        "no_guarantees": read_no_guarantees(node),
        "decisions": read_decisions(node),
        "waivers": (*read_waivers(node), *read_accepted(node)),
        "alerting": read_alerting(node.child("alerting")),
        "labels": node.labels("labels"),
        "info_labels": node.labels("info_labels"),
    }  # fmt: skip


_GROUPS: dict[str, tuple[str, ...]] = {
    "clients": ("external", "internal"),
    "dependencies": ("hard", "soft"),
    "operations": Operations.__struct_fields__,
}


def _removed(node: Node) -> frozenset[str]:
    """The fields that are null. Those of a group are named ``<group>_<field>``; null for the group removes them all."""
    found = {*node.removed("documentation", "runbook", "dashboard", "responsible")}
    for group, fields in _GROUPS.items():
        part = node.child(group)
        removed = part.removed(*fields) if part is not None else fields if node.removed(group) else ()
        found |= {f"{group}_{field}" for field in removed}
    return frozenset(found)


def _dependencies(node: Node) -> tuple[DependencyDeclaration, ...]:
    found: dict[str, DependencyDeclaration] = {}
    part = node.child("dependencies")
    for strength in ("hard", "soft") if part is not None else ():
        for index, name in enumerate(part.texts(strength)) if part is not None else ():
            place = node.at("dependencies", strength, index)
            if name in found:
                node.report("SCH210", f"'{name}' is a hard and a soft dependency", place.path, "remove one")
            found.setdefault(name, DependencyDeclaration(origin=place, name=name, hard=strength == "hard"))
    return tuple(found.values())


def _operations(node: Node | None) -> Operations:
    if node is None:
        return Operations()
    return Operations(
        time_to_detect=node.duration("time_to_detect"),
        time_to_repair=node.duration("time_to_repair"),
        expected_outages=node.number("expected_outages"),
        monitoring=node.text("monitoring"),
        deployment=node.text("deployment"),
        debugging=node.text("debugging"),
    )


def _catalogue(node: Node) -> tuple[AnyDeclaration, ...]:
    tiers = tuple(found for item in node.items("windows") if (found := _tier(item)) is not None)
    names: set[str] = set()
    for index, tier in enumerate(tiers):
        name = tier.name or str(tier.long)
        if name in names:
            hint = "give one of them a `name:` of its own"
            node.report("SCH210", f"two tiers are named '{name}'", ("windows", index), hint)
        names.add(name)
    windows = Tiers(
        tiers=tiers,
        periods=tuple(Duration.parse(text) for text in node.texts("periods")),
        scales=bool(node.values.get("scales", False)),
        round_to=node.duration("round_to"),
    )
    for index, period in enumerate(windows.periods):
        if period.milliseconds % HOUR.milliseconds:
            node.report("SCH215", f"a period of {period} is not whole hours", ("periods", index), "such as 28d or 30d")
    if windows.scales and not windows.periods:
        hint = "add `periods: [28d]`, the periods that the windows are made for"
        node.report("SCH204", "`scales: true` needs `periods`", ("scales",), hint, on_key=True)
    if windows.round_to is not None and windows.round_to.milliseconds % MINUTE.milliseconds:
        node.report("SCH207", f"`round_to` of {windows.round_to} is not whole minutes", ("round_to",), "such as 1m")
    return (
        CatalogueDeclaration(
            origin=node.origin, name=node.text("name"), windows=windows, description=node.text("description")
        ),
    )


def _tier(node: Node) -> Tier | None:
    long, short = node.duration("long"), node.duration("short")
    share, burn_rate = node.percent("budget_share"), node.number("burn_rate")
    if long is None or short is None or not no_ratio(node, "budget_share"):
        return None
    if share is None and burn_rate is None:
        hint = "add `budget_share: 2%`, or `burn_rate: 14.4`"
        node.report("SCH204", "the key 'budget_share' is missing", hint=hint)
        return None
    if share is not None and burn_rate is not None:
        message, hint = "a tier has a budget share or a burn rate, not both", "remove one of them"
        node.report("SCH209", message, ("burn_rate",), hint, on_key=True)
    if share is not None and not 0 < share <= 1:
        node.report("SCH207", "a tier's budget share must be above 0 % and at most 100 %", ("budget_share",))
    if short >= long:
        hint = "a twelfth of the long one is usual"
        node.report(
            "SCH207", f"the short window ({short}) must be shorter than the long one ({long})", ("short",), hint
        )
    for field, window in (("short", short), ("long", long)):
        if window < SHORTEST_WINDOW or window.milliseconds % MINUTE.milliseconds:
            message = f"a window of {window} must be whole minutes, at least 5m"
            node.report("SCH207", message, (field,), "such as 5m or 1h")
    severity: Any = node.values["severity"]
    return Tier(
        name=node.text("name"),
        long=long,
        short=short,
        severity=severity,
        budget_share=share,
        burn_rate=burn_rate,
        hold=node.duration("for"),
        keep=node.duration("keep_firing_for"),
    )


def _project(node: Node) -> tuple[AnyDeclaration, ...]:
    for _, child in node.children("dependencies"):
        child.target("target")
    node.duration("evaluation_interval")
    _check_sites(node)
    _check_placeholders(node)
    return (
        ProjectDeclaration(
            origin=node.origin,
            settings=node.values,
            period=read_period(node.child("period")),
            alerting=read_alerting(node.child("alerting")),
            calendars=_read_calendars(node),
        ),
    )


def _check_sites(node: Node) -> None:
    seen: set[str] = set()
    for index, site in enumerate(node.values.get("sites", ())):
        name = site if isinstance(site, str) else site["name"]
        if name in seen:
            node.report("SCH210", f"the site '{name}' is in `sites` twice", ("sites", index), "remove one")
        seen.add(name)


def _check_placeholders(node: Node) -> None:
    """Report unknown placeholders: ``{servce}`` would stay in every link. Grafana's ``${variables}`` and Prometheus'
    templates are allowed."""
    for kind, pattern in node.values.get("urls", {}).items():
        check_placeholders(node, pattern, ("urls", kind), URL_PLACEHOLDERS)


def _calendars(node: Node) -> tuple[AnyDeclaration, ...]:
    return _read_calendars(node)


def _read_calendars(node: Node) -> tuple[CalendarDeclaration, ...]:
    found = []
    for name, value in node.values.get("calendars", {}).items():
        base: tuple[str | int, ...] = ("calendars", name)
        texts, path = (value, base) if isinstance(value, list) else (value["starts"], (*base, "starts"))
        starts = []
        for index, text in enumerate(texts):
            month, day = int(text[:2]), int(text[3:])
            if not (1 <= month <= 12 and 1 <= day <= _DAYS_OF_MONTH[month - 1]):
                hint = "write a day that every year has, so not 02-29"
                node.report("SCH212", f"not every year has a day {text}", (*path, index), hint)
            starts.append((month, day))
        description = "" if isinstance(value, list) else value.get("description", "")
        found.append(
            CalendarDeclaration(origin=node.at(*base), calendar=Calendar(name, tuple(sorted(starts)), description))
        )
    return tuple(found)


_READERS: dict[Any, tuple[Any, Callable[[Node], tuple[AnyDeclaration, ...]]]] = {
    "Service": ("service", _service),
    "SLOClass": ("class", _class),
    "Project": ("project", _project),
    "AlertCatalogue": ("catalogue", _catalogue),
    "Calendars": ("default", _calendars),
}
