"""Samples of large sets of cases. `make test` runs a part, the same in every run. `make test-all` runs all cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Sample:
    """Chooses by name only. The choice does not depend on the machine, the day, or other cases in the set."""

    seed: int
    everything: bool

    def of(self, things: Sequence[T], name: Callable[[T], str], one_in: int, at_least: int = 1) -> list[T]:
        """One in ``one_in`` of the things (rounded up, and at least ``at_least``), in their order; or all of them."""
        if self.everything:
            return [*things]
        count = max(at_least, -(-len(things) // one_in))
        drawn = sorted(range(len(things)), key=lambda index: self._lot(name(things[index])))
        return [things[index] for index in sorted(drawn[:count])]

    def _lot(self, name: str) -> str:
        return sha256(f"{self.seed} {name}".encode()).hexdigest()

    def __str__(self) -> str:
        if self.everything:
            return "everything"
        return f"a part, seed {self.seed} (another part: --seed N; everything: --all)"
