"""One consequence: a figure before and after, for the SLOs that share it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Area(StrEnum):
    """What a consequence is about, in the order in which people read."""

    BUDGET = "budget"
    DETECTION = "detection"
    ALERTS = "alerts"
    SERIES = "series"
    DEPENDANTS = "dependants"
    PROBLEMS = "problems"
    COST = "cost"
    ARTEFACTS = "artefacts"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A consequence. Without ``before`` and ``after``, ``what`` is a sentence."""

    area: Area
    what: str
    before: str = ""
    after: str = ""
    slos: tuple[str, ...] = ()
    """Ids of the SLOs, sorted. Empty for a consequence of the whole project."""
    estimated: bool = True
    """False: it could not be determined, and ``what`` says why."""


def joined(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows with the same figures as one row for all of their SLOs, in the order of areas."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.area, row.what, row.before, row.after, row.estimated), []).append(row)
    found = [
        msgspec.structs.replace(same[0], slos=tuple(sorted({slo for row in same for slo in row.slos})))
        for same in groups.values()
    ]
    order = {area: index for index, area in enumerate(Area)}
    return tuple(sorted(found, key=lambda row: (order[row.area], not row.estimated)))
