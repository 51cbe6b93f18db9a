"""Functions of a range: ``rate``, ``sum_over_time`` and their kin, for all instants at once."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from slosmith.history.arithmetic.dialect import Dialect
from slosmith.history.arithmetic.grid import Flags, Floats, Grid
from slosmith.history.arithmetic.samples import Samples
from slosmith.history.arithmetic.windows import Levels, Windows

Result = tuple[Floats, Flags]
"""A value for each instant, and where there is one."""


class Range(msgspec.Struct, frozen=True):
    """What a range holds of one series at each instant of ``grid``: samples without markers, and windows over them.
    ``length`` and ``offset`` are milliseconds.
    """

    samples: Samples
    windows: Windows
    grid: Grid
    length: int
    offset: int
    dialect: Dialect


def cut(samples: Samples, grid: Grid, length: int, offset: int, dialect: Dialect, *, before: bool) -> Range:
    """The ranges of ``samples`` that end ``offset`` before each instant; ``before`` leaves out a sample at the end."""
    dense = samples.dense
    windows = dense.windows(grid, length, offset, left_open=dialect.left_open, before=before)
    return Range(dense, windows, grid, length, offset, dialect)


def _increase(ranges: Range) -> Result:
    """``increase`` with extrapolation: function ``extrapolatedRate`` of Prometheus."""
    times, values = ranges.samples.times, ranges.samples.values
    windows = ranges.windows
    enough = windows.counts >= 2
    if not enough.any():
        return np.zeros(len(enough)), enough
    first = np.where(enough, windows.lefts, 0)
    last = np.where(enough, windows.rights - 1, 1)
    start = values[first]
    risen = values[last] - start
    if _resets(ranges.samples):
        steps = Windows(np.minimum(windows.lefts + 1, windows.rights), windows.rights)
        risen = risen + steps.sums(ranges.samples.levels["resets"][0], _reset_levels(ranges.samples))
    ends = ranges.grid.times - ranges.offset
    to_start = (times[first] - (ends - ranges.length)) / 1000.0
    to_end = (ends - times[last]) / 1000.0
    sampled = (times[last] - times[first]) / 1000.0
    average = sampled / (windows.counts - 1)
    threshold = average * 1.1
    rising = (risen > 0) & (start >= 0)
    to_zero = np.where(rising, sampled * (start / risen), np.inf)
    if ranges.dialect.zero_first:
        to_start = np.minimum(to_start, to_zero)
        to_start = np.where(to_start < threshold, to_start, average / 2)
    else:
        to_start = np.where(to_start >= threshold, average / 2, to_start)
        to_start = np.minimum(to_start, to_zero)
    to_end = np.where(to_end < threshold, to_end, average / 2)
    return risen * ((sampled + to_start + to_end) / sampled), enough


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
    return ranges.windows.sums(ranges.samples.values, ranges.samples.levels), ranges.windows.counts > 0


def _avg(ranges: Range) -> Result:
    values, present = _sum(ranges)
    return values / ranges.windows.counts, present


def _count(ranges: Range) -> Result:
    counts = ranges.windows.counts
    return counts.astype(np.float64), counts > 0


def _present(ranges: Range) -> Result:
    counts = ranges.windows.counts
    return np.ones(len(counts)), counts > 0


def _max(ranges: Range) -> Result:
    return ranges.windows.extremes(
        ranges.samples.values, ranges.samples.levels, largest=True
    ), ranges.windows.counts > 0


def _min(ranges: Range) -> Result:
    return ranges.windows.extremes(
        ranges.samples.values, ranges.samples.levels, largest=False
    ), ranges.windows.counts > 0


def _last(ranges: Range) -> Result:
    present = ranges.windows.counts > 0
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
        return steps.sums(marks, {}), windows.counts > 0

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
KEEPS_NAME = frozenset(["last_over_time"])
