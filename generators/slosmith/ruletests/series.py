"""What a test feeds: histories that end at the moment of evaluation, laid out on one timeline for promtool.

A rule file's rules are all evaluated at every tick, which is what unit tests cost. So ticks are few and far apart, and
each scenario is placed so that the moment it is about falls on one of them: "one minute earlier" is another scenario
whose history is a minute shorter, not another tick.
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
    """Samples with offsets ``newest`` .. ``oldest`` (both inclusive), counted backwards from the tick in intervals.

    ``value`` is the oldest sample's; each newer one adds ``step`` (counters).
    """

    newest: int
    oldest: int
    value: Value
    step: int = 0

    def __len__(self) -> int:
        return self.oldest - self.newest + 1


History = tuple[Run, ...]
"""Runs in the order of time, oldest first, without overlap; where none is, there is no sample."""


def constant(value: Value, newest: int, oldest: int) -> History:
    """One value from offset ``oldest`` to ``newest``; nothing when the range is empty."""
    return (Run(newest, oldest, value),) if newest <= oldest else ()


def without(history: History, newest: int, oldest: int) -> History:
    """``history`` with blanks at the offsets ``newest`` .. ``oldest``. Only for runs without a ``step``."""
    kept: list[Run] = []
    for run in history:
        kept += constant(run.value, max(run.newest, oldest + 1), run.oldest)
        kept += constant(run.value, run.newest, min(run.oldest, newest - 1))
    return tuple(kept)


def window_sum(history: History, last: int, step: int = 1, reach: int = 0) -> tuple[Value, int]:
    """Sum and number of what is seen at the offsets 0 .. ``last`` that are multiples of ``step`` (a subquery's).

    ``reach``: by how many intervals a step looks back where no sample stands at it. Only for runs without a ``step`` of
    their own.
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


def at_tick(history: History) -> Value | None:
    """The sample at the tick itself."""
    last = history[-1] if history else None
    if last is None or last.newest != 0:
        return None
    return last.value + last.step * (len(last) - 1)


class Timeline:
    """Histories at ticks, turned into promtool's series notation."""

    def __init__(self, interval: Duration, tick: Duration) -> None:
        """``tick`` is the evaluation interval, a multiple of ``interval`` (the distance of samples)."""
        self.interval = interval
        self.tick = tick
        self._per_tick = tick.milliseconds // interval.milliseconds
        self._runs: dict[str, list[tuple[int, Run]]] = {}

    def at(self, tick: int) -> Duration:
        """When the tick of that number (from 1) is."""
        return Duration(self.tick.milliseconds * tick)

    def feed(self, series: str, tick: int, history: History) -> None:
        """Let ``history`` of ``series`` end at a tick. Ticks have to be fed in their order."""
        runs = self._runs.setdefault(series, [])
        end = tick * self._per_tick
        for run in history:
            first = end - run.oldest
            if first < 0 or (runs and first <= runs[-1][0] + len(runs[-1][1]) - 1):
                raise ValueError(f"histories of {series} overlap at tick {tick}")
            runs.append((first, run))

    def inputs(self) -> tuple[InputSeries, ...]:
        """All series in the order in which they were first fed."""
        return tuple(InputSeries(series, _notation(runs)) for series, runs in self._runs.items() if runs)


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
    # "7x2" is 7 and two more, "_x2" two blanks; "NaNx2" would be read as one word
    if text == "NaN":
        return " ".join([text] * times)
    return text if times == 1 else f"{text}x{times - first}"


def number(value: Value | Fraction) -> str:
    """A decimal literal; a Fraction has to have one."""
    if isinstance(value, Fraction):
        digits = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(digits) != value:
            raise ValueError(f"{value} has no short decimal form")
        value = digits
    return exact(Decimal(value))
