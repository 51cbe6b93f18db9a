"""The agreed SLOs: the objectives of each class, what counts as bad, and that outages fit into the budgets."""

from __future__ import annotations

from decimal import Decimal

import pytest

from slosmith.model import CounterRatio, Duration, HistogramLatency
from tests.liftwing.policy import counts, gateway_series, is_bad, service, slo, workspace

AGREED = {
    "ores": ("0.98", "0.98", {"5s"}),
    "stable": ("0.98", "0.98", {"500ms"}),
    "experimental": ("0.95", "0.95", {"500ms", "5s"}),
    "auxiliary": ("0.95", "0.95", {"500ms"}),
    "kubernetes-api": ("0.99", "0.99", {"500ms"}),
}
"""Class -> availability target, latency target, thresholds."""

NAMED = {
    "ores": {
        "revscoring-articlequality", "revscoring-articletopic", "revscoring-draftquality", "revscoring-drafttopic",
        "revscoring-editquality-damaging", "revscoring-editquality-goodfaith", "revscoring-editquality-reverted",
    },
    "stable": {"revertrisk-language-agnostic"},
    "experimental": {
        "revertrisk-multilingual", "revertrisk-wikidata", "outlink-topic-model", "outlink-topic-model-grpc",
        "readability", "editing-suggestions", "cope-a-9b", "langid", "embeddings", "jina-embeddings",
        "gpt-oss-safeguard-20b", "cope-b-a4b", "llm-qwen3-14b", "llm-qwen36-27b", "tts",
    },
    "auxiliary": {"ores-legacy", "recommendation-api-ng", "liftwing-openapi-server", "tts-section-generator"},
    "kubernetes-api": {"ml-serve-kubernetes"},
}  # fmt: skip
"""Services whose class is agreed, by their own name or by their namespace's."""

WITHIN_500_MS = {"outlink-topic-model", "outlink-topic-model-grpc", "langid", "embeddings", "jina-embeddings"}
"""Experimental services with the class's own threshold; the others have 5 s."""


def test_five_classes_with_two_indicators_each_make_ten_objectives() -> None:
    classes = {item.name: item for item in workspace().classes}
    assert set(classes) == set(AGREED)
    assert sum(len(item.objectives) for item in classes.values()) == 10
    for item in classes.values():
        assert [objective.indicator for objective in item.objectives] == ["availability", "latency"]
        assert not item.no_guarantees


@pytest.mark.parametrize("name", AGREED)
def test_targets_and_thresholds_are_the_agreed_ones(name: str) -> None:
    availability, latency, thresholds = AGREED[name]
    slos = [item for item in workspace().slos() if item.slo_class == name]
    assert slos
    for item in slos:
        expected = availability if item.indicator_name == "availability" else latency
        assert item.objective.target_ratio == Decimal(expected), item.id
        assert item.objective.aspirational_ratio is None
    found = {item.objective.threshold for item in slos if item.indicator_name == "latency"}
    assert found == {Duration.parse(threshold) for threshold in thresholds}


def test_experimental_services_choose_their_threshold() -> None:
    for item in workspace().slos():
        if item.slo_class == "experimental" and item.indicator_name == "latency":
            expected = "500ms" if item.service in WITHIN_500_MS else "5s"
            assert item.objective.threshold == Duration.parse(expected), item.id
            assert isinstance(item.indicator, HistogramLatency)
            assert item.indicator.le == ("500" if item.service in WITHIN_500_MS else "5000"), item.id


def test_every_service_has_both_objectives_at_each_of_its_sites() -> None:
    for owner in workspace().services:
        expected = {f"{indicator}-{site}" for indicator in ("availability", "latency") for site in owner.sites}
        assert {item.name for item in owner.slos} == expected
        assert not owner.no_guarantees


@pytest.mark.parametrize("name", NAMED)
def test_services_that_the_agreement_names_are_in_their_class(name: str) -> None:
    found = {owner.name for owner in workspace().services if owner.slo_class == name}
    assert NAMED[name] <= found


