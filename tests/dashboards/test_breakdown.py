"""The labels of the breakdowns of an indicator, and the labels that are left out."""

from __future__ import annotations

import pytest

from slosmith.dashboards.breakdown import WINDOW, breakdowns, known_metrics
from slosmith.dashboards.sections import sections
from slosmith.model import CounterRatio, HistogramLatency, Indicator, Matcher, QueryRatio, RawRatio, Selector
from slosmith.promql import parse
from slosmith.sli.library import library
from tests.dashboards.fleet import lift_wing_service, odd_service, slo


def titles(indicator: Indicator, **more: tuple[str, ...]) -> list[str]:
    (section,) = sections([slo("svc", "x", indicator, **more)])  # type: ignore[arg-type]
    return [panel.title for panel in breakdowns(section)]


def counted(metric: str, *matchers: Matcher) -> CounterRatio:
    total = Selector(metric, matchers)
    return CounterRatio((total,), bad=(total.with_matchers(Matcher("code", "=~", "5..")),))


def test_the_data_knows_what_exporters_write() -> None:
    """Every metric is in a template, with a label that its exporter writes."""
    exported = {name: metric for template in library().templates.values() for name, metric in template.metrics.items()}
    # labels from scraping, and metrics whose labels depend on parameters
    scraped, anybodys = {"instance"}, {"http_requests_total", "http_request_duration_seconds"}
    for name, metric in known_metrics().items():
        assert len({label.label for label in metric.by}) == len(metric.by)
        if name in anybodys:
            continue
        assert {label.label for label in metric.by} <= {*exported[name].labels, *scraped}, name


def test_units_agree_with_the_templates() -> None:
    units = {"milliseconds": "ms", "seconds": "s"}
    for template in library().templates.values():
        for name, metric in template.metrics.items():
            if metric.type == "histogram":
                indicator = HistogramLatency((Selector(f"{name}_bucket"),), (Selector(f"{name}_count"),), "5")
                (section,) = sections([slo("svc", "x", indicator)])
                assert breakdowns(section)[-1].unit == units[metric.unit], name


def test_lift_wing() -> None:
    first, second = sections(lift_wing_service("model").slos)
    assert [panel.title for panel in breakdowns(first)] == [
        "Events per second by service",
        "Bad events by service",
        "Events per second by response code",
    ]
    assert [panel.title for panel in breakdowns(second)] == [
        "Events per second by service",
        "Bad events by service",
        "Latency quantiles",
    ]
    legends = [query.legend for query in breakdowns(first)[0].queries]
    assert legends == ["{{destination_canonical_service}} eqiad", "{{destination_canonical_service}} codfw"]
    assert [query.legend for query in breakdowns(second)[2].queries][:3] == ["p50 eqiad", "p95 eqiad", "p99 eqiad"]
    assert breakdowns(second)[2].unit == "ms"


def test_a_label_with_one_value_tells_nothing() -> None:
    assert "Events per second by handler" in titles(counted("http_requests_total"))
    assert "Events per second by handler" not in titles(counted("http_requests_total", Matcher("handler", "=", "/x")))
    assert "Events per second by handler" in titles(counted("http_requests_total", Matcher("handler", "=~", "/x|/y")))
    assert "Events per second by handler" not in titles(counted("http_requests_total"), group_by=("handler",))


@pytest.mark.parametrize(
    "indicator",
    [counted("nobody_knows_total"), RawRatio("x"), QueryRatio("rate(up[{{.window}}])", bad="rate(b[{{.window}}])")],
    ids=["unknown metric", "raw", "free query"],
)
def test_nothing_is_made_up(indicator: Indicator) -> None:
    assert titles(indicator) == []


def test_buckets_of_different_histograms_are_not_added_up() -> None:
    def latency(*metrics: str) -> HistogramLatency:
        return HistogramLatency(
            tuple(Selector(f"{metric}_bucket") for metric in metrics),
            tuple(Selector(f"{metric}_count") for metric in metrics),
            "0.5",
        )

    assert "Latency quantiles" in titles(latency("http_request_duration_seconds"))
    assert "Latency quantiles" not in titles(latency("http_request_duration_seconds", "other_seconds"))


def test_quantiles_of_a_histogram_in_either_form() -> None:
    indicator = HistogramLatency((Selector("a_seconds_bucket"),), (Selector("a_seconds_count"),), "0.5", native=True)
    (section,) = sections([slo("svc", "x", indicator)])
    panel = breakdowns(section)[-1]
    assert "from the native histogram" in panel.description
    first = panel.queries[0].expr
    assert [(found.metric, found.range) for found in parse(first).selectors()] == [
        ("a_seconds_bucket", WINDOW),
        ("a_seconds", WINDOW),
    ]


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("a_duration_seconds", "s"),
        ("a_duration_milliseconds", "ms"),
        ("response_latency_ms", "ms"),
        ("x_size", "short"),
    ],
)
def test_units_come_from_the_name(metric: str, unit: str) -> None:
    indicator = HistogramLatency((Selector(f"{metric}_bucket"),), (Selector(f"{metric}_count"),), "5")
    (section,) = sections([slo("svc", "x", indicator)])
    assert breakdowns(section)[-1].unit == unit


def test_groups_stay_apart() -> None:
    grouped = next(section for section in sections(odd_service().slos) if section.first.name == "grouped")
    panel = breakdowns(grouped)[0]
    assert panel.queries[0].legend == "{{handler}} {{wiki}} {{dc}}"
    assert "sum by (wiki, dc, handler)" in panel.queries[0].expr
