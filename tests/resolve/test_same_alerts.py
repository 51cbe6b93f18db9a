"""Two alerts of one SLO have different names or labels: otherwise nobody can separate them."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.engines.promtool import check_rules
from slosmith.output.compile import compile_workspace
from tests.formats.dialects.evaluation import loaded, said, sound

SERVICE = """\
version: slosmith/v1
kind: Service
name: shop
objectives:
  orders:
    target: 99%
    indicator: {counter_ratio: {total: orders_total, bad: 'orders_total{result="failed"}'}}
    period: {rolling: ROLLING, calendar: CALENDAR}
ALERTING"""
CALENDARS = "targets: {prometheus: {}}\ncalendars: {28d: {starts: [01-01, 07-01]}, 4w: {starts: [01-01]}}\n"


def spec(rolling: str = "28d", calendar: str = "28d", alerting: str = "") -> str:
    text = SERVICE.replace("ROLLING", rolling).replace("CALENDAR", calendar)
    return text.replace("ALERTING", f"    alerting: {alerting}\n" if alerting else "")


def test_a_calendar_must_not_have_the_name_of_the_rolling_period(tmp_path: Path) -> None:
    found = loaded(tmp_path, {"services/shop.yaml": spec()}, CALENDARS)
    assert said(found) == [("RES337", 8, ("objectives", "orders", "period", "calendar"))]
    (problem,) = found.problems
    assert problem.message == "the calendar has the name of the rolling period, 28d: their alerts are the same"
    assert problem.hint == "rename the calendar"


@pytest.mark.parametrize(("rolling", "calendar", "alerting", "rules"), [
    ("28d", "4w", "", "weighted"),
    ("30d", "28d", "", "weighted"),
    ("28d", "28d", "{exhaustion: {disable: true}}", "weighted"),
    ("28d", "28d", "{disable: true}", "weighted"),
    # Sloth's rules do not know calendars
    ("28d", "28d", "", "sloth"),
])  # fmt: skip
def test_other_names_are_right(
    tmp_path: Path, promtool: Path, rolling: str, calendar: str, alerting: str, rules: str
) -> None:
    files = {"services/shop.yaml": spec(rolling, calendar, alerting)}
    found = sound(loaded(tmp_path, files, f"{CALENDARS}rules: {rules}\n"))
    assert not found.problems
    assert found.workspace is not None
    rules_file = tmp_path / "shop.yaml"
    rules_file.write_text(compile_workspace(found.workspace, found.project)["prometheus/shop.yaml"], "utf-8")
    assert all(result.passed for result in check_rules(promtool, [rules_file], 1))


SLOTH = """\
version: prometheus/v1
service: shop
slos:
  - name: orders
    objective: 99
    sli: {raw: {error_ratio_query: "avg_over_time(orders:failed:ratio[{{.window}}])"}}
    alerting: {name: Orders, labels: {sloth_severity: LABEL}}
"""


def test_a_label_must_not_make_two_alerts_one(tmp_path: Path) -> None:
    found = loaded(tmp_path, SLOTH.replace("LABEL", "high"), "rules: sloth\n")
    (problem,) = [each for each in found.problems if each.code == "RES337"]
    assert problem.message == "two alerts have the name 'Orders' and the same labels: page and ticket"
    assert problem.path[:2] == ("slos", 0)
