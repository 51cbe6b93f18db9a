"""Text to plain values: YAML as data, with every surprise of YAML 1.1 taken out.

Scalars follow YAML 1.2's core schema, so ``no`` is a text, ``1:30`` is a text and so is a date. Fractions are exact
``Decimal``. Anchors, aliases and merge keys work and are bounded; tags of one's own are refused: a spec is data.

The parser's events are walked once, for values and for the marks from which positions are found later
(:mod:`slosmith.formats.yaml.positions`). Nodes are not made: this is what makes thousands of files fast
(bench/README.md has the figures, and those of ruamel.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import msgspec
import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from slosmith.formats.yaml.objects import objects
from slosmith.formats.yaml.positions import ALIAS, FLOW_MAPPING, FLOW_SEQUENCE, MAPPING, SEQUENCE, STYLES, Marks
from slosmith.model import DocumentPath, Origin
from slosmith.problems import Problem, Span

MAX_DEPTH = 48
MAX_ALIASED_NODES = 100_000
"""How many nodes aliases may add: far above any use, far below what hurts."""

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,29})(\.[0-9]{0,40})?(?:[eE][-+]?[0-9]{1,2})?", re.ASCII)
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_MAY_BE_NUMBER = frozenset("-+0123456789")
_CORE = "tag:yaml.org,2002:"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


class Document(msgspec.Struct, frozen=True):
    """One YAML document: ``value`` is made of dict (text keys), list, str, int, Decimal, bool and None."""

    file: str
    """Path relative to the specs folder, forward slashes."""
    index: int
    value: Any
    path: DocumentPath = ()
    """Where the value stands, when it is not a whole YAML document but one of several objects in it."""

    def origin(self, kind: Literal["service", "catalogue"] = "service", *below: str | int) -> Origin:
        """The origin of the value, or of what stands ``below`` it."""
        return Origin(kind, self.file, self.path + below, self.index)


class Reading(NamedTuple):
    """What a text holds."""

    documents: list[Document]
    """Not to be trusted if there is any problem."""
    problems: list[Problem]
    marks: Marks


class _Stop(Exception):  # noqa: N818 - not an error: reading ends here, the problem is recorded
    pass


def plain_value(text: str) -> Any:
    """What a plain (unquoted) scalar means: null, true, false, an integer, an exact Decimal, or its text."""
    if text[:1] in _MAY_BE_NUMBER and text:
        match = _NUMBER.fullmatch(text)
        if match is None:
            return text
        return int(text) if text.lstrip("-+").isdigit() else Decimal(text)
    return _WORDS.get(text, text)


class _Reader:
    """Reads the documents of one text. ``problems`` collects; :class:`_Stop` ends at what cannot be read on."""

    def __init__(self, text: str, file: str) -> None:
        self._next: Callable[[], Any] = yaml.parse(text, Loader=yaml.CSafeLoader).__next__
        self._text = text
        self._file = Origin("default", file)
        self.problems: list[Problem] = []
        self.marks = Marks()
        self._numbers = self.marks.numbers
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        """Name -> value, how many nodes it has, and its first node among the marks."""
        self._nodes = 0
        self._aliased = 0

    def documents(self) -> list[Any]:
        found: list[Any] = []
        try:
            while True:
                if type(self._next()) is DocumentStartEvent:
                    self._anchors.clear()
                    node = len(self._numbers)
                    found.append(self._value(self._next(), 0))
                    self.marks.documents.append(node)
        except (_Stop, StopIteration):
            pass
        except MarkedYAMLError as error:
            self.problems.append(_syntax_problem(error, self._file, self._text))
        except YAMLError as error:
            self.problems.append(Problem(code="SYN110", message=f"not YAML: {error}", origin=self._file, place=Span()))
        return found

    def report(self, code: str, message: str, event: Any, hint: str = "") -> None:
        start, end = event.start_mark, event.end_mark
        place = Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        self.problems.append(Problem(code=code, message=message, hint=hint, origin=self._file, place=place))

    def _value(self, event: Any, depth: int) -> Any:
        self._nodes += 1
        kind = type(event)
        if kind is ScalarEvent:
            if event.anchor:
                node = len(self._numbers)
                value = self._scalar(event)
                self._anchors[event.anchor] = (value, 1, node)
                return value
            return self._scalar(event)
        if kind is AliasEvent:
            return self._alias(event)
        if depth >= MAX_DEPTH:
            self.report("SYN116", f"nested deeper than {MAX_DEPTH} levels", event, "a spec needs about eight")
            raise _Stop
        if event.tag is not None and event.tag not in (_CORE + "map", _CORE + "seq", "!"):
            self._refuse_tag(event)
        before, node = self._nodes, len(self._numbers)
        value = self._mapping(event, depth) if kind is MappingStartEvent else self._sequence(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._nodes - before + 1, node)
        return value

    def _mark_scalar(self, event: Any) -> str:
        numbers, text = self._numbers, event.value
        start, end, node = event.start_mark.index, event.end_mark.index, len(numbers)
        numbers.extend((STYLES[event.style], start, end, node + 4))
        if event.style or len(text) != end - start:
            self.marks.scalars[node] = text
        return str(text)

    def _scalar(self, event: Any) -> Any:
        text = self._mark_scalar(event)
        if event.tag is None:
            if event.implicit[0]:
                return plain_value(text)
        elif event.tag in (_CORE + "int", _CORE + "float", _CORE + "bool", _CORE + "null"):
            return plain_value(text)
        elif event.tag not in (_CORE + "str", "!"):
            self._refuse_tag(event)
        if event.style == '"' and _CONTROL.search(text):
            self.report("SYN105", "the text holds a control character", event, "remove it")
        return text

    def _refuse_tag(self, event: Any) -> None:
        tag = event.tag.replace(_CORE, "!!")
        self.report("SYN114", f"the tag {tag[:60]} is not allowed: a spec is data", event, "remove the tag")

    def _alias(self, event: Any) -> Any:
        known = self._anchors.get(event.anchor)
        if known is None:
            hint = f"an anchor &{event.anchor} must stand, complete, before its alias"
            self.report("SYN120", f"no anchor for the alias *{event.anchor}", event, hint)
            raise _Stop
        value, size, node = known
        self._numbers.extend((ALIAS, event.start_mark.index, node, len(self._numbers) + 4))
        self._nodes += size
        self._aliased += size
        if self._aliased > MAX_ALIASED_NODES:
            message = f"aliases expand to more than {MAX_ALIASED_NODES:,} values"
            self.report("SYN115", message, event, "write out what is meant")
            raise _Stop
        return value

    def _sequence(self, start: Any, depth: int) -> list[Any]:
        result = []
        following, numbers = self._next, self._numbers
        node = len(numbers)
        numbers.extend((FLOW_SEQUENCE if start.flow_style else SEQUENCE, start.start_mark.index, 0, 0))
        while type(event := following()) is not SequenceEndEvent:
            result.append(self._value(event, depth + 1))
        self._close(node, event)
        return result

    def _mapping(self, start: Any, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: list[tuple[Any, Any]] = []
        first: dict[str, int] = {}
        following, numbers = self._next, self._numbers
        node = len(numbers)
        numbers.extend((FLOW_MAPPING if start.flow_style else MAPPING, start.start_mark.index, 0, 0))
        while type(event := following()) is not MappingEndEvent:
            key = self._key(event)
            if key == "<<" and type(event) is ScalarEvent and event.implicit[0]:
                merged.append((event, self._value(following(), depth + 1)))
                continue
            if key in result:
                hint = f"the first is on line {first[key]}"
                if depth == 0 and key in ("version", "apiVersion"):
                    hint += "; documents of one file are separated by a line of `---`"
                self.report("SYN112", f"the key '{key[:80]}' is here twice", event, hint)
            else:
                first[key] = event.start_mark.line + 1
            result[key] = self._value(following(), depth + 1)
        self._close(node, event)
        for event, value in merged:
            self._merge(result, event, value)
        return result

    def _close(self, node: int, end: Any) -> None:
        """Complete the mark of a collection: its end, and where what follows it stands."""
        self._numbers[node + 2], self._numbers[node + 3] = end.end_mark.index, len(self._numbers)

    def _key(self, event: Any) -> str:
        """A key: text, whatever it would be as a value."""
        key: Any = None
        if type(event) is ScalarEvent:
            node = len(self._numbers)
            if event.tag is None:
                key = self._mark_scalar(event)
            else:
                self._scalar(event)
                key = event.value
            if event.anchor:
                self._anchors[event.anchor] = (key, 1, node)
        elif type(event) is AliasEvent:
            key = self._alias(event)
        if not isinstance(key, str):
            self.report("SYN117", "a key must be a plain text", event, "write `key: value`")
            raise _Stop
        return key

    def _merge(self, result: dict[str, Any], event: Any, value: Any) -> None:
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, dict):
                self.report("SYN119", "`<<` merges mappings, and this is none", event, "write `<<: *anchor`")
                return
            for key, inherited in part.items():
                result.setdefault(key, inherited)


def _at(text: str, line: int, column: int) -> str:
    """The character at a place that is counted from 1; empty beyond the end."""
    lines = text.split("\n", line)
    return lines[line - 1][column - 1 : column] if len(lines) >= line else ""


def _syntax_problem(error: MarkedYAMLError, file: Origin, read: str) -> Problem:
    mark: Any = error.problem_mark or error.context_mark
    if error.context_mark is not None and "unexpected end of stream" in (error.problem or ""):
        mark = error.context_mark  # where the quote or bracket that is never closed was opened
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    text = (error.problem or "cannot be read").strip()
    # libyaml does not say which character it cannot take
    at_tab = "cannot start any token" in text and mark is not None and _at(read, line, column) == "\t"
    if at_tab or "tab" in text:
        return Problem(
            code="SYN111",
            message="a tab where only spaces may stand",
            hint="indent with spaces",
            origin=file,
            place=Span(line, column),
        )
    context = f" {error.context}" if error.context else ""
    hint = next((hint for part, hint in _SYNTAX_HINTS if part in text), "")
    return Problem(
        code="SYN110",
        message=f"not YAML:{context} {text}".replace("  ", " "),
        hint=hint,
        origin=file,
        place=Span(line, column),
    )


_SYNTAX_HINTS = (
    ("mapping values are not allowed", "is a text with ': ' unquoted, or the indentation of this line wrong?"),
    ("did not find expected key", "is the indentation of this line that of its neighbours?"),
    ("could not find expected ':'", "a key is followed by ': '; is a quote not closed above?"),
    ("did not find expected ',' or", "is a bracket or a comma missing in this list?"),
    ("did not find expected <document start>", "after `...` another document begins with a line of `---`"),
    ("found incompatible YAML document", "remove the line"),
    ("found unexpected end of stream", "is a quote or a bracket not closed?"),
    ("cannot start any token", "quote the text"),
    ("did not find expected '-' indicator", "do this list's items, and the keys of each item, begin in one column?"),
    ("did not find expected alphabetic or numeric", "quote the text: a * or & at its beginning is an alias or anchor"),
)


def read(text: str, file: str) -> Reading:
    """The documents of ``text``, of the file with this path below the specs folder.

    Objects that one document holds together (:mod:`slosmith.formats.yaml.objects`) are documents of their own here. A
    document without any value (only comments, ``---``) is left out if others have one, and a problem if none has.
    """
    reader = _Reader(text, file)
    values = reader.documents()
    documents = [
        Document(file, index, part, path)
        for index, value in enumerate(values)
        if value is not None
        for path, part in objects(value)
    ]
    if not documents and not reader.problems:
        message = "the file is empty" if not text.strip() else "the file holds nothing but comments"
        hint = "start with `version: slosmith/v1` and `kind:`, or remove the file"
        origin = Origin("default", file)
        reader.problems.append(Problem(code="SYN113", message=message, hint=hint, origin=origin, place=Span()))
    return Reading(documents, reader.problems, reader.marks)
