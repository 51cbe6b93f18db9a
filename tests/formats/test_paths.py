"""No file outside of the specs folder is read, and no line of a file that is not a spec is shown."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from slosmith.formats import files
from slosmith.policy.judging import judge
from slosmith.problems import Problem
from slosmith.problems.reporters.text import report
from slosmith.workspace import load
from tests.cli.project import make_project, slosmith, write

SECRET = "hunter2"
SETTINGS = "version: slosmith/v1\nkind: Project\nname: tests\ninventory: {{file: {file}}}\n"


def told(specs: Path, only: list[Path] | None = None) -> tuple[list[Problem], str]:
    """Every problem of reading and of policy, and their text."""
    loaded = load(specs, only)
    problems = [*loaded.problems, *judge(loaded, date(2026, 1, 1))]
    return problems, report(problems, loaded.sources)


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A project, and a file with a secret in many places around it."""
    specs = make_project(tmp_path / "project")
    for place in ("secret.yaml", "project/secret.yaml", "project/.git/config.yaml", "project/slo_specs/.hidden/a.yaml"):
        write(tmp_path / place, f"password: {SECRET}\n- {SECRET}: [\n")
    return specs


# --- settings


@pytest.mark.parametrize(
    "file",
    ["/etc/passwd", "../secret.yaml", "../../secret.yaml", "inventory/../../secret.yaml", "{absolute}/secret.yaml",
     "C:/secret.yaml", "..\\\\secret.yaml", "//server/secret.yaml", "secret.txt", "services/alpha",
     "/proc/self/environ"],
)  # fmt: skip
def test_an_inventory_stays_in_the_specs_folder(file: str, specs: Path, tmp_path: Path) -> None:
    write(specs / "secret.txt", f"- {SECRET}: [\n")
    write(specs / "slosmith.yaml", SETTINGS.format(file=f'"{file.replace("{absolute}", str(tmp_path))}"'))
    problems, text = told(specs)
    errors = [problem for problem in problems if problem.severity == "error"]
    assert [(problem.code, problem.line) for problem in errors] == [("POL707", 4)]
    assert "below the specs folder" in errors[0].message
    assert SECRET not in text
    assert "root:" not in text


@pytest.mark.parametrize(
    "content", [f"password: {SECRET}\n- x: [", f"{SECRET}", f"[{SECRET}, 3]", f"[{{a: {SECRET}}}]"]
)
def test_no_line_of_an_inventory_is_shown(content: str, specs: Path) -> None:
    write(specs / "inventory/all.yaml", content)
    write(specs / "slosmith.yaml", SETTINGS.format(file="inventory/all.yaml"))
    problems, text = told(specs)
    assert any(problem.code in ("POL707", "SYN110") and problem.line for problem in problems)
    assert SECRET not in text


@pytest.mark.parametrize("target", ["../../../secret.yaml", "../../secret.yaml", "../.hidden/a.yaml"])
def test_an_inventory_that_is_a_link(target: str, specs: Path) -> None:
    (specs / "inventory").mkdir()
    (specs / "inventory/all.yaml").symlink_to(target)
    write(specs / "slosmith.yaml", SETTINGS.format(file="inventory/all.yaml"))
    problems, text = told(specs)
    assert {"SYN106", "POL707"} <= {problem.code for problem in problems}
    assert SECRET not in text


# --- links


