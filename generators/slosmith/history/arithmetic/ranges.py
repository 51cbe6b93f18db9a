"""Functions of a range: ``rate``, ``sum_over_time`` and their kin, for all instants at once."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from slosmith.history.arithmetic.dialect import Dialect
from slosmith.history.arithmetic.grid import Flags, Floats, Grid, Integers
from slosmith.history.arithmetic.samples import Samples
from slosmith.history.arithmetic.windows import Levels, Windows

Result = tuple[Floats, Flags]
"""A value for each instant, and where there is one."""


class Timing(msgspec.Struct, frozen=True):
    """What ``rate`` needs of the times alone, which many series share. ``enough``: at least two samples; ``first`` and
    ``last`` are their places. Lengths in seconds: between them, to the range's start, to its end or half a scrape, half
    a scrape, and how near an edge has to be.
    """

    enough: Flags
    first: Integers
    last: Integers
    sampled: Floats
    to_start: Floats
    to_end: Floats
    half: Floats
    threshold: Floats


class Range(msgspec.Struct, frozen=True):
    """What a range holds of one series at each instant of ``grid``: samples without markers, and windows over them.
    ``counts`` says how many samples each window has, ``length`` and ``offset`` are milliseconds. ``shared`` remembers
    windows and timings of series with the same times.
    """

    samples: Samples
    windows: Windows
    counts: Integers
    grid: Grid
    length: int
    offset: int
    dialect: Dialect
    key: Key
    shared: Shared

    def timing(self) -> Timing:
        """The times of first and last samples, and how far they are from the range's edges."""
        if self.key not in self.shared.timings:
            self.shared.timings[self.key] = _timing(self)
        return self.shared.timings[self.key]


Key = tuple[Grid | bytes, Grid, int, int, bool]


class Shared:
    """Windows and timings by the times of the samples, the instants, the range's length and offset."""

    def __init__(self) -> None:
        self.windows: dict[Key, Windows] = {}
        self.timings: dict[Key, Timing] = {}


def cut(
    samples: Samples,
    grid: Grid,
    length: int,
    offset: int,
    dialect: Dialect,
    shared: Shared,
    *,
    function: str,
    before: bool,
) -> Range:
    """The ranges of ``samples`` that end ``offset`` before each instant, for ``function``; ``before`` leaves out a
    sample at the end.
    """
    numbers = samples.numbers if samples.grid is not None and function in _SUMS else None
    dense = samples.dense if numbers is None else samples.filled
    key = (dense.moments, grid, length, offset, before)
    if key not in shared.windows:
        shared.windows[key] = dense.windows(grid, length, offset, left_open=dialect.left_open, before=before)
    windows = shared.windows[key]
    counts = windows.counts if numbers is None else numbers[windows.rights] - numbers[windows.lefts]
    return Range(dense, windows, counts, grid, length, offset, dialect, key, shared)


def _timing(ranges: Range) -> Timing:
    times, windows = ranges.samples.times, ranges.windows
    enough = ranges.counts >= 2
    first = np.where(enough, windows.lefts, 0)
    last = np.where(enough, windows.rights - 1, 1)
    ends = ranges.grid.times - ranges.offset
    sampled = (times[last] - times[first]) / 1000.0
    average = sampled / (ranges.counts - 1)
    half, threshold = average / 2, average * 1.1
    to_start = (times[first] - (ends - ranges.length)) / 1000.0
    to_end = (ends - times[last]) / 1000.0
    to_end = np.where(to_end < threshold, to_end, half)
    if not ranges.dialect.zero_first:
        to_start = np.where(to_start < threshold, to_start, half)
    return Timing(enough, first, last, sampled, to_start, to_end, half, threshold)


