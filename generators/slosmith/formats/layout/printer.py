"""The tree -> text: two spaces a level, lines of at most 100 columns, one empty line at most."""

from __future__ import annotations

from dataclasses import dataclass

from slosmith.formats.layout import scalars
from slosmith.formats.layout.comments import kept_lines
from slosmith.formats.layout.scalars import WIDTH
from slosmith.formats.layout.tree import Alias, Collection, Comment, Document, Entry, Node, Scalar

EMPTY = '""'
"""How a key without a character is written: a line cannot begin with the colon of an empty key."""

_STEP = 2
_GAP = 2
"""Spaces between a value and its comment."""


@dataclass(slots=True)
class _Line:
    text: str
    comment: Comment | None = None


def print_documents(documents: list[Document]) -> str:
    """The text of the documents. Ends with one line break, unless it is empty."""
    printer = _Printer()
    for number, document in enumerate(documents):
        printer.document(document, first=number == 0)
    return "".join(f"{line}\n" for line in _aligned(printer.lines))


class _Printer:
    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self._kept = False
        """Whether the last lines are empty ones of a value."""

    def document(self, document: Document, *, first: bool) -> None:
        self._comments(document.above, 0, skip_first=first)
        if document.marker is not None or not first:
            self._line("---")
        self._comments(document.head, 0, skip_first=True)
        if isinstance(document.root, Collection):
            self._collection(document.root, 0, top=bool(document.head))
        self._comments(document.tail, 0, skip_first=True)

    def _line(self, text: str, comment: Comment | None = None) -> None:
        self.lines.append(_Line(text, comment))
        self._kept = False

    def _comments(self, lines: list[str], indent: int, *, skip_first: bool = False) -> None:
        """``skip_first``: without empty lines at the beginning."""
        for line in lines:
            if line:
                self._line(" " * indent + line)
            elif not skip_first and not self._kept and self.lines and self.lines[-1].text:
                self._line("")
            skip_first = skip_first and not line

    def _collection(self, node: Collection, indent: int, *, top: bool = False) -> None:
        for number, entry in enumerate(node.entries):
            self._comments(entry.lead, indent, skip_first=number == 0 and not top)
            self._entry(entry, indent, " " * indent)
        self._comments(node.tail, indent)

    def _entry(self, entry: Entry, indent: int, start: str) -> None:
        """``start``: what is on the line before the entry (indentation, and dashes of sequences)."""
        if entry.key is None:
            self._item(entry, indent, f"{start}- ")
            return
        key = f"*{entry.key.name} " if isinstance(entry.key, Alias) else ""
        if isinstance(entry.key, Scalar):
            key = entry.key.properties + (scalars.one_line(entry.key) or EMPTY)
        name = entry.key.value if isinstance(entry.key, Scalar) else ""
        self._value(entry, name, indent, f"{start}{key}: ")

    def _item(self, entry: Entry, indent: int, start: str) -> None:
        value = entry.value
        if not isinstance(value, Collection) or self._flow(value, len(start)) is not None or value.properties:
            self._value(entry, "", indent, start)
        elif entry.trail is not None or value.entries[0].lead[-1:] not in ([], [""]) or any(value.entries[0].lead):
            self._line(start.rstrip(), entry.trail)
            self._collection(value, indent + _STEP)
        else:
            first, *others = value.entries
            self._entry(first, indent + _STEP, start)
            for other in others:
                self._comments(other.lead, indent + _STEP)
                self._entry(other, indent + _STEP, " " * (indent + _STEP))
            self._comments(value.tail, indent + _STEP)

    def _value(self, entry: Entry, name: str, indent: int, start: str) -> None:
        """The value of an entry, on the line that begins with ``start`` and on lines below it."""
        value = entry.value
        start += value.properties
        if isinstance(value, Alias):
            self._line(f"{start}*{value.name}", entry.trail)
        elif isinstance(value, Scalar):
            self._scalar(value, entry.trail, name, indent, start)
        elif isinstance(value, Collection):
            flow = self._flow(value, len(start))
            if flow is not None:
                self._line(start + flow, entry.trail)
            else:
                self._line(start.rstrip(), entry.trail)
                self._collection(value, indent + _STEP)

    def _scalar(self, scalar: Scalar, comment: Comment | None, name: str, indent: int, start: str) -> None:
        prose = name in scalars.PROSE and not scalar.tag
        header, *body = self._lines(scalar, indent, start, prose=prose)
        self._line((start + header).rstrip(" "), comment)
        for line in body:
            self._line(" " * (indent + _STEP) + line if line else "")
        self._kept = kept_lines(scalar)

    def _lines(self, scalar: Scalar, indent: int, start: str, *, prose: bool) -> list[str]:
        below = indent + _STEP
        room = WIDTH - len(start)
        plain = scalars.as_plain(scalar.value) if prose else ""
        if scalar.style in ("|", ">"):
            keeps = scalar.style == "|" or kept_lines(scalar)
            filled = scalars.folded(scalar.value, below) if prose and not keeps else None
            if filled is None:
                return scalars.block(scalar)
            return [plain] if plain and len(plain) <= room else filled
        line = plain or scalars.one_line(scalar)
        if len(line) <= room or scalar.tag:
            return [line]
        broken = None
        if prose:
            broken = scalars.folded(scalar.value, below)
        elif "\n" in scalar.raw:
            broken = scalars.source_lines(scalar) or scalars.folded(scalar.value, below)
        fits = broken is not None and (len(broken) > 2 or below + len(broken[-1]) <= WIDTH)
        return broken if broken is not None and fits else [line]

    def _flow(self, node: Collection, column: int) -> str | None:
        """The collection on one line from ``column`` on; None if it is a block or does not fit."""
        if not node.flow or _has_comments(node):
            return None
        text = _flow_text(node)
        return text if not node.entries or column + len(text) <= WIDTH else None


def _has_comments(node: Collection) -> bool:
    return any(node.tail) or any(
        entry.trail is not None
        or any(entry.lead)
        or (isinstance(entry.value, Collection) and _has_comments(entry.value))
        for entry in node.entries
    )


def _flow_text(node: Node | None) -> str:
    if isinstance(node, Alias):
        return f"*{node.name}"
    if isinstance(node, Scalar):
        return (node.properties + scalars.one_line(node)).rstrip()
    assert isinstance(node, Collection)
    parts = []
    for entry in node.entries:
        value = entry.value.properties if isinstance(entry.value, Collection) else ""
        value += _flow_text(entry.value)
        if entry.key is not None:
            space = " " if isinstance(entry.key, Alias) else ""
            value = f"{_flow_text(entry.key) or EMPTY}{space}: {value}"
        parts.append(value)
    inside = ", ".join(parts)
    return f"{{{inside}}}" if node.mapping else f"[{inside}]"


def _aligned(lines: list[_Line]) -> list[str]:
    """Lines with their comments. Comments of adjacent lines of one level that were in one column stay in one column."""
    printed: list[str] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _are_aligned(lines[at], lines[end]):
            end += 1
        column = max(len(each.text) for each in lines[at:end]) + _GAP
        printed += [
            f"{each.text:<{column}}{each.comment.text}" if each.comment else each.text for each in lines[at:end]
        ]
        at = end
    return printed


def _are_aligned(first: _Line, second: _Line) -> bool:
    if first.comment is None or second.comment is None:
        return False
    levels = [len(each.text) - len(each.text.lstrip(" ")) for each in (first, second)]
    return first.comment.column == second.comment.column and levels[0] == levels[1]
