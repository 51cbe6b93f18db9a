"""Counts with gaps in the data: events that were seen count once, and gaps count nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.vocabulary.provenance import Source
from tests.schemes.ruletests.slos import service, slo

pytestmark = pytest.mark.prometheus

ID = "shop-availability"
LABELS = 'job="shop", handler="/buy", zone="a1"'


def run(folder: Path, promtool: Path, series: dict[str, str], queries: list[dict[str, Any]]) -> str:
    """The errors of promtool for the rules of an SLO that counts requests. Empty if all queries are right."""
    shop = service([slo()])
    rules = compile_service(shop)
    (folder / "rules.yaml").write_text(rule_file_text(rules, Source("specs")))
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "group_eval_order": [group.name for group in rules.groups],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": queries,
            }
        ],
    }
    (folder / "test.yaml").write_text(yaml.safe_dump(test))
    done = subprocess.run(
        [promtool, "test", "rules", "test.yaml"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def within(metric: str, true: float, relative: float, at: str) -> dict[str, Any]:
    """The recording is within a relative distance of ``true``."""
    expr = f'abs(max(last_over_time({metric}{{sloth_id="{ID}"}}[2m])) / {true} - 1) < bool {relative}'
    return {"expr": expr, "eval_time": at, "exp_samples": [{"labels": "{}", "value": 1}]}


def firing(at: str, tiers: dict[str, int]) -> dict[str, Any]:
    return {
        "expr": f'count by (slo_tier) (ALERTS{{sloth_id="{ID}", alertstate="firing", alertname="ErrorBudgetBurn"}})',
        "eval_time": at,
        "exp_samples": [{"labels": f'{{slo_tier="{tier}"}}', "value": value} for tier, value in tiers.items()],
    }


def test_an_outage_before_the_service_vanishes_counts_once(tmp_path: Path, promtool: Path) -> None:
    # 2h with 60 events a minute, ten minutes of full outage, 5h 50m without series, an hour and a half with series
    gone, back = "_x349", "0+60x90"
    series = {
        f'http_requests_total{{{LABELS}, code="200"}}': f"0+60x120 7200x9 {gone} {back}",
        f'http_requests_total{{{LABELS}, code="500"}}': f"0x120 60+60x9 {gone} 0x90",
    }
    # `rate` extrapolates the end of a series by half a scrape, in each of its last evaluations: 630
    queries = [
        within("slo:period_sli_bad:increase", 600, 0.06, "9h"),
        within("slo:period_sli_total:increase", 7200 + 600 + 3600, 0.01, "9h"),
    ]
    assert run(tmp_path, promtool, series, queries) == ""


def test_one_error_of_a_new_service_does_not_page(tmp_path: Path, promtool: Path) -> None:
    series = {
        f'http_requests_total{{{LABELS}, code="200"}}': "_x120 0+2x60",
        f'http_requests_total{{{LABELS}, code="500"}}': "_x120 0 1x59",
    }
    queries = [firing(f"{minute}m", {}) for minute in (121, 122, 123, 125, 130, 140)]
    assert run(tmp_path, promtool, series, queries) == ""


def test_a_new_service_that_fails_altogether_pages(tmp_path: Path, promtool: Path) -> None:
    series = {f'http_requests_total{{{LABELS}, code="500"}}': "_x120 0+60x60"}
    everything = {"1h": 1, "6h": 1, "1d": 1, "3d": 1}
    assert run(tmp_path, promtool, series, [firing("125m", everything)]) == ""
