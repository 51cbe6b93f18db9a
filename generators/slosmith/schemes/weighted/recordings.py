"""Recordings of one SLO: events, hour tiles and error ratios.

Only the two base rules read raw series, over five minutes. The ratio of every longer window is sum(bad) / sum(total) of
their recordings. So every event has the same weight, and a minute with more events counts more.

An hour tile is the number of events in the last sixty minutes, recorded at every evaluation. Windows of a week and
longer, and the periods, read one tile for each hour.
"""

from __future__ import annotations

from slosmith.model import Duration
from slosmith.model.rules import RecordingKind, RecordingRule
from slosmith.schemes.chain import Chain
from slosmith.schemes.tiers import FIVE_MINUTES, ratio_windows
from slosmith.schemes.weighted.ranges import events, over, read_from_tiles
from slosmith.sli.base import base_expressions, portable_ratio_query
from slosmith.vocabulary import names

HOUR = Duration(3_600_000)


def base(chain: Chain) -> list[RecordingRule]:
    """Events per second, bad and all. Bad events exist only if all series that they are computed from exist. All events
    exist only if bad events exist: while a bucket is missing, nobody knows whether the events were good, so no ratio
    may count them as good.
    """
    slo = chain.slo
    if slo.counts_events:
        expressions = base_expressions(slo.indicator, slo.group_by)
        bad = expressions.bad
        total = f"{expressions.total}\nand on ({', '.join(slo.group_by)})\n{chain.series(names.BAD_RATE)}"
    else:
        # a ratio has no events: it counts as one event a second, and the ratio is the bad part (">= 0" drops NaN)
        ratio = f"(\n{portable_ratio_query(slo.indicator, FIVE_MINUTES)}\n) >= 0"
        total, bad = f"1 + 0 * (\n{ratio}\n)", ratio
    return [
        chain.recording(RecordingKind.BASE, names.BAD_RATE, bad, chain.base_labels),
        chain.recording(RecordingKind.BASE, names.TOTAL_RATE, total, chain.base_labels),
    ]


def tiles(chain: Chain, interval: Duration) -> list[RecordingRule]:
    """The hour tiles: events of the last hour, all and bad."""
    return [
        chain.recording(RecordingKind.TILE, tile, events(chain, rate, HOUR, interval), chain.base_labels)
        for tile, rate in ((names.TOTAL_HOUR, names.TOTAL_RATE), (names.BAD_HOUR, names.BAD_RATE))
    ]


def error_ratios(chain: Chain) -> list[RecordingRule]:
    """``slo:sli_error:ratio_rate<w>`` for 5m and every window of the alert catalogue, shortest first."""
    return [_error_ratio(chain, window, _ratio(chain, window)) for window in ratio_windows(chain.slo.alerting)]


def period(chain: Chain) -> list[RecordingRule]:
    """Events of the rolling period, and its error ratio, from hour tiles."""
    rolling = chain.slo.period.rolling
    counts = [
        chain.recording(
            RecordingKind.EVENTS,
            recorded,
            f"sum_over_time({chain.series(tile)}[{rolling.in_days}:1h])",
            chain.base_labels,
        )
        for recorded, tile in ((names.PERIOD_TOTAL, names.TOTAL_HOUR), (names.PERIOD_BAD, names.BAD_HOUR))
    ]
    ratio = divide(chain.series(names.PERIOD_BAD), chain.series(names.PERIOD_TOTAL))
    return [*counts, _error_ratio(chain, rolling, ratio)]


def divide(bad: str, total: str) -> str:
    """bad / total, and 0 while there are no events.

    The zero is computed from ``total``, which exists only where bad events are known too. Without data there is no
    ratio.
    """
    return f"{bad}\n/\n({total} > 0)\nor\n0 * {total}"


def _ratio(chain: Chain, window: Duration) -> str:
    if not chain.slo.counts_events:
        return portable_ratio_query(chain.slo.indicator, window)
    if window == FIVE_MINUTES:
        return divide(chain.series(names.BAD_RATE), chain.series(names.TOTAL_RATE))
    if read_from_tiles(window):
        bad = f"sum_over_time({chain.series(names.BAD_HOUR)}[{window.in_days}:1h])"
        return divide(bad, f"sum_over_time({chain.series(names.TOTAL_HOUR)}[{window.in_days}:1h])")
    bad = over(chain, "sum_over_time", names.BAD_RATE, window)
    return divide(bad, over(chain, "sum_over_time", names.TOTAL_RATE, window))


def _error_ratio(chain: Chain, window: Duration, expr: str) -> RecordingRule:
    labels = tuple(sorted((*chain.labels, (names.WINDOW, str(window)))))
    return chain.recording(RecordingKind.RATIO, names.error_ratio(window), expr, labels)
