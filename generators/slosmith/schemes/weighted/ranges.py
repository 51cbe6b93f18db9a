"""Ranges over recorded rates and hour tiles, written so that Prometheus 2 and 3 read the same samples."""

from __future__ import annotations

from textwrap import indent

from slosmith.model import DAY, HOUR, Duration
from slosmith.schemes.chain import Chain
from slosmith.schemes.tiers import AlertTier

_WEEK = 604_800_000


def over(chain: Chain, function: str, metric: str, window: Duration) -> str:
    """``function`` over the recorded 5m rates of a window.

    It reads every recorded rate, not one in five minutes. A 5m rate contains the increases between the scrapes inside
    its five minutes. With steps of 5m, the increase between the last scrape of one step and the first scrape of the
    next step would be lost.

    The range is one second shorter than the window, because Prometheus 2 also counts a sample at the start of the range
    (61 samples in an hour).
    """
    return over_selector(chain.series(metric), function, window)


def over_selector(selector: str, function: str, window: Duration) -> str:
    """The same for any selector of a recorded 5m rate. Windows of a week and longer have steps of 5m, because promtool
    reads at most 10,000 samples of a series.
    """
    if window.milliseconds >= _WEEK:
        return f"{function}({selector}[{window.in_days}:5m])"
    return f"{function}({selector}[{_range_of(window)}])"


def events(chain: Chain, rate: str, window: Duration, interval: Duration) -> str:
    """The number of events in a window, from the recorded rates. Each rate counts for the time between two evaluations.
    Times without a rate have no events, for example before the first day of a service. This is why the rates are
    summed: their mean would count the missing times like the rest of the window.
    """
    return f"{interval.whole_seconds} * {over(chain, 'sum_over_time', rate, window)}"


def last_known(selector: str, window: Duration) -> str:
    """The last recorded value inside a window. Windows longer than an hour look every 5m, each time 5m back."""
    step = ":5m" if window > HOUR else ""
    return f"last_over_time({selector}[{window.in_days}{step}])"


def read_from_tiles(window: Duration) -> bool:
    """Whether a window is computed from hour tiles: all windows of a day and longer."""
    return window >= DAY


def windows_delay(tier: AlertTier) -> Duration:
    """How much later than its events the windows of a tier can be: an hour if they are read from hour tiles. An event
    is in these from the next full hour on.
    """
    return HOUR if any(read_from_tiles(window) for window in (tier.long, tier.short)) else Duration(0)


def tiles_of(window: Duration) -> str:
    """The range of a subquery that reads one hour tile for each hour of a window, on the full hour."""
    return f"[{window.in_days}:1h]"


def tile_sum(chain: Chain, tile: str, window: Duration) -> str:
    """The sum of the hour tiles of a window. A tile that is missing on the full hour, because of a lost evaluation, is
    replaced by one that is five to ten minutes older.
    """
    return f"sum_over_time((\n{indent(known_tile(chain, tile), '  ')}\n){tiles_of(window)})"


def known_tile(chain: Chain, tile: str) -> str:
    """The tile of the full hour, or the newest one that is five to ten minutes older."""
    series = chain.series(tile)
    return f"{series}\nor\n{series} offset 5m"


def _range_of(window: Duration) -> Duration:
    """``window`` minus one second. This range has one sample for each evaluation in the window, both in Prometheus 2
    (which counts a sample at the start of a range) and in Prometheus 3 (which does not).
    """
    return Duration(window.milliseconds - 1000)
