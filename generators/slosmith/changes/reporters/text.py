"""A difference for a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from slosmith.changes.approvals import Approval
from slosmith.changes.changing import Change
from slosmith.changes.consequences.row import Area
from slosmith.changes.difference import Difference
from slosmith.changes.wording import Place, by_verdict, consequence, counted, headline, merged, reach, reached, title


def report(
    difference: Difference, titles: tuple[str, str], approvals: tuple[Approval, ...], place: Place,
    approved: Collection[str] = (),
) -> str:  # fmt: skip
    """The whole report. ``titles`` are the names of the two sides, ``approved`` fingerprints of approved changes."""
    return "\n".join(_lines(difference, titles, approvals, place, approved)) + "\n"


def _lines(
    difference: Difference, titles: tuple[str, str], approvals: tuple[Approval, ...], place: Place,
    approved: Collection[str],
) -> Iterator[str]:  # fmt: skip
    yield f"verdict: {headline(difference)}"
    yield f"from {titles[0]} to {titles[1]}" + (
        f": {counted(difference)}, fingerprint {difference.fingerprint}" if difference.changes else ""
    )
    for verdict, changes in by_verdict(difference):
        yield ""
        yield verdict.words
        for change in changes:
            mark = "  (approved)" if change.fingerprint in approved else ""
            yield f"  {change.fingerprint}  {title(change)}{mark}"
            where = place(change)
            details = [text for text in (reach(change) if not _in_title(change) else "", where) if text]
            yield from (f"    {text}" for text in details)
    if difference.consequences:
        yield from ("", "what follows")
    changed = {slo for change in difference.changes for slo in change.slos}
    for area in Area:
        rows = merged([row for row in difference.consequences if row.area is area])
        if rows:
            yield f"  {area}"
            yield from (f"    {consequence(row)}{_of(row.slos, changed)}" for row in rows)
    if approvals:
        yield from ("", "who has to approve")
        for approval in approvals:
            yield f"  {approval.who}: {approval.words}"
            yield f"    {', '.join(approval.fingerprints)}"


def _in_title(change: Change) -> bool:
    return not change.field and change.kind.value in ("added", "removed")


def _of(slos: Collection[str], changed: Collection[str]) -> str:
    """The SLOs of a consequence, if they are not all SLOs that the changes reach."""
    return f"  [{reached(slos)}]" if slos and set(slos) != changed else ""
