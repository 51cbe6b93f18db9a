"""Instant vectors at many instants at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from slosmith.history.arithmetic.error import FailedEvaluationError
from slosmith.history.arithmetic.grid import Flags, Floats, Grid
from slosmith.model import Labels

NAME = "__name__"


class Element(msgspec.Struct, frozen=True):
    """One series of a vector: its value at each instant, which counts only where it is present.

    A series that lives for a part of the history has arrays of that ``part``: the instants from ``start`` on, of
    ``count`` in all (-1: the arrays have them all).
    """

    labels: Labels
    part_values: Floats
    part_present: Flags
    start: int = 0
    count: int = -1

    @property
    def part(self) -> slice:
        """The instants that the arrays have."""
        return slice(self.start, self.start + len(self.part_values))

    @property
    def values(self) -> Floats:
        """A value for every instant."""
        return self.part_values if self.count < 0 else _whole(self.part_values, self.part, self.count)

    @property
    def present(self) -> Flags:
        """Where there is a value, of every instant."""
        return self.part_present if self.count < 0 else _whole(self.part_present, self.part, self.count)

    def mapped(self, labels: Labels, values: Floats, present: Flags | None = None) -> Element:
        """The same instants with other contents."""
        return Element(labels, values, self.part_present if present is None else present, self.start, self.count)


def _whole(values: NDArray[Any], part: slice, count: int) -> NDArray[Any]:
    whole = np.zeros(count, dtype=values.dtype)
    whole[part] = values
    return whole


class Vector(msgspec.Struct, frozen=True):
    """At each instant, the elements that are present there. No two of them have the same labels."""

    elements: tuple[Element, ...]


class Scalar(msgspec.Struct, frozen=True):
    """A number at each instant."""

    values: Floats


Value = Vector | Scalar


def merged(elements: Iterable[Element], grid: Grid, expression: str) -> Vector:
    """One element for each label set. Raises FailedEvaluationError where two with the same labels exist at once."""
    found: dict[Labels, Element] = {}
    for element in elements:
        other = found.get(element.labels)
        if other is None:
            found[element.labels] = element
            continue
        refuse(other.present & element.present, grid, expression, "two results with the same labels")
        values = np.where(element.present, element.values, other.values)
        found[element.labels] = Element(element.labels, values, other.present | element.present)
    return Vector(tuple(found.values()))


def refuse(wrong: Flags, grid: Grid, expression: str, reason: str) -> None:
    """Raise FailedEvaluationError with the first instant that is ``wrong``, if there is one."""
    if wrong.any():
        instant = int(grid.times[int(np.argmax(wrong))])
        raise FailedEvaluationError(f"{reason} at {instant / 1000:.3f} in: {expression}")


def without_name(labels: Labels) -> Labels:
    """The labels without the metric's name."""
    return tuple(pair for pair in labels if pair[0] != NAME)


def chosen(labels: Labels, names: frozenset[str], *, keep: bool) -> Labels:
    """Only the labels in ``names``, or without ``keep`` all others but the metric's name."""
    if keep:
        return tuple(pair for pair in labels if pair[0] in names)
    return tuple(pair for pair in labels if pair[0] not in names and pair[0] != NAME)


def replaced(labels: Labels, new: Iterable[tuple[str, str]]) -> Labels:
    """The labels with those in ``new``; an empty value takes a label away."""
    return tuple(sorted((name, value) for name, value in {**dict(labels), **dict(new)}.items() if value))
