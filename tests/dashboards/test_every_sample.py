"""Panels of raw series read every sample, however long their step is: promtool computes them around one short spike."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from slosmith.dashboards import DashboardSettings, service_dashboard
from slosmith.dashboards.breakdown import WINDOW, ranged
from slosmith.dashboards.panel_queries import all_queries, panels
from slosmith.model import Duration
from tests.dashboards.fleet import drawn_dashboards, lift_wing_service, odd_service, workspace

MINUTE = Duration(60_000)
STEPS = {name: Duration.parse(name) for name in ("5m", "1h", "6h")}

SPIKE = 750
"""Minute of the spike: the only one with events. No step of an hour or of six ends less than five minutes after it."""


def raw_targets(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        target
        for panel in panels(dashboard)
        for target in panel.get("targets", [])
        if not re.search(r"\b(slo:|sloth_slo_info|ALERTS)", target["expr"])
    ]


def test_every_raw_query_has_the_range_of_its_step() -> None:
    found = [target for each in drawn_dashboards(workspace()) for target in raw_targets(json.loads(each.json_text))]
    assert len(found) > 20
    for target in found:
        ranges = set(re.findall(r"\[([^\]\"]*)\](?=\)|\s)", target["expr"]))
        assert ranges in ({"$__rate_interval"}, {"$__interval"}), target["expr"]
        assert target["interval"] == "5m"
        assert str(WINDOW) not in target["expr"]


def test_a_label_that_looks_like_a_range_stays() -> None:
    assert ranged(f'rate(x{{path="[5m]"}}[{WINDOW}])') == 'rate(x{path="[5m]"}[$__rate_interval])'


def points(promtool: Path, folder: Path, expr: str, series: dict[str, str], step: Duration) -> int:
    """At how many points the query has a value above 0, from before the spike to ten steps and half an hour after."""
    minutes = step.whole_seconds // 60
    first, last = SPIKE // minutes - 1, (SPIKE + 30) // minutes + 10
    tests = [
        {"expr": f"count(({expr}) > 0) > bool 0", "eval_time": f"{index * minutes}m",
         "exp_samples": [{"labels": "{}", "value": 1}]}
        for index in range(first, last + 1)
    ]  # fmt: skip
    document = {
        "rule_files": [], "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m", "promql_expr_test": tests,
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
        }],
    }  # fmt: skip
    (folder / "test.yaml").write_text(yaml.safe_dump(document))
    done = subprocess.run(
        [promtool, "test", "rules", "test.yaml"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    said = f"{done.stdout}{done.stderr}"
    assert "parse error" not in said, said
    return len(tests) - len(re.findall(r"got:\s*nil", said))


COUNTER = f"0x{SPIKE - 1} 600x2200"
GATEWAY = (
    'site="eqiad",prometheus="k8s-mlserve",kubernetes_namespace="istio-system",'
    'destination_service_namespace="model",destination_canonical_service="model-x"'
)


@pytest.mark.prometheus
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("title", ["Events per second by service", "Bad events by service", "Latency quantiles"])
def test_a_spike_of_a_minute_is_seen_at_every_step(promtool: Path, tmp_path: Path, title: str, step: str) -> None:
    dashboard = service_dashboard(lift_wing_service("model"))
    length = STEPS[step]
    asked = all_queries(dashboard.json_text, step=length, scrape=MINUTE)
    expr = next(query.expr for query in asked if query.panel == title and "eqiad" in query.expr)
    series = {
        f'istio_requests_total{{{GATEWAY},response_code="503"}}': COUNTER,
        f'istio_request_duration_milliseconds_bucket{{{GATEWAY},response_code="200",le="500"}}': COUNTER,
        f'istio_request_duration_milliseconds_bucket{{{GATEWAY},response_code="200",le="+Inf"}}': COUNTER,
    }
    if title == "Latency quantiles":
        # a quantile of no events is no number, so only the steps with the spike have one
        expr = f"({expr}) == ({expr})"
    seen = points(promtool, tmp_path, expr, series, length)
    # ranges overlap by a scrape interval, and Prometheus 2 counts both ends of a range
    assert 1 <= seen <= 2
    # the range of the rules, at the same step, misses it
    if step != "5m":
        short = re.sub(r"\[\d+h1m\]", "[5m]", expr)
        assert short != expr
        assert points(promtool, tmp_path, short, series, length) == 0


@pytest.mark.prometheus
@pytest.mark.parametrize("step", STEPS)
def test_every_sample_of_a_gauge_is_counted_once(promtool: Path, tmp_path: Path, step: str) -> None:
    length = STEPS[step]
    asked = all_queries(service_dashboard(odd_service()).json_text, step=length)
    expr = next(query.expr for query in asked if query.panel == "Bad events by target")
    values = f"1x{SPIKE + 2} 0 1x2200"
    assert 1 <= points(promtool, tmp_path, expr, {'probe_success{job="blackbox",instance="a"}': values}, length) <= 2


IDENTITY = 'sloth_id="model-availability-eqiad",sloth_service="model",sloth_slo="availability-eqiad"'


@pytest.mark.prometheus
@pytest.mark.parametrize("step", ["1m", *STEPS])
@pytest.mark.parametrize(
    ("title", "legend", "metric", "more"),
    [
        ("Burn rate by window", " 5m", "slo:sli_error:ratio_rate5m", ',sloth_window="5m"'),
        ("Error ratio by window", " 5m", "slo:sli_error:ratio_rate5m", ',sloth_window="5m"'),
        ("Events per second", " bad", "slo:sli_bad:rate5m", ""),
        ("Alerts over time", "", "ALERTS", ',alertname="A",alertstate="firing",severity="page",slo_tier="1h"'),
    ],
)
def test_a_recorded_spike_is_seen_at_every_step(
    promtool: Path, tmp_path: Path, title: str, legend: str, metric: str, more: str, step: str
) -> None:
    length = Duration.parse(step)
    asked = all_queries(service_dashboard(lift_wing_service("model")).json_text, step=length)
    expr = next(
        query.expr for query in asked
        if query.panel == title and query.legend.endswith(legend) and "latency" not in query.expr
    )  # fmt: skip
    spike = f"_x{SPIKE} 1 _x5" if metric == "ALERTS" else f"0x{SPIKE - 1} 0.5 0x2200"
    series = {
        f"{metric}{{{IDENTITY}{more}}}": spike,
        f"slo:error_budget:ratio{{{IDENTITY}}}": "0.02x3000",
        f"slo:objective:ratio{{{IDENTITY}}}": "0.98x3000",
    }
    # what is not written any more is seen for five minutes
    assert 1 <= points(promtool, tmp_path, expr, series, length) <= 2


def test_the_step_is_no_shorter_than_an_evaluation() -> None:
    """A range of a shorter step would hold no sample."""
    for interval in ("1m", "5m"):
        settings = DashboardSettings(evaluation_interval=interval)
        dashboard = json.loads(service_dashboard(lift_wing_service("model"), settings).json_text)
        targets = [target for panel in panels(dashboard) for target in panel.get("targets", [])]
        stepped = [each for each in targets if "$__interval]" in each["expr"] and "slo:" in each["expr"]]
        assert len(stepped) > 5
        assert {each["interval"] for each in stepped} == {interval}
