"""The SLOs of exactly one service count each workload of production, and no SLO counts other workloads."""

from __future__ import annotations

import json

import pytest

from tests.liftwing.policy import (
    CHECKOUT,
    INVENTORY,
    counted_in,
    expected_service,
    gateway_series,
    inference_services,
    service,
    staged,
    web_applications,
    workspace,
)

WORKLOADS = sorted(inference_services())
INDICATORS = ("availability", "latency")


def test_the_inventory_is_the_one_that_the_policy_was_made_for() -> None:
    original = CHECKOUT.parent / "shared" / "data" / "liftwing_inventory.json"
    if original.exists():
        assert json.loads(original.read_text(encoding="utf-8")) == json.loads(INVENTORY.read_text(encoding="utf-8"))


def test_what_is_staged_is_in_the_inventory() -> None:
    assert staged() <= {workload.name for workload in WORKLOADS}


@pytest.mark.parametrize("suffix", ["-predictor", "-predictor-default"])
@pytest.mark.parametrize("indicator", INDICATORS)
def test_each_inference_service_counts_in_one_slo_of_each_site_it_runs_in(indicator: str, suffix: str) -> None:
    for workload in WORKLOADS:
        grpc = {"grpc_response_status": "0"} if workload.name.endswith("-grpc") else {}
        for site in ("eqiad", "codfw"):
            labels = gateway_series(site, workload.namespace, workload.name + suffix, **grpc)
            expected = [f"{expected_service(workload)}-{indicator}-{site}"]
            covered = site in workload.sites and workload.name not in staged()
            whole_namespace = workload.namespace.startswith("revscoring-")
            assert counted_in(labels, indicator) == (expected if covered or whole_namespace else []), workload


@pytest.mark.parametrize("indicator", INDICATORS)
def test_each_web_service_counts_in_one_slo_of_each_site(indicator: str) -> None:
    applications = list(web_applications())
    assert applications
    for namespace, app in applications:
        for name in (app, f"{app}-main"):
            for site in ("eqiad", "codfw"):
                labels = gateway_series(site, namespace, name)
                assert counted_in(labels, indicator) == [f"{app}-{indicator}-{site}"]


def test_sites_are_those_of_the_inventory() -> None:
    for workload in WORKLOADS:
        if workload.name not in staged():
            assert set(service(expected_service(workload)).sites) == set(workload.sites), workload


def test_there_is_no_service_that_nothing_asks_for() -> None:
    running = {expected_service(workload) for workload in WORKLOADS if workload.name not in staged()}
    running |= {app for _, app in web_applications()} | {"ml-serve-kubernetes"}
    assert {item.name for item in workspace().services} == running


@pytest.mark.parametrize("indicator", INDICATORS)
@pytest.mark.parametrize(
    "changed",
    [
        {"kubernetes_namespace": "revertrisk"},  # the sidecar reports the same request once more
        {"kubernetes_namespace": ""},
        {"prometheus": "k8s"},
        {"site": "staging"},
        {"destination_service_namespace": "experimental"},
        {"destination_canonical_service": "revertrisk-language-agnostic-transformer"},
        {"destination_canonical_service": "x-revertrisk-language-agnostic-predictor"},
        {"destination_canonical_service": "revertrisk-language-agnostic-predictor-canary"},
    ],
    ids=str,
)
def test_other_series_count_nowhere(indicator: str, changed: dict[str, str]) -> None:
    labels = gateway_series("eqiad", "revertrisk", "revertrisk-language-agnostic-predictor")
    assert counted_in(labels, indicator)
    assert counted_in(labels | changed, indicator) == []


def test_requests_for_which_no_backend_was_known_count_where_they_can_be_nobody_elses() -> None:
    owners: dict[str, set[str]] = {}
    for workload in WORKLOADS:
        owners.setdefault(workload.namespace, set()).add(expected_service(workload))
    for namespace, app in web_applications():
        owners.setdefault(namespace, set()).add(app)
    for namespace, services in owners.items():
        labels = gateway_series("eqiad", namespace, "unknown", response_code="503")
        expected = [f"{namespace}-availability-eqiad"] if len(services) == 1 else []
        assert counted_in(labels, "availability") == expected
