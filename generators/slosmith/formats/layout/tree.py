"""YAML text -> a tree that keeps how the text is written: styles, comments, empty lines, anchors.

The reader of specs (:mod:`slosmith.formats.yaml.document`) makes values and forgets the rest. ruamel.yaml keeps
comments too, but it stores a comment above a key at the key before it: when keys move, comments change their keys, and
comments inside of flow collections are lost. Here a comment belongs to the entry that it describes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent
from yaml.tokens import BlockEntryToken


class LayoutError(Exception):
    """The text has something that this writer does not rewrite. The message says what; the text stays as it is."""


@dataclass(slots=True)
class Comment:
    """A comment with its ``#``. ``column`` (from 0) is where it began, 0 for a comment on a line of its own."""

    text: str
    column: int = 0


@dataclass(slots=True)
class Node:
    """A value. ``start`` and ``end`` are indexes in the text."""

    start: int
    end: int
    anchor: str = ""
    tag: str = ""

    @property
    def properties(self) -> str:
        """Anchor and tag as they are written before the value, with a space at the end; or nothing."""
        return f"{f'&{self.anchor} ' if self.anchor else ''}{f'{self.tag} ' if self.tag else ''}"


@dataclass(slots=True)
class Alias(Node):
    """``*name``."""

    name: str = ""


@dataclass(slots=True)
class Scalar(Node):
    """A text, a number, ...: ``value`` without quotes, ``raw`` as it is written."""

    value: str = ""
    style: str = ""
    """Empty (plain), ``'``, ``"``, ``|`` or ``>``."""
    raw: str = ""
    parent_column: int = 0
    """The column of the block collection that holds it: block scalars count their indentation from it."""


@dataclass(slots=True)
class Entry:
    """A key with its value, or (``key`` None) an item of a sequence."""

    start: int
    """Index of the key; of the dash, or in a flow sequence of the value."""
    key: Scalar | Alias | None
    value: Node
    lead: list[str] = field(default_factory=list)
    """Comments above it; an empty text is an empty line."""
    trail: Comment | None = None
    """The comment on its (first) line."""


@dataclass(slots=True)
class Collection(Node):
    """A mapping or a sequence."""

    mapping: bool = True
    flow: bool = False
    column: int = 0
    entries: list[Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    """Comments after its last entry; an empty text is an empty line."""


@dataclass(slots=True)
class Document:
    """One YAML document. ``root`` None: there is nothing between the markers."""

    start: int
    """Index of its first node, or of its end."""
    root: Node | None
    marker: int | None = None
    """Index of ``---``, if it is written."""
    above: list[str] = field(default_factory=list)
    """Comments before the marker."""
    head: list[str] = field(default_factory=list)
    """Comments before the first entry."""
    tail: list[str] = field(default_factory=list)
    """Comments of a document that has no collection."""


def parse(text: str) -> list[Document]:
    """The documents of a text that the reader of specs has accepted. Raises LayoutError."""
    return list(_Builder(text).documents())


def entries_of(node: Node | None) -> Iterator[tuple[Collection, Entry]]:
    """Every entry below a node with its collection, in the order of the text."""
    if isinstance(node, Collection):
        for entry in node.entries:
            yield node, entry
            yield from entries_of(entry.value)


class _Builder:
    def __init__(self, text: str) -> None:
        self._text = text
        dashes = (token for token in yaml.scan(text, Loader=yaml.CSafeLoader) if isinstance(token, BlockEntryToken))
        self._dashes: list[int] = [token.start_mark.index for token in dashes]
        self._next: Callable[[], Any] = yaml.parse(text, Loader=yaml.CSafeLoader).__next__

    def documents(self) -> Iterator[Document]:
        self._next()  # the start of the stream
        while True:
            event: Any = self._next()
            if not isinstance(event, yaml.DocumentStartEvent):
                return
            if event.version or event.tags:
                raise LayoutError("it has a directive (a line that begins with %)")
            start: Any = event.start_mark
            marker = start.index if event.explicit else None
            event = self._next()
            root = self._node(event, 0)
            empty = isinstance(root, Scalar) and not root.raw and not root.properties
            yield Document(event.start_mark.index, None if empty else root, marker)
            self._next()  # the end of the document

    def _node(self, event: Any, column: int) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, AliasEvent):
            return Alias(start, end, name=event.anchor or "")
        anchor, tag = event.anchor or "", event.tag or ""
        if tag.startswith("tag:yaml.org,2002:"):
            tag = "!!" + tag.removeprefix("tag:yaml.org,2002:")
        if isinstance(event, ScalarEvent):
            return self._scalar(event, anchor, tag, column)
        mapping, flow = isinstance(event, MappingStartEvent), bool(event.flow_style)
        # with an anchor, the mark of the collection is that of the anchor: the first entry has the column
        made = Collection(start, end, anchor, tag, mapping=mapping, flow=flow, column=event.start_mark.column)
        first = True
        while True:
            event = self._next()
            if isinstance(event, MappingEndEvent | SequenceEndEvent):
                break
            if first and not flow:
                start = event.start_mark.index if mapping else self._dash(event.start_mark.index)
                made.column = start - (self._text.rfind("\n", 0, start) + 1)
            first = False
            made.entries.append(self._entry(event, made, column if flow else made.column))
        end = event.end_mark.index if event.end_mark is not None else made.end
        made.end = end if flow else made.entries[-1].value.end
        return made

    def _dash(self, index: int) -> int:
        """The index of the dash before the item that begins at ``index``."""
        return self._dashes[bisect_left(self._dashes, index) - 1]

    def _entry(self, event: Any, inside: Collection, column: int) -> Entry:
        start = event.start_mark.index
        if not inside.mapping:
            return Entry(start if inside.flow else self._dash(start), None, self._node(event, column))
        key = self._node(event, column)
        if not isinstance(key, Scalar | Alias) or (isinstance(key, Scalar) and "\n" in key.raw):
            raise LayoutError(f"line {event.start_mark.line + 1} has a key that is not on one line")
        return Entry(start, key, self._node(self._next(), column))

    def _scalar(self, event: Any, anchor: str, tag: str, column: int) -> Scalar:
        start, end, style = event.start_mark.index, event.end_mark.index, event.style or ""
        if anchor or tag:
            # the mark is that of the anchor; comments between it and the value would be lost
            at = self._text.index(style, start + len(anchor) + bool(anchor)) if style else start
            between = self._text[start:at] if style else ""
            if "\n" in between or "#" in between.replace(f"&{anchor}", ""):
                raise LayoutError(f"line {event.start_mark.line + 1} has an anchor or a tag above its value")
            raw = self._text[at:end]
            if not style:
                raw = raw.removeprefix(f"&{anchor}").lstrip() if anchor and raw.startswith("&") else raw
                raw = event.value if "\n" not in raw else raw
                if "\n" in raw:
                    raise LayoutError(f"line {event.start_mark.line + 1} has an anchor at a text of several lines")
        else:
            raw = self._text[start:end]
        return Scalar(start, end, anchor, tag, event.value, style, raw, column)
