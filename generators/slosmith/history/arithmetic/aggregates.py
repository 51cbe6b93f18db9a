"""Aggregations over the series of a vector."""

from __future__ import annotations

from functools import reduce

import numpy as np

from slosmith.history.arithmetic.error import UnsupportedError
from slosmith.history.arithmetic.vectors import Element, Vector, chosen
from slosmith.model import Labels
from slosmith.promql.ast import Aggregate, canonical

AGGREGATES = frozenset(["sum", "avg", "count", "min", "max", "group"])


def aggregate(node: Aggregate, vector: Vector) -> Vector:
    """The value of an aggregation over ``vector``. Raises UnsupportedError for operators that are not evaluated."""
    if node.operator not in AGGREGATES:
        raise UnsupportedError(f"the aggregation {node.operator} is not evaluated: {canonical(node)}")
    names, keep = frozenset(node.labels), node.grouping != "without"
    groups: dict[Labels, list[Element]] = {}
    for element in vector.elements:
        groups.setdefault(chosen(element.labels, names, keep=keep), []).append(element)
    return Vector(tuple(_one(node.operator, labels, elements) for labels, elements in groups.items()))


def _one(operator: str, labels: Labels, elements: list[Element]) -> Element:
    present = reduce(np.logical_or, (each.present for each in elements))
    if operator == "group":
        return Element(labels, np.ones(len(present)), present)
    if operator in ("min", "max"):
        pick = np.fmin if operator == "min" else np.fmax  # a NaN is left out while there is a number
        return Element(labels, reduce(pick, (np.where(e.present, e.values, np.nan) for e in elements)), present)
    count = reduce(np.add, (each.present.astype(np.float64) for each in elements))
    if operator == "count":
        return Element(labels, count, present)
    if len(elements) == 1:
        return Element(labels, elements[0].values, present)
    total = reduce(np.add, (np.where(each.present, each.values, 0.0) for each in elements))
    return Element(labels, total / count if operator == "avg" else total, present)
