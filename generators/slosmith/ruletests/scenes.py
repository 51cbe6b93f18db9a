"""Scenes of raw series: the scrapes before an evaluation, and the values that the two base rules must record.

Scrapes are 0 to 3 minutes before the evaluation, like those of a pod that has just started, and 11 to 20 minutes before
it. A rule with a range other than five minutes gives other numbers. Prometheus 2 and 3 count differently at the start
of a range. With these times both give the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from slosmith.model import Duration, Labels, Selector
from slosmith.promql import matches
from slosmith.ruletests.series import History, Run

MINUTE = Duration(60_000)

HOUR_RANGE = Duration(3_660_000)
"""The range of samples that contains the increases of a whole hour, with a scrape each minute."""

SCRAPES = 4
"""Scrapes inside the five minutes: 3, 2, 1 and 0 minutes before the evaluation."""

RATE_SEEN = Fraction(7, 10)
"""Result of ``rate`` over four scrapes of a counter that rises by one a second: the increase of 180 s is extrapolated
by half a scrape interval to 210 s, and divided by 300 s.
"""

RATE_SEEN_ENDED = Fraction(1, 2)
"""The same for two scrapes 4 and 3 minutes before the evaluation: the increase of 60 s is extrapolated to the start of
the range and by half a scrape interval, to 150 s, and divided by 300 s.
"""

COUNTED, CLEAN, IDLE, PARTIAL, MISSING = range(1, 6)
"""The evaluations of a test with raw series, in order. Some kinds of indicators need more of them after these."""


class Scraped(msgspec.Struct, frozen=True):
    """One raw series: its metric name and labels, sorted."""

    metric: str
    labels: Labels

    def picked_by(self, selectors: Iterable[Selector]) -> bool:
        """Whether one of the selectors selects the series."""
        own = dict(self.labels)
        return any(
            selector.metric == self.metric
            and all(matches(matcher, own.get(matcher.label, "")) for matcher in selector.matchers)
            for selector in selectors
        )


class Outcome(msgspec.Struct, frozen=True):
    """The recorded rates of one group, per second. None: nothing is recorded."""

    group: Labels
    total: Fraction | None
    bad: Fraction | None


class Scene(msgspec.Struct, frozen=True):
    """The input before the evaluation with this number, and everything that the rules record at it."""

    evaluation: int
    title: str
    fed: tuple[tuple[Scraped, History], ...]
    outcomes: tuple[Outcome, ...]
    ratios: tuple[tuple[Duration, Fraction], ...] = ()
    """Recorded error ratios, for windows whose rules read raw series."""
    hour: tuple[Outcome, ...] = ()
    """The rates over :data:`HOUR_RANGE`, for rules that count the events of an hour."""


def scraped(metric: str, labels: Mapping[str, str], group: Labels) -> Scraped:
    """A series with its labels and those of the group. Its own labels replace labels of the group."""
    return Scraped(metric, tuple(sorted({**dict(group), **labels}.items())))


def group_of(series: Scraped, group_by: tuple[str, ...]) -> Labels:
    """The group of a series. Labels that the series does not have are missing in the group too."""
    own = dict(series.labels)
    return tuple((label, own[label]) for label in group_by if label in own)


def counter(rate: int, *, reset: bool = False) -> History:
    """A counter that rises by ``rate`` a second. With ``reset`` it restarts two minutes before the evaluation."""
    minute = 60 * rate
    start = 100 * minute
    older = Run(11, 20, minute, 1 if rate else 0)
    if reset:
        return older, Run(2, 3, start, minute), Run(0, 1, minute, minute)
    return older, Run(0, 3, start, minute)


def ended_counter(rate: int) -> History:
    """A counter whose last scrape was three minutes ago. A shorter range contains none of its samples."""
    return (Run(3, 4, 6000 * rate, 60 * rate),)


def gone_counter(rate: int) -> History:
    """A counter that disappeared six minutes ago. Only a longer range contains samples of it."""
    return (Run(6, 9, 6000 * rate, 60 * rate),)


def idle_counter(value: int) -> History:
    """A counter that does not change."""
    return Run(11, 20, value), Run(0, 3, value)


def nan_counter(rate: int) -> History:
    """A counter whose last sample is NaN. ``rate`` is NaN while such a sample is the first or last one in its range."""
    minute = 60 * rate
    return Run(1, 3, 100 * minute, minute), Run(0, 0, Decimal("NaN"))