def test_periods_are_28_days_and_the_reporting_quarter() -> None:
    for item in workspace().slos():
        assert item.period.rolling == Duration.parse("28d")
        assert item.period.calendar is not None
        assert sorted(item.period.calendar.starts) == [(3, 1), (6, 1), (9, 1), (12, 1)]


@pytest.mark.parametrize(
    ("code", "bad"),
    [("200", False), ("302", False), ("404", False), ("429", False), ("0", False), ("500", True), ("503", True)],
)
@pytest.mark.parametrize(
    ("service", "namespace", "canonical"),
    [
        ("revscoring-drafttopic", "revscoring-drafttopic", "enwiki-drafttopic-predictor-default"),
        ("revertrisk-language-agnostic", "revertrisk", "revertrisk-language-agnostic-predictor"),
        ("revertrisk-multilingual", "revertrisk", "revertrisk-multilingual-predictor"),
        ("ores-legacy", "ores-legacy", "ores-legacy-main"),
    ],
)
def test_what_is_an_error(service: str, namespace: str, canonical: str, code: str, bad: bool) -> None:
    labels = gateway_series("codfw", namespace, canonical, response_code=code)
    availability = slo(f"{service}-availability-codfw")
    assert counts(availability, labels)
    assert is_bad(availability, labels) is bad
    latency = slo(f"{service}-latency-codfw")
    assert counts(latency, labels) is (code == "200"), "latency is about successful responses"


@pytest.mark.parametrize(("status", "bad"), [("0", False), ("5", False), ("13", True), ("14", True), ("", False)])
def test_grpc_errors_are_in_the_grpc_status(status: str, bad: bool) -> None:
    name = "outlink-topic-model-grpc"
    labels = gateway_series("eqiad", "articletopic-outlink", f"{name}-predictor", grpc_response_status=status)
    assert is_bad(slo(f"{name}-availability-eqiad"), labels) is bad
    assert counts(slo(f"{name}-latency-eqiad"), labels) is (status in ("", "0"))


@pytest.mark.parametrize(("site", "other"), [("eqiad", "codfw"), ("codfw", "eqiad")])
def test_the_kubernetes_api_is_measured_at_400_ms_and_without_watches(site: str, other: str) -> None:
    latency = slo(f"ml-serve-kubernetes-latency-{site}")
    assert latency.objective.threshold == Duration.parse("500ms")
    assert isinstance(latency.indicator, HistogramLatency)
    assert latency.indicator.le == "0.4"
    for of in (latency, slo(f"ml-serve-kubernetes-availability-{site}")):
        labels = {"site": site, "prometheus": "k8s-mlserve", "job": "k8s-api", "verb": "LIST", "code": "500"}
        assert counts(of, labels)
        for wrong in ({"site": other}, {"prometheus": "k8s"}, {"job": "x"}, {"verb": "WATCH"}, {"verb": "CONNECT"}):
            assert not counts(of, labels | wrong)
    assert is_bad(slo(f"ml-serve-kubernetes-availability-{site}"), labels)
    assert any("400 ms" in decision.decision for decision in service(latency.service).decisions)


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


SHORTEST_QUARTER = Duration.parse("90d")


def test_expected_outages_fit_into_the_budgets() -> None:
    """In hours of full outage: one outage into the rolling budget, all of a quarter's into the quarter's."""
    for owner in workspace().services:
        operations = owner.operations
        assert operations.time_to_detect is not None
        assert operations.time_to_repair is not None
        assert operations.expected_outages is not None
        outage = operations.time_to_detect.seconds + operations.time_to_repair.seconds
        for item in owner.slos:
            budget = item.objective.error_budget_ratio
            assert outage <= budget * item.period.rolling.seconds, item.id
            assert outage * operations.expected_outages <= budget * SHORTEST_QUARTER.seconds, item.id
