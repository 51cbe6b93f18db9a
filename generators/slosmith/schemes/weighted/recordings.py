"""Recordings of the events and error ratios of one SLO.

The base rules read raw series over five minutes. Ratios of windows below a day are sum(bad) / sum(total) of their
recordings. So every event has the same weight, and a minute with more events counts more.

An hour tile is the number of events in the last sixty minutes, recorded at every evaluation. Tiles of counters read raw
series again, over the whole hour: an event between two scrapes counts, however many scrapes or evaluations are missing
between them. Windows of a day and longer, and the periods, read one tile for each hour.
"""

from __future__ import annotations

from slosmith.model import BooleanGauge, Duration, Freshness, GaugeThreshold, QueryRatio, Slo
from slosmith.model.rules import RecordingKind, RecordingRule
from slosmith.promql import has_window
from slosmith.schemes.chain import Chain
from slosmith.schemes.tiers import FIVE_MINUTES, ratio_windows
from slosmith.schemes.weighted.ranges import events, over, read_from_tiles, tile_sum
from slosmith.sli.base import base_expressions, portable_ratio_query
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import EXACT, plain

HOUR = Duration(3_600_000)
MINUTE = Duration(60_000)

LEAST_EVENTS = "1e-9"
"""Less than any number of events. A ratio divides by it while there are none."""


def base(chain: Chain) -> list[RecordingRule]:
    """Events per second, bad and all. Bad events exist only if all series that they are computed from exist. All events
    exist only if bad events exist: while a bucket is missing, nobody knows whether the events were good, so no ratio
    may count them as good.
    """
    slo = chain.slo
    if slo.counts_events:
        expressions = base_expressions(slo.indicator, slo.group_by)
        bad, total = expressions.bad, _known(chain, expressions.total, names.BAD_RATE)
    else:
        # a ratio has no events: it counts as one event a second, and the ratio is the bad part (">= 0" drops NaN)
        ratio = f"(\n{portable_ratio_query(slo.indicator, FIVE_MINUTES)}\n) >= 0"
        total, bad = f"1 + 0 * (\n{ratio}\n)", ratio
    return [
        chain.recording(RecordingKind.BASE, names.BAD_RATE, bad, chain.base_labels),
        chain.recording(RecordingKind.BASE, names.TOTAL_RATE, total, chain.base_labels),
    ]


def tiles(chain: Chain, interval: Duration, scrape_interval: Duration = MINUTE) -> list[RecordingRule]:
    """The hour tiles: events of the last hour, bad and all, and the seen share of the hour.

    ``interval`` is the time between two evaluations of the base rules.
    """
    slo = chain.slo
    if tiles_read_raw(slo):
        # a range of an hour contains the increases between its scrapes, so one interval is missing from the hour
        hour = base_expressions(slo.indicator, slo.group_by, tile_range(scrape_interval))
        bad, total = (f"{HOUR.whole_seconds} * (\n{rate}\n)" for rate in (hour.bad, hour.total))
        total = _known(chain, total, names.BAD_HOUR)
    else:
        bad, total = (events(chain, rate, HOUR, interval) for rate in (names.BAD_RATE, names.TOTAL_RATE))
    # the hour has one evaluation more, from its start to its end: a ruler that sees its recordings one evaluation later
    # misses the newest one
    seen = over(chain, "count_over_time", names.TOTAL_RATE, Duration(HOUR.milliseconds + interval.milliseconds))
    evaluations = plain(EXACT.divide(HOUR.seconds, interval.seconds))
    return [
        chain.recording(RecordingKind.TILE, names.BAD_HOUR, bad, chain.base_labels),
        chain.recording(RecordingKind.TILE, names.TOTAL_HOUR, total, chain.base_labels),
        chain.recording(
            RecordingKind.TILE, names.COVERAGE_HOUR, f"clamp_max({seen} / {evaluations}, 1)", chain.base_labels
        ),
    ]


def tiles_read_raw(slo: Slo) -> bool:
    """Whether hour tiles read raw series: where events are counted by counters. A sample of a gauge counts once, so
    nothing is known between two of them, and tiles are sums of the recorded rates.
    """
    match slo.indicator:
        case BooleanGauge() | GaugeThreshold() | Freshness():
            return False
        case QueryRatio(total=total, bad=bad, good=good):
            return all(map(has_window, (total, bad or good or "")))
        case _:
            return slo.counts_events


