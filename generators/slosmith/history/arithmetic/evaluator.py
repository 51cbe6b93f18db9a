"""One PromQL expression at every instant of a grid at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from slosmith.history.arithmetic.aggregates import aggregate
from slosmith.history.arithmetic.conversions import absent, of_scalar, relabelled, stated_labels, to_scalar
from slosmith.history.arithmetic.dialect import Dialect
from slosmith.history.arithmetic.endings import on_steps, replaced_at, samples_at_end
from slosmith.history.arithmetic.error import UnsupportedError
from slosmith.history.arithmetic.functions import DATES, ELEMENTWISE
from slosmith.history.arithmetic.grid import Floats, Grid
from slosmith.history.arithmetic.operators import binary
from slosmith.history.arithmetic.pinning import at, pinned_parts, repeated, runs_of
from slosmith.history.arithmetic.ranges import KEEPS_NAME, RANGE_FUNCTIONS, Shared, cut
from slosmith.history.arithmetic.samples import NOTHING, SAMPLE, Samples
from slosmith.history.arithmetic.store import Place, Store, Stored
from slosmith.history.arithmetic.vectors import Element, Scalar, Value, Vector, merged, without_name
from slosmith.model import Labels
from slosmith.promql import parse
from slosmith.promql.ast import (
    Aggregate,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    Subquery,
    Unary,
    VectorSelector,
    canonical,
    walk,
)

MOST_RUNS = 1000
"""Values that a part with ``@ end()`` may take in a subquery over a history; each costs an evaluation of its own."""


class Evaluator:
    """Evaluates expressions over a store. What was read is remembered until :meth:`forget`: the rules of an SLO read
    the same windows again and again.
    """

    def __init__(self, store: Store, dialect: Dialect, subquery_step: int, *, late: bool = False) -> None:
        """``subquery_step`` is the step of a subquery without one, in milliseconds. With ``late``, no rule sees what
        was recorded at its own instant, as in rulers that read their results from elsewhere.
        """
        self.store, self.dialect, self.subquery_step, self.late = store, dialect, subquery_step, late
        self.samples_read = 0
        """Samples read since the start, as Prometheus counts them (``stats=all``); counted by :meth:`count` alone."""
        self._counting = False
        self._reader: Place | None = None
        self._remembers = True
        self._depth, self._at_end = 0, False
        self._fixed: dict[int, Value] = {}
        self._remembered: dict[tuple[str, Grid, bool], Value] = {}
        self._shared = Shared()

    def forget(self) -> None:
        """Drop what was remembered, which takes memory."""
        self._remembered.clear()
        self._shared = Shared()

    def evaluate(self, expression: str, grid: Grid, reader: Place | None = None) -> Value:
        """The expression at every instant, as the rule ``reader`` sees the store. Raises PromqlError for text that is
        no PromQL, and EvaluationError.
        """
        node = parse(expression).node
        selectors = [part for part in walk(node) if isinstance(part, VectorSelector)]
        self._reader, self._depth, self._at_end, self._fixed = reader, 0, False, {}
        ahead = not self.late and any(
            self._is_ahead(stored) for selector in selectors for stored in self.store.select(selector)
        )
        self._remembers = not ahead and not self._counting
        with np.errstate(all="ignore"):
            return self._value(node, grid)

    def count(self, expression: str, instant: int, reader: Place | None = None) -> int:
        """How many samples one evaluation at ``instant`` (milliseconds) reads. Raises as :meth:`evaluate` does."""
        self.samples_read, self._counting = 0, True
        try:
            self.evaluate(expression, Grid(instant, 1, 1), reader)
        finally:
            self._counting = False
        return self.samples_read

    # --- nodes

    def _value(self, node: Node, grid: Grid) -> Value:
        if id(node) in self._fixed:
            return repeated(self._fixed[id(node)], grid)
        match node:
            case Number():
                return Scalar(np.full(grid.count, float(node.value)))
            case Paren():
                return self._value(node.expr, grid)
            case Unary():
                return self._signed(node, grid)
            case Binary():
                return binary(node, self._value(node.left, grid), self._value(node.right, grid), grid)
            case Aggregate():
                return aggregate(node, self._vector(node.arguments[-1], grid), grid)
            case VectorSelector() | Call():
                if not self._remembers or self._fixed:
                    return self._read(node, grid)
                key = canonical(node), grid, self._at_end
                if key not in self._remembered:
                    self._remembered[key] = self._read(node, grid)
                return self._remembered[key]
        raise UnsupportedError(f"this is not evaluated: {canonical(node)}")

    def _read(self, node: VectorSelector | Call, grid: Grid) -> Value:
        return self._instant(node, grid) if isinstance(node, VectorSelector) else self._call(node, grid)

    def _vector(self, node: Node, grid: Grid) -> Vector:
        value = self._value(node, grid)
        if isinstance(value, Vector):
            return value
        raise UnsupportedError(f"expected a vector: {canonical(node)}")

    def _scalar(self, node: Node, grid: Grid) -> Floats:
        value = self._value(node, grid)
        if isinstance(value, Scalar):
            return value.values
        raise UnsupportedError(f"expected a scalar: {canonical(node)}")

    def _signed(self, node: Unary, grid: Grid) -> Value:
        value = self._value(node.expr, grid)
        if node.operator == "+":
            return value
        if isinstance(value, Scalar):
            return Scalar(-value.values)
        negated = (Element(without_name(each.labels), -each.values, each.present) for each in value.elements)
        return merged(negated, grid, canonical(node))

    # --- series

    def _is_ahead(self, stored: Stored) -> bool:
        """Whether the reader's evaluation comes before the series' sample of the same instant."""
        if stored.writer is None or self._reader is None:
            return False
        return self.late or stored.writer >= self._reader

    def _stored(self, node: VectorSelector) -> Iterator[tuple[Labels, Samples, bool]]:
        """The series that a selector picks, and whether samples at the instant itself are not there yet."""
        for stored in self.store.select(node):
            if node.offset_ms < 0 and stored.writer is not None:
                raise UnsupportedError(f"a negative offset of what rules record: {canonical(node)}")
            # the steps of a subquery are earlier than the evaluation, without the one at its end
            before = self._is_ahead(stored) and not node.offset_ms and (self._at_end or not self._depth)
            yield stored.series.labels, stored.series.samples, before

    def _when(self, node: VectorSelector, grid: Grid) -> Grid:
        """The instants at which a selector looks: those of ``grid``, or the one that ``@`` names, as often."""
        if not node.at or (node.at in ("start()", "end()") and not self._depth):
            return grid
        if node.at in ("start()", "end()"):  # pinned parts are taken care of where the subquery begins
            raise UnsupportedError(f"@ {node.at} in this place: {canonical(node)}")
        return Grid(round(float(node.at) * 1000), 1, 1)

    def _instant(self, node: VectorSelector, grid: Grid) -> Value:
        if node.range is not None:
            raise UnsupportedError(f"a range without a function: {canonical(node)}")
        when = self._when(node, grid)
        found = []
        for labels, samples, before in self._stored(node):
            start, part = samples.life(when, self.dialect.lookback, node.offset_ms)
            values, present = samples.seen(
                part, node.offset_ms, self.dialect.lookback, left_open=self.dialect.left_open, before=before
            )
            self._count(int(present.sum()))
            if present.any():
                found.append(Element(labels, values, present, start, -1 if part == when else when.count))
        return Vector(tuple(found)) if when is grid else repeated(Vector(tuple(found)), grid)

    # --- functions

    def _call(self, node: Call, grid: Grid) -> Value:
        name, arguments = node.function, node.arguments
        if name in RANGE_FUNCTIONS or name == "absent_over_time":
            return self._of_range(node, grid)
        if name in ELEMENTWISE:
            limits = [self._scalar(argument, grid) for argument in arguments[1:]]
            mapped = (
                e.mapped(without_name(e.labels), ELEMENTWISE[name](e.part_values, *(limit[e.part] for limit in limits)))
                for e in self._vector(arguments[0], grid).elements
            )
            return merged(mapped, grid, canonical(node))
        if name in DATES:
            dated = self._vector(arguments[0], grid) if arguments else of_scalar(grid.seconds())
            parts = (Element(without_name(e.labels), DATES[name](e.values), e.present) for e in dated.elements)
            return merged(parts, grid, canonical(node))
        match name:
            case "time":
                return Scalar(grid.seconds())
            case "vector":
                return of_scalar(self._scalar(arguments[0], grid))
            case "scalar":
                return to_scalar(self._vector(arguments[0], grid), grid)
            case "absent":
                return absent(self._vector(arguments[0], grid), arguments[0], grid)
            case "label_replace":
                return merged(relabelled(node, self._vector(arguments[0], grid)), grid, canonical(node))
            case "clamp":
                low, high = (self._scalar(argument, grid) for argument in arguments[1:])
                clamped = (
                    Element(
                        without_name(e.labels), np.maximum(low, np.minimum(high, e.values)), e.present & (low <= high)
                    )
                    for e in self._vector(arguments[0], grid).elements
                )
                return merged(clamped, grid, canonical(node))
            case "histogram_count" | "histogram_sum" | "histogram_fraction":
                vector = self._vector(arguments[-1], grid)
                if not vector.elements or name != "histogram_fraction":
                    return Vector(())  # they leave out what is no native histogram, and no sample here is one
        raise UnsupportedError(f"the function {name} is not evaluated: {canonical(node)}")

    def _of_range(self, node: Call, grid: Grid) -> Value:
        argument = node.arguments[0]
        while isinstance(argument, Paren):
            argument = argument.expr
        if isinstance(argument, VectorSelector) and argument.range is not None:
            length, offset = argument.range.milliseconds, argument.offset_ms
            when = self._when(argument, grid)
            found = self._apply(node, self._stored(argument), when, length, offset)
            return found if when is grid else repeated(found, grid)
        if isinstance(argument, Subquery) and not argument.at:
            return self._of_subquery(node, argument, grid)
        raise UnsupportedError(f"this range is not evaluated: {canonical(node)}")

    def _apply(
        self, node: Call, series: Iterable[tuple[Labels, Samples, bool]], grid: Grid, length: int, offset: int
    ) -> Vector:
        function = RANGE_FUNCTIONS.get(node.function)
        found, exists = [], np.zeros(grid.count, dtype=np.bool_)
        for labels, samples, before in series:
            start, part = samples.life(grid, length, offset)
            ranges = cut(
                samples, part, length, offset, self.dialect, self._shared, function=node.function, before=before
            )
            self._count(int(ranges.counts.sum()))
            if function is None:
                exists[start : start + part.count] |= ranges.counts > 0
                continue
            values, present = function(ranges)
            if present.any():
                kept = labels if node.function in KEEPS_NAME else without_name(labels)
                found.append(Element(kept, values, present, start, -1 if part == grid else grid.count))
        if function is None:
            return Vector((Element(stated_labels(node.arguments[0]), np.ones(grid.count), ~exists),))
        return merged(found, grid, canonical(node))

    def _of_subquery(self, node: Call, argument: Subquery, grid: Grid) -> Value:
        """With parts that ``@ end()`` pins, one evaluation for each value that they take."""
        parts = list(pinned_parts(argument.expr, self._fixed))
        if not parts:
            return self._over(node, argument, grid)
        values = [self._value(part, grid) for part in parts]
        runs = runs_of(values, grid)
        if len(runs) > MOST_RUNS:
            raise UnsupportedError(f"@ end() of what changes more than {MOST_RUNS} times: {canonical(node)}")
        outer, found = self._fixed, []
        for first, last in runs:
            pinned = {id(part): at(value, first) for part, value in zip(parts, values, strict=True)}
            self._fixed = {**outer, **pinned}
            for element in self._over(node, argument, grid.part(first, last)).elements:
                whole, present = np.zeros(grid.count), np.zeros(grid.count, dtype=np.bool_)
                whole[first:last], present[first:last] = element.values, element.present
                found.append(Element(element.labels, whole, present))
        self._fixed = outer
        return merged(found, grid, canonical(node))

    def _over(self, node: Call, argument: Subquery, grid: Grid) -> Vector:
        step = argument.step.milliseconds if argument.step is not None else self.subquery_step
        length, offset = argument.range.milliseconds, argument.offset_ms
        begin = grid.start - offset - length
        first = begin // step * step + step if self.dialect.left_open else -(-begin // step) * step
        inner = Grid.between(first, grid.end - offset, step)
        vector = self._steps(argument.expr, inner)
        series = (
            (e.labels, Samples.recorded(inner, e.values, np.where(e.present, SAMPLE, NOTHING).astype(np.uint8)), False)
            for e in vector.elements
        )
        found = self._apply(node, series, grid, length, offset)
        if offset or not self._reads_ahead(argument.expr):
            return found
        places, ends = on_steps(grid, step)
        if not len(places):
            return found
        ending = self._steps(argument.expr, ends, at_end=True)
        parts = []
        for index, end in enumerate(ends.times.tolist()):
            seen = ((labels, samples, False) for labels, samples in samples_at_end(vector, inner, ending, index, end))
            parts.append(self._apply(node, seen, Grid(end, 1, 1), length, 0))
        return replaced_at(found, places, parts, grid)

    def _steps(self, node: Node, steps: Grid, *, at_end: bool = False) -> Vector:
        """The expression of a subquery at its steps. ``at_end``: the steps are the instants of the evaluations."""
        outer = self._depth, self._at_end, self._counting
        if at_end and self._depth:
            raise UnsupportedError(f"a subquery in a subquery over what is recorded later: {canonical(node)}")
        # Prometheus counts the results at the steps, which the function over them reads, and not what they read
        self._depth, self._at_end, self._counting = self._depth + 1, at_end, False
        try:
            return self._vector(node, steps)
        finally:
            self._depth, self._at_end, self._counting = outer

    def _reads_ahead(self, node: Node) -> bool:
        """Whether the reader's evaluation comes before the samples of the same instant that an expression reads."""
        selectors = (part for part in walk(node) if isinstance(part, VectorSelector) and not part.offset_ms)
        return any(self._is_ahead(stored) for selector in selectors for stored in self.store.select(selector))

    def _count(self, samples: int) -> None:
        if self._counting:
            self.samples_read += samples
