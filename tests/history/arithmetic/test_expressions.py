"""Random expressions against promtool: those that are evaluated give its numbers, at any instant."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from slosmith.history.arithmetic import FailedEvaluationError, Grid, Series
from slosmith.history.arithmetic.evaluator import Evaluator
from slosmith.history.arithmetic.store import Store
from slosmith.history.arithmetic.vectors import Scalar, Value
from tests.history.arithmetic.comparing import unlike
from tests.history.arithmetic.oracle import Found, ask, dialect_of
from tests.history.arithmetic.seeding import counter

MINUTES = 240
INSTANTS = [0, 60_000, 3_600_000, 3_615_000, 5_430_001, 9_000_000, 10_845_000, MINUTES * 60_000]
"""Milliseconds: on and off the full minute, in and behind gaps."""
SELECTORS = [
    "c",
    "e",
    'e{i="a"}',
    'c{i="a"}',
    'c{j!~"x|z"}',
    "d",
    'd{i=~"a|b"}',
    "nothing",
    'c{i="a",j="x"}',
    '{__name__=~"c|d",i="b"}',
]
WINDOWS = ["2m", "5m", "30m", "1h30m", "59m59s", "90s"]
STEPS = ["1m", "5m", "1h", "", "90s"]
RANGES = ["rate", "increase", "sum_over_time", "avg_over_time", "count_over_time", "max_over_time", "min_over_time",
          "last_over_time", "present_over_time", "changes", "resets", "absent_over_time"]  # fmt: skip
OFFSETS = ["", "", "", " offset 1m", " offset 7m30s", " @ end()", " @ 4000", " @ start() offset 5m"]
POINTWISE = ["abs({})", "ceil({})", "floor({})", "sqrt({})", "ln({})", "exp({} / 1000)", "sgn({})", "round({}, 0.5)",
             "clamp({}, 1, 40)", "clamp_min({}, 3)", "clamp_max({}, 3)", "-{}", "({})"]  # fmt: skip
DATES = ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"]


def data() -> list[Series]:
    """Counters with everything that happens to counters."""
    rng = np.random.default_rng(11)
    found = []
    for name, rate, more in (("c", 5.0, {}), ("d", 0.2, {"scrape": 60}), ("c", 900.0, {"phase": 15})):
        for i in "ab":
            for j in "xy":
                extra = {"born": 45} if j == "y" else {"gaps": [(60, 75), (150, 152)]}
                ending = {"ends": 180} if i == "b" and j == "y" else {"nan": [91]} if name == "d" and i == "a" else {}
                labels = (("__name__", name), ("i", i), ("j", j + ("2" if more.get("phase") else "")))
                found.append(
                    counter(rng, labels, MINUTES, rate, restarts=[50, 120, 121], **{**extra, **ending, **more})
                )
    for number in range(8):  # short lives, of which some overlap
        labels = (("__name__", "e"), ("i", "ab"[number % 2]), ("j", str(number)))
        born = 10 + 25 * number
        found.append(counter(rng, labels, MINUTES, 4.0, born=born, ends=born + 12 + 3 * number))
    return found


class Writer:
    """Expressions of a few levels."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one(self, of: list[str]) -> str:
        return self.random.choice(of)

    def vector(self, depth: int) -> str:
        if depth == 0:
            return self.random.choice([self.selector, self.ranged, self.ranged])()
        kinds = [self.aggregated, self.compared, self.joined, self.subquery, self.pointwise, self.matched, self.other]
        return self.random.choice(kinds)(depth - 1)

    def scalar(self) -> str:
        return self.one(["2", "0.5", "time()", 'scalar(c{i="a",j="x"})', "1e3", "scalar(d)", "(time() % 3600)"])

    def selector(self) -> str:
        return self.one(SELECTORS) + self.one(OFFSETS)

    def ranged(self) -> str:
        function = self.one(RANGES)
        # names are dropped, and two series without their names may be one
        metric = self.one(SELECTORS[:-1]) if function != "last_over_time" else self.one(SELECTORS)
        return f"{function}({metric}[{self.one(WINDOWS)}]{self.one(OFFSETS)})"

    def aggregated(self, depth: int) -> str:
        grouping = self.one(["", " by (i)", " by (i, j)", " without (j)", " by (nothing)", " without ()"])
        return f"{self.one(['sum', 'avg', 'count', 'min', 'max', 'group'])}{grouping} ({self.vector(depth)})"

    def compared(self, depth: int) -> str:
        # without %, whose result jumps where an operand differs in its last bit
        operator = self.one([">", "<", ">=", "<=", "==", "!=", "> bool", "== bool", "+", "-", "*", "/", "^"])
        left, right = self.vector(depth), self.scalar()
        return f"({left}) {operator} {right}" if self.random.random() < 0.7 else f"{right} {operator} ({left})"

    def joined(self, depth: int) -> str:
        on = self.one(["", " on (i)", " on ()", " ignoring (j)", " on (i, j)"])
        return f"({self.vector(depth)}) {self.one(['and', 'or', 'unless'])}{on} ({self.vector(depth)})"

    def matched(self, depth: int) -> str:
        by = self.one(["i", "j", "i, j", ""])
        operator = self.one(["+", "-", "*", "/", ">", "== bool", "<="])
        right = f"sum by ({by}) ({self.vector(depth)})"
        if self.random.random() < 0.5:
            return f"sum by ({by}) ({self.vector(depth)}) {operator} {right}"
        many = f"max by (i, j) ({self.vector(depth)})"
        group = self.one(
            ["group_left", "group_left ()", "group_left (k)", "group_left (j)" if by == "i" else "group_left"]
        )
        if self.random.random() < 0.3:
            return f"{right} {operator} on ({by}) group_right () {many}"
        return f"{many} {operator} on ({by}) {group} {right}"

    def subquery(self, depth: int) -> str:
        function = self.one(["sum_over_time", "count_over_time", "max_over_time", "avg_over_time", "rate", "increase",
                             "min_over_time", "last_over_time"])  # fmt: skip
        offset = self.one(["", "", " offset 4m"])
        return f"{function}(({self.vector(depth)})[{self.one(WINDOWS)}:{self.one(STEPS)}]{offset})"

    def pointwise(self, depth: int) -> str:
        return self.one(POINTWISE).format(f"sum by (i, j) ({self.vector(depth)})")

    def other(self, depth: int) -> str:
        kind = self.random.randrange(4)
        if kind == 0:
            return f"{self.one(DATES)}({self.one(['', 'vector(1709164800 + time() * 977)'])})"
        if kind == 1:
            return f"vector({self.scalar()})"
        if kind == 2:
            return f"absent({self.selector()})"
        return f"absent({self.vector(depth)})"


