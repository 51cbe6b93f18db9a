"""Counts with gaps in the data: events that were seen count once, and gaps count nothing."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from slosmith.model import Indicator
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.vocabulary.provenance import Source
from tests.schemes.ruletests.slos import KINDS, service, slo

pytestmark = pytest.mark.prometheus

ID = "shop-availability"
LABELS = 'job="shop", handler="/buy", zone="a1"'


def run(
    folder: Path,
    promtool: Path,
    series: dict[str, str],
    queries: list[dict[str, Any]],
    indicator: Indicator = KINDS["counters"],
    interval: str = "1m",
) -> str:
    """The errors of promtool for the rules of an SLO that counts events. Empty if all queries are right."""
    shop = service([slo(indicator=indicator)])
    rules = compile_service(shop)
    (folder / "rules.yaml").write_text(rule_file_text(rules, Source("specs")))
    test = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "group_eval_order": [group.name for group in rules.groups],
        "tests": [
            {
                "interval": interval,
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
    series = {f'http_requests_total{{{LABELS}, code="500"}}': "_x120 0+60x140"}
    pages, everything = {"1h": 1, "6h": 1}, {"1h": 1, "6h": 1, "1d": 1, "3d": 1}
    # windows of a day and longer count from the next full hour on, and tickets wait for an hour
    assert run(tmp_path, promtool, series, [firing("125m", pages), firing("242m", everything)]) == ""


def absent(metric: str, at: str) -> dict[str, Any]:
    return {"expr": f'{{__name__=~"{metric}", sloth_id="{ID}"}}', "eval_time": at, "exp_samples": []}


@pytest.mark.parametrize(("good", "failed"), [(95, None), (None, 65), (94, 94)], ids=["good", "bad", "both"])
def test_a_sample_that_is_nan(good: int | None, failed: int | None, tmp_path: Path, promtool: Path) -> None:
    """Two series, a full outage of ten minutes, and a wrong sample in the middle of it or later."""

    def counter(rates: list[int], wrong: int | None) -> str:
        value, values = 0, []
        for minute, rate in enumerate(rates):
            value += rate
            values.append("NaN" if minute == wrong else str(value))
        return " ".join(values)

    outage = range(60, 70)
    series = {
        f'http_requests_total{{{LABELS}, code="200"}}': counter([0 if m in outage else 60 for m in range(200)], good),
        f'http_requests_total{{{LABELS}, code="500"}}': counter([60 if m in outage else 0 for m in range(200)], failed),
        f'http_requests_total{{{LABELS}, pod="b", code="200"}}': counter([600] * 200, None),
        f'http_requests_total{{{LABELS}, pod="b", code="500"}}': counter([6] * 200, None),
    }
    # the wrong sample is the last one of a range, and the first one of another: a few minutes of one series
    few = 3 * 60
    queries = [
        within("slo:period_sli_bad:increase", 600 + 6 * 180, (few + 10) / 1680, "3h"),
        within("slo:period_sli_total:increase", 666 * 180, 0.01, "3h"),
        *(
            {
                "expr": f'count({metric}{{sloth_id="{ID}"}} > bool 0)',
                "eval_time": "3h",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
            for metric in ("slo:sli_error:ratio_rate6h", "slo:sli_error:ratio_rate4w", "slo:period_burn_rate:ratio")
        ),
    ]
    assert run(tmp_path, promtool, series, queries) == ""


def test_a_bucket_with_nan_is_not_all_events_bad(tmp_path: Path, promtool: Path) -> None:
    """All answers are fast. A wrong sample in a bucket or in a count does not make them slow."""
    labels = 'job="shop", code="200"'
    series = {}
    for pod, bucket, count in (
        ("a", "0+60x59 NaN 3660+60x139", "0+60x200"),
        ("b", "0+60x200", "0+60x99 NaN 6060+60x99"),
    ):
        series[f'http_duration_milliseconds_bucket{{{labels}, pod="{pod}", le="500"}}'] = bucket
        series[f'http_duration_milliseconds_count{{{labels}, pod="{pod}"}}'] = count
    nothing_bad = {
        "expr": f'max_over_time(slo:sli_bad:rate5m{{sloth_id="{ID}"}}[3h]) < bool 0.001',
        "eval_time": "3h",
        "exp_samples": [{"labels": f'{{sloth_id="{ID}", sloth_service="shop", sloth_slo="availability"}}', "value": 1}],
    }
    queries = [nothing_bad, within("slo:period_sli_total:increase", 120 * 176, 0.015, "3h")]
    assert run(tmp_path, promtool, series, queries, KINDS["histogram"]) == ""


def test_no_budget_before_the_first_full_hour(tmp_path: Path, promtool: Path) -> None:
    series = {
        f'http_requests_total{{{LABELS}, code="200"}}': "_x65 0+60x150",
        f'http_requests_total{{{LABELS}, code="500"}}': "_x65 0+60x150",
    }
    budgets = "slo:(period|calendar)_.*:ratio|slo:sli_error:ratio_rate4w"
    queries = [
        absent(budgets, "70m"),
        within("slo:sli_error:ratio_rate5m", 0.5, 0.001, "70m"),
        absent(budgets, "119m"),
        within("slo:sli_error:ratio_rate4w", 0.5, 0.001, "120m"),
    ]
    assert run(tmp_path, promtool, series, queries) == ""


def counted(rates: list[int], scraped: list[bool], wanted: int) -> str:
    """A counter with these increases each minute, scraped in the middle of some minutes. ``wanted`` is its first value.
    A sample every 30 seconds: no scrape is at the time of an evaluation.
    """
    value, values = wanted, []
    for rate, seen in zip(rates, scraped, strict=True):
        value += rate
        values += ["_", str(value) if seen else "_"]
    return " ".join(values)


def traffic(minutes: int, outage: range, scraped: list[bool]) -> tuple[dict[str, str], int, int]:
    """Good and bad requests, sixty a minute, in two pods; with the number of all and of bad events."""
    series = {}
    for pod in ("a", "b"):
        good = [0 if minute in outage else 60 for minute in range(minutes)]
        bad = [60 - each for each in good]
        for code, rates in (("200", good), ("500", bad)):
            name = f'http_requests_total{{{LABELS}, pod="{pod}", code="{code}"}}'
            series[name] = counted(rates, scraped, 1000)
    return series, 2 * 60 * minutes, 2 * 60 * len(outage)


@pytest.mark.parametrize("start", [65, 80, 95], ids=["first third", "middle", "last third"])
def test_twenty_minutes_without_scrapes_inside_an_outage(start: int, tmp_path: Path, promtool: Path) -> None:
    """Prometheus knows what a counter gained in the gap. The outage has 55 minutes, and ends after the gap."""
    scraped = [not start <= minute < start + 20 for minute in range(241)]
    series, total, bad = traffic(241, range(62, 117), scraped)
    queries = [
        within("slo:period_sli_bad:increase", bad, 0.01, "4h"),
        within("slo:period_sli_total:increase", total, 0.01, "4h"),
    ]
    assert run(tmp_path, promtool, series, queries, interval="30s") == ""


@pytest.mark.parametrize("failing", [0.3, 0.7])
def test_scrapes_that_fail_under_load(failing: float, tmp_path: Path, promtool: Path) -> None:
    """Three hours of an overload of which all requests fail, and a share of scrapes."""
    chance = random.Random(7)
    outage = range(60, 240)
    scraped = [minute not in outage or chance.random() >= failing for minute in range(361)]
    series, total, bad = traffic(361, outage, scraped)
    queries = [
        within("slo:period_sli_bad:increase", bad, 0.02, "6h"),
        within("slo:period_sli_total:increase", total, 0.02, "6h"),
    ]
    assert run(tmp_path, promtool, series, queries, interval="30s") == ""


def test_a_young_slo_with_a_short_outage_has_a_budget_left(tmp_path: Path, promtool: Path) -> None:
    """Three minutes of full outage in the second hour: 3 of 28 x 24 x 60 minutes are 0.0074 % errors, 0.4 % of the
    budget of 2 %.
    """
    series, _, _ = traffic(301, range(70, 73), [True] * 301)
    left = 1 - 3 / (28 * 24 * 60) / 0.02
    queries = [
        within("slo:coverage:ratio", 5 / 672, 0.01, "5h"),
        within("slo:period_error_budget_remaining:ratio", left, 0.0005, "5h"),
        absent("ALERTS", "5h") | {"expr": 'ALERTS{alertname="ErrorBudgetExhausted"}'},
    ]
    assert run(tmp_path, promtool, series, queries, interval="30s") == ""


def test_coverage_says_that_nothing_was_seen(tmp_path: Path, promtool: Path) -> None:
    """Nothing is scraped for two hours. The budget is weighed by what was seen."""
    scraped = [not 120 <= minute < 240 for minute in range(361)]
    series, _, _ = traffic(361, range(0), scraped)
    # minutes of each hour in which two scrapes are known: not the first of the service, the first four of the gap, not
    # the first after it
    seen = 59 + 60 + 4 + 0 + 59 + 60
    queries = [within("slo:coverage:ratio", seen / 60 / 672, 1e-9, "6h")]
    assert run(tmp_path, promtool, series, queries, interval="30s") == ""
