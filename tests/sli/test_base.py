"""Each kind of indicator, with samples whose total and bad events are known."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from slosmith.model import (
    BooleanGauge,
    CounterRatio,
    Duration,
    Freshness,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    QueryRatio,
    RawRatio,
    Selector,
)
from slosmith.promql import matches, parse
from slosmith.sli.base import base_expressions, error_ratio_query
from slosmith.sli.bounds import le_pattern
from tests.sli.promtool_cases import Case, Check, Series, failures, one

REQUESTS = Selector("requests_total", (Matcher("job", "=", "web"),))
ERRORS = REQUESTS.with_matchers(Matcher("code", "=~", "5.."))
BAD_RATIO = CounterRatio((REQUESTS,), bad=(ERRORS,))
GOOD_RATIO = CounterRatio((REQUESTS,), good=(REQUESTS.with_matchers(Matcher("code", "=~", "2..|4..")),))
LATENCY = HistogramLatency(
    (Selector("seconds_bucket", (Matcher("job", "=", "web"),)),),
    (Selector("seconds_count", (Matcher("job", "=", "web"),)),),
    "1",
)
PROBE = BooleanGauge((Selector("probe_success"),))
LAG = GaugeThreshold((Selector("lag"),), "<=", Decimal(10), "sum")
FRESH = Freshness((Selector("last_success"),), Duration.parse("5m"))


def case(name: str, indicator: Indicator, series: Series, total: float | None, bad: float | None,
         minute: int = 10) -> Case:  # fmt: skip
    base = base_expressions(indicator)
    return Case(name, series, (Check(base.total, minute, one(total)), Check(base.bad, minute, one(bad))))


def steady(per_minute: int) -> str:
    return f"0+{per_minute}x20"


OK, FAILED = 'requests_total{job="web",code="200"}', 'requests_total{job="web",code="503"}'
BUCKET_1, BUCKET_INF = 'seconds_bucket{job="web",le="1"}', 'seconds_bucket{job="web",le="+Inf"}'
COUNT = 'seconds_count{job="web"}'
PER_SLICE = 5 / 300
"""One scrape or time slice a minute, as events per second."""

CASES = [
    case("bad counted", BAD_RATIO, {OK: steady(60), FAILED: steady(15)}, 1.25, 0.25),
    case("other jobs are not counted", BAD_RATIO,
         {OK: steady(60), 'requests_total{job="x",code="500"}': steady(60)}, 1, 0),
    case("no bad event yet is 0", BAD_RATIO, {OK: steady(60)}, 1, 0),
    case("idle is 0 and 0", BAD_RATIO, {OK: "7x20", FAILED: "3x20"}, 0, 0),
    case("nothing there is nothing", BAD_RATIO, {'requests_total{job="x"}': steady(60)}, None, None),
    case("all bad, no good series", BAD_RATIO, {FAILED: steady(60)}, 1, 1),
    case("a restart is a reset, not negative", BAD_RATIO, {OK: "540+60x8 60+60x8", FAILED: steady(0)}, 1, 0),
    case("a series that ended five minutes ago", BAD_RATIO, {OK: steady(60), FAILED: "0+60x2 _x20"}, 1, 0),
    case("a series that went stale", BAD_RATIO, {OK: steady(60), FAILED: "0+60x2 stale _x20"}, 1, 0),
    case("two Prometheis see every event twice, and the ratio is the same", BAD_RATIO,
         {name.replace("}", f',prometheus="{replica}"}}'): steady(rate)
          for replica in ("a", "b") for name, rate in ((OK, 45), (FAILED, 15))}, 2, 0.5),
    case("good counted", GOOD_RATIO, {OK: steady(60), FAILED: steady(15)}, 1.25, 0.25),
    case("no good event yet is all bad", GOOD_RATIO, {FAILED: steady(60)}, 1, 1),
    case("good: idle", GOOD_RATIO, {OK: "7x20"}, 0, 0),
    case("good: missing", GOOD_RATIO, {'requests_total{job="x"}': steady(60)}, None, None),
    case("more good than total is 0 bad", CounterRatio((REQUESTS,), good=(Selector("good_total"),)),
         {OK: steady(60), "good_total": steady(120)}, 1, 0),
    case("overlapping selectors count once", CounterRatio((REQUESTS,), bad=(ERRORS, REQUESTS.with_matchers(
         Matcher("code", "=", "503")))), {OK: steady(60), FAILED: steady(60)}, 2, 1),
    case("two metrics with equal labels both count", CounterRatio(
         (Selector("done_total"), Selector("failed_total")), bad=(Selector("failed_total"),)),
         {'done_total{q="a"}': steady(60), 'failed_total{q="a"}': steady(15)}, 1.25, 0.25),
    case("one of two metrics is missing", CounterRatio(
         (Selector("done_total"), Selector("failed_total")), bad=(Selector("failed_total"),)),
         {'done_total{q="a"}': steady(60)}, 1, 0),
    case("slower than the bucket is bad", LATENCY, {BUCKET_1: steady(45), BUCKET_INF: steady(60), COUNT: steady(60)},
         1, 0.25),
    case("the bound itself is in the bucket: le means at most", LATENCY,
         {BUCKET_1: steady(60), COUNT: steady(60)}, 1, 0),
    case("Prometheus 3's spelling", LATENCY,
         {'seconds_bucket{job="web",le="1.0"}': steady(45), COUNT: steady(60)}, 1, 0.25),
    case("both spellings, one a pod", LATENCY, {
         'seconds_bucket{job="web",pod="a",le="1"}': steady(45), 'seconds_count{job="web",pod="a"}': steady(60),
         'seconds_bucket{job="web",pod="b",le="1.0"}': steady(30), 'seconds_count{job="web",pod="b"}': steady(60),
         }, 2, 0.75),
    case("a bound that only begins alike is another bucket", LATENCY,
         {'seconds_bucket{job="web",le="10"}': steady(60), 'seconds_bucket{job="web",le="1.5"}': steady(60),
          COUNT: steady(60)}, 1, None),
    case("the bucket is missing: bad is missing, not 0", LATENCY, {BUCKET_INF: steady(60), COUNT: steady(60)}, 1, None),
    case("latency: idle", LATENCY, {BUCKET_1: "5x20", COUNT: "9x20"}, 0, 0),
    case("latency: a bucket without its count", LATENCY, {BUCKET_1: steady(60)}, None, None),
    case("a reset that shows in one counter only is 0 bad", LATENCY,
         {BUCKET_1: "10x7 5 10x10", COUNT: "10x7 12x10"}, 2.5 / 300, 0),
    case("probe: all good", PROBE, {"probe_success": "1x20"}, PER_SLICE, 0),
    case("probe: two of five failed", PROBE, {"probe_success": "1x7 0 0 1x10"}, PER_SLICE, 2 / 300),
    case("probe: scrapes that did not happen are no events", PROBE, {"probe_success": "1x6 _ _ 1 0"}, 3 / 300, 1 / 300),
    case("probe: gone", PROBE, {"probe_success": "1x2 _x20"}, None, None),
    case("probe: several targets", PROBE,
         {'probe_success{i="a"}': "1x20", 'probe_success{i="b"}': "0x20"}, 10 / 300, PER_SLICE),
    case("probe: a gauge above 1 does not make up for a failure", PROBE,
         {'probe_success{i="a"}': "2x20", 'probe_success{i="b"}': "0x20"}, 10 / 300, PER_SLICE),
    case("probe: NaN is not recorded", PROBE, {"probe_success": "NaN " * 20}, PER_SLICE, None),
    case("lag: within", LAG, {'lag{p="0"}': "4x20", 'lag{p="1"}': "5x20"}, PER_SLICE, 0),
    case("lag: exactly at the limit is good", LAG, {'lag{p="0"}': "5x20", 'lag{p="1"}': "5x20"}, PER_SLICE, 0),
    case("lag: the sum is over it", LAG, {'lag{p="0"}': "6x20", 'lag{p="1"}': "5x20"}, PER_SLICE, PER_SLICE),
    case("lag: two minutes over it", LAG, {"lag": "1x7 11 11 1x20"}, PER_SLICE, 2 / 300),
    case("lag: gone for longer than the lookback", LAG, {"lag": "1x2 stale _x20"}, None, None),
    case("lag: a NaN is not good", LAG, {"lag": "NaN " * 20}, PER_SLICE, PER_SLICE),
    case("below the least", GaugeThreshold((Selector("free"),), ">", Decimal("0.1"), "min"),
         {'free{d="a"}': "0.5x20", 'free{d="b"}': "0.1x20"}, PER_SLICE, PER_SLICE),
    case("greatest of several", GaugeThreshold((Selector("lag"),), "<", Decimal(10)),
         {'lag{p="0"}': "10x20", 'lag{p="1"}': "1x20"}, PER_SLICE, PER_SLICE),
    case("mean of several", GaugeThreshold((Selector("lag"),), ">=", Decimal(5), "avg"),
         {'lag{p="0"}': "9x20", 'lag{p="1"}': "1x20"}, PER_SLICE, 0),
    case("fresh: at the limit", FRESH, {"last_success": "0+60x5 300x20"}, PER_SLICE, 0),
    case("stale by the minute", FRESH, {"last_success": "0x20"}, PER_SLICE, 5 / 300),
    case("the newest of several counts", FRESH,
         {'last_success{i="a"}': "0x20", 'last_success{i="b"}': "300x20"}, PER_SLICE, 0),
    case("a clock that is a little ahead", FRESH, {"last_success": "180+60x20"}, PER_SLICE, 0),
    case("a timestamp in milliseconds is missing, not fresh", FRESH, {"last_success": "600000x20"}, None, None),
    case("never succeeded (0)", FRESH, {"last_success": "0x40"}, PER_SLICE, PER_SLICE, minute=20),
    case("no timestamp at all", FRESH, {"other": "0x20"}, None, None),
    case("queries: bad", QueryRatio("sum(rate(t[{{.window}}]))", bad="sum(rate(b[{{ .window }}]))"),
         {"t": steady(60), "b": steady(15)}, 1, 0.25),
    case("queries: no bad yet", QueryRatio("sum(rate(t[{{.window}}]))", bad="sum(rate(b[{{ .window }}]))"),
         {"t": steady(60)}, 1, 0),
    case("queries: several series are one", QueryRatio("rate(t[{{.window}}])", bad='rate(t{c="5"}[{{.window}}])'),
         {'t{c="2"}': steady(60), 't{c="5"}': steady(15)}, 1.25, 0.25),
    case("queries: good", QueryRatio("sum(rate(t[{{.window}}]))", good="sum(rate(g[{{.window}}]))"),
         {"t": steady(60), "g": steady(45)}, 1, 0.25),
    case("queries: increases become rates", QueryRatio("sum(increase(t[{{.window}}]))",
         bad="sum(increase(b[{{.window}}]))"),
         {"t": steady(60), "b": steady(15)}, 1, 0.25),
    case("queries: a count of samples becomes a rate", QueryRatio("count_over_time(up[{{.window}}])",
         bad="count_over_time((up == 0)[{{.window}}:1m])"), {"up": "1x7 0 1x10"}, PER_SLICE, 1 / 300),
    case("queries: NaN is not recorded", QueryRatio("sum(rate(t[{{.window}}])) / sum(rate(z[{{.window}}]))",
         bad="sum(rate(b[{{.window}}]))"), {"t": "0x20", "z": "0x20", "b": "0x20"}, None, 0),
    case("queries: a negative number of events is not recorded", QueryRatio("sum(rate(t[{{.window}}]))",
         bad="sum(rate(t[{{.window}}])) - sum(rate(b[{{.window}}]))"), {"t": steady(60), "b": steady(120)}, 1, 0),
]  # fmt: skip


@pytest.mark.prometheus
@pytest.mark.parametrize("item", CASES, ids=lambda item: item.name)
def test_kind(item: Case, promtool: Path, tmp_path: Path) -> None:
    assert failures(promtool, tmp_path, [item]) == ""


GROUPED = [
    (BAD_RATIO, {'requests_total{job="web",code="200",site="a"}': 60,
                 'requests_total{job="web",code="500",site="a"}': 15,
                 'requests_total{job="web",code="200",site="b"}': 120}, {"a": (1.25, 0.25), "b": (2, 0)}),
    (GOOD_RATIO, {'requests_total{job="web",code="200",site="a"}': 60,
                 'requests_total{job="web",code="500",site="a"}': 15,
                  'requests_total{job="web",code="500",site="b"}': 120}, {"a": (1.25, 0.25), "b": (2, 2)}),
    (LATENCY, {'seconds_bucket{job="web",le="1",site="a"}': 45, 'seconds_count{job="web",site="a"}': 60,
               'seconds_count{job="web",site="b"}': 60}, {"a": (1, 0.25), "b": (1, None)}),
]  # fmt: skip


@pytest.mark.prometheus
@pytest.mark.parametrize(("indicator", "rates", "expected"), GROUPED, ids=["bad", "good", "latency"])
def test_each_group_has_its_own_events(
    indicator: Indicator, rates: dict[str, int], expected: dict[str, tuple[float, float | None]], promtool: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    base = base_expressions(indicator, ("site",))
    totals = {f'{{site="{site}"}}': total for site, (total, _) in expected.items()}
    bads = {f'{{site="{site}"}}': bad for site, (_, bad) in expected.items() if bad is not None}
    series = {name: steady(rate) for name, rate in rates.items()}
    checks = (Check(base.total, 10, totals), Check(base.bad, 10, bads))
    assert failures(promtool, tmp_path, [Case("grouped", series, checks)]) == ""


@pytest.mark.prometheus
def test_gauges_are_judged_group_by_group(promtool: Path, tmp_path: Path) -> None:
    lag = base_expressions(LAG, ("topic",))
    fresh = base_expressions(FRESH, ("topic",))
    probe = base_expressions(PROBE, ("topic",))
    series = {'lag{topic="a",p="0"}': "6x20", 'lag{topic="a",p="1"}': "6x20", 'lag{topic="b"}': "9x20",
              'last_success{topic="a"}': "0x20", 'last_success{topic="b"}': "600x20",
              'probe_success{topic="a",i="0"}': "0x20", 'probe_success{topic="b"}': "1x20"}  # fmt: skip
    checks = (
        Check(lag.bad, 10, {'{topic="a"}': PER_SLICE, '{topic="b"}': 0}),
        Check(fresh.bad, 10, {'{topic="a"}': 5 / 300, '{topic="b"}': 0}),
        Check(probe.bad, 10, {'{topic="a"}': PER_SLICE, '{topic="b"}': 0}),
    )
    assert failures(promtool, tmp_path, [Case("gauges", series, checks)]) == ""


def test_native_histograms_are_written_in_promql_that_parses() -> None:
    base = base_expressions(NativeHistogramLatency((REQUESTS,), Decimal("0.500")), ("site",))
    assert "histogram_fraction(-Inf, 0.5, " in base.bad
    parse(base.total)
    parse(base.bad)


@pytest.mark.parametrize(
    ("le", "matching", "other"),
    [
        ("500", ["500", "500.0"], ["5000", "500.5", "50", "500.00"]),
        ("0.4", ["0.4"], ["0x4", "0.40", "10.4"]),
        ("3600000", ["3600000", "3600000.0", "3.6e+06"], ["3.6e+07", "3600000.5"]),
        ("1000000", ["1000000", "1e+06"], ["1e+07", "1.5e+06"]),
        ("0.00005", ["0.00005", "5e-05"], ["5e-06"]),
        ("100000", ["100000", "100000.0"], ["1e+06"]),
        ("500.0", ["500", "500.0"], ["5000"]),
        ("1e3", ["1000", "1000.0"], ["1e3"]),
        ("+Inf", ["+Inf"], ["Inf", "0"]),
    ],
)
def test_every_spelling_of_a_bound_and_no_other(le: str, matching: list[str], other: list[str]) -> None:
    bound = Matcher("le", "=~", le_pattern(le))
    assert [text for text in matching if not matches(bound, text)] == []
    assert [text for text in other if matches(bound, text)] == []


def test_a_bound_is_a_number() -> None:
    with pytest.raises(ValueError, match="not a bucket bound"):
        le_pattern("5s")


def test_a_raw_ratio_counts_no_events() -> None:
    with pytest.raises(TypeError):
        base_expressions(RawRatio("x"))
    assert error_ratio_query(RawRatio(" 1 - avg(x[{{ .window }}])\n"), Duration.parse("2h")) == "1 - avg(x[2h])"


@pytest.mark.parametrize(
    "indicator",
    [
        CounterRatio((REQUESTS,)),
        CounterRatio((REQUESTS,), bad=(ERRORS,), good=(ERRORS,)),
        CounterRatio((), bad=(ERRORS,)),
        CounterRatio((Selector("a{b}"),), bad=(ERRORS,)),
        CounterRatio((Selector("a", (Matcher('x"', "=", "y"),)),), bad=(ERRORS,)),
        QueryRatio("sum(rate(x[5m])", bad="x"),
        QueryRatio("x"),
    ],
)
def test_what_makes_no_indicator_is_refused(indicator: Indicator) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - every kind says it in its own words
        base_expressions(indicator)


def test_group_labels_are_checked() -> None:
    with pytest.raises(ValueError, match="not a label name"):
        base_expressions(BAD_RATIO, ("site) (up) or sum by (x",))


def test_rate_stands_on_counters_and_never_on_sums() -> None:
    for indicator in (BAD_RATIO, GOOD_RATIO, LATENCY):
        for text in (base_expressions(indicator).total, base_expressions(indicator).bad):
            assert all(found.range is not None for found in parse(text).selectors())
