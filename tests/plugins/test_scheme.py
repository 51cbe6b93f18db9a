"""A third rule scheme, a module of another package. All features of slosmith work with it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from slosmith.dashboards.panel_queries import all_queries
from slosmith.discovery import own
from slosmith.promql import selectors
from tests.cli.project import write
from tests.plugins.installing import EXAMPLE, install, install_example, with_plugins
from tests.targets.compiling import assert_rule_tests_pass

ALL_TARGETS = tuple(own("slosmith.targets"))
SETTINGS = f"""version: slosmith/v1
kind: Project
name: harbour
team: harbour
rules: hourly
severities: {{page: critical, ticket: warning}}
sites: [north, south]
targets: {{{", ".join(f"{name}: {{}}" for name in ALL_TARGETS)}}}
"""
FERRY = """version: prometheus/v1
service: ferry
slos:
  - name: crossings
    objective: 99.5
    sli:
      events:
        error_query: sum(rate(crossings_total{outcome="late"}[{{.window}}]))
        total_query: sum(rate(crossings_total[{{.window}}]))
    alerting: {name: FerryLate, labels: {team: pier}}
"""
DESK = """version: slosmith/v1
kind: Service
name: desk
team: harbour
runbook: https://wiki.example.org/desk
period: {rolling: 90d, calendar: month}
traffic: {events_per_day: 2400}
objectives:
  answers:
    target: 99%
    aspirational: 99.9%
    group_by: [floor]
    indicator: {counter_ratio: {total: 'calls_total{job="desk"}', bad: 'calls_total{job="desk",code="5"}'}}
  queue:
    target: 95%
    indicator: {raw_ratio: {error_ratio: 'avg_over_time(desk:late:ratio[{{.window}}])'}}
  line:
    target: 99%
    indicator: {boolean_gauge: {gauges: 'line_up{job="desk"}'}}
  archive:
    target: 99%
    alerting: {disable: true}
    indicator: {counter_ratio: {total: 'files_total', bad: 'files_lost_total'}}
