"""Operators between scalars and vectors, with Prometheus' rules of matching."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np

from slosmith.history.arithmetic.error import UnsupportedError
from slosmith.history.arithmetic.grid import Flags, Floats, Grid
from slosmith.history.arithmetic.vectors import Element, Scalar, Value, Vector, chosen, merged, refuse, without_name
from slosmith.model import Labels
from slosmith.promql.ast import Binary, canonical

_ARITHMETIC: dict[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.power,
    "atan2": np.arctan2,
}
_COMPARISONS: dict[str, Callable[[Floats, Floats], Flags]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def binary(node: Binary, left: Value, right: Value, grid: Grid) -> Value:
    """The value of a binary expression whose operands have these values. Raises EvaluationError."""
    if node.operator in ("and", "or", "unless"):
        assert isinstance(left, Vector)
        assert isinstance(right, Vector)
        return _set(node, left, right, grid)
    if isinstance(left, Vector) and isinstance(right, Vector):
        return _matched(node, left, right, grid)
    if isinstance(left, Vector):
        return _with_scalar(node, left, right.values, grid, scalar_left=False)  # type: ignore[union-attr]
    if isinstance(right, Vector):
        return _with_scalar(node, right, left.values, grid, scalar_left=True)
    values, kept = _calculated(node, left.values, right.values)
    return Scalar(values if kept is None else kept.astype(np.float64))


def _calculated(node: Binary, left: Floats, right: Floats) -> tuple[Floats, Flags | None]:
    """The result, and for comparisons where they hold (the result is the left side then)."""
    if node.operator in _ARITHMETIC:
        return _ARITHMETIC[node.operator](left, right), None
    return left, _COMPARISONS[node.operator](left, right)


def _with_scalar(node: Binary, vector: Vector, scalar: Floats, grid: Grid, *, scalar_left: bool) -> Vector:
    found = []
    for element in vector.elements:
        number = scalar[element.part]
        left, right = (number, element.part_values) if scalar_left else (element.part_values, number)
        values, kept = _calculated(node, left, right)
        if kept is None:
            found.append(element.mapped(without_name(element.labels), values))
        elif node.returns_bool:
            found.append(element.mapped(without_name(element.labels), kept.astype(np.float64)))
        else:
            found.append(element.mapped(element.labels, element.part_values, element.part_present & kept))
    return merged(found, grid, canonical(node))


# --- vectors with vectors


def _key(node: Binary) -> Callable[[Labels], Labels]:
    names = frozenset(node.labels)
    return lambda labels: chosen(labels, names, keep=node.matching == "on")


def _by_key(vector: Vector, key: Callable[[Labels], Labels]) -> dict[Labels, list[Element]]:
    found: dict[Labels, list[Element]] = {}
    for element in vector.elements:
        found.setdefault(key(element.labels), []).append(element)
    return found


def _set(node: Binary, left: Vector, right: Vector, grid: Grid) -> Vector:
    key = _key(node)
    if node.operator == "or":
        there = {label: _any(elements) for label, elements in _by_key(left, key).items()}
        added = []
        for element in right.elements:
            taken = there.get(key(element.labels))
            present = element.present if taken is None else element.present & ~taken
            if present.any():
                added.append(Element(element.labels, element.values, present))
        return merged([*left.elements, *added], grid, canonical(node))
    others = {label: _any(elements) for label, elements in _by_key(right, key).items()}
    found = []
    for element in left.elements:
        other = others.get(key(element.labels))
        if node.operator == "and":
            if other is not None:
                found.append(Element(element.labels, element.values, element.present & other))
        else:
            present = element.present if other is None else element.present & ~other
            found.append(Element(element.labels, element.values, present))
    return Vector(tuple(found))


def _any(elements: list[Element]) -> Flags:
    return reduce(np.logical_or, (element.present for element in elements))


def _matched(node: Binary, left: Vector, right: Vector, grid: Grid) -> Vector:
    """One to one, or many to one with a ``group`` modifier: function ``VectorBinop`` of Prometheus."""
    key, swapped, text = _key(node), node.group == "group_right", canonical(node)
    many, one = (right, left) if swapped else (left, right)
    # where a side is empty nothing is compared, and nothing is found out to be twice there
    both = _there(left, grid) & _there(right, grid)
    ones = _by_key(one, key)
    for same in ones.values():
        _refuse_twice(same, both, grid, text, "many-to-many matching not allowed: several series of the one side")
    found: list[Element] = []
    for label, elements in _by_key(many, key).items():
        results = []
        for element in elements:
            for other in ones.get(label, ()):
                result = _pair(node, element, other, swapped)
                if result is not None:
                    results.append(result)
        if not node.group:
            _refuse_twice(results, None, grid, text, "multiple matches for labels: many-to-one without a group")
        found += merged(results, grid, text).elements
    return merged(found, grid, text)


def _there(vector: Vector, grid: Grid) -> Flags:
    return reduce(np.logical_or, (each.present for each in vector.elements), np.zeros(grid.count, dtype=np.bool_))


def _refuse_twice(elements: list[Element], within: Flags | None, grid: Grid, text: str, reason: str) -> None:
    seen: Flags | None = None
    for element in elements:
        if seen is not None:
            wrong = seen & element.present
            refuse(wrong if within is None else wrong & within, grid, text, reason)
        seen = element.present if seen is None else seen | element.present


def _pair(node: Binary, many: Element, one: Element, swapped: bool) -> Element | None:
    present = many.present & one.present
    if not present.any():
        return None
    left, right = (one, many) if swapped else (many, one)
    values, kept = _calculated(node, left.values, right.values)
    if kept is not None:
        if node.returns_bool:
            values = kept.astype(np.float64)
        else:
            present = present & kept
    return Element(_result_labels(node, many.labels, one.labels), values, present)


def _result_labels(node: Binary, many: Labels, one: Labels) -> Labels:
    labels = without_name(many) if node.operator in _ARITHMETIC or node.returns_bool else many
    if not node.group:
        names = frozenset(node.labels)
        if node.matching == "on":
            return chosen(labels, names, keep=True)
        return tuple(pair for pair in labels if pair[0] not in names)
    if node.include:
        if "__name__" in node.include:
            raise UnsupportedError(f"a group modifier that takes the metric's name over: {canonical(node)}")
        others = dict(one)
        given = {name: others.get(name, "") for name in node.include}
        return tuple(sorted((name, value) for name, value in {**dict(labels), **given}.items() if value))
    return labels
