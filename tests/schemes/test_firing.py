"""The times at which Sloth's alerts fire: the explained times are compared with promtool's results for the rules."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from slosmith.model import Duration, Slo
from slosmith.model.rules import RuleFile
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.registry import scheme
from slosmith.schemes.scheme import Trigger
from slosmith.schemes.sloth.service_rules import compile_slo
from slosmith.schemes.tiers import tiers
from slosmith.vocabulary.provenance import Source
from tests.formats.dialects.specs import slo_of
from tests.targets.compiling import assert_rule_tests_pass

WEIGHTED, SLOTH = scheme("weighted"), scheme("sloth")

SPEC = """\
version: prometheus/v1
service: ferry
slos:
  - name: crossings
    objective: {objective}
    sli:
      events:
        error_query: sum(rate(crossings_total{{outcome="late"}}[{{{{.window}}}}]))
        total_query: sum(rate(crossings_total[{{{{.window}}}}]))
    alerting: {{name: Ferry, labels: {{team: pier}}{more}}}
"""

CLEAN, BROKEN = 600, 900
"""Minutes without errors, then minutes with a constant share of them; clean again after that."""


def ferry(folder: Path, objective: str, more: str = "") -> Slo:
    return slo_of(folder, {"services/ferry.yaml": SPEC.format(objective=objective, more=more)}, "ferry-crossings")


def page_of(slo: Slo) -> Trigger:
    return next(alert for alert in SLOTH.triggers(slo) if alert.severity == "page")


def test_pairs_are_not_clamped(tmp_path: Path) -> None:
    slo = ferry(tmp_path, "90")
    page, ticket = SLOTH.triggers(slo)
    # 2 % of 30 days in an hour: 14.4 times the budget of 10 %; 5 % in six hours: 6 times
    assert [(pair.name, pair.factor, pair.threshold_ratio) for pair in page.pairs] == [
        ("1h", Decimal("14.4"), Decimal("1.44")),
        ("6h", Decimal(6), Decimal("0.6")),
    ]
    assert [pair.threshold_ratio for pair in ticket.pairs] == [Decimal("0.3"), Decimal("0.1")]
    assert not any(pair.clamped for pair in SLOTH.pairs(slo))
    assert [tier.clamped for tier in WEIGHTED.pairs(slo)] == [True, True, False, False]
    assert WEIGHTED.pairs(slo) == tiers(slo)


def test_the_thresholds_are_those_of_the_rules(tmp_path: Path) -> None:
    slo = ferry(tmp_path, "97.3")
    written = {rule.severity: rule.expr for group in compile_slo(slo) for rule in group.alerts}
    for alert in SLOTH.triggers(slo):
        for pair in alert.pairs:
            assert written[alert.severity].count(f"({pair.factor:f} * 0.027)") == 2
            assert pair.threshold_ratio == pair.factor * Decimal("0.027")


def test_only_what_is_enabled(tmp_path: Path) -> None:
    slo = ferry(tmp_path, "99", ", page_alert: {disable: true}")
    assert [alert.severity for alert in SLOTH.triggers(slo)] == ["ticket"]
    assert {pair.severity for pair in SLOTH.pairs(slo)} == {"ticket"}
    none = ferry(tmp_path / "none", "99", ", page_alert: {disable: true}, ticket_alert: {disable: true}")
    assert SLOTH.triggers(none) == ()


def test_sloths_rules_count_no_events(tmp_path: Path) -> None:
    slo = ferry(tmp_path, "99")
    assert [bool(WEIGHTED.floor(slo)), bool(SLOTH.floor(slo))] == [True, False]


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("objective", "late", "through"),
    [
        # 95 % errors: the quick pair needs 144 %, so only the slow pair detects them, after 0.6 x 6 h / 0.95
        ("90", 95, "6h"),
        # 50 % errors: the quick pair is above 14.4 % after 0.144 x 1 h / 0.5
        ("99", 50, "1h"),
    ],
)
def test_an_alert_fires_when_its_first_pair_does_and_clears_when_its_last_does(
    objective: str, late: int, through: str, tmp_path: Path, promtool: Path
) -> None:
    slo = ferry(tmp_path, objective)
    ratio = Decimal(late) / 100
    page = page_of(slo)
    fires, clears = page.detection_seconds(ratio), page.reset_seconds(ratio)
    assert fires is not None
    assert clears is not None
    assert fires == min(pair.detection_seconds(ratio) or Decimal("inf") for pair in page.pairs)
    assert fires == next(pair.detection_seconds(ratio) for pair in page.pairs if pair.name == through)
    # rate() needs two scrapes, one minute apart, and rules read recordings of an earlier evaluation: three minutes
    begins, ends = CLEAN + int(fires / 60), CLEAN + BROKEN + int(clears / 60)
    expected = {begins - 3: False, begins + 3: True, CLEAN + BROKEN: True, ends - 3: True, ends + 3: False}
    check(promtool, tmp_path, slo, late, expected)


def check(promtool: Path, folder: Path, slo: Slo, late: int, expected: dict[int, bool]) -> None:
    """The minutes, of ``minutes``, at which the page alert fires. promtool computes this from the raw series."""
    text = rule_file_text(RuleFile("ferry", compile_slo(slo, Duration(60_000))), Source("services/ferry.yaml"))
    (folder / "rules.yaml").write_text(text, "utf-8")
    good, after = 100 - late, 100 * CLEAN + (100 - late) * BROKEN + 100
    series = {
        "late": f"0x{CLEAN} {late}+{late}x{BROKEN - 1} {late * BROKEN}x600",
        "on time": f"0+100x{CLEAN} {100 * CLEAN + good}+{good}x{BROKEN - 1} {after}+100x599",
    }
    alerts = 'count(ALERTS{alertname="Ferry", alertstate="firing", sloth_severity="page"}) or vector(0)'
    tests = [
        {"expr": alerts, "eval_time": f"{minute}m", "exp_samples": [{"labels": "{}", "value": int(fires)}]}
        for minute, fires in expected.items()
    ]
    given = [{"series": f'crossings_total{{outcome="{name}"}}', "values": values} for name, values in series.items()]
    content = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": tests}],
    }
    (folder / "test.yaml").write_text(json.dumps(content), "utf-8")
    assert_rule_tests_pass(promtool, folder / "test.yaml")
