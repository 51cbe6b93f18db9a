"""``@`` inside of subqueries: what stays the same while a subquery steps through its range.

A rule is evaluated at one instant, which is both ``start()`` and ``end()`` of its query. Inside of a subquery, a
selector with ``@ end()`` therefore has one value for each evaluation, and not one for each step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from slosmith.history.arithmetic.functions import DATES
from slosmith.history.arithmetic.grid import Flags, Grid
from slosmith.history.arithmetic.vectors import Element, Scalar, Value, Vector
from slosmith.promql.ast import Call, Node, Number, String, Subquery, VectorSelector, walk


def pinned_parts(node: Node, known: Collection[int]) -> Iterator[Node]:
    """The largest parts below ``node`` whose value no step changes, without those in ``known`` (identities)."""
    if id(node) in known:
        return
    if _is_constant(node):
        if any(isinstance(part, VectorSelector | Subquery) for part in walk(node)):
            yield node
        return
    for child in node.children():
        yield from pinned_parts(child, known)


def _is_constant(node: Node) -> bool:
    match node:
        case VectorSelector() | Subquery():
            return bool(node.at)
        case Number() | String():
            return True
        case Call():
            if node.function == "time" or (node.function in DATES and not node.arguments):
                return False
    return all(_is_constant(child) for child in node.children())


def runs_of(values: list[Value], grid: Grid) -> list[tuple[int, int]]:
    """Spans of instants (first, last + 1) in which none of the values changes."""
    changed: Flags = np.zeros(grid.count, dtype=np.bool_)
    changed[:1] = True
    for value in values:
        if isinstance(value, Scalar):
            changed[1:] |= _differs(value.values)
            continue
        for element in value.elements:
            changed[1:] |= np.diff(element.present)
            changed[1:] |= _differs(element.values) & element.present[1:]
    starts = np.flatnonzero(changed).tolist()
    return list(zip(starts, [*starts[1:], grid.count], strict=True))


def _differs(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Flags:
    differs: Flags = values[1:].view(np.int64) != values[:-1].view(np.int64)
    return differs


def at(value: Value, index: int) -> Value:
    """The value of one instant, as arrays of length 1."""
    part = slice(index, index + 1)
    if isinstance(value, Scalar):
        return Scalar(value.values[part])
    return Vector(tuple(Element(e.labels, e.values[part], e.present[part]) for e in value.elements))


def repeated(value: Value, grid: Grid) -> Value:
    """A value of one instant, for all of ``grid``."""
    if isinstance(value, Scalar):
        return Scalar(np.repeat(value.values, grid.count))
    return Vector(
        tuple(
            Element(e.labels, np.repeat(e.values, grid.count), np.repeat(e.present, grid.count)) for e in value.elements
        )
    )
