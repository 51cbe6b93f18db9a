"""`slosmith explain` describes the alerts of the rules: Sloth's two alerts with their pairs, and those of a
raw ratio.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.project import slosmith, write

PROJECT = "version: slosmith/v1\nkind: Project\nname: pier\nteam: pier\nseverities: {page: critical, ticket: warning}\n"

FERRY = """\
version: prometheus/v1
service: ferry
slos:
  - name: crossings
    objective: 90
    sli:
      events:
        error_query: sum(rate(crossings_total{outcome="late"}[{{.window}}]))
        total_query: sum(rate(crossings_total[{{.window}}]))
    alerting: {name: FerryLate}
  - name: strict
    objective: 99.99
    sli: {raw: {error_ratio_query: "avg_over_time(ferry:late[{{.window}}])"}}
    alerting: {name: FerryRaw, page_alert: {disable: true}}
"""

DESK = """\
version: slosmith/v1
kind: Service
name: desk
traffic: {events_per_day: 1000}
objectives:
  queue: {target: 99.99%, indicator: {raw_ratio: {error_ratio: "avg_over_time(desk:queue[{{.window}}])"}}}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pier")
    write(folder / "slo_specs/slosmith.yaml", PROJECT)
    write(folder / "slo_specs/services/ferry.yaml", FERRY)
    write(folder / "slo_specs/services/desk.yaml", DESK)
    return folder


