"""Between scalars and vectors, from nothing to something, and between labels: ``vector``, ``scalar``, ``absent``,
``label_replace``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from slosmith.history.arithmetic.error import UnsupportedError
from slosmith.history.arithmetic.grid import Floats, Grid
from slosmith.history.arithmetic.vectors import NAME, Element, Scalar, Vector, replaced
from slosmith.model import Labels
from slosmith.promql.ast import Call, Node, Paren, String, VectorSelector, canonical
from slosmith.promql.regex import Regex


def of_scalar(values: Floats) -> Vector:
    """A vector of one element without labels: ``vector()``."""
    return Vector((Element((), values, np.ones(len(values), dtype=np.bool_)),))


def to_scalar(vector: Vector, grid: Grid) -> Scalar:
    """The value of the only element, NaN where there is none or more than one: ``scalar()``."""
    number, values = np.zeros(grid.count), np.full(grid.count, np.nan)
    for element in vector.elements:
        number += element.present
        values = np.where(element.present, element.values, values)
    return Scalar(np.where(number == 1, values, np.nan))


def absent(vector: Vector, argument: Node, grid: Grid) -> Vector:
    """1 where ``vector``, the value of ``argument``, is empty: ``absent()``."""
    exists = np.zeros(grid.count, dtype=np.bool_)
    for element in vector.elements:
        exists |= element.present
    return Vector((Element(stated_labels(argument), np.ones(grid.count), ~exists),))


def stated_labels(node: Node) -> Labels:
    """The labels that a selector's equalities state: those of ``absent``."""
    while isinstance(node, Paren):
        node = node.expr
    if not isinstance(node, VectorSelector):
        return ()
    stated: dict[str, str] = {}
    unclear = set()
    for matcher in node.alternatives[0]:
        if matcher.label == NAME:
            continue
        if matcher.op == "=" and matcher.label not in stated:
            stated[matcher.label] = matcher.value
        else:
            unclear.add(matcher.label)
    return tuple(sorted((label, value) for label, value in stated.items() if value and label not in unclear))


def relabelled(node: Call, vector: Vector) -> Iterator[Element]:
    """The elements after ``label_replace``. Raises UnsupportedError for a replacement with groups of the regular
    expression.
    """
    target, replacement, source, pattern = (part.value for part in node.arguments[1:] if isinstance(part, String))
    if "$" in replacement:
        raise UnsupportedError(f"a replacement with groups: {canonical(node)}")
    # the pattern of an empty text is empty too, and slosmith.promql refuses it in matchers
    regex = Regex(pattern) if pattern else None
    for element in vector.elements:
        value = dict(element.labels).get(source, "")
        if regex.matches(value) if regex is not None else not value:
            yield element.mapped(replaced(element.labels, ((target, replacement),)), element.part_values)
        else:
            yield element
