"""Positions of values in a file: the marks that the reader makes for nodes, and the search for a path in them.

The mark of a node is four numbers in one flat array, so the marks of thousands of files need little memory. Lines and
columns are computed for problems only.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator

from slosmith.formats.yaml.text import Lines
from slosmith.model import DocumentPath
from slosmith.problems import Span

PLAIN, SINGLE, DOUBLE, LITERAL, FOLDED, SEQUENCE, FLOW_SEQUENCE, MAPPING, FLOW_MAPPING, ALIAS = range(10)
"""Kinds of nodes. Those of scalars come first."""

STYLES: dict[str | None, int] = {None: PLAIN, "": PLAIN, "'": SINGLE, '"': DOUBLE, "|": LITERAL, ">": FOLDED}
_SIZE = 4


class Marks:
    """The nodes of one text, in its order: a collection is before its parts, a key is before its value.

    A node has four numbers: its kind, the index of its first character, the index after its last character, and the
    index of the next node that is not inside it. The third number of an alias is the node that it refers to.
    """

    def __init__(self) -> None:
        self.numbers = array("L")
        self.scalars: dict[int, str] = {}
        """Values of scalars that differ from the written text (quotes, folded lines)."""
        self.documents: list[int] = []
        """The node of each document."""


class Positions:
    """The nodes of one text. A search never fails: it returns the nearest enclosing value that exists."""

    def __init__(self, text: str, marks: Marks) -> None:
        self._lines = Lines(text)
        self._text = text
        self._marks = marks

    def value(self, document: int, path: DocumentPath) -> Span | None:
        """The span of the value at ``path``."""
        found = self._find(document, path)
        if found is None:
            return None
        key, node = found[-1]
        kind, start, end = self._node(node)
        # the key is enough for a block of many lines, and for a value that is not written
        if key is not None and (kind in (SEQUENCE, MAPPING) or (kind < SEQUENCE and start == end)):
            node = key
        return self._span(node)

    def key(self, document: int, path: DocumentPath) -> Span | None:
        """The span of the key at the end of ``path``; of the value for a list item."""
        found = self._find(document, path)
        if found is None:
            return None
        key, node = found[-1]
        return self._span(key if key is not None else node)

    def inside(self, document: int, path: DocumentPath, offset: int, length: int) -> Span | None:
        """The span of ``length`` characters from ``offset`` on in the text (scalar) at ``path``, in every style."""
        found = self._find(document, path)
        if found is None or len(found) != len(path) + 1:
            return self.value(document, path)
        node = found[-1][1]
        kind, base, behind = self._node(node)
        if kind >= SEQUENCE:
            return self.value(document, path)
        indexes = _character_indexes(self._text[base:behind], self._scalar(node), kind)
        if not indexes:
            return self._span(node)
        start = base + (indexes[offset] if offset < len(indexes) else indexes[-1] + 1)
        last = min(offset + max(length, 1) - 1, len(indexes) - 1)
        end = base + indexes[last] + 1 if offset < len(indexes) else start + 1
        return Span(*self._lines.position(start), *self._lines.position(end))

    def _node(self, node: int) -> tuple[int, int, int]:
        kind, start, end = self._marks.numbers[node : node + 3]
        return kind, start, end

    def _scalar(self, node: int) -> str:
        known = self._marks.scalars.get(node)
        if known is not None:
            return known
        _, start, end = self._node(node)
        return self._text[start:end]

    def _span(self, node: int) -> Span:
        _, start, end = self._node(node)
        return Span(*self._lines.position(start), *self._lines.position(end))

    def _find(self, document: int, path: DocumentPath) -> list[tuple[int | None, int]] | None:
        """The nodes of the document and of every step, each with the node of its key. None: no such document."""
        if document >= len(self._marks.documents):
            return None
        found: list[tuple[int | None, int]] = [(None, self._meant(self._marks.documents[document]))]
        for step in path:
            below = self._step(found[-1][1], step)
            if below is None:
                break
            found.append(below)
        return found

    def _meant(self, node: int) -> int:
        """The node that an alias refers to. For every other node, the node itself."""
        numbers = self._marks.numbers
        return numbers[node + 2] if numbers[node] == ALIAS else node

    def _below(self, node: int) -> Iterator[int]:
        """The nodes that a collection holds: items, or keys and values in turn."""
        numbers = self._marks.numbers
        end, at = numbers[node + 3], node + _SIZE
        while at < end:
            yield at
            at = numbers[at + 3]

    def _step(self, node: int, step: str | int) -> tuple[int | None, int] | None:
        kind = self._marks.numbers[node]
        if isinstance(step, int):
            items = list(self._below(node)) if kind in (SEQUENCE, FLOW_SEQUENCE) else []
            return (None, self._meant(items[step])) if -len(items) <= step < len(items) else None
        if kind not in (MAPPING, FLOW_MAPPING):
            return None
        merged: list[int] = []
        below = list(self._below(node))
        # the last of two equal keys counts
        for written, value in reversed(list(zip(below[::2], below[1::2], strict=False))):
            key = self._meant(written)
            if self._marks.numbers[key] >= SEQUENCE:
                continue
            name = self._scalar(key)
            if name == step:
                return key, self._meant(value)
            if name == "<<":
                meant = self._meant(value)
                several = self._marks.numbers[meant] in (SEQUENCE, FLOW_SEQUENCE)
                merged += [self._meant(part) for part in self._below(meant)] if several else [meant]
        for part in merged:
            found = self._step(part, step)
            if found is not None:
                return found
        return None


_BLANK = " \t\r\n\x85\u2028\u2029"
"""What YAML folds and strips; other white space (a no-break space) is text."""

_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r\n|.)", re.DOTALL)


def _character_indexes(raw: str, value: str, kind: int) -> list[int]:
    """For each character of a scalar's value, its index in ``raw`` (the scalar as written).

    Every style keeps the order of all characters except white space, so both texts are read in parallel. White space,
    which styles fold and strip, gets the index that the reading has reached.
    """
    at = 0
    if kind in (LITERAL, FOLDED):
        at = raw.find("\n") + 1
    elif kind in (SINGLE, DOUBLE):
        at = 1
    indexes = []
    for character in value:
        if kind == DOUBLE:
            at, width = _double_quoted(raw, at, character)
        elif character in _BLANK:
            width = (
                1 if raw[at : at + 1] in _BLANK and at < len(raw) else 0
            )  # folding may leave less white space than the value has
        else:
            at = _skip_space(raw, at)
            width = 2 if kind == SINGLE and character == "'" else 1
        indexes.append(min(at, max(len(raw) - 1, 0)))
        at += width
    return indexes


def _skip_space(raw: str, at: int) -> int:
    while at < len(raw) and raw[at] in _BLANK:
        at += 1
    return at


def _double_quoted(raw: str, at: int, character: str) -> tuple[int, int]:
    """The index of ``character`` of a double-quoted scalar, at or after ``at``, and the number of characters there."""
    while True:
        escape = _ESCAPE.match(raw, at)
        if escape is not None:
            if escape.group().endswith(("\n", "\r")):  # an escaped line break writes nothing
                at = _skip_space(raw, escape.end())
                continue
            return at, len(escape.group())
        if character not in _BLANK and raw[at : at + 1] in _BLANK and at < len(raw):
            at = _skip_space(raw, at)
            continue
        return at, 1
