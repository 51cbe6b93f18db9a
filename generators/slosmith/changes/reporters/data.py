"""A difference as plain values, for JSON. schemas/diff-v1.schema.json describes them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from slosmith.changes.approvals import Approval
from slosmith.changes.changing import Change
from slosmith.changes.difference import Difference
from slosmith.changes.sides import Side
from slosmith.changes.wording import Place, title

VERSION = "slosmith/diff-v1"


def as_data(
    difference: Difference, sides: tuple[Side, Side], approvals: tuple[Approval, ...], place: Place,
    approved: Collection[str],
) -> dict[str, Any]:  # fmt: skip
    """Everything that was found. ``approved`` are the fingerprints of changes that were approved."""
    return {
        "version": VERSION,
        "base": _side(sides[0]),
        "head": _side(sides[1]),
        "verdict": difference.verdict.value,
        "verdicts": [verdict.value for verdict in difference.verdicts],
        "fingerprint": difference.fingerprint,
        "changes": [_change(change, place, change.fingerprint in approved) for change in difference.changes],
        "consequences": [
            {
                "area": row.area.value,
                "what": row.what,
                "before": row.before,
                "after": row.after,
                "slos": list(row.slos),
                "estimated": row.estimated,
            }
            for row in difference.consequences
        ],
        "approvals": [
            {"who": each.who, "for": each.words, "changes": list(each.fingerprints), "met": each.met}
            for each in approvals
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "commit": side.commit, "exists": side.loaded is not None}


def _change(change: Change, place: Place, approved: bool) -> dict[str, Any]:
    return {
        "fingerprint": change.fingerprint,
        "verdict": change.verdict.value,
        "kind": change.kind.value,
        "field": change.field,
        "title": title(change),
        "where": change.where,
        "before": change.before,
        "after": change.after,
        "parts": [{"what": part.what, "before": part.before, "after": part.after} for part in change.parts],
        "slos": list(change.slos),
        "services": list(change.services),
        "subjects": list(change.subjects),
        "place": place(change),
        "approved": approved,
    }
