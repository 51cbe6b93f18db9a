"""All declarations -> the workspace: classes and services by name, identities unique."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from slosmith.formats.declarations import AnyDeclaration, BrokenDeclaration, ClassDeclaration, ServiceDeclaration
from slosmith.model import ClassObjective, Origin, Service, Slo, SloClass, Workspace
from slosmith.problems import Problem, at
from slosmith.problems.nearest import suggestion
from slosmith.resolve.alerting import check_labels, resolve_alerting
from slosmith.resolve.context import Context
from slosmith.resolve.joining import join_foreign
from slosmith.resolve.limits import too_many_slos
from slosmith.resolve.period import resolve_period
from slosmith.resolve.service import check_names, resolve_service
from slosmith.settings import Project
from slosmith.sli.library import TemplateLibrary

_Named = TypeVar("_Named", ClassDeclaration, ServiceDeclaration)


def resolve(
    declarations: Iterable[AnyDeclaration],
    project: Project,
    library: TemplateLibrary,
    *,
    known: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Workspace, tuple[Problem, ...]]:
    """The model of all declarations, and all problems. The model is complete only if no problem is an error.

    ``known`` names, by kind, what exists and is not among the declarations (when only some files are read).
    """
    context = Context(
        project=project,
        library=library,
        classes={},
        catalogues={catalogue.name: catalogue for catalogue in project.catalogues},
        calendars={calendar.name: calendar for calendar in project.calendars},
        services=(known or {}).get("service", frozenset()),
        unread=known or {},
    )
    found = list(declarations)
    for kind in {item.kind for item in found if isinstance(item, BrokenDeclaration)}:
        names = {item.name for item in found if isinstance(item, BrokenDeclaration) and item.kind == kind}
        context.broken = {**context.broken, kind: frozenset(names)}
    classes = _unique(context, [item for item in found if isinstance(item, ClassDeclaration)], "class")
    declared = join_foreign(context, [item for item in found if isinstance(item, ServiceDeclaration)])
    services = _unique(context, declared, "service")
    context.classes = {item.name: item for item in classes}
    context.services |= {item.name for item in services}
    for broken in found:
        if isinstance(broken, BrokenDeclaration) and broken.partial is not None:
            check_names(context, broken.partial)
    resolved_classes = tuple(_class(context, item) for item in classes)
    made = () if too_many_slos(context, services) else services
    resolved = [service for item in made if (service := resolve_service(context, item)) is not None]
    _check_identities(context, resolved)
    workspace = Workspace(
        services=tuple(sorted(resolved, key=lambda service: service.name)),
        classes=tuple(sorted(resolved_classes, key=lambda slo_class: slo_class.name)),
        calendars=project.calendars,
    )
    return workspace, tuple(context.problems.values())


def _unique(context: Context, items: list[_Named], what: str) -> list[_Named]:
    """The items without those that repeat the name of an earlier one (in the order of files)."""
    items = sorted(items, key=lambda item: (item.origin.file, item.origin.document))
    kept: dict[str, _Named] = {}
    for item in items:
        first = kept.setdefault(item.name, item)
        if first is not item:
            message = f"there are two declarations of the {what} '{item.name}'"
            hint = "the first is {other}; remove one, or rename it"
            context.report("RES308", message, item.at("name"), hint=hint, other=first.at("name"), subject=item.name)
    return list(kept.values())


def _class(context: Context, declaration: ClassDeclaration) -> SloClass:
    """The class. Its settings are checked here, also for a class without services."""
    origins: dict[str, Origin] = {}
    parts = [declaration.period, context.project.period]
    period = resolve_period(context, parts, declaration.name, origins)
    for objective in (None, *declaration.objectives):
        layers = [context.project.alerting, declaration.alerting, objective.alerting if objective is not None else None]
        resolve_alerting(context, layers, declaration.name, {}, frozenset())
    for field in ("labels", "info_labels"):
        check_labels(context, getattr(declaration, field), declaration.at(field), declaration.name, frozenset())
    overrides = {item.objective: item for item in declaration.overrides}
    names = {objective.name for objective in declaration.objectives if objective.target_ratio is not None}
    for name, item in overrides.items():
        if name not in names:
            hint = suggestion(name, names, "objectives")
            message = f"class '{declaration.name}' has no objective '{name}'"
            context.report("RES307", message, item.origin, hint=hint, subject=declaration.name, on_key=True)
    objectives = []
    for objective in declaration.objectives:
        if objective.target_ratio is None:
            message = f"class '{declaration.name}' has no objective '{objective.name}' for the aspirational target"
            context.report("RES309", message, objective.origin, subject=declaration.name, on_key=True)
            continue
        override = overrides.get(objective.name)
        objectives.append(
            ClassObjective(
                indicator=objective.name,
                target_ratio=objective.target_ratio,
                origin=objective.origin,
                threshold=objective.threshold,
                aspirational_ratio=objective.aspirational_ratio,
                allowed_target=override.target if override is not None else None,
            )
        )
    return SloClass(
        name=declaration.name,
        description=declaration.description,
        objectives=tuple(objectives),
        origin=declaration.origin,
        period=period,
        no_guarantees=declaration.no_guarantees,
        decisions=declaration.decisions,
        waivers=declaration.waivers,
    )


def _check_identities(context: Context, services: list[Service]) -> None:
    """No two SLOs may have one identity: names are joined by '-', so different pairs can give one id."""
    seen: dict[str, Slo] = {}
    for service in services:
        for slo in service.slos:
            first = seen.setdefault(slo.id, slo)
            if first is not slo:
                what = f"service '{first.service}', SLO '{first.name}'"
                message = f"two SLOs have the identity '{slo.id}': this one and {what}"
                hint = "rename one; the other is {other}"
                place, other = (each if each.path else at(each, "name") for each in (slo.origin, first.origin))
                context.report("RES317", message, place, hint=hint, other=other, subject=slo.id, on_key=True)
