"""Comments: where a text has them, and to which entry each belongs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import yaml

from slosmith.formats.layout.tree import Collection, Comment, Document, Entry, Scalar, entries_of

_COMMENT = re.compile(r"(?:(?<=[ \t])|^)#[^\n]*", re.MULTILINE)
_HEADER = re.compile(r"[|>][-+0-9]*[ \t]+(#[^\n]*)")


def find_comments(text: str) -> list[tuple[int, str]]:
    """Every comment (index, text without spaces at its end), in order. Comments are only between tokens."""
    found = []
    before = 0
    for start, end in _tokens(text):
        found += [(each.start(), each.group().rstrip()) for each in _COMMENT.finditer(text, before, start)]
        header = _HEADER.match(text, start, end) if text[start : start + 1] in ("|", ">") else None
        if header is not None:
            found.append((header.start(1), header[1].rstrip()))
        before = max(before, end)
    found += [(each.start(), each.group().rstrip()) for each in _COMMENT.finditer(text, before)]
    return found


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        start, end = token.start_mark.index, token.end_mark.index
        if end > start:
            yield start, end


def attach(text: str, documents: list[Document]) -> list[str]:
    """Put every comment and empty line of the text into the tree. Returns the texts of the comments."""
    found = find_comments(text)
    placing = _Placing(text, documents)
    for index, comment in found:
        placing.place(index, comment)
    placing.empty_lines()
    return [comment for _, comment in found]


class _Placing:
    def __init__(self, text: str, documents: list[Document]) -> None:
        self._text = text
        self._documents = documents
        self._starts = [document.marker if document.marker is not None else -1 for document in documents]
        self._entries = [list(entries_of(document.root)) for document in documents]
        self._indexes = [[entry.start for _, entry in entries] for entries in self._entries]
        self._parents: dict[int, tuple[Collection, Entry]] = {}
        for entries in self._entries:
            for collection, entry in entries:
                if isinstance(entry.value, Collection):
                    self._parents[id(entry.value)] = (collection, entry)

    def place(self, index: int, comment: str) -> None:
        number = max(bisect_right(self._starts, index) - 1, 0)
        document = self._documents[number]
        line = self._text.rfind("\n", 0, index) + 1
        own_line = not self._text[line:index].strip()
        empty_above = self._empty_above(line)
        if number + 1 < len(self._documents) and document.root is None and document.marker is None:
            document = self._documents[number + 1]
        if document.marker is not None and index < document.marker:
            _add(document.above, comment, empty_above)
            return
        position = bisect_right(self._indexes[number], index) - 1
        if position < 0:
            _add(document.head if self._entries[number] else document.tail, comment, empty_above)
        elif own_line:
            self._place_line(number, position, index, comment, empty_above)
        else:
            self._place_after(number, position, index, Comment(comment, index - line))

    def _place_after(self, number: int, position: int, index: int, comment: Comment) -> None:
        """A comment behind something on its line."""
        collection, entry = self._entries[number][position]
        while collection.flow and collection.end <= index and id(collection) in self._parents:
            collection, entry = self._parents[id(collection)]
        if entry.trail is None:
            entry.trail = comment
        else:
            entry.lead.append(comment.text)

    def _place_line(self, number: int, position: int, index: int, comment: str, empty_above: bool) -> None:
        """A comment on a line of its own: above the next entry, or at the end of a collection."""
        column = index - (self._text.rfind("\n", 0, index) + 1)
        chain = self._chain(number, position)
        inside = next((each for each in chain if each.flow and each.start < index < each.end), None)
        entries = self._entries[number]
        into, following = entries[position + 1] if position + 1 < len(entries) else (None, None)
        if following is not None and following.start >= (inside.end if inside is not None else len(self._text)):
            into, following = None, None
        if inside is not None and following is None:
            _add(inside.tail, comment, empty_above)
            return
        if inside is None:
            ended = [each for each in chain if not each.flow and each.column <= column]
            if into is not None:
                ended = [each for each in ended if each.end < following.start and each.column > into.column]  # type: ignore[union-attr]
            if following is None:
                _add((ended or chain[-1:])[0].tail, comment, empty_above)
                return
            if ended:
                _add(ended[0].tail, comment, empty_above)
                return
        assert following is not None
        _add(following.lead, comment, empty_above)

    def _chain(self, number: int, position: int) -> list[Collection]:
        """The collections that hold an entry, and its value if it is one: innermost first."""
        collection, entry = self._entries[number][position]
        chain = [entry.value] if isinstance(entry.value, Collection) else []
        chain.append(collection)
        while id(chain[-1]) in self._parents:
            chain.append(self._parents[id(chain[-1])][0])
        return chain

    def empty_lines(self) -> None:
        for entries in self._entries:
            for _, entry in entries:
                line = self._text.rfind("\n", 0, entry.start) + 1
                if not self._text[line : entry.start].strip(" \t?") and self._empty_above(line):
                    entry.lead.append("")

    def _empty_above(self, line: int) -> bool:
        """Whether the line above the one that begins at ``line`` is empty."""
        return line > 1 and not self._text[self._text.rfind("\n", 0, line - 1) + 1 : line - 1].strip(" \t")


def _add(lines: list[str], comment: str, empty_above: bool) -> None:
    if empty_above:
        lines.append("")
    lines.append(comment)


def kept_lines(scalar: Scalar) -> bool:
    """Whether empty lines after a block scalar are a part of its value."""
    header = scalar.raw.split("\n", 1)[0].split("#")[0]
    block = scalar.style in ("|", ">") and "+" in header
    return block and scalar.value.endswith("\n") and bool(scalar.value.strip())
