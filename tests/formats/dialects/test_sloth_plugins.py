"""Sloth's public SLI plugins: the events that each counts, and the messages if one cannot be translated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slosmith.formats.dialects.sloth.plugins import plugin_ids
from slosmith.model import BooleanGauge, CounterRatio, HistogramLatency, Selector
from slosmith.promql import selector_text
from tests.formats.dialects.evaluation import expect, loaded

from .specs import problems_of, slo_of

# id (without sloth-common/) -> options, all events, bad events (or the bucket, with its bound)
COUNTS: dict[str, tuple[dict[str, object], str, str]] = {
    "coredns/availability": (
        {"filter": 'job="dns"', "custom_rcode_regex": "SERVFAIL|REFUSED"},
        'coredns_dns_responses_total{job="dns"}',
        'coredns_dns_responses_total{job="dns",rcode=~"SERVFAIL|REFUSED"}',
    ),
    "coredns/latency": (
        {"bucket": 0.032},
        'coredns_dns_request_duration_seconds_count{job!=""}',
        'coredns_dns_request_duration_seconds_bucket{job!=""} 0.032',
    ),
    "haproxy/frontend/availability": (
        {"filter": '{instance=~"lb.*"}'},
        'haproxy_frontend_http_responses_total{instance=~"lb.*"}',
        'haproxy_frontend_http_responses_total{instance=~"lb.*",code=~"5xx"}',
    ),
    "istio/v1/availability": (
        {"namespace": "shop", "service": "cart", "filter": 'reporter="source",'},
        'istio_requests_total{destination_service_namespace="shop",destination_service_name="cart",reporter="source"}',
        'istio_requests_total{destination_service_namespace="shop",destination_service_name="cart",reporter="source",'
        'response_code=~"5..|429"}',
    ),
    "istio/v1/latency": (
        {"namespace": "shop", "service": "cart", "bucket": 250, "exclude_errors": True},
        'istio_request_duration_milliseconds_count{destination_service_namespace="shop",'
        'destination_service_name="cart",response_code!~"5.."}',
        'istio_request_duration_milliseconds_bucket{destination_service_namespace="shop",'
        'destination_service_name="cart",response_code!~"5.."} 250',
    ),
    "kubernetes/apiserver/availability": (
        {},
        'apiserver_request_total{job!=""}',
        'apiserver_request_total{job!="",code=~"5..|429"}',
    ),
    "kubernetes/apiserver/latency": (
        {"bucket": "0.4"},
        'apiserver_request_duration_seconds_count{verb!="WATCH"}',
        'apiserver_request_duration_seconds_bucket{verb!="WATCH"} 0.4',
    ),
    "kubernetes/nginx-ingress/availability": (
        {"filter": 'ingress="shop"'},
        'nginx_ingress_controller_requests{ingress="shop"}',
        'nginx_ingress_controller_requests{ingress="shop",status=~"5..|429"}',
    ),
    "linkerd/v2/availability": (
        {"filter": 'deployment="cart"'},
        'response_total{direction="inbound",deployment="cart"}',
        'response_total{direction="inbound",deployment="cart",classification=~"failure"}',
    ),
    "linkerd/v2/latency": (
        {"filter": 'deployment="cart"', "bucket": 100},
        'response_latency_ms_count{direction="inbound",deployment="cart"}',
        'response_latency_ms_bucket{direction="inbound",deployment="cart"} 100',
    ),
    "prometheus/rules/eval-availability": (
        {"filter": 'job="prom"'},
        'prometheus_rule_evaluations_total{job="prom"}',
        'prometheus_rule_evaluation_failures_total{job="prom"}',
    ),
    "prometheus/targets/availability": ({"filter": 'job="cart", env="prod"'}, 'up{job="cart",env="prod"}', ""),
    "slok-go-http-metrics/availability": (
        {"filter": 'service="cart"'},
        'http_request_duration_seconds_count{service="cart"}',
        'http_request_duration_seconds_count{service="cart",code=~"5..|429"}',
    ),
    "slok-go-http-metrics/latency": (
        {"filter": 'service="cart"', "bucket": 1, "exclude_errors": "false"},
        'http_request_duration_seconds_count{service="cart"}',
        'http_request_duration_seconds_bucket{service="cart"} 1',
    ),
    "traefik/v1/availability": (
        {"backend_regex": "^cart$"},
        'traefik_backend_requests_total{backend=~"^cart$"}',
        'traefik_backend_requests_total{backend=~"^cart$",code=~"5..|429"}',
    ),
    "traefik/v1/latency": (
        {"backend_regex": "cart", "bucket": 0.3},
        'traefik_backend_request_duration_seconds_count{backend=~"cart"}',
        'traefik_backend_request_duration_seconds_bucket{backend=~"cart"} 0.3',
    ),
    **{
        f"kubernetes/kooper/{name}": (
            {"controller": "pods", "filter": 'ns="a"', "bucket": 0.5},
            f'kooper_controller_{metric}_count{{ns="a",controller="pods"}}',
            f'kooper_controller_{metric}_bucket{{ns="a",controller="pods"}} 0.5',
        )
        for name, metric in (
            ("latency", "processed_event_duration_seconds"),
            ("queue-congestion", "event_in_queue_duration_seconds"),
        )
    },
    **{
        f"traefik/{version}/availability": (
            {"service_name_regex": "cart", "filter": 'method="GET"'},
            'traefik_service_requests_total{method="GET",service=~"cart"}',
            'traefik_service_requests_total{method="GET",service=~"cart",code=~"5..|429"}',
        )
        for version in ("v2", "v3")
    },
    **{
        f"traefik/{version}/latency": (
            {"service_name_regex": "cart", "bucket": 0.3, "exclude_errors": "true"},
            'traefik_service_request_duration_seconds_count{service=~"cart",code!~"5.."}',
            'traefik_service_request_duration_seconds_bucket{service=~"cart",code!~"5.."} 0.3',
        )
        for version in ("v2", "v3")
    },
}


def spec(plugin: str, options: dict[str, object]) -> dict[str, str]:
    text = json.dumps({"id": plugin, "options": options})
    return {
        "services/cart.yaml": f"""\