def _increase(ranges: Range) -> Result:
    """``increase`` with extrapolation: function ``extrapolatedRate`` of Prometheus."""
    if len(ranges.samples.times) < 2:
        return np.zeros(ranges.grid.count), np.zeros(ranges.grid.count, dtype=np.bool_)
    timing, values, windows = ranges.timing(), ranges.samples.values, ranges.windows
    sampled = timing.sampled
    start = values[timing.first]
    risen = values[timing.last] - start
    if _resets(ranges.samples):
        steps = Windows(np.minimum(windows.lefts + 1, windows.rights), windows.rights)
        risen += steps.sums(ranges.samples.levels["resets"][0], _reset_levels(ranges.samples))
    rising = (risen > 0) & (start >= 0)
    to_zero = np.where(rising, sampled * (start / risen), np.inf)
    to_start = np.minimum(timing.to_start, to_zero)
    if ranges.dialect.zero_first:
        to_start = np.where(to_start < timing.threshold, to_start, timing.half)
    return risen * ((sampled + to_start + timing.to_end) / sampled), timing.enough


def _resets(samples: Samples) -> bool:
    """Whether the counter ever falls; what was counted before each fall stands in ``levels["resets"]``."""
    if "resets" not in samples.levels:
        values = samples.values
        fallen = np.zeros(len(values))
        fallen[1:] = np.where(values[1:] < values[:-1], values[:-1], 0.0)
        samples.levels["resets"] = [fallen]
    return bool(samples.levels["resets"][0].any())


def _reset_levels(samples: Samples) -> Levels:
    return {"sum": samples.levels["resets"]}


def _rate(ranges: Range) -> Result:
    values, present = _increase(ranges)
    return values / (ranges.length / 1000.0), present


def _sum(ranges: Range) -> Result:
    return ranges.windows.sums(ranges.samples.values, ranges.samples.levels), ranges.counts > 0


def _avg(ranges: Range) -> Result:
    values, present = _sum(ranges)
    return values / ranges.counts, present


def _count(ranges: Range) -> Result:
    counts = ranges.counts
    return counts.astype(np.float64), counts > 0


def _present(ranges: Range) -> Result:
    counts = ranges.counts
    return np.ones(len(counts)), counts > 0


def _max(ranges: Range) -> Result:
    return ranges.windows.extremes(ranges.samples.values, ranges.samples.levels, largest=True), ranges.counts > 0


def _min(ranges: Range) -> Result:
    return ranges.windows.extremes(ranges.samples.values, ranges.samples.levels, largest=False), ranges.counts > 0


def _last(ranges: Range) -> Result:
    present = ranges.counts > 0
    if not present.any():
        return np.zeros(len(present)), present
    return ranges.samples.values[np.where(present, ranges.windows.rights - 1, 0)], present


def _number_of_changes(differs: Callable[[Floats, Floats], Flags]) -> Callable[[Range], Result]:
    def count(ranges: Range) -> Result:
        values = ranges.samples.values
        marks = np.zeros(len(values))
        marks[1:] = differs(values[1:], values[:-1])
        windows = ranges.windows
        steps = Windows(np.minimum(windows.lefts + 1, windows.rights), windows.rights)
        return steps.sums(marks, {}), ranges.counts > 0

    return count


def _changed(now: Floats, earlier: Floats) -> Flags:
    changed: Flags = (now != earlier) & ~(np.isnan(now) & np.isnan(earlier))
    return changed


def _fell(now: Floats, earlier: Floats) -> Flags:
    fell: Flags = now < earlier
    return fell


RANGE_FUNCTIONS: dict[str, Callable[[Range], Result]] = {
    "increase": _increase,
    "rate": _rate,
    "sum_over_time": _sum,
    "avg_over_time": _avg,
    "count_over_time": _count,
    "present_over_time": _present,
    "max_over_time": _max,
    "min_over_time": _min,
    "last_over_time": _last,
    "changes": _number_of_changes(_changed),
    "resets": _number_of_changes(_fell),
}
_SUMS = frozenset(["sum_over_time", "avg_over_time", "count_over_time", "present_over_time"])
"""Functions for which a 0 in an empty place is as good as no sample there, where samples are counted apart."""
KEEPS_NAME = frozenset(["last_over_time"])
