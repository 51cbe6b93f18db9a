"""The examples on the pages of policy checks: the check finds something in the bad examples, and nothing in
the others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.policy import catalogue
from tests.documentation.check_examples import Example, examples, written
from tests.policy.cases import Case, errors, run

EXAMPLES = [example for code in catalogue.own_codes() for example in examples(code)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.code}:{each.line}")
def test_example(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    judged = run(Case(example.code, example.text, written(example), example.today), tmp_path)
    assert [str(problem) for problem in errors(judged.read)] == [], example.files
    found = {problem.code for problem in judged.found}
    assert (example.code in found) == example.reported, (example.text, sorted(found))


def test_every_check_shows_both() -> None:
    for code in catalogue.own_codes():
        shown = [example for example in EXAMPLES if example.code == code]
        assert any(example.reported for example in shown), code
