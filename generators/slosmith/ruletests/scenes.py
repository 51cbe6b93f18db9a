"""Scenes of raw series: what is scraped before a tick, and what the two base rules have to make of it.

All scrapes stand at 0 to 3 minutes before the tick, as of a pod that has just been started, and at 11 to 20: a range
other than five minutes gives other numbers, and Prometheus 2 and 3, which differ at a range's edges, give the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from slosmith.model import Duration, Labels, Selector
from slosmith.promql import matches
from slosmith.ruletests.series import History, Run

MINUTE = Duration(60_000)

SCRAPES = 4
"""Scrapes inside the five minutes: minutes 3, 2, 1 and 0 before the tick."""

RATE_SEEN = Fraction(7, 10)
"""What ``rate`` makes of four scrapes of a counter that rises by one a second: 180 s of increase, extrapolated by half
a scrape interval to 210 s, of 300 s.
"""

RATE_SEEN_ENDED = Fraction(1, 2)
"""The same of two scrapes 4 and 3 minutes before the tick: 60 s, extrapolated to the range's start and by half a scrape
interval to 150 s, of 300 s.
"""

COUNTED, CLEAN, IDLE, PARTIAL, MISSING = range(1, 6)
"""The ticks of a raw test, in their order; some kinds of indicators need more after them."""


class Scraped(msgspec.Struct, frozen=True):
    """One raw series: its metric name and labels, sorted."""

    metric: str
    labels: Labels

    def picked_by(self, selectors: Iterable[Selector]) -> bool:
        """Whether one of the selectors picks the series."""
        own = dict(self.labels)
        return any(
            selector.metric == self.metric
            and all(matches(matcher, own.get(matcher.label, "")) for matcher in selector.matchers)
            for selector in selectors
        )


class Outcome(msgspec.Struct, frozen=True):
    """Recorded rates of one group, per second; None: not recorded."""

    group: Labels
    total: Fraction | None
    bad: Fraction | None


class Scene(msgspec.Struct, frozen=True):
    """What is fed before the tick of that number, and all that is recorded at it."""

    tick: int
    said: str
    fed: tuple[tuple[Scraped, History], ...]
    outcomes: tuple[Outcome, ...]
    ratios: tuple[tuple[Duration, Fraction], ...] = ()
    """Recorded error ratios over windows that read raw series themselves."""


def scraped(metric: str, labels: Mapping[str, str], group: Labels) -> Scraped:
    """A series with the group's labels where its own do not say otherwise."""
    return Scraped(metric, tuple(sorted({**dict(group), **labels}.items())))


def group_of(series: Scraped, group_by: tuple[str, ...]) -> Labels:
    """The group that a series is counted in; a label that it lacks is lacking there too."""
    own = dict(series.labels)
    return tuple((label, own[label]) for label in group_by if label in own)


def counter(rate: int, *, reset: bool = False) -> History:
    """A counter that rises by ``rate`` a second; ``reset``: it restarts two minutes before the tick."""
    minute = 60 * rate
    start = 100 * minute
    older = Run(11, 20, minute, 1 if rate else 0)
    if reset:
        return older, Run(2, 3, start, minute), Run(0, 1, minute, minute)
    return older, Run(0, 3, start, minute)


def ended_counter(rate: int) -> History:
    """A counter whose last scrape was three minutes ago: a shorter range sees nothing of it."""
    return (Run(3, 4, 6000 * rate, 60 * rate),)


def gone_counter(rate: int) -> History:
    """A counter that vanished six minutes ago: only a longer range sees it."""
    return (Run(6, 9, 6000 * rate, 60 * rate),)


def idle_counter(value: int) -> History:
    """A counter on which nothing happens."""
    return Run(11, 20, value), Run(0, 3, value)
