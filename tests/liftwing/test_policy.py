"""Lift Wing's policy is data: YAML files in slo_specs/policies/ check the specs, and report wrong changes."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from slosmith.policy.judging import judge
from slosmith.problems import Problem, Severity
from slosmith.workspace import load
from tests.liftwing.policy import SPECS

TODAY = date(2026, 11, 22)


EDITS = {
    "another target": ("LW4", "classes/stable.yaml", r"target: [\d.]+%", "target: 97.5%"),
    "another threshold": ("LW2", "classes/auxiliary.yaml", r"threshold: \w+", "threshold: 1m"),
    "another class": ("LW5", "services/langid.yaml", r"(?m)^class: \S+", "class: auxiliary"),
    "another period": ("LW6", "classes/ores.yaml", r"rolling: \w+", "rolling: 31d"),
    "no reason for the class": ("LW8", "services/tts.yaml", r"decision: Class", "decision: The class"),
}
"""What a reviewer may try, and the policy that says why not."""


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_that_was_not_agreed_gets_a_message(edit: str, tmp_path: Path) -> None:
    code, file, old, new = EDITS[edit]
    problems = _judged_after(tmp_path, (file, old, new))
    mine = [problem for problem in problems if problem.code == code]
    assert mine, [str(problem) for problem in problems]
    assert all(problem.severity is Severity.ERROR and problem.hint for problem in mine)


def test_an_edit_with_its_agreement_is_two_files_of_yaml(tmp_path: Path) -> None:
    edits = (
        ("classes/auxiliary.yaml", r"threshold: \w+", "threshold: 1m"),
        ("policies/agreed-latencies.yaml", r"(?m)^    : slo\.threshold_seconds == [\d.]+\)",
         "    : slo.class == 'auxiliary' ? slo.threshold_seconds == 60.0\n    : slo.threshold_seconds == 0.5)"),
    )  # fmt: skip
    codes = {problem.code for problem in _judged_after(tmp_path, *edits) if problem.code.startswith("LW")}
    assert codes == set()


def _judged_after(folder: Path, *edits: tuple[str, str, str]) -> tuple[Problem, ...]:
    specs = folder / "slo_specs"
    shutil.copytree(SPECS, specs)
    for file, old, new in edits:
        text = (specs / file).read_text("utf-8")
        changed = re.sub(old, new, text)
        assert changed != text
        (specs / file).write_text(changed, "utf-8")
    found = load(specs)
    assert found.workspace is not None, [str(problem) for problem in found.problems]
    return judge(found, TODAY)
