"""Two sets of facts -> the changes between them, for each SLO, service, class and the settings.

This is the whole judgement on a change. What follows from it (budgets, times of alerts, series) is computed from the
same facts in :mod:`slosmith.changes.consequences`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from slosmith.changes.changing import Change, ordered
from slosmith.changes.facts import ProjectFacts
from slosmith.changes.kinds import Kind
from slosmith.changes.other_changes import class_changes, is_one_of_slos, service_changes, settings_changes
from slosmith.changes.pairing import Pair, pairs_of
from slosmith.changes.slo_changes import SloChange, changes_of_pair


class Compared(msgspec.Struct, frozen=True):
    """The changes, and every SLO before and after."""

    changes: tuple[Change, ...]
    pairs: tuple[Pair, ...]
    """Sorted by id."""


def compare(before: ProjectFacts, after: ProjectFacts) -> Compared:
    """The changes from one project to another, the worst first. Pure."""
    pairs = pairs_of(before, after)
    found: list[SloChange] = []
    settings = list(settings_changes(before, after))
    elsewhere = {change.field for change in settings if change.kind is Kind.RECORDED or change.field == "interval"}
    for pair in pairs:
        found += changes_of_pair(pair, elsewhere)
    of_slos = list(_grouped(found))
    classes = [change for change in class_changes(before, after, pairs) if not is_one_of_slos(change, of_slos)]
    changes = [*of_slos, *settings, *service_changes(before, after, pairs), *classes]
    return Compared(ordered(changes), pairs)


def _grouped(found: Iterable[SloChange]) -> Iterator[Change]:
    """One change for all SLOs that have it from the same place, with the same values."""
    groups: dict[tuple[Any, ...], list[SloChange]] = defaultdict(list)
    for each in found:
        groups[each.group].append(each)
    for members in groups.values():
        first = members[0].change
        services = {name for member in members for name in member.change.services}
        one = len(services) == 1 and first.kind is not Kind.RENAMED
        yield msgspec.structs.replace(
            first,
            where=first.where or (next(iter(services)) if one else ""),
            slos=tuple(sorted({slo for member in members for slo in member.change.slos})),
            services=tuple(sorted(services)),
            parts=tuple(part for member in members for part in member.change.parts)
            if first.kind is Kind.RENAMED
            else first.parts,
        )
