"""Ranges over recorded rates and hour tiles: what is read of them, so that Prometheus 2 and 3 read the same."""

from __future__ import annotations

from slosmith.model import Duration
from slosmith.schemes.chain import Chain

_WEEK = 604_800_000


def over(chain: Chain, function: str, metric: str, window: Duration) -> str:
    """``function`` over every recorded 5m rate of a window.

    Every one counts: a 5m rate knows the increases between the scrapes inside its five minutes, so of those taken
    every 5m some scrape-to-scrape minutes would never be seen, and their errors neither. The range is a second
    short of the window: Prometheus 2 counts a sample at its very start too, 61 in an hour. Only from a week on,
    beyond promtool's limit of 10,000 samples a series, are 5m steps taken.
    """
    if window.milliseconds >= _WEEK:
        return f"{function}({chain.series(metric)}[{window.in_days}:5m])"
    return f"{function}({chain.series(metric)}[{_range_of(window)}])"


def events(chain: Chain, rate: str, window: Duration, interval: Duration) -> str:
    """How many events were seen in a window: every recorded rate stands for the time until the next one, which is
    ``interval``, or 5m where only every fifth is read. A time without a rate, as before a service's first day or
    while it is gone, holds no events: their mean would let the rest of the window stand for it.
    """
    seconds = 300 if window.milliseconds >= _WEEK else interval.whole_seconds
    return f"{seconds} * {over(chain, 'sum_over_time', rate, window)}"


def read_from_tiles(window: Duration) -> bool:
    """Windows of a week and longer are built from hour tiles."""
    return window.milliseconds >= _WEEK


def _range_of(window: Duration) -> Duration:
    """A second less than ``window``: the range whose samples are as many as the window's evaluations, in Prometheus 2
    (which counts one at the range's start) and 3 (which does not) alike.
    """
    return Duration(window.milliseconds - 1000)
