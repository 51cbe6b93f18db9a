"""Services that need a changed service, and targets that are now above the product of their dependencies' targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from slosmith.changes.changing import Change
from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.facts import ProjectFacts
from slosmith.changes.kinds import Verdict
from slosmith.policy.context import Context
from slosmith.policy.dependencies import Limit, hard_limit
from slosmith.vocabulary.numbers import percent_exact

_COMPARED = "availability"
"""The indicator whose targets multiply: latency says nothing about the latency of a dependant."""
_PROMISE = frozenset({Verdict.BREAKING, Verdict.LOOSENED, Verdict.TIGHTENED, Verdict.MEASURED})


def dependants_of(services: Iterable[str], project: ProjectFacts) -> dict[str, tuple[str, ...]]:
    """Service -> the services that name it as a hard dependency, sorted. Services without any are left out."""
    wanted, found = set(services), dict[str, list[str]]()
    for service in project.workspace.services:
        for dependency in service.dependencies:
            if dependency.hard and dependency.name in wanted:
                found.setdefault(dependency.name, []).append(service.name)
    return {name: tuple(sorted(set(found[name]))) for name in sorted(found)}


def rows(changes: Iterable[Change], before: ProjectFacts, after: ProjectFacts, today: date) -> Iterator[Row]:
    """The dependants of services whose objectives changed, and targets that are too high now, or no longer."""
    changed = {name for change in changes if change.verdict in _PROMISE for name in change.services}
    for name, needing in dependants_of(changed, after).items():
        yield Row(area=Area.DEPENDANTS, what=f"{name} is a hard dependency of {_listed(needing)}")
    old, new = _too_high(before, today), _too_high(after, today)
    for slo in sorted(new.keys() - old.keys()):
        yield Row(area=Area.DEPENDANTS, what=f"now above its dependencies: {_above(slo, after, new[slo])}", slos=(slo,))
    for slo in sorted(old.keys() - new.keys() & after.slos.keys()):
        if slo in after.slos:
            yield Row(area=Area.DEPENDANTS, what=f"no longer above its dependencies: {slo}", slos=(slo,))


def _too_high(facts: ProjectFacts, today: date) -> Mapping[str, Limit]:
    context = Context(facts.workspace, facts.project, today)
    found = {}
    for slo in facts.workspace.slos():
        limit = hard_limit(slo, context) if slo.indicator_name == _COMPARED else None
        if limit is not None and slo.objective.target_ratio > limit.ratio:
            found[slo.id] = limit
    return found


def _above(slo: str, facts: ProjectFacts, limit: Limit) -> str:
    return f"{slo} {percent_exact(facts.slos[slo].slo.objective.target_ratio)}, {limit.words}"


_MOST = 5


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
