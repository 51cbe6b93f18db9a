"""PromQL expressions as a tree with the place of each part in the text, and their canonical text."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from slosmith.model import Duration, Matcher
from slosmith.promql.quoting import LABEL_NAME, METRIC_NAME, is_ordinary, quote
from slosmith.vocabulary.numbers import exact


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an expression. ``start`` and ``end`` are character offsets in the text."""

    start: int
    end: int

    def children(self) -> tuple[Node, ...]:
        return ()


class Number(Node, frozen=True, kw_only=True):
    """A number, or a duration in place of a number (seconds). Infinities and NaN are those of Decimal."""

    value: Decimal


class String(Node, frozen=True, kw_only=True):
    value: str


class VectorSelector(Node, frozen=True, kw_only=True):
    """A selector with its range and modifiers. ``alternatives`` are groups of matchers joined by ``or`` (usually one).
    ``range`` is set for a range selector. ``offset_ms`` is negative for ``offset -5m``. ``at`` is the text after @.
    """

    metric: str
    alternatives: tuple[tuple[Matcher, ...], ...]
    range: Duration | None = None
    offset_ms: int = 0
    at: str = ""


class Subquery(Node, frozen=True, kw_only=True):
    expr: Node
    range: Duration
    step: Duration | None = None
    offset_ms: int = 0
    at: str = ""

    def children(self) -> tuple[Node, ...]:
        return (self.expr,)


class Call(Node, frozen=True, kw_only=True):
    function: str
    arguments: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.arguments


class Aggregate(Node, frozen=True, kw_only=True):
    operator: str
    arguments: tuple[Node, ...]
    grouping: Literal["", "by", "without"] = ""
    labels: tuple[str, ...] = ()

    def children(self) -> tuple[Node, ...]:
        return self.arguments


class Binary(Node, frozen=True, kw_only=True):
    """A binary operation. ``matching`` is on, ignoring or empty. ``group`` is group_left, group_right or empty."""

    operator: str
    left: Node
    right: Node
    returns_bool: bool = False
    matching: Literal["", "on", "ignoring"] = ""
    labels: tuple[str, ...] = ()
    group: Literal["", "group_left", "group_right"] = ""
    include: tuple[str, ...] = ()

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


class Unary(Node, frozen=True, kw_only=True):
    operator: str
    expr: Node

    def children(self) -> tuple[Node, ...]:
        return (self.expr,)


class Paren(Node, frozen=True, kw_only=True):
    expr: Node

    def children(self) -> tuple[Node, ...]:
        return (self.expr,)


PRECEDENCE = {"or": 1, "and": 2, "unless": 2, "==": 3, "!=": 3, "<=": 3, "<": 3, ">=": 3, ">": 3,
              "+": 4, "-": 4, "*": 5, "/": 5, "%": 5, "atan2": 5, "^": 7}  # fmt: skip
_UNARY = 6  # -a^2 is -(a^2), -a*b is (-a)*b


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, in the order of the text."""
    yield node
    for child in node.children():
        yield from walk(child)


def canonical(node: Node, *, regexes: bool = True) -> str:
    """The same text for all spellings of an expression: labels sorted, plain numbers, and no unnecessary brackets.

    ``regexes=False`` writes every regular expression as ``.+``, for readers that do not support RE2.
    """
    return _Printer(regexes).text(node, 0)


def skeleton(node: Node) -> str:
    """:func:`canonical` with every ordinary selector as ``x``. This is enough to check types. Queries that differ in
    names and label values only have the same skeleton.
    """
    return _Skeleton(regexes=False).text(node, 0)


class _Printer:
    def __init__(self, regexes: bool) -> None:
        self.regexes = regexes

    def text(self, node: Node, context: int) -> str:
        """The text of ``node`` inside an operator with the precedence ``context``."""
        match node:
            case Paren():
                return self.text(node.expr, context)
            case Number():
                return self._number(node.value, context)
            case String():
                return quote(node.value)
            case VectorSelector():
                return self._selector(node) + _modifiers(node.offset_ms, node.at)
            case Subquery():
                step = str(node.step) if node.step else ""
                return f"{self.text(node.expr, 9)}[{node.range}:{step}]{_modifiers(node.offset_ms, node.at)}"
            case Call():
                return f"{node.function}({self._list(node.arguments)})"
            case Aggregate():
                needed = node.labels or node.grouping == "without"  # "by ()" means the same as no grouping
                by = f" {node.grouping} ({_labels(node.labels)}) " if needed else ""
                return f"{node.operator}{by}({self._list(node.arguments)})"
            case Unary():
                if node.operator == "+":
                    return self.text(node.expr, context)
                return _bracketed(f"-{self.text(node.expr, _UNARY)}", context > _UNARY)
            case Binary():
                return self._binary(node, context)
        raise TypeError(f"not an expression: {node!r}")

    def _list(self, nodes: tuple[Node, ...]) -> str:
        return ", ".join(self.text(node, 0) for node in nodes)

    def _number(self, value: Decimal, context: int) -> str:
        if value.is_nan():
            return "NaN"
        if value.is_infinite():
            return _bracketed("-Inf", context > _UNARY) if value < 0 else "Inf"
        return exact(value)

    def _selector(self, node: VectorSelector) -> str:
        groups = []
        named = METRIC_NAME.fullmatch(node.metric) is not None
        for group in node.alternatives:
            parts = sorted({self._matcher(matcher) for matcher in group})
            if node.metric and not named:
                parts.insert(0, quote(node.metric))
            groups.append(",".join(parts))
        body = " or ".join(groups)
        text = f"{node.metric if named else ''}{f'{{{body}}}' if body else ''}"
        return f"{text}[{node.range}]" if node.range is not None else text

    def _matcher(self, matcher: Matcher) -> str:
        label = matcher.label if LABEL_NAME.fullmatch(matcher.label) else quote(matcher.label)
        is_regex = matcher.op in ("=~", "!~")
        return f"{label}{matcher.op}{quote('.+' if is_regex and not self.regexes else matcher.value)}"

    def _binary(self, node: Binary, context: int) -> str:
        strength = PRECEDENCE[node.operator]
        right_first = node.operator == "^"
        words = [node.operator]
        if node.returns_bool:
            words.append("bool")
        if node.matching:
            words.append(f"{node.matching} ({_labels(node.labels)})")
        if node.group:
            words.append(f"{node.group} ({_labels(node.include)})")
        left = self.text(node.left, strength + right_first)
        right = self.text(node.right, strength + (not right_first))
        return _bracketed(f"{left} {' '.join(words)} {right}", strength < context)


class _Skeleton(_Printer):
    def _selector(self, node: VectorSelector) -> str:
        ordinary = len(node.alternatives) == 1 and is_ordinary(node.metric)
        if ordinary and all(is_ordinary(matcher.label) for matcher in node.alternatives[0]):
            return f"x[{node.range}]" if node.range is not None else "x"
        return super()._selector(node)


def _labels(labels: tuple[str, ...]) -> str:
    return ", ".join(sorted(labels))


def _modifiers(offset_ms: int, at: str) -> str:
    text = f" @ {at}" if at else ""
    if offset_ms:
        text += f" offset {'-' if offset_ms < 0 else ''}{Duration(abs(offset_ms))}"
    return text


def _bracketed(text: str, needed: bool) -> str:
    return f"({text})" if needed else text
