"""Fewer problems of policy: notices that a spec accepts, and a profile of levels for new projects."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from slosmith.policy import catalogue
from slosmith.policy.configuration import profiles
from slosmith.policy.judging import judge
from slosmith.problems import Problem
from slosmith.workspace import load
from tests.cli.project import make_project, write

TODAY = date(2026, 3, 1)


def judged(specs: Path) -> tuple[Problem, ...]:
    loaded = load(specs)
    assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
    return judge(loaded, TODAY)


def of(problems: tuple[Problem, ...], code: str) -> set[str]:
    return {problem.file.rsplit("/", 1)[-1] for problem in problems if problem.code == code}


def accept(path: Path, text: str) -> None:
    write(path, path.read_text("utf-8") + text)


def test_a_class_accepts_a_notice_for_good(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    assert of(judged(specs), "ALT201") == {"lenient.yaml"}
    accept(specs / "classes/lenient.yaml", "accepted: [{code: ALT201, reason: Half an hour is soon enough.}]\n")
    found = judged(specs)
    assert of(found, "ALT201") == set()
    assert of(found, "WAI603") == set()


def test_a_notice_of_one_objective_is_accepted(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    accept(specs / "services/beta.yaml", "accepted: [{code: ALT201, objective: latency, reason: Soon enough.}]\n")
    (left,) = [problem for problem in judged(specs) if problem.code == "ALT201"]
    assert "latency" not in left.message


def test_a_warning_is_not_accepted_for_good(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    path = specs / "services/alpha.yaml"
    write(path, path.read_text("utf-8").replace("runbook: https://docs.example.org/alpha/runbook\n", ""))
    accept(path, "accepted: [{code: ALT205, reason: Later.}]\n")
    found = judged(specs)
    assert of(found, "ALT205") == {"alpha.yaml"}
    (unused,) = [problem for problem in found if problem.code == "WAI603"]
    assert "waivers:" in unused.hint


def _settings(specs: Path, policy: str) -> None:
    write(specs / "slosmith.yaml", f"version: slosmith/v1\nkind: Project\nname: p\npolicy: {policy}\n")


def test_the_starter_profile_asks_for_no_texts(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    path = specs / "services/alpha.yaml"
    write(path, path.read_text("utf-8").replace("responsible: The ml team.\n", ""))
    assert of(judged(specs), "DOC407")
    _settings(specs, "{profile: starter}")
    assert not [problem for problem in judged(specs) if problem.code.startswith("DOC")]
    _settings(specs, "{profile: starter, levels: {DOC407: error}}")
    assert of(judged(specs), "DOC407") == {"alpha.yaml"}
    _settings(specs, "{levels: {DOC: notice}, profile: starter}")
    assert of(judged(specs), "DOC407") == {"alpha.yaml"}


@pytest.mark.parametrize("name", ["startr", "3"])
def test_a_profile_that_does_not_exist(name: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    _settings(specs, f"{{profile: {name}}}")
    (problem,) = [problem for problem in judged(specs) if problem.code == "POL701"]
    assert "starter" in problem.hint


def test_profiles_name_checks_that_exist() -> None:
    assert "starter" in profiles()
    for profile in profiles().values():
        for code in profile.levels:
            assert any(known.startswith(code) for known in catalogue.own_codes()), code
