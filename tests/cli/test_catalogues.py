"""Alert catalogues of a project's own, from the file to tests that promtool passes, with both kinds of rules."""

from __future__ import annotations

import json
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tests.cli.project import slosmith, write
from tests.sampling import Sample

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs/catalogues.md").read_text("utf-8")
PROJECT = "version: slosmith/v1\nkind: Project\nname: shop\nteam: shop\nperiod: {rolling: 30d}\n"
NATIVE = """\
version: slosmith/v1
kind: Service
name: NAME
description: A service.
team: shop
period: {rolling: PERIOD}
objectives:
  availability:
    target: 99.5%
    indicator:
      counter_ratio:
        total: requests_total{job="NAME"}
        bad: requests_total{job="NAME", code=~"5.."}
alerting: {catalogue: CATALOGUE}
"""
SLOTH = """\
version: prometheus/v1
service: imported
slos:
  - name: requests
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{job="imported",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total{job="imported"}[{{.window}}]))
    alerting: {name: ImportedHigh}
"""
THIRTY_DAYS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 1, shortWindow: 10m, longWindow: 2h}
    slow: {errorBudgetPercent: 3.5, shortWindow: 40m, longWindow: 8h}
  ticket:
    quick: {errorBudgetPercent: 11, shortWindow: 3h, longWindow: 36h}
    slow: {errorBudgetPercent: 15, shortWindow: 8h, longWindow: 4d}
"""
ODD = """\
version: slosmith/v1
kind: AlertCatalogue
name: odd
windows:
  - {budget_share: 1%, long: 10m, short: 5m, severity: page}
  - {budget_share: 2%, long: 90m, short: 7m, severity: page}
  - {name: a, budget_share: 3%, long: 4h, short: 20m, severity: page}
  - {name: b, budget_share: 2.9%, long: 4h, short: 40m, severity: ticket}
"""
TICKET_ONLY = """\
version: slosmith/v1
kind: AlertCatalogue
name: ticket-only
windows: [{budget_share: 6%, long: 36h, short: 3h, severity: ticket}]
"""


def documented(beginning: str) -> str:
    """The example of the page that contains this line."""
    blocks = PAGE.split("\n\n")
    (found,) = [block for block in blocks if f"\n    {beginning}" in f"\n{block}" and block.startswith("    ")]
    return "".join(f"{line.removeprefix('    ')}\n" for line in found.splitlines())


def native(name: str, period: str, catalogue: str) -> str:
    return NATIVE.replace("NAME", name).replace("PERIOD", period).replace("CATALOGUE", catalogue)


@pytest.fixture
def project(tmp_path: Path, promtool: Path) -> tuple[Path, dict[str, str]]:
    specs = tmp_path / "slo_specs"
    for name, text in {
        "slosmith.yaml": PROJECT,
        "catalogues/three-tiers.yaml": documented("kind: AlertCatalogue"),
        "catalogues/weekly.yaml": documented("kind: AlertWindows"),
        "catalogues/thirty.yaml": THIRTY_DAYS,
        "catalogues/odd.yaml": ODD,
        "catalogues/ticket-only.yaml": TICKET_ONLY,
        "services/checkout.yaml": native("checkout", "30d", "three-tiers"),
        "services/cart.yaml": native("cart", "7d", "weekly"),
        "services/basket.yaml": native("basket", "30d", "odd"),
        "services/mail.yaml": native("mail", "30d", "ticket-only"),
        "services/imported.yaml": SLOTH,
    }.items():
        write(specs / name, text)
    return tmp_path, {"PATH": f"{promtool.parent}:{os.environ['PATH']}"}


def thresholds(folder: Path, name: str) -> dict[str, Decimal]:
    done = slosmith(folder, "explain", name, "--format", "json")
    assert done.returncode == 0, done.stderr
    (explained,) = json.loads(done.stdout)
    return {tier["tier"]: Decimal(str(tier["threshold_ratio"])) for tier in explained["alerts"]}


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_from_the_file_to_tests_that_pass(project: tuple[Path, dict[str, str]], rules: str, sample: Sample) -> None:
    """`make test` runs the unit tests of three of the five catalogues; a test below changes a rule of a fourth."""
    folder, env = project
    done = slosmith(folder, "generate", "--rules", rules)
    assert done.returncode == 0, done.stdout + done.stderr
    services = sample.of(["basket", "cart", "checkout", "imported", "mail"], str, one_in=2)
    done = slosmith(folder, "test", *(f"generated/thanos/{name}.yaml" for name in services), env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(services)
    assert re.search(
        rf"{count} rule files, {count} test files(, long ranges of {count} rule files)?: all passed", done.stdout
    )


def test_thresholds_are_those_of_the_formula(project: tuple[Path, dict[str, str]]) -> None:
    folder, _ = project
    assert thresholds(folder, "checkout-availability") == {
        "fast": Decimal("0.072"), "12h": Decimal("0.024"), "slow": Decimal("0.0055"),
    }  # fmt: skip
    assert thresholds(folder, "cart-availability") == {
        "1h": Decimal("0.0672"), "6h": Decimal("0.0175"), "1d": Decimal("0.007"), "3d": Decimal("0.0049"),
    }  # fmt: skip
    # specs in Sloth's format use the catalogue for their period
    assert thresholds(folder, "imported-requests") == {
        "2h": Decimal("0.0036"), "8h": Decimal("0.00315"), "1d12h": Decimal("0.0022"), "4d": Decimal("0.001125"),
    }  # fmt: skip
    assert list(thresholds(folder, "mail-availability")) == ["1d12h"]


def test_a_changed_threshold_does_not_pass(project: tuple[Path, dict[str, str]]) -> None:
    """The tests use the numbers of the catalogue, not those of our rules."""
    folder, env = project
    assert slosmith(folder, "generate").returncode == 0
    rules = folder / "generated/thanos/checkout.yaml"
    text = rules.read_text("utf-8")
    assert "0.072" in text
    rules.write_text(text.replace("0.072", "0.08"), "utf-8")
    assert yaml.safe_load(rules.read_text("utf-8"))
    done = slosmith(folder, "test", "generated/thanos/checkout_test.yaml", env=env)
    assert done.returncode == 1
    assert "checkout" in done.stdout + done.stderr


def test_a_catalogue_for_another_period_is_refused(project: tuple[Path, dict[str, str]]) -> None:
    folder, _ = project
    write(folder / "slo_specs/services/cart.yaml", native("cart", "28d", "weekly"))
    done = slosmith(folder, "generate")
    assert done.returncode == 1
    assert "cart.yaml:14:23: error RES324" in done.stderr
    assert not (folder / "generated").exists()