def explained(project: Path, name: str, *options: str) -> dict[str, Any]:
    done = slosmith(project, "explain", name, "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    (explanation,) = json.loads(done.stdout)
    found: dict[str, Any] = explanation
    return found


def times(alert: dict[str, Any]) -> dict[str, float | None]:
    return {each["situation"]: each["fires_after_seconds"] for each in alert["detection"]}


def test_sloths_two_alerts(project: Path) -> None:
    it = explained(project, "ferry-crossings", "--rules", "sloth")
    pairs = {alert["tier"]: alert for alert in it["alerts"]}
    # 30 days: 2 % in 1h is 14.4 times the budget of 10 %, 5 % in 6h 6 times, 10 % in 1d 3 times and in 3d once
    assert {name: pair["threshold_ratio"] for name, pair in pairs.items()} == {
        "1h": 1.44, "6h": 0.6, "1d": 0.3, "3d": 0.1,
    }  # fmt: skip
    assert not any(pair["clamped"] or pair["minimum_bad_events"] for pair in pairs.values())
    assert set(times(pairs["1h"]).values()) == {None}
    # 0.6 x 6 h of a full outage; 0.3 x 1 d and 0.1 x 3 d are the same; twice the budget is 0.1 x 3 d / 0.2
    assert times(pairs["6h"]) == {"100%": 0.6 * 21600, "50%": None, "10%": None, "2x budget": None}
    page, ticket = it["combined"]
    assert (page["name"], page["severity"], page["pairs"]) == ("FerryLate", "page", ["1h", "6h"])
    assert times(page) == times(pairs["6h"])
    assert (ticket["severity"], ticket["pairs"]) == ("ticket", ["1d", "3d"])
    assert times(ticket) == {"100%": 25920, "50%": 51840, "10%": None, "2x budget": 129600}
    # the alert clears with its last pair: 6 h x (1 - 0.1) of the 3d pair
    assert ticket["detection"][0]["clears_after_seconds"] == 21600 * 0.9
    assert it["absent_after_seconds"] is None
    assert it["exhaustion"] is False


def test_it_says_so_in_words(project: Path) -> None:
    text = slosmith(project, "explain", "ferry-crossings", "--rules", "sloth").stdout
    assert "Alerts (FerryLate): each fires when its first pair of windows fires" in text
    assert "1h: never fires: errors would have to be more than 100%" in text
    assert "They have no minimum of bad events, no alert about missing data, no alert about a spent budget." in text
    for ours in (
        "clamped",
        "none fires on fewer",
        "no data: a ticket",
        "budget exhausted",
        "max_error_ratio",
        "absent_for",
    ):
        assert ours not in text, ours
    assert "critical" not in text, "to its own specs Sloth adds no label of the project's"
    assert "page (critical)" in slosmith(project, "explain", "desk-queue", "--rules", "sloth").stdout


def test_the_settings_decide_where_the_command_line_is_silent(project: Path, tmp_path: Path) -> None:
    write(tmp_path / "slo_specs/slosmith.yaml", PROJECT + "rules: sloth\n")
    write(tmp_path / "slo_specs/services/ferry.yaml", FERRY)
    assert explained(tmp_path, "ferry-crossings") == explained(tmp_path, "ferry-crossings", "--rules", "sloth")
    assert explained(tmp_path, "ferry-crossings", "--rules", "weighted")["combined"] == []
    assert explained(project, "ferry-crossings")["alerts"][0]["clamped"] is True


def test_only_the_alerts_that_are_written(project: Path) -> None:
    (only,) = explained(project, "ferry-strict", "--rules", "sloth")["combined"]
    assert only["severity"] == "ticket"


def test_no_time_is_finer_than_an_evaluation(project: Path, tmp_path: Path) -> None:
    """99.99 % over 28 days: after five seconds, a full outage is above 0.144 % of an hour."""
    it = explained(project, "desk-queue")
    assert it["evaluation_interval_seconds"] == 60
    assert it["alerts"][0]["detection"][0]["fires_after_seconds"] == 60
    write(tmp_path / "slo_specs/slosmith.yaml", PROJECT + "evaluation_interval: 2m\n")
    write(tmp_path / "slo_specs/services/desk.yaml", DESK)
    slow = explained(tmp_path, "desk-queue")
    assert slow["alerts"][0]["detection"][0]["fires_after_seconds"] == 120
    assert all(each["fires_after_seconds"] is None or each["fires_after_seconds"] % 120 == 0
               for tier in slow["alerts"] for each in tier["detection"])  # fmt: skip
    assert "rules are evaluated every 2m" in slosmith(tmp_path, "explain", "desk-queue").stdout


def test_a_budget_that_is_gone_before_the_page(project: Path, tmp_path: Path) -> None:
    """99.99 % over 28 days are 4.032 minutes, over 7 days 1.008 minutes. 99 % leave time."""
    it = explained(project, "desk-queue")
    assert it["first_page"] == {"after_seconds": 60, "latest_seconds": 360, "budget_seconds": 241.92}
    assert it["budget_gone_before_page"] is True
    text = slosmith(project, "explain", "desk-queue").stdout
    assert (
        "budget gone before the page: a full outage spends the whole budget in 4.03 minutes, "
        "and the page comes after 1m to 6m\n"
    ) in text
    week = DESK + "period: {rolling: 7d}\n"
    write(tmp_path / "slo_specs/slosmith.yaml", PROJECT)
    write(tmp_path / "slo_specs/services/desk.yaml", week)
    assert "the whole budget in 1.01 minutes" in slosmith(tmp_path, "explain", "desk-queue").stdout
    write(tmp_path / "slo_specs/services/desk.yaml", week.replace("99.99%", "99%"))
    calm = explained(tmp_path, "desk-queue")
    assert calm["budget_gone_before_page"] is False
    assert "gone before" not in slosmith(tmp_path, "explain", "desk-queue").stdout
    write(tmp_path / "slo_specs/services/desk.yaml", week + "alerting: {page: {disable: true}}\n")
    silent = explained(tmp_path, "desk-queue")
    assert (silent["first_page"], silent["budget_gone_before_page"]) == (None, False)


def test_a_ratio_without_events(project: Path) -> None:
    it = explained(project, "desk-queue")
    assert it["bad_events_per"] == {}
    assert [budget["bad_events"] for budget in it["budgets"]] == [None]
    assert [tier["minimum_bad_events"] for tier in it["alerts"]] == [0] * 4
    assert "minimum_bad_events" not in {value["field"] for value in it["values"]}
    text = slosmith(project, "explain", "desk-queue").stdout
    head = text[: text.index("Where the values come from")]
    assert "99.99% is good, over 28d. This is the mean over time of a ratio that counts no events." in head
    assert "bad event" not in head
    assert "5m rates" not in head
    # our rules have these alerts for it
    assert "no data: a ticket (warning) after 30m" in head
    assert "budget exhausted" in head
