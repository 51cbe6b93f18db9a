"""The samples of one series, and which of them an instant or a window sees."""

from __future__ import annotations

import numpy as np

from slosmith.history.arithmetic.grid import Flags, Floats, Grid, Integers, Kinds
from slosmith.history.arithmetic.windows import Windows
from slosmith.model import Labels

STALE_BITS = 0x7FF0000000000002
"""The NaN with which Prometheus marks the end of a series (``value.StaleNaN``)."""

NOTHING, SAMPLE, STALE = 0, 1, 2
"""What stands at a place: nothing (the rule was not evaluated, or gave nothing), a sample, a staleness marker."""


def stale(count: int) -> Floats:
    """``count`` staleness markers."""
    return np.full(count, STALE_BITS, dtype=np.uint64).view(np.float64)


class Samples:
    """Samples at ascending ``times`` (milliseconds). Arrays are shared and must not be changed."""

    def __init__(self, times: Integers, values: Floats, kinds: Kinds | None = None, grid: Grid | None = None) -> None:
        """``kinds`` says what stands at each place (None: samples everywhere); ``grid`` is set where the places are
        evenly spaced. Values where no sample stands mean nothing.
        """
        self.times, self.values, self.kinds, self.grid = times, values, kinds, grid
        self._last: Integers | None = None
        self._dense: Samples | None = None
        self._filled: Samples | None = None
        self._moments: bytes | None = None
        self.levels: dict[str, list[Floats]] = {}

    @classmethod
    def scraped(cls, times: Integers, values: Floats) -> Samples:
        """Samples as a server stores them, staleness markers among the values. Raises ValueError for times that do not
        ascend.
        """
        if len(times) != len(values) or (len(times) > 1 and int(np.diff(times).min()) <= 0):
            raise ValueError("samples need ascending times, and a value each")
        ended = values.view(np.uint64) == STALE_BITS
        kinds = np.where(ended, STALE, SAMPLE).astype(np.uint8) if ended.any() else None
        return cls(times, values, kinds, _evenly(times))

    @classmethod
    def recorded(cls, grid: Grid, values: Floats, kinds: Kinds) -> Samples:
        """What a rule recorded at the instants of ``grid``."""
        return cls(grid.times, values, None if bool((kinds == SAMPLE).all()) else kinds, grid)

    @property
    def dense(self) -> Samples:
        """The samples alone: windows see neither markers nor empty places."""
        if self.kinds is None:
            return self
        if self._dense is None:
            chosen = self.kinds == SAMPLE
            times = self.times[chosen]
            self._dense = Samples(times, self.values[chosen], None, _evenly(times))
        return self._dense

    @property
    def filled(self) -> Samples:
        """All places, with 0 where no sample stands: for sums, which stay on the grid that way."""
        if self.kinds is None:
            return self
        if self._filled is None:
            values = np.where(self.kinds == SAMPLE, self.values, 0.0)
            self._filled = Samples(self.times, values, None, self.grid)
        return self._filled

    @property
    def numbers(self) -> Integers | None:
        """How many samples stand before each place, and after the last; None: as many as places."""
        if self.kinds is None:
            return None
        return np.concatenate(([0], np.cumsum(self.kinds == SAMPLE)))

    @property
    def moments(self) -> Grid | bytes:
        """Equal for series with the same times."""
        if self.grid is not None:
            return self.grid
        if self._moments is None:
            self._moments = self.times.tobytes()
        return self._moments

    def seen(self, grid: Grid, offset: int, lookback: int, *, left_open: bool, before: bool) -> tuple[Floats, Flags]:
        """What an instant selector sees at each instant of ``grid``: values, and where there are any.

        ``offset`` and ``lookback`` are milliseconds. With ``before``, a sample at the instant itself is not there yet.
        """
        if not len(self.times):
            return np.zeros(grid.count), np.zeros(grid.count, dtype=np.bool_)
        if self.grid == grid and not offset and not before and (self.kinds is None or self._is_continuous()):
            return self.values, np.ones(grid.count, dtype=np.bool_) if self.kinds is None else self.kinds == SAMPLE
        wanted = grid.times - offset
        behind = self.places(grid, offset, inclusive=not before)
        found = self._last_event()[np.maximum(behind - 1, 0)]
        exists = (behind > 0) & (found >= 0)
        place = np.maximum(found, 0)
        age = wanted - self.times[place]
        present = exists & ((age < lookback) if left_open else (age <= lookback))
        if self.kinds is not None:
            present &= self.kinds[place] == SAMPLE
        return self.values[place], present

    def life(self, grid: Grid, length: int, offset: int) -> tuple[int, Grid]:
        """The instants whose windows of ``length``, ``offset`` ago, can hold a sample: the index of the first, and all
        of them. The whole grid where that is most of it.
        """
        if not len(self.times) or not grid.count:
            return 0, grid
        first = -(-(int(self.times[0]) + offset - grid.start) // grid.step)
        first = min(max(first, 0), grid.count)
        last = (int(self.times[-1]) + offset + length - grid.start) // grid.step + 1
        last = max(min(last, grid.count), first)
        return (0, grid) if last - first > grid.count // 2 else (first, grid.part(first, last))

    def places(self, grid: Grid, earlier: int, *, inclusive: bool) -> Integers:
        """For each instant of ``grid`` minus ``earlier``: places before it, with ``inclusive`` also at it."""
        if self.grid is None:
            return np.searchsorted(self.times, grid.times - earlier, "right" if inclusive else "left")
        since = grid.times - (earlier + self.grid.start)
        count = since // self.grid.step + 1 if inclusive else -(-since // self.grid.step)
        return np.clip(count, 0, self.grid.count)

    def windows(self, grid: Grid, length: int, offset: int, *, left_open: bool, before: bool) -> Windows:
        """Which places lie in the window of ``length`` milliseconds that ends ``offset`` before each instant."""
        own = self.grid
        if own is not None and grid.step % own.step == 0 and grid.count:
            since = grid.start - offset - own.start
            start = (since - length) // own.step + 1 if left_open else -(-(since - length) // own.step)
            end = -(-since // own.step) if before else since // own.step + 1
            return Windows.even(start, end - start, grid.step // own.step, grid.count, len(self.times))
        lefts = self.places(grid, offset + length, inclusive=left_open)
        rights = self.places(grid, offset, inclusive=not before)
        return Windows(lefts, np.maximum(rights, lefts))

    def _is_continuous(self) -> bool:
        """Whether a place without a sample means that the series is not there: a marker or a start, no missed write."""
        assert self.kinds is not None
        empty = self.kinds == NOTHING
        behind = np.concatenate(([False], (self.kinds[:-1] == SAMPLE)))
        return not bool((empty & behind).any())

    def _last_event(self) -> Integers:
        """The last place up to each one where something stands; -1: none."""
        if self._last is None:
            self._last = np.arange(len(self.times), dtype=np.int64)
            if self.kinds is not None:
                self._last = np.maximum.accumulate(np.where(self.kinds == NOTHING, -1, self._last))
        return self._last


class Series:
    """A series' labels, its name among them (``__name__``), sorted by label; and its samples."""

    def __init__(self, labels: Labels, samples: Samples) -> None:
        self.labels, self.samples = tuple(sorted(labels)), samples


def _evenly(times: Integers) -> Grid | None:
    if len(times) < 2:
        return None
    step = int(times[1] - times[0])
    last = int(times[0]) + step * (len(times) - 1)
    if last != int(times[-1]) or bool((np.diff(times) != step).any()):
        return None
    return Grid(int(times[0]), step, len(times))
