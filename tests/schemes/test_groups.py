"""Grouped SLOs: one declaration, one SLO for each combination of label values - recordings, joins, budgets, alerts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from slosmith.engines.promtool import run_rule_tests
from slosmith.model.rules import AlertKind
from slosmith.output.compile import compile_workspace
from slosmith.schemes.chain import chain
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.vocabulary import names
from tests.formats.dialects.evaluation import expect, loaded, sound

SPEC = """\
version: slosmith/v1
kind: Service
name: checkout
period: {rolling: 7d, calendar: month}
alerting: {catalogue: plain}
group_by: [site, handler]
labels: {tier: gold}
objectives:
  availability:
    target: 90%
    indicator:
      counter_ratio:
        total: http_requests_total{job="checkout"}
        bad: http_requests_total{job="checkout",code=~"5.."}
"""
FILE = "services/checkout.yaml"
CATALOGUE = {
    "catalogues/plain.yaml": """\
version: slosmith/v1
kind: AlertCatalogue
name: plain
windows:
  - {budget_share: 2%, long: 1h, short: 5m, severity: page}
  - {budget_share: 5%, long: 6h, short: 30m, severity: page}
  - {budget_share: 10%, long: 1d, short: 2h, severity: ticket}
  - {budget_share: 10%, long: 3d, short: 6h, severity: ticket}
"""
}
HOURS = 6
# group -> good and bad requests a minute
TRAFFIC: Mapping[tuple[str, str], tuple[int, int]] = {
    ("a", "/pay"): (5, 5),
    ("a", "/see"): (1000, 0),  # much traffic without errors: it must not hide the errors of another group
    ("b", "/pay"): (95, 5),
    ("b", "/idle"): (0, 0),
}
RATIOS = {("a", "/pay"): 0.5, ("a", "/see"): 0.0, ("b", "/pay"): 0.05, ("b", "/idle"): 0.0}
BUDGET = 0.1
BY = "sum by (site, handler) (%s)"


def series(hours: int = HOURS) -> dict[str, str]:
    found = {}
    for (site, handler), (good, bad) in TRAFFIC.items():
        # two pods in each group: the group is their sum
        for pod in ("x", "y"):
            name = f'http_requests_total{{job="checkout",site="{site}",handler="{handler}",pod="{pod}",code="%s"}}'
            found[name % 200] = f"0+{good}x{60 * hours}"
            if bad:  # without errors the counter of errors does not exist
                found[name % 500] = f"0+{bad}x{60 * hours}"
    return found


def grouped(values: Mapping[tuple[str, str], float]) -> dict[str, float]:
    return {f'{{handler="{handler}", site="{site}"}}': value for (site, handler), value in values.items()}


def fired(*groups: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        {"site": site, "handler": handler, "slo_tier": tier, "sloth_id": "checkout-availability", "team": "web"}
        for site, handler, tier in groups
    ]


def test_recordings_joins_and_budgets_hold_for_every_group(tmp_path: Path, promtool: Path) -> None:
    month = HOURS / (31 * 24)  # the elapsed share of January
    lived = HOURS / (7 * 24)  # the seen share of the rolling period
    identity = ", ".join(names.IDENTITY)
    on_info = f"* on ({identity}) group_left (sloth_objective) {names.INFO}"
    with_objective = f"sum by (site, handler) (slo:sli_error:ratio_rate1h {on_info})"
    expected = {
        BY % "slo:sli_error:ratio_rate5m": RATIOS,
        BY % "slo:sli_error:ratio_rate1h": RATIOS,
        BY % "slo:sli_error:ratio_rate1w": RATIOS,
        BY % names.TOTAL_RATE: {group: 2 * sum(counts) / 60 for group, counts in TRAFFIC.items()},
        BY % names.CURRENT_BURN_RATE: {group: ratio / BUDGET for group, ratio in RATIOS.items()},
        BY % names.PERIOD_BURN_RATE: {group: ratio / BUDGET for group, ratio in RATIOS.items()},
        BY % names.COVERAGE: dict.fromkeys(RATIOS, lived),
        BY % names.PERIOD_BUDGET_REMAINING: {group: 1 - ratio / BUDGET * lived for group, ratio in RATIOS.items()},
        BY % names.CALENDAR_ERROR_RATIO: RATIOS,
        BY % names.CALENDAR_COVERAGE: dict.fromkeys(RATIOS, 1.0),
        BY % names.CALENDAR_BUDGET_SPENT: {group: ratio / BUDGET * month for group, ratio in RATIOS.items()},
        BY % names.CALENDAR_BUDGET_REMAINING: {group: 1 - ratio / BUDGET * month for group, ratio in RATIOS.items()},
        with_objective: RATIOS,
        # exactly one series for each group: none is double, and none is missing
        f"count by (site, handler) ({names.PERIOD_BUDGET_REMAINING})": dict.fromkeys(RATIOS, 1.0),
    }
    values: dict[str, float | Mapping[str, float]] = {
        **{expression: grouped(numbers) for expression, numbers in expected.items()},
        # metadata of the SLO has a single series
        f"count({names.OBJECTIVE_RATIO})": 1,
        f"count({names.INFO})": 1,
    }
    alerts = {
        # 7 days, 10 %: 33.6 % over 1h, 14 % over 6h, 7 % over 1d, 2.33 % over 3d
        "ErrorBudgetBurn": fired(*(("a", "/pay", tier) for tier in ("1h", "6h", "1d", "3d")), ("b", "/pay", "3d")),
        # five times the budget is spent in 6 of 168 hours: a sixth of the whole period's budget
        "ErrorBudgetExhausted": [],
        "SLOMetricAbsent": [],
    }
    expect(promtool, loaded(tmp_path, {FILE: SPEC, **CATALOGUE}), series(), values, at=f"{HOURS}h", alerts=alerts)


def test_groups_of_a_histogram(tmp_path: Path, promtool: Path) -> None:
    spec = SPEC.split("    indicator:")[0].replace("availability", "latency") + (
        """    indicator: {histogram_latency: {buckets: 'd_bucket{job="checkout"}', le: 0.5}}\n"""
    )
    found = {}
    for (site, handler), (good, bad) in TRAFFIC.items():
        labels = f'job="checkout",site="{site}",handler="{handler}"'
        found[f'd_bucket{{{labels},le="0.5"}}'] = f"0+{good}x90"
        found[f"d_count{{{labels}}}"] = f"0+{good + bad}x90"
    expect(
        promtool,
        loaded(tmp_path, {FILE: spec, **CATALOGUE}),
        found,
        {BY % "slo:sli_error:ratio_rate1h": grouped(RATIOS)},
        at="90m",
    )


def test_groups_without_any_data_are_absent_together(tmp_path: Path, promtool: Path) -> None:
    absent = [{"sloth_id": "checkout-availability", "slo_tier": "absent"}]
    expect(
        promtool,
        loaded(tmp_path, {FILE: SPEC, **CATALOGUE}),
        {"other": "1x60"},
        {},
        at="1h",
        alerts={"SLOMetricAbsent": absent},
    )


def test_a_group_that_vanishes_among_others_is_not_absent(tmp_path: Path, promtool: Path) -> None:
    # all groups without /pay continue for an hour, longer than the `for` of the absence alert
    found = series(2) | {name: values for name, values in series(1).items() if 'handler="/pay"' in name}
    expect(promtool, loaded(tmp_path, {FILE: SPEC, **CATALOGUE}), found, {}, at="2h", alerts={"SLOMetricAbsent": []})


@pytest.mark.parametrize(
    ("indicator", "unknown"),
    [
        ("", "The events of checkout (availability) cannot be counted"),
        (
            "raw_ratio: {error_ratio: 'avg_over_time(late:ratio[{{.window}}])'}",
            "The error ratio of checkout (availability) is not known",
        ),
    ],
)
def test_the_absence_of_all_groups_names_none(tmp_path: Path, promtool: Path, indicator: str, unknown: str) -> None:
    spec = f"{SPEC.split('      counter_ratio:')[0]}      {indicator}\n" if indicator else SPEC
    found = sound(loaded(tmp_path, {FILE: spec, **CATALOGUE}))
    workspace = found.workspace
    assert workspace is not None
    (service,) = workspace.services
    (absent,) = (
        rule for group in compile_service(service).groups for rule in group.alerts if rule.kind is AlertKind.ABSENT
    )
    texts = dict(absent.annotations)
    why = texts["description"].partition(". ")[2]
    texts |= {"summary": "checkout availability: no data", "description": f"{unknown}. {why}"}
    texts["budget"] = "Error budget left (7d), by what was counted: not known. How long it lasts is not known."
    assert "{{" not in why
    (slo,) = workspace.slos()
    firing = {"exp_labels": {**dict(absent.labels), **dict(chain(slo).labels)}, "exp_annotations": texts}
    rules = compile_workspace(workspace, found.project)["thanos/checkout.yaml"]
    (tmp_path / "checkout.yaml").write_text(rules, "utf-8")
    alert_test = {"eval_time": "1h", "alertname": absent.alert, "exp_alerts": [firing]}
    tests = [{"interval": "1m", "input_series": [], "alert_rule_test": [alert_test]}]
    content = {"rule_files": ["checkout.yaml"], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "absent_test.yaml").write_text(json.dumps(content), "utf-8")
    (result,) = run_rule_tests(promtool, [tmp_path / "absent_test.yaml"], 1)
    assert result.passed, "\n".join(result.messages)


def test_groups_in_sloths_own_rules(tmp_path: Path, promtool: Path) -> None:
    found = loaded(tmp_path, {FILE: SPEC, **CATALOGUE}, "rules: sloth\n")
    # like Sloth: without events there is no ratio (it is NaN, which >= 0 drops)
    existing = {group: ratio for group, ratio in RATIOS.items() if group != ("b", "/idle")}
    values = {
        BY % "slo:sli_error:ratio_rate1h": grouped(existing),
        BY % names.CURRENT_BURN_RATE: grouped({group: ratio / BUDGET for group, ratio in existing.items()}),
    }
    keys = {"sloth_id": "checkout-availability", "site": "a", "handler": "/pay"}
    alerts = {"ErrorBudgetBurn": [{**keys, "sloth_severity": severity} for severity in ("page", "ticket")]}
    alerts["ErrorBudgetBurn"].append({**keys, "site": "b", "sloth_severity": "ticket"})
    expect(promtool, found, series(), {f"{expr} >= 0": each for expr, each in values.items()}, at="6h", alerts=alerts)


@pytest.mark.parametrize("label", ["site", "handler"])
def test_alerts_name_their_group(tmp_path: Path, label: str) -> None:
    workspace = sound(loaded(tmp_path, {FILE: SPEC, **CATALOGUE})).workspace
    assert workspace is not None
    groups = compile_service(workspace.services[0]).groups
    alerts = [rule for group in groups for rule in group.alerts if rule.kind is not AlertKind.ABSENT]
    assert alerts
    for rule in alerts:
        texts = dict(rule.annotations)
        assert f"{{{{ $labels.{label} }}}}" in texts["summary"]
        assert f"{{{{ $labels.{label} }}}}" in texts["description"]
