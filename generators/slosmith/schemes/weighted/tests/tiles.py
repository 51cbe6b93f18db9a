"""Hour tiles as the input of tests of budgets, and the sums of ranges over them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slosmith.ruletests.series import History, Run, Value

Count = int | Fraction
Tile = tuple[Count, Count]
"""An hour tile: events and bad events of an hour. Fractions have a short decimal form."""


_LATE = 7
"""Samples, one a minute, between a full hour and the last evaluation before it, if evaluations are lost."""


class TileBook:
    """The tiles of one SLO, by the hour at which they end, counted from time 0. Other hours have no sample."""

    def __init__(self) -> None:
        self._tiles: dict[int, Tile] = {}
        self._lost: set[int] = set()

    def add(self, hour: int, tile: Tile) -> None:
        """Adds a tile. Raises ValueError if the hour has a tile already."""
        if hour in self._tiles or hour < 1:
            raise ValueError(f"hour {hour} has a tile already")
        self._tiles[hour] = tile

    def has(self, hour: int) -> bool:
        return hour in self._tiles

    def hours(self) -> list[int]:
        """The hours that have a tile, ascending."""
        return sorted(self._tiles)

    def sums(self, now: int, hours: int) -> Tile | None:
        """Events and bad events in the ``hours`` up to ``now``. None if Prometheus versions differ, because a tile ends
        exactly at the start of the range.
        """
        if self.has(now - hours) and self._tiles[now - hours] != (0, 0):
            return None
        return self._sum(now - hours, now)

    def since(self, start: int, now: int, hours: int) -> Tile:
        """Events and bad events of the tiles that ended after the hour ``start``, in the last ``hours``."""
        return self._sum(max(start, now - hours), now)

    def _sum(self, after: int, now: int) -> Tile:
        seen = [tile for hour, tile in self._tiles.items() if after < hour <= now]
        return sum(total for total, _ in seen), sum(bad for _, bad in seen)

    def lose(self, hour: int) -> None:
        """The evaluations around this full hour are lost: its tile has only a sample seven minutes earlier."""
        self._lost.add(hour)

    def histories(self, now: int, per_hour: int) -> tuple[History, History]:
        """All tiles as samples, relative to the hour ``now``, with ``per_hour`` samples in an hour. Each tile has a
        second sample half an hour earlier. A subquery with a step that is too short would count it twice.
        """
        found: list[tuple[Run, Run]] = []
        for hour, (total, bad) in sorted(self._tiles.items()):
            newest = per_hour * (now - hour)
            for at in (newest + per_hour // 2, newest + _LATE if hour in self._lost else newest):
                found.append((Run(at, at, _value(total)), Run(at, at, _value(bad))))
        return tuple(total for total, _ in found), tuple(bad for _, bad in found)


def _value(count: Count) -> Value:
    return int(count) if count.denominator == 1 else Decimal(count.numerator) / Decimal(count.denominator)