def test_random_expressions(promtool: Path, tmp_path: Path) -> None:
    writer = Writer(20)
    expressions = [writer.vector(number % 4) for number in range(240)]
    series = data()
    queries = [(expression, instant) for expression in expressions for instant in INSTANTS]
    theirs = ask(promtool, tmp_path, series, queries)
    evaluator = Evaluator(Store(series), dialect_of(promtool), 60_000)
    wrong, compared = [], 0
    for (expression, instant), expected in zip(queries, theirs, strict=True):
        ours = at(evaluator, expression, instant)
        if ours is None or expected is None:
            if ours is not expected:
                wrong.append(f"{instant}: {expression}: {'fails here' if ours is None else 'fails there'} only")
            continue
        compared += len(expected)
        wrong += [f"{instant}: {expression}: {text}" for text in unlike(expected, ours)]
    assert wrong == []
    assert compared > 2000


def at(evaluator: Evaluator, expression: str, instant: int) -> Found | None:
    """The expression at one instant, from all instants with the same distance to a full minute; None where it fails."""
    first = instant % 60_000
    grid = Grid(first, 60_000, (MINUTES * 60_000 - first) // 60_000 + 1)
    try:
        return _found(evaluator.evaluate(expression, grid), (instant - first) // 60_000)
    except FailedEvaluationError:
        pass
    try:  # perhaps at another instant
        return _found(evaluator.evaluate(expression, Grid(instant, 1, 1)), 0)
    except FailedEvaluationError:
        return None


def _found(value: Value, index: int) -> Found:
    if isinstance(value, Scalar):
        return {(): float(value.values[index])}
    return {each.labels: float(each.values[index]) for each in value.elements if each.present[index]}
