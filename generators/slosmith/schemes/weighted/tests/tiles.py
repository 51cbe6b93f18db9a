"""Hour tiles by the hour: what tests feed for budgets, and what ranges over them sum to."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slosmith.ruletests.series import History, Run, Value

Count = int | Fraction
Tile = tuple[Count, Count]
"""Events and bad events of an hour. Fractions have a short decimal form."""


class TileBook:
    """Tiles of one SLO by the hour since time 0 at which they end; hours that are not in it have no sample."""

    def __init__(self) -> None:
        self._tiles: dict[int, Tile] = {}

    def add(self, hour: int, tile: Tile) -> None:
        """Raises ValueError for an hour that is already there."""
        if hour in self._tiles or hour < 1:
            raise ValueError(f"hour {hour} is taken")
        self._tiles[hour] = tile

    def has(self, hour: int) -> bool:
        return hour in self._tiles

    def sums(self, now: int, hours: int) -> Tile | None:
        """Events and bad events in the ``hours`` up to ``now``; None where Prometheus versions differ, because a tile
        ends at exactly the range's start.
        """
        if self.has(now - hours) and self._tiles[now - hours] != (0, 0):
            return None
        return self._sum(now - hours, now)

    def since(self, start: int, now: int, hours: int) -> Tile:
        """Events and bad events of the tiles that ended after hour ``start`` (and within ``hours``)."""
        return self._sum(max(start, now - hours), now)

    def _sum(self, after: int, now: int) -> Tile:
        seen = [tile for hour, tile in self._tiles.items() if after < hour <= now]
        return sum(total for total, _ in seen), sum(bad for _, bad in seen)

    def histories(self, now: int) -> tuple[History, History]:
        """All tiles as samples every half hour, relative to hour ``now``: each also stands half an hour earlier, where
        a subquery with too short a step would count it once more.
        """
        found: list[tuple[Run, Run]] = []
        for hour, (total, bad) in sorted(self._tiles.items()):
            newest = 2 * (now - hour)
            found.append((Run(newest, newest + 1, _value(total)), Run(newest, newest + 1, _value(bad))))
        return tuple(total for total, _ in found), tuple(bad for _, bad in found)


def _value(count: Count) -> Value:
    return int(count) if count.denominator == 1 else Decimal(count.numerator) / Decimal(count.denominator)
