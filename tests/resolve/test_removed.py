"""null removes what a class or the project would give: links, calendars, aspirational targets, labels, annotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.model import Slo
from slosmith.workspace import load
from tests.cli.project import write

PROJECT = """\
version: slosmith/v1
kind: Project
name: p
period: {rolling: 28d, calendar: slo-quarter}
labels: {tier: gold, area: shops}
alerting: {annotations: {note: Call., extra: Look.}}
urls:
  documentation: https://example.org/{service}
  runbook: https://example.org/{service}/runbook
  dashboard: https://example.org/d/{uid}
"""
CLASS = """\
version: slosmith/v1
kind: SLOClass
name: calm
description: A class.
period: {rolling: 28d, calendar: month}
runbook: https://example.org/calm
objectives: {availability: {target: 98%}}
aspirational: {availability: {target: 99%}}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: shop
team: web
indicator_source: {template: istio-gateway, with: {namespace: shop}}
"""
OWN = "objectives: {availability: {target: 98%}}\n"


def slo(folder: Path, service: str, slo_class: str = CLASS) -> Slo:
    write(folder / "slosmith.yaml", PROJECT)
    write(folder / "classes/calm.yaml", slo_class)
    write(folder / "services/shop.yaml", SERVICE + service)
    loaded = load(folder)
    assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
    (found,) = loaded.slos
    return found


def test_without_null_all_is_inherited(tmp_path: Path) -> None:
    found = slo(tmp_path, "class: calm\n")
    assert found.period.calendar is not None
    assert found.period.calendar.name == "month"
    assert found.runbook == "https://example.org/calm"
    assert found.documentation == "https://example.org/shop"
    assert found.objective.aspirational_ratio is not None
    assert dict(found.labels) == {"tier": "gold", "area": "shops"}


@pytest.mark.parametrize(
    ("service", "slo_class"),
    [
        (OWN + "period: {calendar: null}\n", CLASS),
        ("class: calm\n", CLASS.replace("calendar: month", "calendar: null")),
    ],
    ids=["service", "class"],
)
def test_a_calendar_is_removed(service: str, slo_class: str, tmp_path: Path) -> None:
    found = slo(tmp_path, service, slo_class)
    assert found.period.calendar is None
    assert found.origin_of("calendar").path == ("period", "calendar")


@pytest.mark.parametrize("kind", ["documentation", "runbook", "dashboard"])
def test_links_are_removed(kind: str, tmp_path: Path) -> None:
    assert getattr(slo(tmp_path, f"class: calm\n{kind}: null\n"), kind) == ""
    one = slo(tmp_path, f"class: calm\nobjectives: {{availability: {{{kind}: null}}}}\n")
    assert getattr(one, kind) == ""
    assert one.origin_of(kind).path == ("objectives", "availability", kind)
    of_class = slo(tmp_path, "class: calm\n", CLASS.replace("runbook: https://example.org/calm", f"{kind}: null"))
    assert getattr(of_class, kind) == ""


def test_an_aspiration_is_removed(tmp_path: Path) -> None:
    found = slo(tmp_path, "class: calm\nobjectives: {availability: {aspirational: null}}\n")
    assert found.objective.aspirational_ratio is None
    assert found.objective.target_ratio == slo(tmp_path, "class: calm\n").objective.target_ratio


def test_labels_and_annotations_are_removed_one_by_one(tmp_path: Path) -> None:
    found = slo(tmp_path, "class: calm\nlabels: {tier: null, new: x}\nalerting: {annotations: {note: null}}\n")
    assert dict(found.labels) == {"area": "shops", "new": "x"}
    assert found.alerting is not None
    assert dict(found.alerting.annotations) == {"extra": "Look."}


def test_what_cannot_be_missing_cannot_be_removed(tmp_path: Path) -> None:
    write(tmp_path / "services/shop.yaml", SERVICE + "objectives: {availability: {target: null}}\n")
    assert {problem.code for problem in load(tmp_path).problems} >= {"SCH205"}
