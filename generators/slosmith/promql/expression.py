"""Reads, checks, inspects and compares whole PromQL expressions.

The grammar and the places are our own (:mod:`slosmith.promql.syntax` explains why). promql-parser checks functions and
types.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
import promql_parser

from slosmith.model import Duration, Matcher, Selector
from slosmith.promql.ast import (
    Aggregate,
    Call,
    Node,
    Number,
    String,
    Subquery,
    VectorSelector,
    canonical,
    skeleton,
    walk,
)
from slosmith.promql.error import PromqlError
from slosmith.promql.quoting import WINDOW_PLACEHOLDER
from slosmith.promql.syntax import read


class FoundSelector(msgspec.Struct, frozen=True):
    """A vector or range selector in an expression. ``start`` and ``end`` are its character offsets in the text.

    ``matchers`` has the matchers of all ``or`` alternatives. ``alternatives`` is the number of these (usually 1).
    """

    metric: str
    matchers: tuple[Matcher, ...]
    range: Duration | None
    offset_ms: int
    start: int
    end: int
    alternatives: int = 1

    @property
    def selector(self) -> Selector:
        """The selector without range and offset. A metric name in a matcher becomes the metric of the selector."""
        if not self.metric:
            named = [m for m in self.matchers if m.label == "__name__" and m.op == "="]
            if len(named) == 1:
                return Selector(named[0].value, tuple(m for m in self.matchers if m is not named[0]))
        return Selector(self.metric, self.matchers)


class Expression(msgspec.Struct, frozen=True):
    """PromQL that Prometheus accepts."""

    text: str
    node: Node

    def selectors(self) -> tuple[FoundSelector, ...]:
        """Every selector, in the order of the text."""
        return tuple(
            FoundSelector(node.metric, tuple(m for group in node.alternatives for m in group), node.range,
                          node.offset_ms, node.start, node.end, len(node.alternatives))
            for node in walk(self.node)
            if isinstance(node, VectorSelector)
        )  # fmt: skip

    @property
    def is_scalar(self) -> bool:
        """Whether the value of the expression is a scalar, and not a vector."""
        # only a scalar can be the argument of vector()
        return _takes(f"vector({skeleton(self.node)})")

    @property
    def is_vector(self) -> bool:
        """Whether the value of the expression is an instant vector: not a scalar, a range or a string."""
        return _takes(f"sum({skeleton(self.node)})")


def parse(expr: str, window: Duration | None = None) -> Expression:
    """Reads and checks an expression. Raises PromqlError with the place and what is expected there.

    With ``window``, each ``{{.window}}`` is read as this duration. Offsets are still offsets in the input text.
    """
    text = _fill_in_place(expr, window) if window is not None else expr
    if not text.strip():
        raise PromqlError("expected an expression, found nothing", 0, len(expr))
    return _parse(text)


@lru_cache(maxsize=32_768)
def _parse(text: str) -> Expression:
    """Cached, because the reader, the policy and the compiler all look at the queries of a spec. The cache is large
    enough for the queries of 10,000 SLOs. An expression takes about a kilobyte.
    """
    node = read(text)
    _check_types(node)
    return Expression(text, node)


def selectors(expr: str, window: Duration | None = None) -> tuple[FoundSelector, ...]:
    """Every vector and range selector of an expression. Raises PromqlError."""
    return parse(expr, window).selectors()


def _fill_in_place(expr: str, window: Duration) -> str:
    def fill(match: re.Match[str]) -> str:
        # filled up with spaces, so that all other characters keep their offsets
        return str(window).ljust(len(match[0]))

    return WINDOW_PLACEHOLDER.sub(fill, expr)


def _check_types(node: Node) -> None:
    """Checks functions, their arguments, and types of operands with promql-parser. Its errors have no places. So this
    function searches for the smallest part that promql-parser refuses. The error message for this part is precise.
    """
    message = _refusal(node)
    if message is None:
        return
    for child in node.children():
        _check_types(child)
    raise PromqlError(message, node.start, node.end - node.start)


def _refusal(node: Node) -> str | None:
    if _takes(skeleton(node)):
        return None
    try:
        promql_parser.parse(canonical(node, regexes=False))
    except ValueError as error:
        return _in_our_words(str(error), node)
    return None


@lru_cache(maxsize=4096)
def _takes(text: str) -> bool:
    try:
        promql_parser.parse(text)
    except ValueError:
        return False
    return True


def _in_our_words(message: str, node: Node) -> str:
    if isinstance(node, Call) and "unknown function" in message:
        return f"expected a function that Prometheus knows, found {node.function!r}"
    if message.startswith("expected"):
        return message
    return f"expected an expression that Prometheus accepts: {message}"


__all__ = [
    "Aggregate", "Call", "Expression", "FoundSelector", "Node", "Number", "PromqlError", "String", "Subquery",
    "VectorSelector", "parse", "selectors",
]  # fmt: skip
