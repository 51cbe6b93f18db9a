"""Compares recorded numbers with counted numbers. Differences above 0.5 % are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from tests.truth.recorded import FIRST
from tests.truth.traffic import Span

TOLERANCE = 0.005
"""Relative; for windows of an hour and longer."""

LAGS = range(6)
"""A window's edge is somewhere in the five minutes of the rate."""

_NOTHING = 1e-9

Count = Callable[[int, int], tuple[float, float]]
"""(evaluation, lag in minutes) -> bad and total events."""


class Comparison:
    """The comparison of one recording of one SLO. It collects the largest error and every error above the limit."""

    def __init__(self, title: str, span: Span) -> None:
        self.title, self.span = title, span
        self.checked = self.quiet = 0
        self.worst_quiet = self.worst_smeared = self.worst_anywhere = 0.0
        self.misses: list[str] = []

    def ratios(
        self,
        measured: Mapping[int, float],
        plain: Count,
        smeared: Callable[[int], tuple[float, float]],
        *,
        plain_too: bool = True,
    ) -> None:
        """Compares every ratio with the smeared count. If all six plain counts of the five minutes at an edge agree,
        also compares it with the plain count of exactly its window (not with ``plain_too`` False).
        """
        for minute, value in measured.items():
            if minute < FIRST + 5:
                continue
            self.checked += 1
            lagged = [ratio(*plain(minute, lag)) for lag in LAGS]
            expected = lagged[0]
            error = _relative(value, expected)
            self.worst_anywhere = max(self.worst_anywhere, error)
            if max(_relative(other, expected) for other in lagged) <= TOLERANCE / 2:
                self.quiet += 1
                self.worst_quiet = max(self.worst_quiet, error)
                if plain_too and error > TOLERANCE:
                    self._miss(minute, value, expected, "plain")
            expected = ratio(*smeared(minute))
            error = _relative(value, expected)
            self.worst_smeared = max(self.worst_smeared, error)
            if error > TOLERANCE:
                self._miss(minute, value, expected, "smeared")

    def numbers(self, measured: Mapping[int, float], expected: Callable[[int], float]) -> None:
        """Compares every number with its expected number."""
        for minute, value in measured.items():
            self.checked += 1
            self.quiet += 1
            error = _relative(value, expected(minute))
            self.worst_quiet = max(self.worst_quiet, error)
            if error > TOLERANCE:
                self._miss(minute, value, expected(minute), "expected")

    def line(self) -> str:
        """One line of the report. Errors are relative, in percent."""
        return (
            f"{self.title:66} {self.checked:6} compared, {self.quiet:6} quiet; worst: quiet {self.worst_quiet:9.5%}"
            f", smeared {self.worst_smeared:9.5%}, plain anywhere {self.worst_anywhere:8.2%}"
        )

    def _miss(self, minute: int, value: float, expected: float, kind: str) -> None:
        at = datetime.fromtimestamp(self.span.start + 60 * minute, UTC).strftime("%Y-%m-%d %H:%M")
        self.misses.append(f"{self.title} at {at} ({minute}): {value:.9g}, {kind} {expected:.9g}")


def verdict(comparisons: Iterable[Comparison]) -> str:
    """Prints the report. Returns the errors above the limit as text (empty: none)."""
    found = list(comparisons)
    print()
    for item in found:
        print(item.line())
    missed = [item for item in found if item.misses]
    return "\n".join(line for item in missed for line in [f"{len(item.misses)} misses:", *item.misses[:5]])


def ratio(bad: float, total: float) -> float:
    """The ratio; 0 without events."""
    return bad / total if total > _NOTHING else 0.0


def _relative(value: float, expected: float) -> float:
    if abs(expected) <= _NOTHING:
        return 0.0 if abs(value) <= _NOTHING else 1.0
    return abs(value - expected) / abs(expected)
