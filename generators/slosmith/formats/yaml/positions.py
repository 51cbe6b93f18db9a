"""Where a value stands in its file: nodes with marks, made only for files in which something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from slosmith.formats.yaml.text import Lines
from slosmith.model import DocumentPath


class Span(NamedTuple):
    """A stretch of text: line and column of its first character and of the one after its last, all from 1."""

    line: int
    column: int
    end_line: int
    end_column: int


class Positions:
    """The nodes of one text. Lookups never fail: they answer with the nearest enclosing value that exists."""

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)
        self._text = text
        self._documents = _compose(text)

    def value(self, document: int, path: DocumentPath) -> Span | None:
        """The span of the value at ``path``."""
        found = self._find(document, path)
        if found is None:
            return None
        key, node = found[-1]
        if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and key is not None:
            node = key  # a block of many lines: its key says enough
        elif isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index and key is not None:
            node = key  # nothing is written there
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
        if found is None or len(found) != len(path) + 1 or not isinstance(found[-1][1], ScalarNode):
            return self.value(document, path)
        node = found[-1][1]
        indexes = _character_indexes(self._text[node.start_mark.index : node.end_mark.index], node.value, node.style)
        base = node.start_mark.index
        if not indexes:
            return self._span(node)
        start = base + (indexes[offset] if offset < len(indexes) else indexes[-1] + 1)
        last = min(offset + max(length, 1) - 1, len(indexes) - 1)
        end = base + indexes[last] + 1 if offset < len(indexes) else start + 1
        return Span(*self._lines.position(start), *self._lines.position(end))

    def _find(self, document: int, path: DocumentPath) -> list[tuple[Node | None, Node]] | None:
        if document >= len(self._documents):
            return None
        found: list[tuple[Node | None, Node]] = [(None, self._documents[document])]
        for step in path:
            below = _step(found[-1][1], step)
            if below is None:
                break
            found.append(below)
        return found

    def _span(self, node: Node) -> Span:
        start, end = node.start_mark, node.end_mark
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _compose(text: str) -> list[Node]:
    """The documents' nodes. Unlike PyYAML's composer it takes an anchor that is set twice, as reading values does."""
    parser = CParser(text)
    anchors: dict[str, Node] = {}
    documents: list[Node] = []
    try:
        while (event := parser.get_event()) is not None:
            if isinstance(event, DocumentStartEvent):
                anchors.clear()
                documents.append(_node(parser, parser.get_event(), anchors))
    except (YAMLError, KeyError):
        pass  # the reader of values has reported it
    return documents


def _node(parser: CParser, event: Any, anchors: dict[str, Node]) -> Node:
    kind, start = type(event), event.start_mark
    if kind is AliasEvent:
        return anchors[event.anchor]
    node: Node
    get: Callable[[], Any] = parser.get_event
    if kind is ScalarEvent:
        node = ScalarNode("", event.value, start, event.end_mark, style=event.style)
    elif kind is SequenceStartEvent:
        items: list[Node] = []
        while type(end := get()) is not SequenceEndEvent:
            items.append(_node(parser, end, anchors))
        node = SequenceNode("", items, start, _end(end), flow_style=event.flow_style)
    else:
        pairs: list[tuple[Node, Node]] = []
        while type(end := get()) is not MappingEndEvent:
            key = _node(parser, end, anchors)
            pairs.append((key, _node(parser, parser.get_event(), anchors)))
        node = MappingNode("", pairs, start, _end(end), flow_style=event.flow_style)
    if event.anchor:
        anchors[event.anchor] = node
    return node


def _end(event: Any) -> Any:
    """The end mark; untyped, because the C parser's marks are not the class that PyYAML's nodes are typed with."""
    return event.end_mark


def _step(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(step, int):
        if isinstance(node, SequenceNode) and -len(node.value) <= step < len(node.value):
            return None, node.value[step]
        return None
    if not isinstance(node, MappingNode):
        return None
    merged: list[Node] = []
    for key, value in reversed(node.value):
        if not isinstance(key, ScalarNode):
            continue
        if key.value == step:
            return key, value
        if key.value == "<<":
            merged.extend(value.value if isinstance(value, SequenceNode) else [value])
    for part in merged:
        found = _step(part, step)
        if found is not None:
            return found
    return None


_BLANK = " \t\r\n\x85\u2028\u2029"
"""What YAML folds and strips; other white space (a no-break space) is text."""

_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r\n|.)", re.DOTALL)


def _character_indexes(raw: str, value: str, style: str | None) -> list[int]:
    """For each character of a scalar's value, where in ``raw`` (the scalar as written) it stands.

    Every style keeps the order of what is not white space, so both texts are walked side by side; white space, which
    styles fold and strip, stands where the walk is.
    """
    at = 0
    if style in ("|", ">"):
        at = raw.find("\n") + 1
    elif style in ("'", '"'):
        at = 1
    indexes = []
    for character in value:
        if style == '"':
            at, width = _double_quoted(raw, at, character)
        elif character in _BLANK:
            width = (
                1 if raw[at : at + 1] in _BLANK and at < len(raw) else 0
            )  # folding may leave less white space than the value has
        else:
            at = _skip_space(raw, at)
            width = 2 if style == "'" and character == "'" else 1
        indexes.append(min(at, max(len(raw) - 1, 0)))
        at += width
    return indexes


def _skip_space(raw: str, at: int) -> int:
    while at < len(raw) and raw[at] in _BLANK:
        at += 1
    return at


def _double_quoted(raw: str, at: int, character: str) -> tuple[int, int]:
    """Where ``character`` of a double-quoted scalar stands at or after ``at``, and how many characters write it."""
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
