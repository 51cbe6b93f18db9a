"""The words for changes that all formats share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec

from slosmith.changes.changing import Change
from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.difference import Difference
from slosmith.changes.kinds import Kind, Verdict
from slosmith.vocabulary.characters import visible
from slosmith.vocabulary.numbers import plural

Place = Callable[[Change], str]
"""The file and line of a change, as the user knows them. Empty if no file has it."""

_LONGEST = 72
_UNREADABLE = ("decisions", "waivers", "no_guarantee", "approvals", "inventory", "workloads")
"""Values that are too long or too technical for one line."""
_MOST = 3


def headline(difference: Difference) -> str:
    """The verdicts: ``tightened; also alerting changed``."""
    first, *others = difference.verdicts
    also = f"; also {', '.join(verdict.words for verdict in others)}" if others else ""
    return f"{first.words}{also}"


def counted(difference: Difference) -> str:
    """``2 changes of 16 SLOs``."""
    slos = {slo for change in difference.changes for slo in change.slos}
    text = plural(len(difference.changes), "change")
    return f"{text} of {plural(len(slos), 'SLO')}" if slos else text


def title(change: Change) -> str:
    """A change in one line, without its verdict."""
    match change.kind:
        case Kind.ADDED | Kind.REMOVED:
            return f"{change.where}: {_slos(change)} {change.kind}"
        case Kind.RENAMED:
            return f"{change.before} is now {change.after}"
    where = change.where or ("" if change.slos else _listed(change.subjects))
    text = f"{change.what} {_values(change)}".strip()
    return _line(f"{where}: {text}" if where else text)


def reach(change: Change) -> str:
    """Whom a change reaches: ``8 SLOs of 4 services: a, b, c and 1 more``."""
    if not change.slos:
        return ""
    if len(change.services) == 1:
        return _slos(change)
    return f"{plural(len(change.slos), 'SLO')} of {plural(len(change.services), 'service')}: {_listed(change.services)}"


def reached(slos: Collection[str]) -> str:
    """``3 SLOs``, or the id of one."""
    return next(iter(slos)) if len(slos) == 1 else plural(len(slos), "SLO")


def merged(rows: Sequence[Row]) -> list[Row]:
    """The rows for people: those about one alert, such as ``page 1h: fires above``, are one row."""
    found: list[Row] = []
    for row in rows:
        subject, colon, what = row.what.partition(": ")
        last = found[-1] if found else None
        joins = last is not None and last.area is row.area is Area.DETECTION and last.slos == row.slos
        if colon and joins and last is not None and last.what.startswith(f"{subject}: "):
            found[-1] = msgspec.structs.replace(last, what=f"{last.what}, {what} {row.before} -> {row.after}")
        elif colon and row.area is Area.DETECTION:
            text = f"{row.what} {row.before} -> {row.after}"
            found.append(msgspec.structs.replace(row, what=text, before="", after=""))
        else:
            found.append(row)
    return found


def consequence(row: Row) -> str:
    """A consequence in one line, without its area."""
    text = f"{row.what}: {row.before} -> {row.after}" if row.before or row.after else row.what
    return _line(text)


def brief(difference: Difference) -> list[Row]:
    """The consequences that everybody should read: the rolling budget, the first page, and everything that begins,
    ends or is wrong.
    """
    return [
        row
        for row in difference.consequences
        if row.area not in (Area.BUDGET, Area.DETECTION, Area.ARTEFACTS)
        or (row.area is Area.BUDGET and (not row.estimated or "rolling" in row.what))
        or (row.area is Area.DETECTION and row.what.startswith("first page"))
    ]


def by_verdict(difference: Difference) -> list[tuple[Verdict, list[Change]]]:
    """The changes of each verdict, the worst first."""
    return [
        (verdict, [change for change in difference.changes if change.verdict is verdict])
        for verdict in difference.verdicts
        if verdict is not Verdict.NOTHING
    ]


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _slos(change: Change) -> str:
    names = [slo.removeprefix(f"{change.services[0]}-") for slo in change.slos]
    return f"{plural(len(names), 'SLO')} ({_listed(names)})" if len(names) > 1 else f"SLO {names[0]}"


def _values(change: Change) -> str:
    if change.field == "rules":
        return f"({_short(change.before or change.after)})" if change.before == change.after else _arrow(change)
    if change.field == "events" or change.field.endswith("annotations"):
        parts = [f"without {_short(change.before)}"] if change.before else []
        parts += [f"with {_short(change.after)}"] if change.after else []
        return "now " + ", ".join(parts)
    settings = change.kind in (Kind.DELIVERED, Kind.WITHDRAWN) or change.field.startswith("policy ")
    if settings or change.field in _UNREADABLE:
        return "changed" if change.before and change.after else "added" if change.after else "removed"
    return _arrow(change)


def _arrow(change: Change) -> str:
    if not change.before and not change.after:
        return ""
    return f"{_short(change.before) or 'none'} -> {_short(change.after) or 'none'}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3].rstrip() + "..."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
