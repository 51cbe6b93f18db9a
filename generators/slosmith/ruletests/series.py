"""The input of a test: histories that end at an evaluation, in order on one timeline for promtool.

An evaluation is a time at which promtool evaluates all rules of the file. This is the main cost of a unit test. So
there are few evaluations, with long intervals between them. Each scenario ends at an evaluation. "One minute earlier"
is a second scenario with a history that is one minute shorter. It is not an evaluation one minute earlier.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import msgspec

from slosmith.model import Duration
from slosmith.model.rule_tests import InputSeries
from slosmith.vocabulary.numbers import exact

Value = int | Decimal


class Run(msgspec.Struct, frozen=True):
    """Samples at the offsets ``newest`` to ``oldest``, both inclusive. An offset is a number of intervals before the
    evaluation.

    ``value`` is the value of the oldest sample. Each newer sample adds ``step`` (for counters).
    """

    newest: int
    oldest: int
    value: Value
    step: int = 0

    def __len__(self) -> int:
        return self.oldest - self.newest + 1


History = tuple[Run, ...]
"""Runs in order of time, oldest first, without overlap. There is no sample at offsets outside of the runs."""


def constant(value: Value, newest: int, oldest: int) -> History:
    """One value from offset ``oldest`` to ``newest``. An empty history if the range is empty."""
    return (Run(newest, oldest, value),) if newest <= oldest else ()


def without(history: History, newest: int, oldest: int) -> History:
    """``history`` with blanks at the offsets ``newest`` .. ``oldest``. Only for runs without a ``step``."""
    kept: list[Run] = []
    for run in history:
        kept += constant(run.value, max(run.newest, oldest + 1), run.oldest)
        kept += constant(run.value, run.newest, min(run.oldest, newest - 1))
    return tuple(kept)


def earlier(history: History, samples: int) -> History:
    """``history`` as an evaluation that many samples earlier sees it. Only for runs without a ``step``."""
    return tuple(
        Run(max(run.newest - samples, 0), run.oldest - samples, run.value) for run in history if run.oldest >= samples
    )


def window_sum(history: History, last: int, step: int = 1, reach: int = 0) -> tuple[Value, int]:
    """Sum and number of the values that a subquery reads: at the offsets 0 to ``last`` that are multiples of ``step``.

    ``reach`` is the number of intervals that a step of the subquery looks back if it has no sample. Only for runs
    without a ``step`` of their own.
    """
    total: Value = 0
    count = 0
    newer = -1
    for run in reversed(history):
        low, high = max(run.newest - reach, newer + 1), min(run.oldest, last)
        newer = run.oldest
        if high >= low:
            seen = high // step - (low - 1) // step
            total += run.value * seen
            count += seen
    return total, count


def at_evaluation(history: History) -> Value | None:
    """The sample at the time of the evaluation; None if there is none."""
    last = history[-1] if history else None
    if last is None or last.newest != 0:
        return None
    return last.value + last.step * (len(last) - 1)


class Timeline:
    """Histories at evaluations, converted to promtool's notation of series."""

    def __init__(self, interval: Duration, evaluation_interval: Duration) -> None:
        """``interval`` is the time between two samples. ``evaluation_interval`` is a multiple of it."""
        self.interval = interval
        self.evaluation_interval = evaluation_interval
        self._per_evaluation = evaluation_interval.milliseconds // interval.milliseconds
        self._runs: dict[str, list[tuple[int, Run]]] = {}

    def at(self, evaluation: int) -> Duration:
        """The time of the evaluation with this number (from 1)."""
        return Duration(self.evaluation_interval.milliseconds * evaluation)

    def feed(self, series: str, evaluation: int, history: History) -> None:
        """Adds ``history`` to ``series``, with its end at the evaluation. Call this in the order of evaluations.

        Raises ValueError if the history overlaps an earlier one.
        """
        runs = self._runs.setdefault(series, [])
        end = evaluation * self._per_evaluation
        for run in history:
            first = end - run.oldest
            if first < 0 or (runs and first <= runs[-1][0] + len(runs[-1][1]) - 1):
                raise ValueError(f"histories of {series} overlap at evaluation {evaluation}")
            runs.append((first, run))

    def inputs(self, begin: int = 0, end: int | None = None) -> tuple[InputSeries, ...]:
        """All series, in the order in which they were added. With two times in milliseconds: only the samples between
        them, with the first time as time 0. Samples at an evaluation belong to the time before it.
        """
        step = self.interval.milliseconds
        first = begin // step + (1 if begin and begin % self.evaluation_interval.milliseconds == 0 else 0)
        last = end if end is None else end // step
        own = {
            series: [(at - begin // step, run) for at, run in runs if first <= at and (last is None or at <= last)]
            for series, runs in self._runs.items()
        }
        return tuple(InputSeries(series, _notation(runs)) for series, runs in own.items() if runs)

    def begins(self, begin: int, end: int) -> int:
        """The time, in milliseconds, of the first sample after ``begin`` and up to ``end``. ``end`` if
        there is none.
        """
        step = self.interval.milliseconds
        found = [at * step for runs in self._runs.values() for at, _ in runs if begin < at * step <= end]
        return min(found, default=end)


def _notation(runs: Iterable[tuple[int, Run]]) -> str:
    parts: list[str] = []
    position = 0
    for first, run in runs:
        if first > position:
            parts.append(_repeat("_", first - position, 0))
        value = number(run.value)
        if run.step:
            value = f"{value}{run.step:+d}"
        parts.append(_repeat(value, len(run), 1) if not run.step else f"{value}x{len(run) - 1}")
        position = first + len(run)
    return " ".join(parts)


def _repeat(text: str, times: int, first: int) -> str:
    # "7x2" means 7 and two more samples, "_x2" means two blanks; promtool would read "NaNx2" as one word
    if text == "NaN":
        return " ".join([text] * times)
    return text if times == 1 else f"{text}x{times - first}"


def number(value: Value | Fraction) -> str:
    """A decimal literal. Raises ValueError for a Fraction without a short decimal form."""
    if isinstance(value, Fraction):
        digits = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(digits) != value:
            raise ValueError(f"{value} has no short decimal form")
        value = digits
    return exact(Decimal(value))