"""


@pytest.fixture
def plugins(tmp_path: Path) -> tuple[Path, ...]:
    return install_example(tmp_path / "site")


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    folder = tmp_path / "harbour"
    write(folder / "slo_specs/slosmith.yaml", SETTINGS)
    write(folder / "slo_specs/services/ferry.yaml", FERRY)
    write(folder / "slo_specs/services/desk.yaml", DESK)
    return folder


@pytest.fixture
def generated(harbour: Path, plugins: tuple[Path, ...]) -> Path:
    done = with_plugins(harbour, plugins, "generate")
    assert done.returncode == 0, done.stdout + done.stderr
    return harbour / "generated"


def rules_of(generated: Path, service: str) -> list[dict[str, str]]:
    content = yaml.safe_load((generated / "prometheus" / f"{service}.yaml").read_text("utf-8"))
    return [rule for group in content["groups"] for rule in group["rules"]]


def test_its_rules_are_written_for_every_target_and_pass_their_unit_tests(
    harbour: Path, generated: Path, plugins: tuple[Path, ...], promtool: Path
) -> None:
    folders = {path.name for path in generated.iterdir() if path.is_dir()}
    assert folders | {"lock"} == set(ALL_TARGETS)
    assert (generated / "slos.yaml").is_file()  # the file of the target `lock`
    assert with_plugins(harbour, plugins, "generate", "--check").returncode == 0
    done = with_plugins(harbour, plugins, "test", program=promtool)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* test files", done.stdout), done.stdout
    alerts = [rule for rule in rules_of(generated, "desk") if "alert" in rule]
    assert len(alerts) == 3  # the fourth SLO never alerts
    text = (generated / "prometheus/desk.yaml").read_text("utf-8")
    assert "slo:sli_total:rate5m" not in text


def test_a_fault_in_its_rules_fails_the_unit_tests(generated: Path, promtool: Path) -> None:
    rules = generated / "prometheus/ferry.yaml"
    tests = next((generated / "prometheus").glob("ferry_test.yaml"))
    assert_rule_tests_pass(promtool, tests)
    text = rules.read_text("utf-8")
    assert "> 0.05" in text
    rules.write_text(text.replace("> 0.05", "> 0.5"), "utf-8")
    done = subprocess.run([promtool, "test", "rules", tests.name], cwd=tests.parent, capture_output=True, check=False)
    assert done.returncode != 0


def test_dashboards_ask_only_for_what_it_records(generated: Path) -> None:
    recorded = {rule["record"] for name in ("desk", "ferry") for rule in rules_of(generated, name) if "record" in rule}
    asked = {
        found.metric
        for path in (generated / "grafana").glob("*.json")
        for query in all_queries(path.read_text("utf-8"))
        for found in selectors(query.expr)
    }
    assert {metric for metric in asked if metric.startswith(("slo:", "sloth"))} - recorded == set()
    assert "slo:sli_error:ratio_rate1h" in asked
    text = (generated / "grafana/slo-desk.json").read_text("utf-8")
    for said in ("look at one hour at a time", "these rules do not record them", "these rules do not count events",
                 "Aspirational targets", "Alerts about missing data and a spent budget"):  # fmt: skip
        assert said in text


def test_alertmanager_routes_its_pages(generated: Path, amtool: Path) -> None:
    path = generated / "alertmanager/alertmanager.yml"
    subprocess.run([amtool, "check-config", path], check=True, capture_output=True)
    content = yaml.safe_load(path.read_text("utf-8"))
    routes = {route["matchers"][1]: route["routes"] for route in content["route"]["routes"]}
    assert set(routes) == {'team="harbour"', 'team="pier"'}
    assert routes['team="pier"'] == [{"receiver": "pier-page", "matchers": ['severity="critical"']}]
    assert content["inhibit_rules"] == []


def test_policy_judges_its_alerts(harbour: Path, plugins: tuple[Path, ...]) -> None:
    done = with_plugins(harbour, plugins, "validate")
    assert done.returncode == 0, done.stdout + done.stderr
    # nothing is clamped, and a hundred events an hour are expected
    assert "ALT201" not in done.stdout
    write(harbour / "slo_specs/services/desk.yaml", DESK.replace("2400", "24"))
    few = with_plugins(harbour, plugins, "validate").stdout
    assert "ALT204: one error fires tier 1h" in few
    assert "remove `rules: hourly`: hourly rules have no minimum of bad events" in few
    write(harbour / "slo_specs/services/desk.yaml", DESK.replace("target: 95%", "target: 85%"))
    done = with_plugins(harbour, plugins, "validate")
    assert done.returncode == 1
    assert "ALT202: the page alert can never fire" in done.stdout
    assert "or remove `rules: hourly`" in done.stdout


def test_explanations_are_about_its_alerts(harbour: Path, plugins: tuple[Path, ...]) -> None:
    done = with_plugins(harbour, plugins, "explain", "ferry-crossings")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^1h +page \(critical\) +5% +10x ", done.stdout, re.MULTILINE)
    assert "The rules look at one hour at a time" in done.stdout
    (data,) = json.loads(with_plugins(harbour, plugins, "explain", "ferry-crossings", "--format", "json").stdout)
    assert (data["rules"], [tier["tier"] for tier in data["alerts"]], data["combined"]) == ("hourly", ["1h"], [])
    assert (data["exhaustion"], data["absent_after_seconds"]) == (False, None)
    # error ratio of an hour: 5 %
    assert data["alerts"][0]["detection"][0]["fires_after_seconds"] in (180, "180", 180.0)
    ours = with_plugins(harbour, plugins, "explain", "ferry-crossings", "--rules", "weighted").stdout
    assert "no data: a ticket (warning) after" in ours


def test_lists_and_exports_work_as_with_any_rules(harbour: Path, plugins: tuple[Path, ...]) -> None:
    assert "crossings" in with_plugins(harbour, plugins, "list").stdout
    for to in ("sloth", "openslo", "pyrra"):
        done = with_plugins(harbour, plugins, "export", "--to", to, "--output", to)
        assert done.returncode == 0, done.stderr
        assert list((harbour / to).rglob("desk.yaml"))
        assert "lost: " in done.stderr


def test_the_option_names_it_and_knows_no_other(harbour: Path, plugins: tuple[Path, ...]) -> None:
    write(harbour / "slo_specs/slosmith.yaml", SETTINGS.replace("rules: hourly\n", ""))
    done = with_plugins(harbour, plugins, "explain", "ferry-crossings", "--rules", "hourly")
    assert "look at one hour" in done.stdout, done.stderr
    done = with_plugins(harbour, plugins, "explain", "ferry-crossings", "--rules", "hourli")
    assert done.returncode == 2
    assert "did you mean 'hourly'?" in done.stderr
    write(harbour / "slo_specs/slosmith.yaml", SETTINGS)
    without = with_plugins(harbour, (), "validate")
    assert without.returncode == 1
    assert "slosmith.yaml:5:8: error RES334: there are no rules 'hourly'" in without.stdout


TEXT = (EXAMPLE / "slosmith_example/hourly.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nowhere\n", "ModuleNotFoundError: No module named 'nowhere'"),
        ("SCHEME = 1 / 0\n", "ZeroDivisionError"),
        ("", "has no `SCHEME`"),
        ("SCHEME = object()\n", "has no `name`"),
        (TEXT.replace('name = "hourly"', 'name = "daily"'), "is named 'daily'"),
        (TEXT.replace("def alerts", "def alarms"), "abstract"),
    ],
    ids=["import fails", "module fails", "no scheme", "no name", "another name", "abstract"],
)
def test_a_scheme_that_cannot_be_used_is_a_problem_of_the_settings(harbour: Path, text: str, reason: str) -> None:
    paths = install(
        harbour.parent / "broken",
        "broken-kit",
        {"slosmith.schemes": {"hourly": "broken.part"}},
        {"broken/__init__.py": "", "broken/part.py": text},
    )
    for command in ("validate", "generate"):
        done = with_plugins(harbour, paths, command)
        said = done.stdout + done.stderr
        assert done.returncode == 1, said
        assert "slosmith.yaml:5:8: error RES334: the package broken-kit 1.0 gives slosmith.schemes 'hourly'" in said
        assert reason in said
        assert "Traceback" not in said
    other = with_plugins(harbour, paths, "explain", "ferry-crossings", "--rules", "sloth")
    assert "Alerts (FerryLate)" in other.stdout or other.returncode == 1


@pytest.mark.parametrize(
    ("old", "new", "command"),
    [
        ("    def compile_service(", "    def compile_service(self, *_): return 1 / 0\n\n    def _old(", "generate"),
        ("    def compile_tests(", "    def compile_tests(self, *_): return 1 / 0\n\n    def _old(", "generate"),
        ("    def triggers(", "    def triggers(self, *_): return 1 / 0\n\n    def _old(", "validate"),
    ],
    ids=["rules", "tests", "triggers"],
)
def test_what_goes_wrong_in_a_scheme_is_the_packages_fault(harbour: Path, old: str, new: str, command: str) -> None:
    assert old in TEXT
    paths = install(
        harbour.parent / "broken",
        "broken-kit",
        {"slosmith.schemes": {"hourly": "broken.part"}},
        {"broken/__init__.py": "", "broken/part.py": TEXT.replace(old, new)},
    )
    done = with_plugins(harbour, paths, command)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "slosmith: the package broken-kit 1.0 gives slosmith.schemes 'hourly': ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_of_ours_is_refused(harbour: Path) -> None:
    paths = install(
        harbour.parent / "broken",
        "broken-kit",
        {"slosmith.schemes": {"sloth": "broken.part"}},
        {"broken/__init__.py": "", "broken/part.py": TEXT},
    )
    done = with_plugins(harbour, paths, "validate")
    assert done.returncode == 3
    assert "slosmith has the same name itself" in done.stderr
