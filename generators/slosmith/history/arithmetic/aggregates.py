"""Aggregations over the series of a vector."""

from __future__ import annotations

import numpy as np

from slosmith.history.arithmetic.error import UnsupportedError
from slosmith.history.arithmetic.grid import Grid
from slosmith.history.arithmetic.vectors import Element, Vector, chosen
from slosmith.model import Labels
from slosmith.promql.ast import Aggregate, canonical

AGGREGATES = frozenset(["sum", "avg", "count", "min", "max", "group"])


def aggregate(node: Aggregate, vector: Vector, grid: Grid) -> Vector:
    """The value of an aggregation over ``vector``. Raises UnsupportedError for operators that are not evaluated."""
    if node.operator not in AGGREGATES:
        raise UnsupportedError(f"the aggregation {node.operator} is not evaluated: {canonical(node)}")
    names, keep = frozenset(node.labels), node.grouping != "without"
    groups: dict[Labels, list[Element]] = {}
    for element in vector.elements:
        groups.setdefault(chosen(element.labels, names, keep=keep), []).append(element)
    return Vector(tuple(_one(node.operator, labels, elements, grid) for labels, elements in groups.items()))


def _one(operator: str, labels: Labels, elements: list[Element], grid: Grid) -> Element:
    """Elements that live for a part of the history are only looked at in that part."""
    if len(elements) == 1 and operator in ("sum", "avg", "min", "max"):
        return elements[0].mapped(labels, elements[0].part_values)
    count = np.zeros(grid.count)
    for element in elements:
        count[element.part] += element.part_present
    present = count > 0
    if operator == "count":
        return Element(labels, count, present)
    if operator == "group":
        return Element(labels, np.ones(grid.count), present)
    if operator in ("min", "max"):
        pick = np.fmin if operator == "min" else np.fmax  # a NaN is left out while there is a number
        found = np.full(grid.count, np.nan)
        for element in elements:
            found[element.part] = pick(found[element.part], np.where(element.part_present, element.part_values, np.nan))
        return Element(labels, found, present)
    total = np.zeros(grid.count)
    for element in elements:
        total[element.part] += np.where(element.part_present, element.part_values, 0.0)
    return Element(labels, total / count if operator == "avg" else total, present)
