"""How many SLOs are asked for, before they are made: a few lines can ask for more than the memory holds."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.formats.declarations import ServiceDeclaration
from slosmith.resolve.context import Context


def too_many_slos(context: Context, services: Sequence[ServiceDeclaration]) -> bool:
    """Whether ``services`` ask for more SLOs than the project allows; reported at the one that asks for most."""
    counts = [_slos(context, service) for service in services]
    total, most = sum(counts), context.project.max_slos
    if total <= most:
        return False
    largest = services[counts.index(max(counts))]
    message = f"the specs ask for {total:,} SLOs, and at most {most:,} are allowed; this service has {max(counts):,}"
    hint = f"remove sites or objectives; if so many are right, set `max_slos: {_with_room(total)}` in slosmith.yaml"
    place = largest.at("sites" if largest.sites else "name")
    context.report("RES335", message, place, hint=hint, subject=largest.name)
    return True


def _slos(context: Context, service: ServiceDeclaration) -> int:
    """One for each objective and, in global scope, site."""
    names = {objective.name for objective in service.objectives}
    slo_class = context.classes.get(service.slo_class) if service.slo_class is not None else None
    if slo_class is not None:
        stated = {item.indicator for item in service.no_guarantees}
        names |= {objective.name for objective in slo_class.objectives} - stated
    scope = service.scope or context.project.scope
    return len(names) * (max(1, len(service.sites)) if scope == "global" else 1)


def _with_room(slos: int) -> int:
    step: int = 10 ** (len(str(slos)) - 1)
    return (slos // step + 1) * step