@pytest.mark.parametrize("folder", ["services", "classes", "catalogues", "templates", "policies", "more"])
@pytest.mark.parametrize("target", ["outside", "absolute", "hidden"])
def test_a_linked_folder_that_leads_out_is_a_problem(folder: str, target: str, specs: Path, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    write(outside / "a.yaml", f"password: {SECRET}\n")
    if (specs / folder).exists():
        (specs / folder).rename(tmp_path / "moved")
    place = {"outside": "../../elsewhere", "absolute": outside, "hidden": ".hidden"}[target]
    (specs / folder).symlink_to(place, target_is_directory=True)
    only = specs / ("services/beta.yaml" if folder != "services" else "classes/stable.yaml")
    # if only some files are loaded, a folder is read if they refer to something in it
    for chosen in (None, [only]) if folder not in ("services", "more") else (None,):
        problems, text = told(specs, chosen)
        found = [problem.file for problem in problems if problem.code == "SYN106"]
        assert found == [f"{specs.as_posix()}/{folder}"]
        assert SECRET not in text


def test_a_linked_folder_inside_is_read(specs: Path) -> None:
    """The same rule as for a linked file."""
    (specs / "services").rename(specs / "moved")
    (specs / "services").mkdir()
    (specs / "services/ml").symlink_to("../moved")
    found = list(files.find(specs, "services"))
    assert found == ["services/ml/alpha.yaml", "services/ml/beta.yaml"]


def test_links_in_circles_end(specs: Path) -> None:
    (specs / "services/again").symlink_to("..", target_is_directory=True)
    (specs / "services/itself").symlink_to("itself")
    (specs / "services/here").symlink_to(".", target_is_directory=True)
    problems, _ = told(specs)
    found = {(problem.code, problem.file.rpartition("/")[2]) for problem in problems}
    assert found >= {("SYN106", "again"), ("SYN106", "here"), ("SYN101", "itself")}


@pytest.mark.parametrize("folder", ["services", "classes", "templates", "policies"])
def test_a_link_that_leads_nowhere_is_a_problem(folder: str, specs: Path) -> None:
    if (specs / folder).exists():
        (specs / folder).rename(specs.parent / "moved")
    (specs / folder).symlink_to("nowhere")
    problems, _ = told(specs)
    assert [problem.file for problem in problems if problem.code == "SYN101"] == [f"{specs.as_posix()}/{folder}"]


@pytest.mark.parametrize("folder", ["services", "classes", "templates", "policies"])
@pytest.mark.parametrize("target", ["../../../secret.yaml", "../.hidden/a.yaml", "/etc/hostname", "/dev/zero"])
def test_a_linked_file_that_leads_out_is_a_problem(folder: str, target: str, specs: Path) -> None:
    (specs / folder).mkdir(exist_ok=True)
    (specs / folder / "x.yaml").symlink_to(target)
    problems, text = told(specs)
    assert [problem.code for problem in problems if problem.file.endswith(f"{folder}/x.yaml")] == ["SYN106"]
    assert SECRET not in text


def test_what_is_read_by_its_path_obeys_the_rule(specs: Path, tmp_path: Path) -> None:
    """All readers use this function."""
    (specs / "linked").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(specs / "pipe.yaml")
    for path in ("../secret.yaml", "/etc/passwd", "linked/secret.yaml", ".hidden/../../secret.yaml", "pipe.yaml", "\0"):
        assert isinstance(files.read(specs, path), Problem), path


# --- files that no setting names


def test_a_linked_specs_folder_is_used_only_by_name(specs: Path, tmp_path: Path) -> None:
    project = tmp_path / "other"
    project.mkdir()
    (project / "slo_specs").symlink_to(specs)
    for arguments in (["validate"], ["generate"], ["list"], ["validate", "slo_specs/services/alpha.yaml"]):
        done = slosmith(project, *arguments)
        assert done.returncode == 2
        assert "leads out of its project" in done.stderr
    assert slosmith(project, "validate", "--specs", "slo_specs").returncode == 0
    assert not (tmp_path / "project/generated").exists()


def test_from_the_command_line(specs: Path) -> None:
    write(specs / "slosmith.yaml", SETTINGS.format(file="/etc/passwd"))
    for arguments in (["validate"], ["generate"], ["validate", "--format", "json"]):
        done = slosmith(specs.parent, *arguments)
        assert done.returncode == 1
        assert "POL707" in done.stdout + done.stderr
        assert "root:" not in done.stdout + done.stderr
    json.loads(slosmith(specs.parent, "validate", "--format", "json").stdout)
