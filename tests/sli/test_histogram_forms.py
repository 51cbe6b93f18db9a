"""One spec for a histogram that is classic in some places and native in others, and for bounds written `1` and `1.0`.

promtool of Prometheus 2 does not accept native histograms as input. So this test writes to a server on the loopback
interface, with remote write. SLOSMITH_PROMETHEUS_DIR selects another version of Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slosmith.model import CounterRatio, Duration, HistogramLatency, Indicator, Matcher, QueryRatio, RawRatio, Selector
from slosmith.sli.base import base_expressions, portable_ratio_query
from slosmith.sli.expand import expand
from slosmith.sli.library import library
from tests.prometheus_api import PrometheusApi, Series
from tests.truth import remote_write, server

START, MINUTES = 1_700_000_040, 20
AT = START + 600 + 30
"""Half a minute after the eleventh scrape: no window begins on a sample."""
TIMES = [START + 60 * minute for minute in range(MINUTES)]

FAST, SLOW, CODES = 45, 15, {"200": 1, "500": 2}
"""Events a minute of each instance: FAST take at most a second, SLOW more; a response code of 500 counts twice."""

NATIVE_FLAGS = ("--web.enable-remote-write-receiver", "--enable-feature=native-histograms")


def classic(case: str, le: str, rate: int = 1, name: str = "x", **labels: str) -> list[Series]:
    """A classic histogram of FAST and SLOW times ``rate`` events a minute, with its bound of one second as ``le``."""
    names = {"case": case, **labels}
    amounts = {"_count": FAST + SLOW, "_bucket": FAST}
    found = []
    for suffix, amount in amounts.items():
        own = {"__name__": f"{name}{suffix}", **names, **({"le": le} if suffix == "_bucket" else {})}
        found.append(Series(own, list(map(float, TIMES)), [float(amount * rate * n) for n in range(MINUTES)]))
    return found


def native(api: PrometheusApi, case: str, rate: int = 1, **labels: str) -> None:
    """The same as a native histogram: index -1 is up to half a second, 1 is up to two."""
    buckets = {-1: [FAST * rate * n for n in range(MINUTES)], 1: [SLOW * rate * n for n in range(MINUTES)]}
    remote_write.write_native_histogram(api.url, {"__name__": "x", "case": case, **labels}, TIMES, buckets)


@pytest.fixture(scope="module")
def api(prometheus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusApi]:
    with server.running(prometheus, tmp_path_factory.mktemp("forms"), *NATIVE_FLAGS) as found:
        series: list[Series] = []
        for case, le in (("classic", "1"), ("spelled", "1.0"), ("mixed", "1"), ("both", "1.0")):
            series += classic(case, le, instance="a")
        series += [*classic("spellings", "1", instance="a"), *classic("spellings", "1.0", instance="b")]
        series += [one for one in classic("lost", "1", instance="a") if one.labels["__name__"] == "x_count"]
        series += classic("mixed", "1", name="y", instance="a")
        for code, rate in CODES.items():
            series += classic("codes", "1", rate, code=code, instance="a")
            native(found, "codes", rate, code=code, instance="b")
        remote_write.write(found.url, series)
        native(found, "native", instance="a")
        native(found, "mixed", instance="b")
        native(found, "both", instance="a")
        native(found, "idle", rate=0, instance="a")
        yield found


def value(api: PrometheusApi, query: str) -> float | None:
    found = api.instant(query, AT)
    assert len(found) <= 1
    return found[0].value if found else None


def select(name: str, case: str, *matchers: Matcher) -> Selector:
    return Selector(name, (Matcher("case", "=", case), *matchers))


def latency(case: str) -> HistogramLatency:
    return HistogramLatency((select("x_bucket", case),), (select("x_count", case),), "1", native=True)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("case", "instances"),
    [("classic", 1), ("spelled", 1), ("spellings", 2), ("native", 1), ("mixed", 2), ("both", 1), ("idle", 0)],
)
def test_a_histogram_in_either_form(api: PrometheusApi, case: str, instances: int) -> None:
    base = base_expressions(latency(case))
    assert value(api, base.total) == pytest.approx(instances * (FAST + SLOW) / 60, rel=1e-6)
    assert value(api, base.bad) == pytest.approx(instances * SLOW / 60, rel=1e-6, abs=1e-12)


@pytest.mark.prometheus
def test_a_bucket_that_is_lost_and_a_histogram_that_is_missing(api: PrometheusApi) -> None:
    lost, missing = base_expressions(latency("lost")), base_expressions(latency("nowhere"))
    assert value(api, lost.total) == pytest.approx((FAST + SLOW) / 60)
    assert [value(api, text) for text in (lost.bad, missing.total, missing.bad)] == [None, None, None]


@pytest.mark.prometheus
def test_each_group_in_its_own_form(api: PrometheusApi) -> None:
    base = base_expressions(latency("mixed"), ("instance",))
    for text, expected in ((base.total, (FAST + SLOW) / 60), (base.bad, SLOW / 60)):
        found = {one.labels["instance"]: one.value for one in api.instant(text, AT)}
        assert found == {"a": pytest.approx(expected), "b": pytest.approx(expected)}


@pytest.mark.prometheus
def test_different_histograms_with_equal_labels_both_count(api: PrometheusApi) -> None:
    one, other = select("x_bucket", "mixed"), select("y_bucket", "mixed")
    two = HistogramLatency((one, other), (select("x_count", "mixed"), select("y_count", "mixed")), "1", native=True)
    base = base_expressions(two)
    assert value(api, base.bad) == pytest.approx(3 * SLOW / 60)


@pytest.mark.prometheus
def test_the_count_of_a_histogram_as_a_counter(api: PrometheusApi) -> None:
    """The count of requests like in the OpenTelemetry templates. Both instances count, in both forms."""
    failed = select("x_count", "codes", Matcher("code", "=~", "5.."))
    base = base_expressions(CounterRatio((select("x_count", "codes"),), bad=(failed,), native=True))
    assert value(api, base.total) == pytest.approx(2 * 3 * (FAST + SLOW) / 60)
    assert value(api, base.bad) == pytest.approx(2 * 2 * (FAST + SLOW) / 60)


@pytest.mark.prometheus
@pytest.mark.parametrize("written", ["1", "1.0", "1e0"])
@pytest.mark.parametrize("case", ["classic", "spelled", "spellings"])
def test_a_bound_of_ones_own_in_every_spelling(api: PrometheusApi, case: str, written: str) -> None:
    instances = 2 if case == "spellings" else 1
    good = select("x_bucket", case, Matcher("le", "=", written))
    own = f'sum(rate(x_bucket{{case="{case}", le="{written}"}}[{{{{.window}}}}]))'
    total = f'sum(rate(x_count{{case="{case}"}}[{{{{.window}}}}]))'
    found: list[Indicator] = [
        CounterRatio((select("x_count", case),), good=(good,)),
        QueryRatio(total, good=own),
        QueryRatio(total, bad=f"{total} - {own}"),
    ]
    for indicator in found:
        assert value(api, base_expressions(indicator).bad) == pytest.approx(instances * SLOW / 60)
    ratio = portable_ratio_query(RawRatio(f"1 - {own} / {total}"), Duration.parse("5m"))
    assert value(api, ratio) == pytest.approx(SLOW / (FAST + SLOW))


@pytest.mark.prometheus
@pytest.mark.parametrize("form", ["classic", "native", "either"])
def test_a_template_says_in_which_form_its_histogram_is(api: PrometheusApi, form: str) -> None:
    seen = {"classic": ["classic"], "native": ["native"], "either": ["classic", "native", "mixed"]}[form]
    for case in seen:
        given = {"metric": "x", "select": [f'case="{case}"'], "histogram": form}
        made = expand(
            "latency-histogram", given, indicator="latency", threshold=Duration.parse("1s"), library=library()
        )
        instances = 2 if case == "mixed" else 1
        assert value(api, base_expressions(made).bad) == pytest.approx(instances * SLOW / 60)