def tile_range(scrape_interval: Duration) -> Duration:
    """The range of raw samples that contains the increases of a whole hour."""
    return Duration(HOUR.milliseconds + scrape_interval.milliseconds)


def short_ratios(chain: Chain) -> list[RecordingRule]:
    """``slo:sli_error:ratio_rate<w>`` for 5m and every window of the alert catalogue below a day, shortest first."""
    return [_error_ratio(chain, window, _ratio(chain, window)) for window in short_windows(chain.slo)]


def long_ratios(chain: Chain) -> list[RecordingRule]:
    """The same for windows of a day and longer."""
    windows = [window for window in ratio_windows(chain.slo.alerting) if read_from_tiles(window)]
    return [_error_ratio(chain, window, _ratio(chain, window)) for window in windows]


def short_windows(slo: Slo) -> list[Duration]:
    """The windows below a day, shortest first."""
    return [window for window in ratio_windows(slo.alerting) if not read_from_tiles(window)]


def short_events(chain: Chain, interval: Duration) -> list[RecordingRule]:
    """All events in each long window of an alert below a day. Bad events are this times the error ratio."""
    return _window_events(chain, interval, tiled=False)


def long_events(chain: Chain, interval: Duration) -> list[RecordingRule]:
    """The same for windows of a day and longer."""
    return _window_events(chain, interval, tiled=True)


def _window_events(chain: Chain, interval: Duration, *, tiled: bool) -> list[RecordingRule]:
    return [
        chain.recording(
            RecordingKind.WINDOW_EVENTS,
            names.window_events(window),
            tile_sum(chain, names.TOTAL_HOUR, window) if tiled else events(chain, names.TOTAL_RATE, window, interval),
            chain.base_labels,
        )
        for window in event_windows(chain.slo)
        if read_from_tiles(window) is tiled
    ]


def event_windows(slo: Slo) -> list[Duration]:
    """The windows of which all events are recorded, shortest first: the long windows of the catalogue. They do not
    depend on which alerts are written, because another server may have the alerts.
    """
    catalogue = slo.alerting.windows if slo.alerting is not None and slo.counts_events else ()
    return sorted({window.long for window in catalogue})


def period(chain: Chain) -> list[RecordingRule]:
    """Events of the rolling period, and its error ratio, from hour tiles."""
    rolling = chain.slo.period.rolling
    counts = [
        chain.recording(RecordingKind.EVENTS, recorded, tile_sum(chain, tile, rolling), chain.base_labels)
        for recorded, tile in ((names.PERIOD_TOTAL, names.TOTAL_HOUR), (names.PERIOD_BAD, names.BAD_HOUR))
    ]
    ratio = divide(chain.series(names.PERIOD_BAD), chain.series(names.PERIOD_TOTAL))
    return [*counts, _error_ratio(chain, rolling, ratio)]


def divide(bad: str, total: str) -> str:
    """bad / total, and 0 while there are no events. Both exist or both are missing; without data there is no ratio."""
    return f"{bad}\n/\nclamp_min({total}, {LEAST_EVENTS})"


def _known(chain: Chain, total: str, bad: str) -> str:
    """``total`` only where bad events are recorded."""
    return f"{total}\nand on ({', '.join(chain.slo.group_by)})\n{chain.series(bad)}"


def _ratio(chain: Chain, window: Duration) -> str:
    if not chain.slo.counts_events:
        return portable_ratio_query(chain.slo.indicator, window)
    if window == FIVE_MINUTES:
        return divide(chain.series(names.BAD_RATE), chain.series(names.TOTAL_RATE))
    if read_from_tiles(window):
        return divide(tile_sum(chain, names.BAD_HOUR, window), tile_sum(chain, names.TOTAL_HOUR, window))
    bad = over(chain, "sum_over_time", names.BAD_RATE, window)
    return divide(bad, over(chain, "sum_over_time", names.TOTAL_RATE, window))


def _error_ratio(chain: Chain, window: Duration, expr: str) -> RecordingRule:
    labels = tuple(sorted((*chain.labels, (names.WINDOW, str(window)))))
    return chain.recording(RecordingKind.RATIO, names.error_ratio(window), expr, labels)
