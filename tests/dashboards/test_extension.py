"""A project's jsonnet extension: from slosmith.yaml to the files, and the places of its errors."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from slosmith.model import Origin
from slosmith.problems import InputError, Problem
from tests.cli.project import make_project, slosmith, write

SETTINGS = """version: slosmith/v1
kind: Project
name: tests
targets:
  grafana:
    extension: |
      {
        serviceTags(service):: super.serviceTags(service) + ['more'],
        %s
      }
"""


def test_an_extension_in_the_settings_changes_the_files(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", SETTINGS % "colours+:: { bad: 'purple' },")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "generated/grafana/slo-alpha.json").read_text("utf-8")
    assert "more" in json.loads(text)["tags"]
    assert '"color": "purple"' in text


def test_a_mistake_in_it_is_a_problem_and_nothing_is_written(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", SETTINGS % "layout(panels):: error 'too bad',")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    # line 9 of the file; the column includes the indentation of the block and two more spaces
    assert "slosmith.yaml:9:26" in done.stderr
    assert "TGT405" in done.stderr
    assert "too bad" in done.stderr
    assert [path for path in (tmp_path / "generated").rglob("*") if path.is_file()] == []


def test_a_mistake_without_a_place_is_on_the_extension(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", SETTINGS % "layout:: 5,")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "slosmith.yaml:6:" in done.stderr
    assert "TGT405" in done.stderr


RUNAWAYS = {
    "layout(panels):: local f(n) = f(n + 1) tailstrict; f(1),": "calls itself too often",
    "layout(panels):: std.repeat('x', 5900000000),": "too much memory",
    "serviceDashboard(service):: 5,": "is not a dashboard",
    "serviceDashboard(service):: {},": "is not a dashboard",
    "serviceDashboard(service):: super.serviceDashboard(service) { uid: 'x' },": "is not a dashboard",
    "serviceDashboard(service):: super.serviceDashboard(service) { title: null },": "is not a dashboard",
    "serviceDashboard(service):: super.serviceDashboard(service) { description: 'mine' },": "header of the file",
    "fleetDashboard(fleet):: super.fleetDashboard(fleet) { description:: null },": "header of the file",
}


@pytest.mark.parametrize("extension", RUNAWAYS)
def test_an_extension_that_runs_away_is_a_problem_with_a_place(extension: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", SETTINGS % extension)
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "slosmith.yaml:6:" in done.stderr
    assert "TGT405" in done.stderr
    assert RUNAWAYS[extension] in done.stderr
    assert not (tmp_path / "generated").exists()


def test_findings_come_back_from_a_worker() -> None:
    error = InputError([Problem(code="TGT405", message="m", origin=Origin("project", "slosmith.yaml"), span=(1, 2))])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems
