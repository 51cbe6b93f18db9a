"""The calendar budget if several Prometheus servers record the start of the period."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.targets.compiling import assert_rule_tests_pass, compiled, put, small_project

HOURS = 48
IDENTITY = 'sloth_id="alpha-availability-eqiad", sloth_service="alpha", sloth_slo="availability-eqiad"'


def calendars(*external: str) -> list[dict[str, str]]:
    """Both series of the calendar, from each server in ``external`` (its labels). The period begins at 0 and has 90
    days.
    """
    return [
        {
            "series": f'slo:calendar_period:{which}_seconds{{calendar="slo-quarter"{labels}}}',
            "values": f"{value}x{HOURS}",
        }
        for labels in external
        for which, value in (("start", 0), ("end", 90 * 86400))
    ]


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "external",
    [("",), ("", ', site="eqiad"', ', site="codfw"'), (', replica="a"', ', replica="b"')],
    ids=["one", "ruler and sites", "replicas"],
)
def test_the_calendar_of_several_prometheis_is_one(tmp_path: Path, promtool: Path, external: tuple[str, ...]) -> None:
    files = compiled(small_project(tmp_path), "prometheus", {"tests": False})
    rules = next(text for path, text in files.items() if path.endswith("alpha.yaml"))
    groups = yaml.safe_load(rules)["groups"]
    every = [rule for group in groups if group["name"].endswith("alpha-availability-eqiad") for rule in group["rules"]]
    wanted = {"slo:calendar_sli_total:increase", "slo:calendar_sli_bad:increase", "slo:calendar_sli_error:ratio",
              "slo:error_budget:ratio", "slo:calendar_error_budget_spent:ratio"}  # fmt: skip
    chain = [rule for rule in every if rule.get("record") in wanted]
    assert {rule["record"] for rule in chain} == wanted
    tiles = [
        {"series": f"slo:sli_{which}:increase1h{{{IDENTITY}}}", "values": f"{count}x{HOURS}"}
        for which, count in (("total", 1000), ("bad", 50))
    ]
    budget = next(rule for rule in chain if rule["record"] == "slo:error_budget:ratio")
    spent = 0.05 / float(budget["expr"].removeprefix("vector(").removesuffix(")")) * HOURS / (90 * 24)
    own = f'calendar="slo-quarter", {IDENTITY}'
    said = {
        "slo:calendar_sli_total:increase": 1000 * HOURS,
        "slo:calendar_sli_error:ratio": 0.05,
        "slo:calendar_error_budget_spent:ratio": spent,
    }
    expected = [
        {
            "expr": f"abs({metric} - {value!r}) < bool 1e-9",
            "eval_time": f"{HOURS}h",
            "exp_samples": [{"labels": f"{{{own}}}", "value": 1}],
        }
        for metric, value in said.items()
    ]
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1h",
        "tests": [
            {
                "interval": "1h",
                "input_series": [*calendars(*external), *tiles],
                "promql_expr_test": expected,
            }
        ],
    }
    only = {"groups": [{"name": "chain", "rules": chain}]}
    put({"rules.yaml": yaml.safe_dump(only), "test.yaml": yaml.safe_dump(test, width=1000)}, tmp_path)
    assert_rule_tests_pass(promtool, tmp_path / "test.yaml")
