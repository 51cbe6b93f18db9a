"""SLOs of every kind, for tests of generated unit tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from slosmith.model import (
    Alerting,
    BooleanGauge,
    BurnRateWindow,
    Calendar,
    CounterRatio,
    Duration,
    Freshness,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    Objective,
    Origin,
    Period,
    QueryRatio,
    RawRatio,
    Selector,
    Service,
    Slo,
)


def duration(text: str) -> Duration:
    return Duration.parse(text)


def window(
    name: str, share: str, long: str, short: str, severity: Any, hold: str = "", keep: str = ""
) -> BurnRateWindow:
    times = [duration(text) if text else None for text in (hold, keep)]
    return BurnRateWindow(name, Decimal(share), duration(long), duration(short), severity, hold=times[0], keep=times[1])


QUARTER = Calendar("quarter", ((3, 1), (6, 1), (9, 1), (12, 1)))
MONTH = Calendar("month", tuple((month, 1) for month in range(1, 13)))

WINDOWS = (
    window("1h", "0.02", "1h", "5m", "page", keep="25m"),
    window("6h", "0.05", "6h", "30m", "page"),
    window("1d", "0.10", "1d", "2h", "ticket", "1h", "24h"),
    window("3d", "0.10", "3d", "6h", "ticket", "1h", "24h"),
)
HALF_DAYS = (window("12h", "0.02", "12h", "1h", "page"), window("37d", "0.11", "37d", "3d", "ticket"))
"""12h begins in an hour at whose end tests for consumers evaluate rules."""
WEEKS = (window("2h", "0.01", "2h", "10m", "page"), window("7d", "0.20", "7d", "12h", "ticket", "3h"))

ALERTING = Alerting("default", WINDOWS)

REQUESTS = Selector(
    "http_requests_total",
    (Matcher("job", "=", "shop"), Matcher("handler", "!~", "/health|/metrics"), Matcher("zone", "=~", "a[12]")),
)
COUNTERS = CounterRatio(total=(REQUESTS,), bad=(REQUESTS.with_matchers(Matcher("code", "=~", "5..")),))
GOOD_COUNTERS = CounterRatio(total=(REQUESTS,), good=(REQUESTS.with_matchers(Matcher("code", "!~", "5..")),))
UNION = CounterRatio(
    total=(REQUESTS, Selector("gateway_requests_total", (Matcher("job", "=", "shop"),))),
    bad=(REQUESTS.with_matchers(Matcher("code", "=~", "5..")), Selector("gateway_failures_total")),
)
_DURATIONS = (Matcher("job", "=", "shop"), Matcher("code", "=~", "2.."))
HISTOGRAM = HistogramLatency(
    buckets=(Selector("http_duration_milliseconds_bucket", _DURATIONS),),
    total=(Selector("http_duration_milliseconds_count", _DURATIONS),),
    le="500",
)
EITHER = msgspec.structs.replace(HISTOGRAM, native=True)
BOUND = CounterRatio(
    total=(Selector("answer_seconds_count", (Matcher("job", "=", "shop"),)),),
    good=(Selector("answer_seconds_bucket", (Matcher("job", "=", "shop"), Matcher("le", "=", "1"))),),
)
PROBE = BooleanGauge((Selector("probe_success", (Matcher("job", "=", "blackbox"), Matcher("site", "!=", "lab"))),))
LAG = GaugeThreshold((Selector("queue_lag", (Matcher("queue", "=", "mail"),)),), "<=", Decimal(100))
BACKUP = Freshness((Selector("backup_finished_seconds", (Matcher("database", "=", "users"),)),), duration("26h"))
QUERIES = QueryRatio(
    total='sum(rate(jobs_total{queue="mail"}[{{.window}}]))',
    bad='sum(rate(jobs_failed_total{queue="mail"}[{{.window}}]))',
)
RATIO = RawRatio(
    'sum(rate(jobs_failed_total{queue="mail"}[{{.window}}])) / sum(rate(jobs_total{queue="mail"}[{{.window}}]))'
)
NATIVE = NativeHistogramLatency((Selector("http_duration_seconds", (Matcher("job", "=", "shop"),)),), Decimal("0.5"))

KINDS: dict[str, Indicator] = {
    "counters": COUNTERS,
    "good-counters": GOOD_COUNTERS,
    "union": UNION,
    "histogram": HISTOGRAM,
    "either": EITHER,
    "bound": BOUND,
    "probe": PROBE,
    "gauge": LAG,
    "freshness": BACKUP,
    "queries": QUERIES,
    "ratio": RATIO,
    "native": NATIVE,
}


def slo(
    name: str = "availability",
    indicator: Indicator = COUNTERS,
    target: str = "0.98",
    rolling: str = "28d",
    calendar: Calendar | None = QUARTER,
    alerting: Alerting | None = ALERTING,
    **more: Any,
) -> Slo:
    return Slo(
        service="shop",
        name=name,
        indicator_name=name,
        indicator=indicator,
        objective=Objective(Decimal(target)),
        period=Period(duration(rolling), calendar),
        team="sales",
        alerting=alerting,
        **more,
    )


def renamed(indicator: Indicator, number: int) -> Indicator:
    """The same indicator with other metrics, so copies of an SLO do not read the same series."""
    if isinstance(indicator, QueryRatio | RawRatio):
        texts = {name: text for name in indicator.__struct_fields__ if (text := getattr(indicator, name))}
        fresh = {name: text.replace("_total", f"_{number}_total") for name, text in texts.items()}
        return msgspec.structs.replace(indicator, **fresh)
    unions = {
        name: union for name in indicator.__struct_fields__ if isinstance(union := getattr(indicator, name), tuple)
    }
    moved = {
        name: tuple(msgspec.structs.replace(selector, metric=_numbered(selector.metric, number)) for selector in union)
        for name, union in unions.items()
    }
    return msgspec.structs.replace(indicator, **moved)


def _numbered(metric: str, number: int) -> str:
    """The metric with an addition to its name, before the suffix of a histogram's series."""
    stem, suffix = next(
        ((metric.removesuffix(end), end) for end in ("_bucket", "_count") if metric.endswith(end)), (metric, "")
    )
    return f"{stem}_{number}{suffix}"


def copies(indicator: Indicator = COUNTERS, **more: Any) -> Callable[[int], Slo]:
    """Copy number n of an SLO."""
    return lambda number: slo(f"availability-{number}", renamed(indicator, number), **more)


def service(slos: Sequence[Slo], name: str = "shop") -> Service:
    return Service(name, "sales", tuple(slos), Origin("service", f"services/{name}.yaml"))
