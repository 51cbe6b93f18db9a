"""Alerts of every period, evaluated: a steady burn below the budget fires nothing, and one above it is found early."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import slosmith
from slosmith.history.arithmetic import FIRING, Samples, Series, evaluate, read_rule_file
from slosmith.model import Duration
from slosmith.ruletests.spans import LONGEST
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.schemes.weighted.tests.service_tests import compile_tests
from slosmith.vocabulary import names
from tests.schemes.ruletests.killing import run_tests

MINUTE = 60_000
PERIODS = ("1d", "7d", "14d", "28d", "30d", "91d", "365d")
TARGETS = ("90", "95", "99", "99.9", "99.99")
CATALOGUES = ("default", "sre-workbook", "pyrra")
EVERY_MINUTE = 1_000_000
"""Events: so many that the minimum of bad events is always reached."""

MONTHLY = """\
version: slosmith/v1
kind: AlertCatalogue
name: monthly
windows:
  - {budget_share: 2%, long: 1h, short: 5m, severity: page}
  - {budget_share: 10%, long: 3d, short: 6h, severity: ticket}
"""
PROJECT = """\
version: slosmith/v1
kind: Project
name: periods
scope: site
targets: {prometheus: {}}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: api
team: web
description: A service.
period: {{rolling: {period}}}
alerting: {{catalogue: {catalogue}}}
objectives:
  availability:
    target: {target}%
    indicator: {{counter_ratio: {{total: 'requests_total', bad: 'requests_total{{code="500"}}'}}}}
"""


@cache
def compiled(folder: Path, period: str, target: str, catalogue: str) -> tuple[slosmith.Workspace, tuple[str, ...]]:
    """The specs, and the texts of the rule files."""
    specs = folder / f"{period}-{target}-{catalogue}"
    (specs / "services").mkdir(parents=True)
    (specs / "catalogues").mkdir()
    (specs / "catalogues" / "monthly.yaml").write_text(MONTHLY, "utf-8")
    (specs / "slosmith.yaml").write_text(PROJECT, "utf-8")
    text = SERVICE.format(period=period, target=target, catalogue=catalogue)
    (specs / "services" / "api.yaml").write_text(text, "utf-8")
    workspace = slosmith.load(specs)
    assert workspace.problems == ()
    artefacts = slosmith.compile(workspace)
    return workspace, tuple(
        text for name, text in sorted(artefacts.items()) if "\ngroups:" in text and not name.endswith("_test.yaml")
    )


def steady(target: str, burn_rate: float, minutes: int) -> list[Series]:
    """The counters of a service that burns its budget at a constant rate, from its first minute on."""
    times = np.arange(minutes, dtype=np.int64) * MINUTE
    ratio = burn_rate * float(1 - Decimal(target) / 100)
    count = np.arange(minutes, dtype=np.float64) * EVERY_MINUTE
    return [
        Series((("__name__", "requests_total"), ("code", code)), Samples.scraped(times, count * share))
        for code, share in (("200", 1 - ratio), ("500", ratio))
    ]


def first_alert(texts: tuple[str, ...], series: list[Series], minutes: int) -> tuple[int, str] | None:
    """The minute in which the first tier fires, and the tier. None: no tier fires."""
    groups = [group for text in texts for group in read_rule_file(text)]
    outcome = evaluate(groups, series, 0, (minutes - 1) * MINUTE)
    found = []
    for alert in outcome.alerts:
        labels = dict(alert.labels)
        firing = np.flatnonzero(alert.states == FIRING)
        if names.TIER in labels and labels["alertname"] == "ErrorBudgetBurn" and len(firing):
            found.append((int(alert.grid.times[firing[0]]) // MINUTE, labels[names.TIER]))
    return min(found, default=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("periods")


def fires(folder: Path, period: str, target: str, catalogue: str, burn_rate: float) -> float | None:
    """The share of the budget that a steady burn has spent when the first tier fires. None: no tier fires."""
    workspace, texts = compiled(folder, period, target, catalogue)
    ((slo,),) = (service.slos for service in workspace.services)
    assert slo.alerting is not None
    whole = Duration.parse(period).whole_seconds // 60
    longest = max(window.long.whole_seconds for window in slo.alerting.windows) // 60
    minutes = min(longest + longest // 4 + 120, whole)
    found = first_alert(texts, steady(target, burn_rate, minutes), minutes)
    return None if found is None else found[0] * burn_rate / whole


@pytest.mark.parametrize("catalogue", CATALOGUES)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("target", TARGETS)
def test_a_steady_burn(target: str, period: str, catalogue: str, folder: Path) -> None:
    assert fires(folder, period, target, catalogue, 0.95) is None
    spent = fires(folder, period, target, catalogue, 1.11)
    assert spent is not None
    assert spent < (0.12 if catalogue == "default" else 0.25)


def test_windows_of_another_period_would_be_noticed(folder: Path) -> None:
    """Sloth's last tier fires within the budget of 28 days; windows of a month miss slow burns of a quarter."""
    assert fires(folder, "28d", "99.9", "sloth", 0.95) is not None
    assert fires(folder, "91d", "99.9", "monthly", 1.15) is None


@pytest.mark.slow
@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("period", "catalogue"),
    [
        pytest.param(period, catalogue, marks=() if i % len(CATALOGUES) == j else pytest.mark.all)
        for i, period in enumerate(PERIODS)
        for j, catalogue in enumerate(CATALOGUES)
    ],
)
def test_generated_tests_pass(period: str, catalogue: str, folder: Path, promtool: Path, tmp_path: Path) -> None:
    """Each with one of the targets. `make test` has every period and every catalogue, but not every pair."""
    target = TARGETS[(PERIODS.index(period) + CATALOGUES.index(catalogue)) % len(TARGETS)]
    workspace, _ = compiled(folder, period, target, catalogue)
    (service,) = workspace.services
    rules = compile_service(service)
    tests = compile_tests(service, rules)
    assert run_tests(promtool, tmp_path, service, rules, tests) == ""
    assert all(test.at <= LONGEST for group in tests.groups for test in (*group.queries, *group.alerts))
