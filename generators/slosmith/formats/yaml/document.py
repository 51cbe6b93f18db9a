"""Text -> plain values: YAML as data, without the surprises of YAML 1.1.

Scalars follow YAML 1.2's core schema, so ``no`` is a text, ``1:30`` is a text and so is a date. Fractions are exact
``Decimal``. Anchors, aliases and merge keys work, within limits. Custom tags are refused: a spec is data.

One pass over the parser's events makes the values, and the marks from which positions are computed later
(:mod:`slosmith.formats.yaml.positions`). It makes no objects for nodes, so thousands of files are read fast
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
"""How many nodes aliases may add: more than any spec needs, and few enough for the memory."""

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
    """The path of the value, if it is one of several objects in a YAML document."""

    def origin(self, kind: Literal["service", "catalogue"] = "service", *below: str | int) -> Origin:
        """The origin of the value, or of the value at the path ``below`` it."""
        return Origin(kind, self.file, self.path + below, self.index)


class Reading(NamedTuple):
    """The content of a text."""

    documents: list[Document]
    """Not usable if there is any problem."""
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
    """Reads the documents of one text. Adds to ``problems``; raises :class:`_Stop` where reading cannot continue."""

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
            self.report("SYN116", f"nested deeper than {MAX_DEPTH} levels", event, "a spec needs about eight levels")
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
            hint = f"write the anchor &{event.anchor} and its whole value before the alias"
            self.report("SYN120", f"no anchor for the alias *{event.anchor}", event, hint)
            raise _Stop
        value, size, node = known
        self._numbers.extend((ALIAS, event.start_mark.index, node, len(self._numbers) + 4))
        self._nodes += size
        self._aliased += size
        if self._aliased > MAX_ALIASED_NODES:
            message = f"aliases expand to more than {MAX_ALIASED_NODES:,} values"
            self.report("SYN115", message, event, "write the values out, without aliases")
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
        """Complete the mark of a collection: its end, and the index of the next node after it."""
        self._numbers[node + 2], self._numbers[node + 3] = end.end_mark.index, len(self._numbers)

    def _key(self, event: Any) -> str:
        """A key. It is always text, even if it looks like a number or a boolean."""
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
                self.report("SYN119", "`<<` merges mappings, and this is not a mapping", event, "write `<<: *anchor`")
                return
            for key, inherited in part.items():
                result.setdefault(key, inherited)


def _at(text: str, line: int, column: int) -> str:
    """The character at a line and a column (both from 1). Empty beyond the end."""
    lines = text.split("\n", line)
    return lines[line - 1][column - 1 : column] if len(lines) >= line else ""


def _syntax_problem(error: MarkedYAMLError, file: Origin, read: str) -> Problem:
    mark: Any = error.problem_mark or error.context_mark
    if error.context_mark is not None and "unexpected end of stream" in (error.problem or ""):
        mark = error.context_mark  # the start of the quote or bracket that is not closed
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    text = (error.problem or "cannot be read").strip()
    # libyaml does not name the character that it cannot read
    at_tab = "cannot start any token" in text and mark is not None and _at(read, line, column) == "\t"
    if at_tab or "tab" in text:
        return Problem(
            code="SYN111",
            message="a tab where only spaces are allowed",
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
    ("mapping values are not allowed", "put a text with ': ' in quotes, or correct the indentation of this line"),
    ("did not find expected key", "correct the indentation: the keys of a mapping begin in the same column"),
    ("could not find expected ':'", "write ': ' after the key, or close a quote above this line"),
    ("did not find expected ',' or", "add the bracket or comma that is missing in this list"),
    ("did not find expected <document start>", "write a line of `---` before the document after `...`"),
    ("found incompatible YAML document", "remove the line"),
    ("found unexpected end of stream", "close the quote or bracket that is open"),
    ("cannot start any token", "put the text in quotes"),
    ("did not find expected '-' indicator", "begin all items of the list, and all keys of an item, in the same column"),
    ("did not find expected alphabetic or numeric", "put the text in quotes: * and & begin an alias or an anchor"),
)


def read(text: str, file: str) -> Reading:
    """The documents of ``text``, of the file with this path below the specs folder.

    Several objects in one document (:mod:`slosmith.formats.yaml.objects`) become documents of their own. A document
    without a value (only comments, ``---``) is ignored if another one has a value. If none has one, it is a problem.
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
        message = "the file is empty" if not text.strip() else "the file contains only comments"
        hint = "start with `version: slosmith/v1` and `kind:`, or remove the file"
        origin = Origin("default", file)
        reader.problems.append(Problem(code="SYN113", message=message, hint=hint, origin=origin, place=Span()))
    return Reading(documents, reader.problems, reader.marks)
