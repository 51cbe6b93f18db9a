"""``unit_tests: on_demand``: the same tests are run and handed over, but none is written by `generate`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.project import files, make_project, slosmith, write

SETTINGS = """version: slosmith/v1
kind: Project
name: p
team: ml
unit_tests: {}
targets: {{thanos: {{}}, operations_alerts: {{}}}}
policy: {{profile: starter}}
"""
SHORT = "period: {rolling: 7d}\nobjectives:\n  availability: {target: 98%}\n"


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same project with tests beside the rules, and with tests on demand. One SLO a service."""
    made = []
    for setting in ("beside_rules", "on_demand"):
        folder = tmp_path_factory.mktemp(setting)
        specs = make_project(folder, sites="eqiad")
        for path in (specs / "classes").iterdir():
            text = path.read_text("utf-8")
            path.write_text(text[: text.index("period:")] + SHORT, "utf-8")
        write(specs / "slosmith.yaml", SETTINGS.format(setting))
        done = slosmith(folder, "generate", "--jobs", "1")
        assert done.returncode == 0, done.stderr
        made.append(folder)
    return made[0], made[1]


def test_nothing_else_differs(projects: tuple[Path, Path]) -> None:
    beside, on_demand = (files(folder / "generated") for folder in projects)
    assert {name for name in beside if name.endswith("_test.yaml")} == beside.keys() - on_demand.keys()
    assert len(beside.keys() - on_demand.keys()) == 4
    assert {name: beside[name] for name in on_demand} == on_demand


def results(folder: Path, promtool: Path, *arguments: str) -> list[tuple[str, str, bool]]:
    env = {"PATH": f"{promtool.parent}:{os.environ['PATH']}"}
    done = slosmith(folder, "test", "--format", "json", *arguments, env=env)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)["files"]
    return sorted((each["step"], each["result"]["file"], each["result"]["passed"]) for each in found)


def test_the_same_tests_run(projects: tuple[Path, Path], promtool: Path) -> None:
    beside, on_demand = (results(folder, promtool, "generated/operations_alerts") for folder in projects)
    assert ("test", "generated/operations_alerts/team-ml/slo_alpha_test.yaml", True) in on_demand
    assert on_demand == beside
    assert results(projects[1], promtool, "alpha") == results(projects[0], promtool, "alpha")


def test_they_test_what_was_generated(projects: tuple[Path, Path], promtool: Path) -> None:
    _, folder = projects
    rules = folder / "generated/operations_alerts/team-ml/slo_alpha.yaml"
    whole = rules.read_text("utf-8")
    assert whole.count("vector(0.98)") == 1
    rules.write_text(whole.replace("vector(0.98)", "vector(0.97)"), "utf-8")
    try:
        found = results(folder, promtool, str(rules.relative_to(folder)))
    finally:
        rules.write_text(whole, "utf-8")
    assert ("test", "generated/operations_alerts/team-ml/slo_alpha_test.yaml", False) in found


def test_specs_with_errors_are_said(projects: tuple[Path, Path], promtool: Path) -> None:
    _, folder = projects
    spec = folder / "slo_specs/services/beta.yaml"
    whole = spec.read_text("utf-8")
    spec.write_text(whole.replace("class: lenient", "class: nowhere"), "utf-8")
    env = {"PATH": f"{promtool.parent}:{os.environ['PATH']}"}
    try:
        done = slosmith(folder, "test", "generated/operations_alerts/team-ml/slo_alpha.yaml", env=env)
    finally:
        spec.write_text(whole, "utf-8")
    assert "their tests need the specs, without errors" in done.stdout
    assert "untested  generated/operations_alerts/team-ml/slo_alpha.yaml" in done.stdout


def test_they_are_handed_over(projects: tuple[Path, Path], tmp_path: Path) -> None:
    bare, work = tmp_path / "alerts.git", tmp_path / "work"
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")

    def git(folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True, text=True, timeout=60
        )
        return done.stdout

    git(tmp_path, "init", "-q", "--bare", str(bare))
    git(tmp_path, "clone", "-q", str(bare), str(work))
    git(work, "commit", "-q", "--allow-empty", "-m", "First")
    git(work, "push", "-q", "origin", "HEAD")
    trees = []
    for number, folder in enumerate(projects):
        branch = f"slosmith/{number}"
        done = slosmith(
            folder, "handover", "operations_alerts", "--to", str(bare), "--push", "--branch", branch,
            "--author", "A. Reviewer <reviewer@example.org>",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        trees.append(git(bare, "rev-parse", f"{branch}^{{tree}}"))
        assert "team-ml/slo_alpha_test.yaml" in git(bare, "ls-tree", "-r", "--name-only", branch).split()
    assert trees[0] == trees[1]


def test_files_that_were_written_before_are_removed(projects: tuple[Path, Path], tmp_path: Path) -> None:
    write(tmp_path / "slo_specs/slosmith.yaml", "")
    for path, content in files(projects[0]).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    write(tmp_path / "slo_specs/slosmith.yaml", SETTINGS.format("on_demand"))
    done = slosmith(tmp_path, "generate", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "generated") == files(projects[1] / "generated")
