"""Every check with its cases: it reports the expected problems at the expected lines, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.policy import catalogue
from tests.policy.cases import FOLDER, Case, cases, errors, run

_ALL = [case for code in catalogue.codes() for case in cases(code)]


@pytest.mark.parametrize("case", _ALL, ids=[f"{case.code}-{case.name.replace(' ', '-')}" for case in _ALL])
def test_case(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    judged = run(case, tmp_path)
    assert not errors(judged.read), "the case's specs must be readable"
    found = judged.of(case.code)
    assert sorted((problem.file, problem.line) for problem in found) == sorted(case.marked)
    by_place = sorted(found, key=lambda problem: (problem.file, problem.line, problem.message))
    for problem, part in zip(by_place, case.found, strict=False):
        assert part in f"{problem.message} | {problem.hint}"
    assert len(case.found) <= len(found)


@pytest.mark.parametrize("code", catalogue.codes())
def test_every_check_has_cases_that_pass_and_fail(code: str) -> None:
    found = cases(code)
    assert any(case.marked for case in found), "no case fails"
    assert any(not case.marked for case in found), "no case passes"
    assert any(case.found for case in found if case.marked), "no case says what the message is"


def test_every_case_file_is_of_a_check() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(catalogue.codes())
