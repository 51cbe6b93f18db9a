"""Joins documents of another tool's format that declare SLOs of one service (Sloth and OpenSLO allow this)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from slosmith.formats.declarations import ObjectiveDeclaration, ServiceDeclaration
from slosmith.resolve.context import Context
from slosmith.resolve.objective import OWN_DIALECT


def join_foreign(context: Context, services: Iterable[ServiceDeclaration]) -> list[ServiceDeclaration]:
    """The services in the order of files. Those with the same name and format (not our own) are joined.

    The service's own fields come from the first document. Objectives keep their own places. Two SLOs with one name are
    a problem.
    """
    tool = context.scheme.imitates
    if tool:
        services = [_read_by(service, tool) for service in services]
    ordered = sorted(services, key=lambda item: (item.origin.file, item.origin.document))
    found: dict[tuple[str, str], list[ServiceDeclaration]] = {}
    kept: list[ServiceDeclaration] = []
    for service in ordered:
        if service.dialect == OWN_DIALECT:
            kept.append(service)
        else:
            found.setdefault((service.name, service.dialect), []).append(service)
    return [*kept, *(_joined(context, parts) for parts in found.values())]


def _read_by(service: ServiceDeclaration, tool: str) -> ServiceDeclaration:
    objectives = tuple(objective.read_by.get(tool, objective) for objective in service.objectives)
    return msgspec.structs.replace(service, objectives=objectives)


def _joined(context: Context, parts: list[ServiceDeclaration]) -> ServiceDeclaration:
    objectives: dict[str, ObjectiveDeclaration] = {}
    for part in parts:
        for objective in part.objectives:
            first = objectives.setdefault(objective.name, objective)
            if first is not objective:
                message = f"the service '{part.name}' has two SLOs named '{objective.name}'"
                hint, place, other = "the first is {other}; rename one", objective.at("name"), first.at("name")
                context.report("RES325", message, place, hint=hint, other=other, subject=part.name)
    if len(parts) == 1:
        return parts[0]
    return msgspec.structs.replace(
        parts[0],
        objectives=tuple(objectives.values()),
        waivers=tuple(waiver for part in parts for waiver in part.waivers),
        decisions=tuple(decision for part in parts for decision in part.decisions),
    )
