"""Sliding windows against plain sums, and what must not leak from one window into another."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from slosmith.history.arithmetic import Grid, Samples
from slosmith.history.arithmetic.windows import Windows

VALUES = st.lists(st.one_of(st.floats(0, 1e12), st.just(0.0), st.just(math.nan)), max_size=70)


@given(VALUES, st.integers(-40, 80), st.integers(0, 90), st.integers(1, 9), st.integers(0, 60))
def test_even_windows(numbers: list[float], start: int, length: int, stride: int, count: int) -> None:
    windows = Windows.even(start, length, stride, count, len(numbers))
    _hold(windows, np.array(numbers, dtype=np.float64))


@given(VALUES, st.data())
def test_any_windows(numbers: list[float], data: st.DataObject) -> None:
    places = st.integers(0, len(numbers))
    pairs = data.draw(st.lists(st.tuples(places, places), max_size=30))
    lefts = np.array([min(pair) for pair in pairs], dtype=np.int64)
    rights = np.array([max(pair) for pair in pairs], dtype=np.int64)
    _hold(Windows(lefts, rights), np.array(numbers, dtype=np.float64))


def _hold(windows: Windows, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    levels: dict[str, list[np.ndarray[tuple[int], np.dtype[np.float64]]]] = {}
    sums = windows.sums(values, levels).tolist()
    largest = windows.extremes(values, levels, largest=True).tolist()
    smallest = windows.extremes(values, levels, largest=False).tolist()
    for index, (left, right) in enumerate(zip(windows.lefts.tolist(), windows.rights.tolist(), strict=True)):
        part = values[left:right].tolist()
        known = [value for value in part if not math.isnan(value)]
        total = math.nan if len(known) < len(part) else math.fsum(part)
        assert math.isclose(sums[index], total, rel_tol=1e-13, abs_tol=0) or (
            math.isnan(total) and math.isnan(sums[index])
        )
        for found, wanted in ((largest, max(known, default=math.nan)), (smallest, min(known, default=math.nan))):
            assert found[index] == wanted or (math.isnan(wanted) and math.isnan(found[index]))


def test_a_window_of_zeros_is_zero_after_anything() -> None:
    values = np.concatenate((np.full(1000, 1e15 / 3), [np.nan, np.inf], np.full(500, 0.1), np.zeros(400)))
    windows = Windows.even(0, 300, 1, len(values) - 300, len(values))
    assert windows.sums(values, {})[-100:].tolist() == [0.0] * 100


def test_a_grid_that_is_finer_or_coarser_than_the_samples() -> None:
    samples = Samples.scraped(np.arange(0, 100) * 30_000, np.arange(100, dtype=np.float64))
    holes = Samples.scraped(np.delete(np.arange(0, 100) * 30_000, 50), np.delete(np.arange(100, dtype=np.float64), 50))
    for grid in (Grid(0, 60_000, 50), Grid(7_000, 10_000, 300), Grid(-600_000, 90_000, 60)):
        for left_open in (False, True):
            for before in (False, True):
                for each in (samples, holes):
                    windows = each.windows(grid, 300_000, 20_000, left_open=left_open, before=before)
                    for index, time in enumerate(grid.times.tolist()):
                        begin, end = time - 320_000, time - 20_000
                        inside = [
                            place for place, when in enumerate(each.times.tolist())
                            if begin + left_open <= when <= end - before
                        ]  # fmt: skip
                        assert int(windows.counts[index]) == len(inside)
                        if inside:
                            assert (int(windows.lefts[index]), int(windows.rights[index]) - 1) == (
                                inside[0],
                                inside[-1],
                            )
