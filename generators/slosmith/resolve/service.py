"""One service declaration -> a Service with its SLOs."""

from __future__ import annotations

from typing import Literal

from slosmith.formats.declarations import Common, ServiceDeclaration
from slosmith.model import Dependency, Origin, Service, Slo
from slosmith.problems.nearest import suggestion
from slosmith.resolve import inherited
from slosmith.resolve.context import Context
from slosmith.resolve.objective import OWN_DIALECT, ObjectiveResolver, ServiceContext
from slosmith.resolve.service_objectives import objectives_of
from slosmith.settings import fill_url, url_values

_FOREIGN_LABELS = frozenset({"severity", "team", "calendar", "revision"})
"""Labels that specs in other tools' formats may set: these formats define their meaning."""

_LINKS: tuple[Literal["documentation", "runbook", "dashboard"], ...] = ("documentation", "runbook", "dashboard")


def resolve_service(context: Context, declaration: ServiceDeclaration) -> Service | None:
    """The service; None if its class does not exist (reported)."""
    check_names(context, declaration)
    slo_class = context.classes.get(declaration.slo_class) if declaration.slo_class is not None else None
    if slo_class is None and declaration.slo_class is not None:
        return None
    layers: list[Common] = [declaration] if slo_class is None else [declaration, slo_class]
    origins: dict[str, Origin] = {}
    team = _team(context, layers, origins)
    links: dict[str, str] = {kind: _link(context, declaration, layers, kind, origins) for kind in _LINKS}
    shared = ServiceContext(
        context=context,
        declaration=declaration,
        slo_class=slo_class,
        scope=declaration.scope or context.project.scope,
        team=team,
        links=links,
        origins=origins,
        allowed_labels=frozenset() if declaration.dialect == OWN_DIALECT else _FOREIGN_LABELS,
    )
    return Service(
        name=declaration.name,
        team=team,
        slos=_slos(shared),
        origin=declaration.origin,
        slo_class=declaration.slo_class,
        description=declaration.description,
        responsible=inherited.first_text(layers, "responsible"),
        sites=declaration.sites,
        clients_external=inherited.first_list(layers, "clients_external"),
        clients_internal=inherited.first_list(layers, "clients_internal"),
        dependencies=_dependencies(context, layers),
        operations=inherited.operations(layers),
        decisions=declaration.decisions,
        waivers=declaration.waivers + (slo_class.waivers if slo_class is not None else ()),
        no_guarantees=declaration.no_guarantees,
        dialect=declaration.dialect,
        **links,
    )


def _slos(service: ServiceContext) -> tuple[Slo, ...]:
    """The SLOs, by objective and then by site, in the order written."""
    declaration, context = service.declaration, service.context
    found = objectives_of(context, declaration, service.slo_class)
    if not found and not declaration.no_guarantees:
        message = "the service has no objective: it has neither a class nor objectives"
        hint = "add `class:`, `objectives:`, or `no_guarantee:` with a reason"
        context.report("RES310", message, declaration.at("name"), hint=hint, subject=declaration.name)
    return tuple(slo for layers in found for slo in ObjectiveResolver(service, layers).slos())


def check_names(context: Context, declaration: ServiceDeclaration) -> None:
    """Report an unknown class and unknown sites. A class that is declared with problems is known."""
    wanted = declaration.slo_class
    if wanted is not None and wanted not in context.classes and not context.is_broken("class", wanted):
        hint = suggestion(wanted, {*context.classes, *context.unread.get("class", ())}, "classes")
        message = f"there is no class '{wanted}'"
        context.report("RES301", message, declaration.at("slo_class"), hint=hint, subject=declaration.name)
    names = [site.name for site in context.project.sites]
    for index, name in enumerate(declaration.sites):
        if names and name not in names:
            hint = suggestion(name, names, "sites")
            origin = declaration.at("sites", index)
            context.report("RES306", f"there is no site '{name}'", origin, hint=hint, subject=declaration.name)


def _team(context: Context, layers: list[Common], origins: dict[str, Origin]) -> str:
    for layer in layers:
        if layer.team:
            origins["team"] = layer.at("team")
            return layer.team
    project = context.project
    if project.team:
        origins["team"] = Origin("project", project.origin.file, ("team",), project.origin.document)
    return project.team


def _link(
    context: Context,
    declaration: ServiceDeclaration,
    layers: list[Common],
    kind: Literal["documentation", "runbook", "dashboard"],
    origins: dict[str, Origin],
) -> str:
    """The service's URL, else the class's, else from the project's pattern; names in it are percent-encoded."""
    slo_class = declaration.slo_class or ""
    for layer in layers:
        if kind in layer.removed:
            origins[kind] = layer.at(kind)
            return ""
        written: str = getattr(layer, kind)
        if written:
            origins[kind] = layer.at(kind)
            return fill_url(written, url_values(declaration.name, slo_class))
    project = context.project
    url = project.url(kind, declaration.name, slo_class)
    if url:
        origins[kind] = Origin("project", project.origin.file, ("urls", kind), project.origin.document)
    return url


def _dependencies(context: Context, layers: list[Common]) -> tuple[Dependency, ...]:
    targets = {dependency.name: dependency.target_ratio for dependency in context.project.dependencies}
    return tuple(
        Dependency(
            name=item.name,
            hard=item.hard,
            origin=item.origin,
            target_ratio=targets.get(item.name),
            service=item.name in context.services,
        )
        for item in inherited.dependencies(layers)
    )
