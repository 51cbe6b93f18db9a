"""What a contestant answers."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from slosmith.history.arithmetic import Outcome, Samples


class Contestant(msgspec.Struct, frozen=True):
    """``rules`` gives the texts of its rule files for a target (percent) and a period (days), in the order of
    evaluation; None: it refuses this period. ``budget_left`` finds the recorded remaining error budget (1: all).
    """

    name: str
    title: str
    rules: Callable[[str, int], tuple[str, ...] | None]
    budget_left: Callable[[Outcome, float], float | None]
    page: tuple[str, ...] = ("page", "critical")
    """Values of the label ``severity`` (or ``sloth_severity``) that page."""


def last(outcome: Outcome, record: str) -> float | None:
    """The last recorded value of the only series of that name; None where there is none at the end."""
    found = [series.samples for series in outcome.recorded if dict(series.labels)["__name__"] == record]
    values = [value for value in map(_last_sample, found) if value is not None]
    return values[0] if len(values) == 1 else None


def _last_sample(samples: Samples) -> float | None:
    if samples.kinds is not None and samples.kinds[-1] != 1:
        return None
    return float(samples.values[-1])


def no_budget(outcome: Outcome, budget_ratio: float) -> None:
    """For rules that record no budget."""
