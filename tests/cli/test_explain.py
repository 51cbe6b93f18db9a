"""`slosmith explain` and `list`: the numbers are compared with numbers computed by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.project import SERVICE, make_project, slosmith, write


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    specs = make_project(folder)
    text = SERVICE.format(name="busy", slo_class="stable", team="ml") + "traffic: {events_per_day: 1000}\n"
    write(specs / "services" / "busy.yaml", text)
    return folder


def explain(project: Path, name: str) -> dict[str, object]:
    done = slosmith(project, "explain", name, "--format", "json")
    assert done.returncode == 0, done.stderr
    (explanation,) = json.loads(done.stdout)
    return explanation  # type: ignore[no-any-return]


def test_numbers_of_a_98_percent_objective(project: Path) -> None:
    it = explain(project, "alpha-availability-eqiad")
    assert it["target_ratio"] == 0.98
    assert it["error_budget_ratio"] == 0.02
    assert it["bad_events_per"] == {"1000": 20, "1000000": 20000}
    budgets = {budget["period"]: budget for budget in it["budgets"]}  # type: ignore[attr-defined]
    # 28 days x 1440 minutes x 2 % = 806.4 minutes; a quarter has 90 to 92 days
    assert budgets["rolling 28d"]["outage_seconds"] == 806.4 * 60
    assert budgets["shortest slo-quarter (90d)"]["outage_seconds"] == 90 * 86400 * 2 // 100
    assert budgets["longest slo-quarter (92d)"]["outage_seconds"] == 92 * 86400 * 2 // 100
    first = it["alerts"][0]  # type: ignore[index]
    # 2 % of 28 days in one hour: burn rate 0.02 x 672 = 13.44; 13.44 x 2 % = 26.88 % errors
    assert (first["tier"], first["burn_rate_factor"], first["threshold_ratio"]) == ("1h", 13.44, 0.2688)
    detection = {one["situation"]: one for one in first["detection"]}
    # 967.68 and 1935.36 seconds: the next evaluations are in the 17th and in the 33rd minute
    assert detection["100%"]["fires_after_seconds"] == 17 * 60
    assert detection["50%"]["fires_after_seconds"] == 33 * 60
    assert detection["10%"]["fires_after_seconds"] is None
    assert detection["2x budget"]["error_ratio"] == 0.04
    # 300 x (1 - 0.2688) = 219.36 seconds, and the alert keeps firing for 25 minutes
    assert detection["100%"]["clears_after_seconds"] == (4 + 25) * 60
    slow = it["alerts"][3]  # type: ignore[index]
    # burn rate 1.05. Twice the budget is above it, and takes 3 d x 1.05 / 2, an hour for the tile and an hour of `for`
    assert slow["detection"][3]["fires_after_seconds"] == pytest.approx(3 * 86400 * 1.05 / 2 + 2 * 3600)


def test_a_clamped_tier_is_marked_with_its_true_share(project: Path) -> None:
    it = explain(project, "beta-availability-eqiad")
    first = it["alerts"][0]  # type: ignore[index]
    # 13.44 x 5 % = 67.2 % errors, above the maximum of 50 %: factor 10, 10 / 672 of the budget
    assert first["clamped"] is True
    assert first["threshold_ratio"] == 0.5
    assert first["budget_share"] == pytest.approx(10 / 672)
    assert first["catalogue_budget_share"] == 0.02
    text = slosmith(project, "explain", "beta-availability-eqiad").stdout
    assert "1.49% (clamped)" in text
    assert "1h: clamped to 1.49% of the budget: 2% needs more errors" in text


def test_declared_traffic_gives_events(project: Path) -> None:
    it = explain(project, "busy-latency-codfw")
    rolling = it["budgets"][0]  # type: ignore[index]
    assert rolling["events"] == 28000
    assert rolling["bad_events"] == 560
    assert "560 of 28,000 expected events" in slosmith(project, "explain", "busy-latency-codfw").stdout


def test_values_say_where_they_were_written(project: Path) -> None:
    it = explain(project, "alpha-latency-eqiad")
    values = {value["field"]: value for value in it["values"]}  # type: ignore[attr-defined]
    assert (values["target"]["kind"], values["target"]["file"]) == ("class", "slo_specs/classes/stable.yaml")
    assert values["target"]["line"] == 8
    assert values["threshold"]["value"] == "500ms"
    assert (values["team"]["kind"], values["team"]["line"]) == ("service", 5)
    assert values["max_error_ratio"] == {
        "field": "max_error_ratio", "value": "0.5", "kind": "default", "file": "", "path": [], "document": 0, "line": 0,
    }  # fmt: skip


def test_names_that_people_use(project: Path) -> None:
    assert slosmith(project, "explain", "alpha/latency-eqiad").returncode == 0
    assert len(json.loads(slosmith(project, "explain", "alpha", "--format", "json").stdout)) == 4
    missed = slosmith(project, "explain", "alpha-latency-eqia")
    assert missed.returncode == 2
    assert "did you mean 'alpha-latency-eqiad'" in missed.stderr


def test_list_filters(project: Path) -> None:
    everything = json.loads(slosmith(project, "list", "--format", "json").stdout)
    assert len(everything) == 12
    assert {slo["target_ratio"] for slo in everything} == {0.98, 0.95}
    some = json.loads(slosmith(project, "list", "--class", "stable", "--site", "codfw", "--format", "json").stdout)
    assert [slo["id"] for slo in some] == [
        "alpha-availability-codfw", "alpha-latency-codfw", "busy-availability-codfw", "busy-latency-codfw",
    ]  # fmt: skip
    assert "4 SLOs of 1 service" in slosmith(project, "list", "--team", "search").stdout
    nothing = slosmith(project, "list", "--class", "stable", "--team", "search")
    assert (nothing.returncode, "0 SLOs" in nothing.stdout) == (0, True)
    unknown = slosmith(project, "list", "--class", "none")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "there is no class 'none'" in unknown.stderr


def test_coverage_is_recorded_for_each_period(project: Path) -> None:
    def recorded(*options: str) -> list[str]:
        done = slosmith(project, "explain", "alpha-availability-eqiad", "--format", "json", *options)
        (it,) = json.loads(done.stdout)
        return it["coverage"]  # type: ignore[no-any-return]

    assert recorded() == ["slo:coverage:ratio", "slo:calendar_coverage:ratio"]
    assert recorded("--rules", "sloth") == []
