"""Sums and extremes over sliding windows.

A difference of cumulative sums would be simpler, but it leaves rounding noise where a window holds nothing but zeros,
and one NaN or one huge value would spoil all later windows. So each window is made of blocks whose lengths are powers
of two: numbers that stand outside of a window never touch it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from slosmith.history.arithmetic.grid import Flags, Floats, Integers

Levels = dict[str, list[Floats]]
"""Blocks of an array by operation; level j holds, for each place, the result over the 2^j values that begin there."""


class Windows:
    """For each instant the places ``lefts`` up to ``rights``, without ``rights``, both within the array.

    ``inner`` is set where windows are alike: indices of the instants ``first`` to ``last`` whose windows all have
    ``length`` places and move on by ``stride``.
    """

    def __init__(self, lefts: Integers, rights: Integers, inner: tuple[int, int, int, int] | None = None) -> None:
        self.lefts, self.rights, self.inner = lefts, rights, inner

    @classmethod
    def even(cls, start: int, length: int, stride: int, count: int, size: int) -> Windows:
        """``count`` windows of ``length`` places from ``start`` on, each ``stride`` further, cut to ``size`` places."""
        lefts = start + stride * np.arange(count, dtype=np.int64)
        first = max(0, -(start // stride))
        last = min(count, (size - length - start) // stride + 1)
        inner = (first, last, length, stride) if length > 0 and last - first > 1 else None
        return cls(np.clip(lefts, 0, size), np.clip(lefts + max(0, length), 0, size), inner)

    @property
    def counts(self) -> Integers:
        """How many places each window has."""
        return self.rights - self.lefts

    def sums(self, values: Floats, levels: Levels) -> Floats:
        """The sum of each window; 0 for an empty one."""
        blocks = levels.setdefault("sum", [values])
        _extend(blocks, np.add, self._longest())
        total = np.zeros(len(self.lefts))
        for chosen, lefts, counts in self._irregular():
            total[chosen] = _pieces(blocks, lefts, counts)
        if self.inner is not None:
            first, last, length, stride = self.inner
            place = int(self.lefts[first])
            part = np.zeros(last - first)
            for level in range(length.bit_length()):
                if length >> level & 1:
                    part += blocks[level][place : place + stride * (last - first - 1) + 1 : stride]
                    place += 1 << level
            total[first:last] = part
        return total

    def extremes(self, values: Floats, levels: Levels, *, largest: bool) -> Floats:
        """The largest or smallest number of each window; NaN where there is none."""
        pick = np.fmax if largest else np.fmin
        blocks = levels.setdefault(pick.__name__, [values])
        _extend(blocks, pick, self._longest())
        found = np.full(len(self.lefts), np.nan)
        counts = self.counts
        for level in range(len(blocks)):
            chosen = np.flatnonzero((counts >> level) == 1)
            if len(chosen):
                block, rights = blocks[level], self.rights[chosen]
                found[chosen] = pick(block[self.lefts[chosen]], block[rights - (1 << level)])
        return found

    def _longest(self) -> int:
        return int(self.counts.max()) if len(self.lefts) else 0

    def _irregular(self) -> list[tuple[slice | Integers, Integers, Integers]]:
        """The windows that are not alike, as indices, first places and lengths; each only once where they repeat."""
        if self.inner is not None:
            first, last = self.inner[:2]
            parts = [slice(0, first), slice(last, len(self.lefts))]
        else:
            parts = [slice(0, len(self.lefts))]
        return [(part, self.lefts[part], self.counts[part]) for part in parts if part.start < part.stop]


def _extend(blocks: list[Floats], combine: Callable[[Floats, Floats], Floats], longest: int) -> None:
    while 1 << len(blocks) <= longest:
        last, half = blocks[-1], 1 << (len(blocks) - 1)
        blocks.append(combine(last[:-half], last[half:]))


def _pieces(blocks: list[Floats], lefts: Integers, counts: Integers) -> Floats:
    changed = _changes(lefts, counts)
    if 2 * int(changed.sum()) < len(lefts):
        chosen = np.flatnonzero(changed)
        repeated: Floats = _pieces(blocks, lefts[chosen], counts[chosen])[np.cumsum(changed) - 1]
        return repeated
    total, places = np.zeros(len(lefts)), lefts.copy()
    for level, block in enumerate(blocks):
        chosen = np.flatnonzero(counts >> level & 1)
        if len(chosen):
            total[chosen] += block[places[chosen]]
            places[chosen] += 1 << level
    return total


def _changes(lefts: Integers, counts: Integers) -> Flags:
    """Where a window differs from the one before it; the first one always does."""
    changed = np.ones(len(lefts), dtype=np.bool_)
    changed[1:] = (np.diff(lefts) != 0) | (np.diff(counts) != 0)
    return changed
