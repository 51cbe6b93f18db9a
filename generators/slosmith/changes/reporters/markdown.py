"""A difference as Markdown, for a note under a merge request.

Whatever changed, at most 40 lines stand before the first folded part. Tables have two columns, so that a phone shows
them. No text of a spec becomes Markdown, HTML or a mention.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from slosmith.changes.approvals import Approval
from slosmith.changes.changing import Change
from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.difference import Difference
from slosmith.changes.kinds import Verdict
from slosmith.changes.wording import Place, brief, consequence, counted, headline, merged, reach, reached, title
from slosmith.vocabulary.characters import visible
from slosmith.vocabulary.numbers import plural

MOST_LINES = 40
"""Lines before the first folded part."""
_MOST_CHANGES, _MOST_ROWS, _MOST_APPROVALS = 10, 10, 5
_MOST_FOLDED = 500
"""Lines of a folded part: hosts refuse notes that are too long."""


def report(
    difference: Difference, titles: tuple[str, str], approvals: tuple[Approval, ...], place: Place,
    approved: Collection[str] = (),
) -> str:  # fmt: skip
    """The whole note. ``titles`` name the two sides, ``approved`` are fingerprints of approved changes. Empty if
    nothing changed: nothing is left to say.
    """
    return "".join(f"{line}\n" for line in _lines(difference, titles, approvals, place, approved))


def _lines(
    difference: Difference, titles: tuple[str, str], approvals: tuple[Approval, ...], place: Place,
    approved: Collection[str],
) -> Iterator[str]:  # fmt: skip
    if difference.verdict is Verdict.NOTHING:
        return
    first, also, others = headline(difference).partition("; ")
    yield f"**{first}**{also}{others}"
    yield ""
    yield f"{counted(difference)}, from {_code(titles[0])} to {_code(titles[1])}"
    yield from ("", "| change | for |", "|---|---|")
    yield from (_row(change, change.fingerprint in approved) for change in difference.changes[:_MOST_CHANGES])
    yield from _more(len(difference.changes), _MOST_CHANGES, "change")
    shown = brief(difference)
    if shown:
        yield from ("", "**What follows**", "")
        changed = {slo for change in difference.changes for slo in change.slos}
        for row in shown[:_MOST_ROWS]:
            yield f"- {row.area}: {_plain(consequence(row))}{'' if set(row.slos) == changed else _of(row)}"
        if len(shown) > _MOST_ROWS:
            yield f"- and {len(shown) - _MOST_ROWS} more, below"
    if approvals:
        yield from ("", "**Who has to approve**", "")
        yield from (f"- {_plain(each.who)}: {_plain(each.words)}" for each in approvals[:_MOST_APPROVALS])
        if len(approvals) > _MOST_APPROVALS:
            yield f"- and {len(approvals) - _MOST_APPROVALS} more, below"
    yield from _folded("Every change, with its place and fingerprint", _places(difference.changes, place))
    rows = [f"- {row.area}: {_plain(consequence(row))}{_of(row)}" for row in merged(difference.consequences)]
    yield from _folded("Every consequence", rows)
    if len(approvals) > _MOST_APPROVALS:
        yield from _folded("Every approval", [f"- {_plain(each.who)}: {_plain(each.words)}" for each in approvals])


def _row(change: Change, approved: bool) -> str:
    reached = plural(len(change.slos), "SLO") if change.slos else ""
    mark = " (approved)" if approved else ""
    return f"| {change.verdict.words}{mark}: {_plain(title(change))} | {reached} |"


def _more(count: int, most: int, what: str) -> Iterator[str]:
    if count > most:
        yield f"| and {plural(count - most, 'more ' + what)}, below | |"


def _places(changes: Iterable[Change], place: Place) -> list[str]:
    found = []
    for change in changes:
        where = place(change)
        details = [text for text in (_plain(reach(change)), _code(where) if where else "") if text]
        found.append(
            f"- `{change.fingerprint}` {_plain(title(change))}" + (f" ({'; '.join(details)})" if details else "")
        )
    return found


def _folded(summary: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"<details><summary>{summary}</summary>", "")
        yield from lines[:_MOST_FOLDED]
        if len(lines) > _MOST_FOLDED:
            yield f"- and {len(lines) - _MOST_FOLDED} more"
        yield from ("", "</details>")


def _of(row: Row) -> str:
    return f" ({_plain(reached(row.slos))})" if row.slos and row.area is not Area.DEPENDANTS else ""


_ESCAPED = str.maketrans({
    **{sign: f"\\{sign}" for sign in "\\`*_[]|~#"},
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
})  # fmt: skip


def _plain(text: str) -> str:
    """``text`` as itself. A text with an at sign is code: else it would be a mention, and notify somebody."""
    clean = visible(text.replace("\n", " "))
    if "@" in clean:
        return _code(clean)
    return clean.replace(" -> ", " \u2192 ").translate(_ESCAPED)


def _code(text: str) -> str:
    """A code span. Backticks cannot be in one, and a vertical bar would end a cell of a table."""
    return f"`{visible(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"
