"""Subqueries over series that the same evaluation has not recorded yet.

All steps of a subquery but one are earlier than the evaluation. They see what was recorded at their own instant. A step
at the instant of the evaluation itself sees only what was recorded before it. So this step has a value of its own, for
this evaluation alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from slosmith.history.arithmetic.grid import Grid, Integers
from slosmith.history.arithmetic.samples import Samples
from slosmith.history.arithmetic.vectors import Element, Vector
from slosmith.model import Labels


def on_steps(grid: Grid, step: int) -> tuple[Integers, Grid]:
    """The instants that are multiples of ``step``: their indices, and they themselves."""
    places = np.flatnonzero(grid.times % step == 0)
    if not len(places):
        return places, Grid(grid.start, grid.step, 0)
    apart = int(places[1] - places[0]) * grid.step if len(places) > 1 else grid.step
    return places, Grid(int(grid.times[places[0]]), apart, len(places))


def samples_at_end(
    steps: Vector, inner: Grid, ending: Vector, index: int, end: int
) -> Iterator[tuple[Labels, Samples]]:
    """The samples of a subquery for one evaluation: those of ``steps`` before ``end``, and the value at place ``index``
    of ``ending``.
    """
    earlier = {element.labels: element for element in steps.elements}
    last = {element.labels: element for element in ending.elements}
    before = inner.times < end
    for labels in dict.fromkeys((*earlier, *last)):
        times, values = np.zeros(0, dtype=np.int64), np.zeros(0)
        if labels in earlier:
            chosen = earlier[labels].present & before
            times, values = inner.times[chosen], earlier[labels].values[chosen]
        if labels in last and last[labels].present[index]:
            times = np.append(times, end)
            values = np.append(values, last[labels].values[index])
        if len(times):
            yield labels, Samples(times, values)


def replaced_at(vector: Vector, places: Integers, parts: list[Vector], grid: Grid) -> Vector:
    """``vector`` with other elements at ``places``: each of ``parts`` has those of one instant."""
    values = {element.labels: element.values.copy() for element in vector.elements}
    present = {element.labels: element.present.copy() for element in vector.elements}
    for there in present.values():
        there[places] = False
    for place, part in zip(places.tolist(), parts, strict=True):
        for element in part.elements:
            if element.labels not in values:
                values[element.labels] = np.zeros(grid.count)
                present[element.labels] = np.zeros(grid.count, dtype=np.bool_)
            values[element.labels][place] = element.values[0]
            present[element.labels][place] = element.present[0]
    return Vector(tuple(Element(labels, values[labels], present[labels]) for labels in values))
