"""The events of the policy: the requests that count, and the ones that are bad. The agreed numbers are in
slo_specs/policies/, and `slosmith validate` checks them.
"""

from __future__ import annotations

import pytest

from slosmith.model import CounterRatio, HistogramLatency
from tests.liftwing.policy import (
    counts,
    expected_service,
    gateway_series,
    inference_services,
    is_bad,
    service,
    slo,
    staged,
    workspace,
)

WORKLOADS = sorted(workload for workload in inference_services() if workload.name not in staged())


@pytest.mark.parametrize(("code", "bad"), [("200", False), ("302", False), ("500", True), ("503", True)])
def test_what_is_an_error(code: str, bad: bool) -> None:
    for workload in WORKLOADS:
        if workload.name.endswith("-grpc"):
            continue
        owner = expected_service(workload)
        for site in workload.sites:
            labels = gateway_series(site, workload.namespace, f"{workload.name}-predictor", response_code=code)
            availability = slo(f"{owner}-availability-{site}")
            assert counts(availability, labels), workload
            assert is_bad(availability, labels) is bad, workload
            latency = slo(f"{owner}-latency-{site}")
            assert counts(latency, labels) is (code == "200"), "latency is about successful responses"


@pytest.mark.parametrize(("status", "bad"), [("0", False), ("5", False), ("13", True), ("14", True), ("", False)])
def test_grpc_errors_are_in_the_grpc_status(status: str, bad: bool) -> None:
    for workload in WORKLOADS:
        if not workload.name.endswith("-grpc"):
            continue
        for site in workload.sites:
            more = {"grpc_response_status": status}
            labels = gateway_series(site, workload.namespace, f"{workload.name}-predictor", **more)
            assert is_bad(slo(f"{workload.name}-availability-{site}"), labels) is bad
            assert counts(slo(f"{workload.name}-latency-{site}"), labels) is (status in ("", "0"))


def test_the_kubernetes_api_is_measured_without_watches_and_in_its_own_site() -> None:
    sites = service("ml-serve-kubernetes").sites
    for site in sites:
        labels = {"site": site, "prometheus": "k8s-mlserve", "job": "k8s-api", "verb": "LIST", "code": "500"}
        elsewhere = [{"site": other} for other in sites if other != site]
        others = [{"prometheus": "k8s"}, {"job": "x"}, {"verb": "WATCH"}, {"verb": "CONNECT"}]
        for indicator in ("availability", "latency"):
            of = slo(f"ml-serve-kubernetes-{indicator}-{site}")
            assert counts(of, labels)
            for wrong in (*elsewhere, *others):
                assert not counts(of, labels | wrong)
        assert is_bad(slo(f"ml-serve-kubernetes-availability-{site}"), labels)


def test_both_sides_of_a_latency_ratio_select_alike() -> None:
    for item in workspace().slos():
        if isinstance(item.indicator, HistogramLatency):
            buckets, totals = item.indicator.buckets, item.indicator.total
            assert [part.matchers for part in buckets] == [part.matchers for part in totals]
            assert [part.metric.removesuffix("_bucket") for part in buckets] == [
                part.metric.removesuffix("_count") for part in totals
            ]


def test_bad_events_are_events() -> None:
    for item in workspace().slos():
        if isinstance(item.indicator, CounterRatio):
            (total,) = item.indicator.total
            for selector in item.indicator.bad:
                assert selector.metric == total.metric
                assert set(total.matchers) < set(selector.matchers), item.id