version: prometheus/v1
service: cart
slos:
  - name: main
    objective: 99
    sli:
      plugin: {text}
    alerting: {{name: Cart}}
"""
    }


def test_every_plugin_is_here() -> None:
    queries = {"sloth-common/noop", "sloth_common/noop", "sloth-common/kubernetes/kooper/availability"}
    assert {f"sloth-common/{name}" for name in COUNTS} | queries == set(plugin_ids())


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_what_a_plugin_counts(name: str, tmp_path: Path) -> None:
    options, total, marked = COUNTS[name]
    indicator = slo_of(tmp_path, spec(f"sloth-common/{name}", options), "cart-main").indicator
    assert isinstance(indicator, CounterRatio | HistogramLatency | BooleanGauge)
    if isinstance(indicator, BooleanGauge):
        assert texts(indicator.gauges) == [total]
        return
    assert texts(indicator.total) == [total]
    if isinstance(indicator, HistogramLatency):
        assert f"{texts(indicator.buckets)[0]} {indicator.le}" == marked
    else:
        assert texts(indicator.bad) == [marked]


def texts(selectors: tuple[Selector, ...]) -> list[str]:
    return [selector_text(selector) for selector in selectors]


WRONG = {
    "an unknown plugin": (
        "sloth-common/coredns/latencies",
        {},
        "7:22 RES327 slosmith has no template for the SLI plugin 'sloth-common/coredns/latencies', and does not run "
        "the code of plugins | did you mean 'sloth-common/coredns/latency'?",
    ),
    "a plugin of one's own": (
        "our-plugins/latency",
        {},
        "7:22 RES327 slosmith does not know the SLI plugin 'our-plugins/latency', and does not run the code of plugins",
    ),
    "an unknown option": (
        "sloth-common/coredns/latency",
        {"buckets": "1"},
        "7:66 RES327 the plugin sloth-common/coredns/latency has no option 'buckets' | did you mean 'bucket'?",
    ),
    "an option that is missing": (
        "sloth-common/istio/v1/availability",
        {"namespace": "shop"},
        "7:71 RES327 the plugin sloth-common/istio/v1/availability needs the option 'service'",
    ),
    "a bucket that is no number": (
        "sloth-common/coredns/latency",
        {"bucket": "fast"},
        "7:76 RES327 the bucket 'fast' is not a number of seconds, in whole milliseconds | write the number alone, "
        'such as "0.25"; other buckets need `events`',
    ),
    "a filter that breaks out": (
        "sloth-common/coredns/availability",
        {"filter": 'job="a"} or vector(0) or x{a="b"'},
        '7:81 RES327 \'job="a"} or vector(0) or x{a="b"\' is not a filter | write matchers with commas between them: '
        'job="api",env="production"',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_translated_is_said(case: str, tmp_path: Path) -> None:
    plugin, options, expected = WRONG[case]
    found = problems_of(tmp_path, spec(plugin, options))
    assert len(found) == 1
    assert found[0].startswith(expected)


@pytest.mark.parametrize("plugin", [
    "sloth-common/kubernetes/kubelet/latency", "sloth-common/redis/availability", "slokit/availability/http-requests",
])  # fmt: skip
def test_an_unknown_plugin_is_shown_the_queries_to_write(plugin: str, tmp_path: Path) -> None:
    """The most similar name belongs to a plugin for other metrics, so it is not suggested."""
    (found,) = problems_of(tmp_path, spec(plugin, {}))
    assert "did you mean" not in found
    assert "error_query: 'sum(rate(" in found


KOOPER = {
    'kooper_controller_processed_event_duration_seconds_count{controller="pods",success="true"}': "0+80x120",
    'kooper_controller_processed_event_duration_seconds_count{controller="pods",success="false"}': "0+20x120",
    'kooper_controller_queued_events_total{controller="pods",requeue="true"}': "0+20x120",
    'kooper_controller_queued_events_total{controller="pods",requeue="false"}': "0+80x120",
}


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_kooper_counts_an_event_once(rules: str, tmp_path: Path, promtool: Path) -> None:
    text = spec("sloth-common/kubernetes/kooper/availability", {"controller": "pods"})["services/cart.yaml"]
    found = loaded(tmp_path, text, f"rules: {rules}\n")
    # 20 of 100 attempts fail, and 20 of the 100 are second attempts
    expect(promtool, found, KOOPER, {"slo:sli_error:ratio_rate1h": 0.25})


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_noop_has_no_errors(rules: str, tmp_path: Path, promtool: Path) -> None:
    text = spec("sloth_common/noop", {})["services/cart.yaml"]
    expect(promtool, loaded(tmp_path, text, f"rules: {rules}\n"), {"x": "1x120"}, {"slo:sli_error:ratio_rate1h": 0})


SPOKEN = {
    "istio/v1/availability": {"namespace": "shop", "service": "cart"},
    "istio/v1/latency": {"namespace": "shop", "service": "cart", "bucket": 250},
    "linkerd/v2/availability": {"filter": 'deployment="cart"'},
    "linkerd/v2/latency": {"filter": 'deployment="cart"', "bucket": 100},
}


@pytest.mark.parametrize("name", SPOKEN)
def test_plugins_that_say_0_without_traffic(name: str, tmp_path: Path, promtool: Path) -> None:
    """Sloth's rules give the same. Weighted rules have no data, and the absence alert fires."""
    text = spec(f"sloth-common/{name}", SPOKEN[name])["services/cart.yaml"]
    nothing = {"other": "1x120"}
    expect(promtool, loaded(tmp_path / "sloth", text, "rules: sloth\n"), nothing, {"slo:sli_error:ratio_rate1h": 0})
    found = loaded(tmp_path / "weighted", text)
    missing: dict[str, float | dict[str, float]] = {"sum by (sloth_id) (slo:sli_error:ratio_rate1h)": {}}
    expect(promtool, found, nothing, missing, alerts={"SLOMetricAbsent": [{"sloth_slo": "main"}]})


def test_what_they_count_in_sloths_rules(tmp_path: Path, promtool: Path) -> None:
    options: dict[str, object] = {"filter": 'deployment="cart"', "bucket": 100}
    text = spec("sloth-common/linkerd/v2/latency", options)["services/cart.yaml"]
    name = 'response_latency_ms_%s{deployment="cart",direction="inbound"%s}'
    series = {name % ("bucket", ',le="100"'): "0+7x120", name % ("count", ""): "0+10x120"}
    found = loaded(tmp_path, text, "rules: sloth\n")
    expect(promtool, found, series, {"slo:sli_error:ratio_rate5m": 0.3, "slo:sli_error:ratio_rate1h": 0.3})
