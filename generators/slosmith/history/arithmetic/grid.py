"""Evaluation times: evenly spaced instants, in milliseconds since 1970."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Kinds: TypeAlias = NDArray[np.uint8]


class Grid(msgspec.Struct, frozen=True):
    """``count`` instants from ``start`` on, every ``step``; both in milliseconds."""

    start: int
    step: int
    count: int

    @classmethod
    def between(cls, start: int, end: int, step: int) -> Grid:
        """From ``start`` to ``end``, both included where the steps meet them; empty where ``end`` is earlier."""
        return cls(start, step, max(0, (end - start) // step + 1))

    @property
    def times(self) -> Integers:
        """All instants. The array is shared: it must not be changed."""
        return _times(self.start, self.step, self.count)

    @property
    def end(self) -> int:
        """The last instant."""
        return self.start + self.step * (self.count - 1)

    def seconds(self) -> Floats:
        """All instants as Unix time in seconds, as ``time()`` gives them."""
        return self.times / 1000.0

    def part(self, first: int, last: int) -> Grid:
        """The instants with the indices ``first`` to ``last``, without ``last``."""
        return Grid(self.start + self.step * first, self.step, last - first)


@lru_cache(maxsize=64)
def _times(start: int, step: int, count: int) -> Integers:
    found: Integers = start + step * np.arange(count, dtype=np.int64)
    found.flags.writeable = False
    return found
