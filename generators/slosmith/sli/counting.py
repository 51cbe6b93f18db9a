"""Converts free PromQL that counts events to the form that templates have."""

from __future__ import annotations

from textwrap import indent

from slosmith.model import Duration
from slosmith.promql import Expression, fill_window, parse
from slosmith.promql.ast import Aggregate, Binary, Call, Node, Number, Paren, Subquery, VectorSelector, walk

# Functions whose result grows with their range: events in the window, not events per second.
_COUNTS = frozenset(["increase", "delta", "count_over_time", "sum_over_time", "changes", "resets"])


def events_per_second(expr: str, group_by: tuple[str, ...], window: Duration) -> str:
    """``expr`` over ``window``, as one series of events per second for each combination of ``group_by``.

    An expression that counts (``increase``) is divided by the window. NaN and negative values are dropped: they are not
    numbers of events, and the absence alert detects a missing value. Raises PromqlError with the place in ``expr``.
    """
    parsed = parse(expr, window)
    text = fill_window(expr, window).strip()
    if parsed.is_scalar:
        text = f"vector({text})"
    if not _is_grouped(parsed.node, group_by):
        by = f" by ({', '.join(group_by)}) " if group_by else ""
        text = f"sum{by}(\n{indent(text, '  ')}\n)"
    if _counts_events(parsed, window):
        text = f"{text} / {window.seconds:f}".removesuffix(".0")
    return f"({text} >= 0)"


def without_zero(expr: str, window: Duration) -> str:
    """``expr`` without its outer ``or vector(0)``, which authors write to get 0 for no errors.

    The base rules fill that zero from the total. A constant zero exists without any data too: the absence alert would
    never fire, and no data would look like 100 %. Raises PromqlError.
    """
    node = _bare(parse(expr, window).node)
    filled = False
    while isinstance(node, Binary) and node.operator == "or" and _is_constant_zero(node.right):
        node, filled = _bare(node.left), True
    return expr[node.start : node.end] if filled else expr


def _is_constant_zero(node: Node) -> bool:
    node = _bare(node)
    if not isinstance(node, Call) or node.function != "vector":
        return False
    value = _bare(node.arguments[0])
    return isinstance(value, Number) and value.value == 0


def subtracts(expr: str, window: Duration) -> bool:
    """Whether ``expr`` is a difference (events minus good events): it is missing where either side is missing."""
    node = _bare(parse(expr, window).node)
    return isinstance(node, Binary) and node.operator == "-"


def _bare(node: Node) -> Node:
    while isinstance(node, Paren):
        node = node.expr
    return node


def _is_grouped(node: Node, group_by: tuple[str, ...]) -> bool:
    """Whether the expression is a sum that already has exactly the labels of ``group_by``."""
    node = _bare(node)
    if not isinstance(node, Aggregate) or node.operator != "sum" or node.grouping == "without":
        return False
    return set(node.labels) == set(group_by)


def _counts_events(parsed: Expression, window: Duration) -> bool:
    """Whether every range function in the expression counts over the window, and none is a rate."""
    names = [
        node.function
        for node in walk(parsed.node)
        if isinstance(node, Call)
        and any(isinstance(item, VectorSelector | Subquery) and item.range == window for item in node.arguments)
    ]
    return bool(names) and all(name in _COUNTS for name in names)
