"""Every kind of indicator without a template, with a day of history. A new kind needs one more function."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec

from slosmith.model import (
    BooleanGauge,
    CounterRatio,
    Duration,
    Freshness,
    GaugeThreshold,
    Matcher,
    NativeHistogramLatency,
    QueryRatio,
    RawRatio,
    Selector,
    Slo,
)
from tests.truth.exposition import RawSeries
from tests.truth.histories import (
    CASE,
    OUTAGE,
    SAMPLES,
    SCRAPED,
    SPAN,
    KindCase,
    Known,
    busy,
    counter_of,
    failing,
    fresh,
    only,
    slice_streams,
    slo_of,
    streams,
    succeeding,
    times_of,
)
from tests.truth.traffic import cumulative


def kind_cases() -> list[KindCase]:
    return [make() for make in _KINDS]


def _good_of_total() -> KindCase:
    """Good events are in one metric, all events are in two others."""
    totals = [
        Selector("jobs_started_total", (only("good-of-total"),)),
        Selector("jobs_retried_total", (only("good-of-total"),)),
    ]
    indicator = CounterRatio(tuple(totals), good=(Selector("jobs_succeeded_total", (only("good-of-total"),)),))
    started, retried, good = times_of(40, busy), times_of(10, busy), times_of(50, succeeding)
    series = [
        counter_of(metric, {CASE: "good-of-total", "queue": "mail"}, growth)
        for metric, growth in (
            ("jobs_started_total", started),
            ("jobs_retried_total", retried),
            ("jobs_succeeded_total", good),
        )
    ]
    total = [one + other for one, other in zip(started, retried, strict=True)]
    bad = [all_of - some for all_of, some in zip(total, good, strict=True)]
    return KindCase(slo_of("good-of-total", indicator), tuple(series), (streams(total, bad),))


def _grouped() -> KindCase:
    """One declaration with an SLO for each wiki. One of the wikis has no errors."""
    selector = Selector("handled_total", (only("grouped"),))
    indicator = CounterRatio((selector,), bad=(selector.with_matchers(Matcher("code", "=~", "5..")),))
    series, known = [], []
    for wiki, amount, errors in (("enwiki", 90, 9), ("dewiki", 7, 3), ("lawiki", 1, 0)):
        fine, bad = times_of(amount, busy), times_of(errors, failing)
        labels = {CASE: "grouped", "wiki": wiki}
        series.append(counter_of("handled_total", {**labels, "code": "200"}, fine))
        if errors:
            series.append(counter_of("handled_total", {**labels, "code": "503"}, bad))
        total = [one + other for one, other in zip(fine, bad, strict=True)]
        known.append(msgspec.structs.replace(streams(total, bad), group={"wiki": wiki}))
    return KindCase(slo_of("grouped", indicator, group_by=("wiki",)), tuple(series), tuple(known))


def _probes() -> KindCase:
    """Two probes of a boolean gauge. Each fails alone, and both fail in the outage."""
    rng = random.Random("probes")
    up = [[0 if minute in OUTAGE or rng.random() < 0.02 else 1 for minute in range(SPAN.minutes)] for _ in range(2)]
    series = [
        RawSeries("probe_success", {CASE: "probes", "instance": str(index)}, SPAN.start + SCRAPED, values)
        for index, values in enumerate(up)
    ]
    total, bad = [2] * SPAN.minutes, [2 - one - other for one, other in zip(*up, strict=True)]
    known = msgspec.structs.replace(streams(total, bad), seen=SAMPLES)
    return KindCase(
        slo_of("probes", BooleanGauge((Selector("probe_success", (only("probes"),)),))), tuple(series), (known,)
    )


def _slices() -> KindCase:
    """A gauge below a threshold: the worst of two partitions."""
    rng = random.Random("slices")
    lags = [
        [rng.randint(80, 200) if minute in OUTAGE else rng.randint(0, 102) for minute in range(SPAN.minutes)]
        for _ in range(2)
    ]
    series = [
        RawSeries("lag", {CASE: "slices", "partition": str(index)}, SPAN.start + SCRAPED, values)
        for index, values in enumerate(lags)
    ]
    indicator = GaugeThreshold((Selector("lag", (only("slices"),)),), "<=", Decimal(100), "max")
    late = [int(max(one, other) > 100) for one, other in zip(*lags, strict=True)]
    return KindCase(slo_of("slices", indicator), tuple(series), (slice_streams(late),))


def _freshness() -> KindCase:
    indicator = Freshness((Selector("last_success_timestamp_seconds", (only("freshness"),)),), Duration.parse("40m"))
    return fresh(slo_of("freshness", indicator), indicator)


def _free_queries() -> KindCase:
    """Free PromQL of the user, with the placeholder of the window."""
    total = 'sum(rate(served_total{truth_case="queries"}[{{.window}}]))'
    bad = 'sum(rate(served_total{truth_case="queries",code="500"}[{{ .window }}]))'
    fine, failed = times_of(30, busy), times_of(4, failing)
    series = [
        counter_of("served_total", {CASE: "queries", "code": code}, growth)
        for code, growth in (("200", fine), ("500", failed))
    ]
    total_counts = [one + other for one, other in zip(fine, failed, strict=True)]
    return KindCase(slo_of("queries", QueryRatio(total, bad=bad)), tuple(series), (streams(total_counts, failed),))


_KINDS: tuple[Callable[[], KindCase], ...] = (_good_of_total, _grouped, _probes, _slices, _freshness, _free_queries)


def raw_ratio_case() -> KindCase:
    """A ratio without events. Each window is a query of its own, so it has its own comparison."""
    failed_rate = 'sum(rate(answered_total{truth_case="raw",code="500"}[{{.window}}]))'
    query = failed_rate + ' / sum(rate(answered_total{truth_case="raw"}[{{.window}}]))'
    fine, failed = [90] * SPAN.minutes, [30 if minute in OUTAGE else 10 for minute in range(SPAN.minutes)]
    series = [
        counter_of("answered_total", {CASE: "raw", "code": code}, growth)
        for code, growth in (("200", fine), ("500", failed))
    ]
    total = [one + other for one, other in zip(fine, failed, strict=True)]
    return KindCase(slo_of("raw", RawRatio(query)), tuple(series), (streams(total, failed),))


class NativeCase(msgspec.Struct, frozen=True):
    """Latency from a native histogram, with a threshold of half a second."""

    slo: Slo
    known: Known
    labels: dict[str, str]
    times: Sequence[int]
    buckets: Mapping[int, Sequence[int]]
    """By index, in schema 0: -3 is up to 1/8 s, -1 up to 1/2 s, 1 up to 2 s; cumulative over time."""


def native_case() -> NativeCase:
    indicator = NativeHistogramLatency((Selector("answer_seconds", (only("native"),)),), Decimal("0.5"))
    fast, near, slow = times_of(60, busy), times_of(9, busy), times_of(8, failing)
    total = [sum(all_of) for all_of in zip(fast, near, slow, strict=True)]
    return NativeCase(
        slo_of("native", indicator),
        streams(total, slow),
        {"__name__": "answer_seconds", CASE: "native", "instance": "a"},
        [SPAN.start + 60 * minute + SCRAPED for minute in range(SPAN.minutes)],
        {-3: cumulative(fast), -1: cumulative(near), 1: cumulative(slow)},
    )
