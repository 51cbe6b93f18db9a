"""The use of templates: values, mistakes, and unusual input of people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slosmith.model import CounterRatio, Duration, Freshness, GaugeThreshold, HistogramLatency, Matcher, Selector
from slosmith.promql import parse
from slosmith.sli.base import base_expressions
from slosmith.sli.buckets import bucket_for, in_duration
from slosmith.sli.expand import expand
from slosmith.sli.library import library
from slosmith.sli.template_error import TemplateError, TemplateProblem

LIBRARY = library()
SITE = (Matcher("site", "=", "eqiad"), Matcher("prometheus", "=", "k8s-mlserve"))


def made(template: str, indicator: str, threshold: str = "", **parameters: object) -> object:
    limit = Duration.parse(threshold) if threshold else None
    return expand(template, parameters, indicator=indicator, threshold=limit, library=LIBRARY)


def problems(template: str, indicator: str, threshold: str = "", **parameters: object) -> tuple[TemplateProblem, ...]:
    with pytest.raises(TemplateError) as caught:
        made(template, indicator, threshold, **parameters)
    return caught.value.problems


def test_both_sides_come_from_one_selector() -> None:
    found = expand("istio-gateway", {"namespace": "revertrisk"}, indicator="availability", extra_matchers=SITE,
                   library=LIBRARY)  # fmt: skip
    shared = (*SITE, Matcher("kubernetes_namespace", "=", "istio-system"),
              Matcher("destination_service_namespace", "=", "revertrisk"),
              Matcher("destination_canonical_service", "!=", "unknown"))  # fmt: skip
    assert found == CounterRatio(
        total=(Selector("istio_requests_total", shared),),
        bad=(Selector("istio_requests_total", (*shared, Matcher("response_code", "=~", "5.."))),),
    )


def test_scope_matchers_stand_on_every_selector_of_every_template() -> None:
    for name, template in LIBRARY.templates.items():
        values = {key: item.example for key, item in template.parameters.items() if item.example is not None}
        for indicator in template.indicators:
            # each template has a bucket at one of these
            for threshold in ("500ms", "100ms", "1s", "8ms", "64ms", "1h"):
                try:
                    found = expand(name, values, indicator=indicator, threshold=Duration.parse(threshold),
                                   extra_matchers=SITE, library=LIBRARY)  # fmt: skip
                    break
                except TemplateError as error:
                    if {problem.code for problem in error.problems} != {"threshold-not-a-bucket"}:
                        raise
            base = base_expressions(found)
            for selector in parse(base.total).selectors() + parse(base.bad).selectors():
                assert set(SITE) <= set(selector.matchers), (name, indicator)


def test_a_bound_is_in_the_unit_of_the_metric() -> None:
    milliseconds = made("istio-gateway", "latency", "5s", namespace="n")
    seconds = made("kubernetes-apiserver", "latency", "400ms")
    assert isinstance(milliseconds, HistogramLatency)
    assert milliseconds.le == "5000"
    assert isinstance(seconds, HistogramLatency)
    assert (seconds.le, seconds.total[0].metric) == ("0.4", "apiserver_request_duration_seconds_count")


def test_thresholds_become_limits_of_gauges() -> None:
    lag = made("queue-age", "age", "2m", metric="m", select=['a="b"'], unit="milliseconds")
    assert isinstance(lag, GaugeThreshold)
    assert lag.value == Decimal(120_000)
    fresh = made("cron-freshness", "freshness", "26h", metric="m", select=['a="b"'])
    assert isinstance(fresh, Freshness)
    assert fresh.max_age == Duration.parse("26h")


def test_a_threshold_that_is_no_bucket_names_both_neighbours() -> None:
    (problem,) = problems("kubernetes-apiserver", "latency", "500ms")
    assert (problem.code, problem.path) == ("threshold-not-a-bucket", ())
    assert "500ms is not a bucket" in problem.message
    assert "400ms (stricter" in problem.hint
    assert "600ms (looser" in problem.hint


@pytest.mark.parametrize(
    ("threshold", "offered", "not_offered"), [("1ms", "looser", "stricter"), ("90s", "stricter", "looser")]
)
def test_at_the_ends_there_is_one_neighbour(threshold: str, offered: str, not_offered: str) -> None:
    (problem,) = problems("kubernetes-apiserver", "latency", threshold)
    assert offered in problem.hint
    assert not_offered not in problem.hint


def test_buckets_of_ones_own_take_the_place_of_the_known_ones() -> None:
    assert made("kubernetes-apiserver", "latency", "500ms", buckets=["0.5"])
    (problem,) = problems("kubernetes-apiserver", "latency", "400ms", buckets=["0.5", "1"])
    assert problem.code == "threshold-not-a-bucket"
    (bad,) = problems("kubernetes-apiserver", "latency", "400ms", buckets=["0.5", "+Inf"])
    assert (bad.code, bad.path) == ("bad-parameter", ("buckets", 1))


def test_bounds_are_said_as_people_say_them() -> None:
    assert [in_duration(Decimal(b), "seconds") for b in ("0.0005", "0.4", "1", "2.5", "60")] == [
        "0.5ms", "400ms", "1s", "2.5s", "60s"]  # fmt: skip
    assert in_duration(Decimal("3600000"), "milliseconds") == "3600s"
    assert bucket_for(Duration.parse("1h"), "milliseconds", ()) == "3600000"


@pytest.mark.parametrize(
    ("template", "indicator", "parameters", "code", "path", "words"),
    [
        ("istio-gatewy", "availability", {}, "unknown-template", (), "istio-gateway"),
        ("istio-gateway", "availabilty", {"namespace": "n"}, "unknown-indicator", (), "availability"),
        ("istio-gateway", "availability", {}, "missing-parameter", (), "revertrisk"),
        ("istio-gateway", "availability", {"namespace": "n", "servce": "x"}, "unknown-parameter", ("servce",),
         "service"),
        ("istio-gateway", "availability", {"namespace": "n", "service": "("}, "bad-parameter", ("service",), ""),
        ("istio-gateway", "availability", {"namespace": "n", "service": "a(?=b)"}, "bad-parameter", ("service",), ""),
        ("istio-gateway", "availability", {"namespace": ""}, "bad-parameter", ("namespace",), ""),
        ("istio-gateway", "availability", {"namespace": "a\0"}, "bad-parameter", ("namespace",), ""),
        ("istio-gateway", "availability", {"namespace": ["a"]}, "bad-parameter", ("namespace",), ""),
        ("istio-gateway", "availability", {"namespace": True}, "bad-parameter", ("namespace",), ""),
        ("istio-gateway", "availability", {"namespace": "n", "client_errors": "exlude"}, "bad-parameter",
         ("client_errors",), "exclude"),
        ("istio-gateway", "availability", {"namespace": "n", "gateway_namespace_label": 'a"'}, "bad-parameter",
         ("gateway_namespace_label",), ""),
        ("kubernetes-apiserver", "availability", {"excluded_verbs": "WATCH"}, "bad-parameter", ("excluded_verbs",), ""),
        ("kubernetes-apiserver", "availability", {"excluded_verbs": ["WATCH", 3.5]}, "bad-parameter",
         ("excluded_verbs", 1), ""),
        ("istio-gateway", "latency", {"namespace": "n"}, "missing-threshold", (), "threshold"),
        ("counters", "availability", {"select": ['a="b"'], "total_metric": "t"}, "missing-parameter", (), "bad_metric"),
        ("counters", "availability", {"select": ['a="b"} or up{x="y"'], "total_metric": "t", "bad_metric": "b"},
         "bad-parameter", ("select", 0), ""),
        ("counters", "availability", {"select": ['a="b"'], "total_metric": "t[5m]) + (x", "bad_metric": "b"},
         "bad-parameter", ("total_metric",), ""),
        ("kafka-consumer", "lag", {"consumer_group": "g", "max_lag": "many"}, "bad-parameter", ("max_lag",), ""),
        ("kafka-consumer", "lag", {"consumer_group": "g", "max_lag": "NaN"}, "bad-parameter", ("max_lag",), ""),
    ],
)  # fmt: skip
def test_mistakes_are_problems_with_their_place(
    template: str, indicator: str, parameters: dict[str, object], code: str, path: tuple[str | int, ...], words: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        expand(template, parameters, indicator=indicator, library=LIBRARY)
    found = caught.value.problems
    assert [(problem.code, problem.path) for problem in found] == [(code, path)]
    assert words in found[0].message + found[0].hint


def test_all_mistakes_are_told_at_once() -> None:
    found = problems("istio-gateway", "availability", service="(", servce="x", protocol="tcp")
    assert sorted(problem.code for problem in found) == [
        "bad-parameter", "bad-parameter", "missing-parameter", "unknown-parameter"]  # fmt: skip


VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(VALUES, VALUES)
def test_no_value_leaves_its_matcher(namespace: str, verb: str) -> None:
    gateway = made("istio-gateway", "availability", namespace=namespace)
    server = made("kubernetes-apiserver", "availability", job=namespace, excluded_verbs=[verb, "WATCH"])
    for indicator in (gateway, server):
        assert isinstance(indicator, CounterRatio)
        base = base_expressions(indicator)
        wanted = [*indicator.total, *indicator.bad]
        found = [item.selector for item in parse(base.total).selectors() + parse(base.bad).selectors()]
        assert set(found) == set(wanted)
        assert len(found) == 3


@pytest.mark.parametrize("service", ["a|b", "a|unknown-(x", "x)|(y", "(a)|b", "^a|b$"])
def test_an_alternation_ends_where_the_value_ends(service: str) -> None:
    if service in ("a|unknown-(x", "x)|(y"):  # a value with a bracket for the group around it is not a valid pattern
        assert problems("istio-gateway", "availability", namespace="n", service=service)
        return
    found = made("istio-gateway", "availability", namespace="n", service=service, unknown_service="include")
    assert isinstance(found, CounterRatio)
    assert Matcher("destination_canonical_service", "=~", f"(?:{service})|unknown") in found.total[0].matchers


def test_a_literal_in_a_pattern_is_a_literal() -> None:
    found = made("kserve", "availability", namespace="n", inference_service="a.b|c")
    assert isinstance(found, CounterRatio)
    assert Matcher("service_name", "=~", r"(?:a\.b\|c)-predictor(-default)?") in found.total[0].matchers


def test_numbers_are_taken_for_texts_where_texts_stand() -> None:
    """YAML reads ``errors: 500`` as a number."""
    found = made("http-requests", "availability", select=['job="x"'], errors=500)
    assert isinstance(found, CounterRatio)
    assert found.bad[0].matchers[-1] == Matcher("code", "=~", "500")


def test_a_selector_that_several_parts_make_stands_once() -> None:
    found = made("celery", "availability", task="t")
    assert isinstance(found, CounterRatio)
    assert [selector.metric for selector in found.total] == ["celery_task_succeeded_total", "celery_task_failed_total"]
    assert [selector.metric for selector in found.bad] == ["celery_task_failed_total"]
