"""What is not evaluated says so: there is Prometheus' number or an error."""

from __future__ import annotations

import numpy as np
import pytest

from slosmith.history.arithmetic import (
    FailedEvaluationError,
    Group,
    Rule,
    Samples,
    Series,
    UnsupportedError,
    evaluate,
    read_rule_file,
)

MINUTE = 60_000


def series(**labels: str) -> Series:
    named = tuple({"__name__": labels.pop("name"), **labels}.items())
    return Series(named, Samples.scraped(np.arange(20) * MINUTE, np.arange(20, dtype=np.float64)))


DATA = [
    series(name="a", x="1"),
    series(name="a", x="2"),
    series(name="b", x="1", y="1"),
    series(name="b", x="1", y="2"),
]


def run(*rules: Rule) -> None:
    evaluate([Group("g", rules)], DATA, 0, 19 * MINUTE)


@pytest.mark.parametrize(
    "expr",
    [
        "irate(a[5m])",
        "delta(a[5m])",
        "quantile_over_time(0.5, a[5m])",
        "histogram_quantile(0.9, a)",
        "topk(1, a)",
        "quantile(0.5, a)",
        'count_values("v", a)',
        'label_replace(a, "z", "$1", "x", "(.*)")',
        "sort(a)",
        "timestamp(a)",
        "predict_linear(a[5m], 60)",
        "sum_over_time(a[10m:1m] @ 600)",
        "sum_over_time(sum_over_time(a[5m:1m] @ end())[10m:1m])",
        "ALERTS",
        '{__name__=~".+"}',
        "a[5m]",
    ],
)
def test_promql_that_is_not_evaluated(expr: str) -> None:
    with pytest.raises(UnsupportedError):
        run(Rule(record="r", expr=expr))


@pytest.mark.parametrize(
    "expr",
    ["a / on () b", "b / on (x) a", "a * on (x) b", "sum by (x) (a) * on () group_left () b", "b + ignoring (y) b"],
)
def test_matches_that_fail_in_prometheus(expr: str) -> None:
    with pytest.raises(FailedEvaluationError, match=r"at 0\.000 in"):
        run(Rule(record="r", expr=expr))


def test_one_series_twice() -> None:
    with pytest.raises(FailedEvaluationError, match="two results with the same labels"):
        run(Rule(record="r", expr="a", labels=(("x", ""),)))


def test_rules_in_a_circle() -> None:
    with pytest.raises(UnsupportedError, match=r"rules that read each other: .*r"):
        run(Rule(record="r", expr="a or s"), Rule(record="s", expr="r"))
    with pytest.raises(UnsupportedError, match="rules that read each other"):
        run(Rule(record="r", expr="a or r offset 5m"))
    # rules of one name for different things do not read each other
    run(Rule(record="r", expr="a", labels=(("of", "1"),)), Rule(record="r", expr='r{of="1"}', labels=(("of", "2"),)))


def test_a_subquery_over_what_comes_later() -> None:
    run(Rule(record="r", expr="sum_over_time(s[10m:1m])"), Rule(record="s", expr="a"))
    with pytest.raises(UnsupportedError, match="a subquery in a subquery over what is recorded later"):
        run(Rule(record="r", expr="max_over_time(sum_over_time(s[10m:1m])[5m:1m])"), Rule(record="s", expr="a"))


def test_a_future_of_recordings() -> None:
    with pytest.raises(UnsupportedError, match="negative offset"):
        run(Rule(record="s", expr="a"), Rule(record="r", expr="s offset -5m"))


@pytest.mark.parametrize(
    "text",
    [
        "groups: [{name: g, limit: 5, rules: []}]",
        "groups: [{name: g, query_offset: 1m, rules: []}]",
        "groups: [{name: g, rules: [{record: r, alert: a, expr: a}]}]",
        "groups: [{name: g, rules: [{expr: a}]}]",
        "groups: [{name: g, rules: [{alert: a, expr: a, labels: {x: '{{ $value }}'}}]}]",
        "groups: [{name: g, rules: [{alert: a, expr: a, for: soon}]}]",
        "groups: 3",
    ],
)
def test_rule_files_that_are_not_evaluated(text: str) -> None:
    with pytest.raises(UnsupportedError, match="the rule file cannot be read"):
        read_rule_file(text)


def test_samples_out_of_order() -> None:
    with pytest.raises(ValueError, match="ascending"):
        Samples.scraped(np.array([2, 1]), np.zeros(2))
