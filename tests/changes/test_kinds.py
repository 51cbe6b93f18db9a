"""Every kind of change has its verdict, its lines, and its consequences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from slosmith.changes.difference import Difference
from slosmith.changes.kinds import Verdict
from slosmith.changes.reporters import markdown, text
from slosmith.changes.reporters.data import as_data
from slosmith.changes.sides import Side
from tests.changes.cases import FILES, cases, compared, reported, sides
from tests.cli.project import CHECKOUT

SCHEMA = Draft202012Validator(json.loads((CHECKOUT / "schemas/diff-v1.schema.json").read_text("utf-8")))
ALL = [(path, case) for path in FILES for case in cases(path)]


@pytest.mark.parametrize(("path", "case"), ALL, ids=[f"{path.stem}: {case['name']}" for path, case in ALL])
def test_kind(path: Path, case: dict[str, Any], tmp_path: Path) -> None:
    difference = compared(*sides(case, tmp_path))
    found = reported(difference)
    assert_reports(difference)
    shown = yaml.safe_dump(found, sort_keys=False, width=200)
    assert found["verdicts"] == case["verdicts"], shown
    assert found["changes"] == case.get("changes", []), shown
    for line in case.get("consequences", []):
        assert any(line in each for each in found["consequences"]), f"{line}\n\n{shown}"


def assert_reports(difference: Difference) -> None:
    """Every format can say it: JSON as its schema says, a note that is not long and has nothing of HTML."""
    side = Side("folder", "", "folder", None)
    data = as_data(difference, (side, side), (), lambda change: "a.yaml:1", ())
    SCHEMA.validate(json.loads(msgspec.json.encode(data)))
    note = markdown.report(difference, ("before", "after"), (), lambda change: "a.yaml:1")
    assert len(note.split("<details>")[0].splitlines()) <= markdown.MOST_LINES
    assert bool(note) == bool(difference.changes)
    for line in text.report(difference, ("before", "after"), (), lambda change: "").splitlines():
        assert line == line.rstrip()


def test_there_are_sixty() -> None:
    names = [case["name"] for _, case in ALL]
    assert len(names) >= 60
    assert len(names) == len(set(names))


def test_every_verdict_and_kind_is_tried() -> None:
    assert {verdict for _, case in ALL for verdict in case["verdicts"]} == {verdict.value for verdict in Verdict}
