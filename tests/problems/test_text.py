"""Problems as text and as JSON."""

from __future__ import annotations

import json
import re

import pytest

from slosmith.problems import Problem, Severity
from slosmith.problems.reporters import json as json_reporter
from slosmith.problems.reporters.text import report

PROBLEM = Problem(
    code="SCH203", message="unknown key 'teem'", hint="did you mean 'team'?", file="specs/a.yaml",
    line=2, column=3, end_line=2, end_column=7, path=("teem",), subject="a",
)  # fmt: skip


class Text:
    def __init__(self, *lines: str) -> None:
        self.lines = lines

    def line(self, file: str, number: int) -> str:
        return self.lines[number - 1] if number <= len(self.lines) else ""


def test_caret() -> None:
    assert report([PROBLEM], Text("a: 1", "  teem: x")) == (
        "specs/a.yaml:2:3: error SCH203: unknown key 'teem'\n"
        "      teem: x\n"
        "      ^^^^\n"
        "    hint: did you mean 'team'?\n"
    )  # fmt: skip


def test_without_lines_and_without_place() -> None:
    problem = Problem(code="SYN113", message="the file is empty", severity=Severity.WARNING, file="a.yaml")
    assert report([problem], Text("x")) == "a.yaml: warning SYN113: the file is empty\n"
    assert report([PROBLEM], Text("x"), carets=False).count("\n") == 2


def test_colours_only_when_asked_for() -> None:
    assert "\x1b" not in report([PROBLEM], Text("", "  teem: x"))
    coloured = report([PROBLEM], Text("", "  teem: x"), colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == report([PROBLEM], Text("", "  teem: x"))


@pytest.mark.parametrize(
    ("line", "column", "end", "marks"),
    [
        ("日本: x", 5, 6, "      ^"),
        ("e\u0301: x", 5, 6, "   ^"),
        ("a: x", 4, 4, "   ^"),
        ("a: x", 4, 0, "   ^"),
    ],
)
def test_carets_stand_below_wide_and_combining_characters(line: str, column: int, end: int, marks: str) -> None:
    problem = Problem(code="X", message="m", file="f", line=1, column=column, end_line=1 if end else 0, end_column=end)
    assert report([problem], Text(line)).splitlines()[2] == f"    {marks}"


def test_a_problem_over_several_lines_marks_the_rest_of_the_first() -> None:
    problem = Problem(code="X", message="m", file="f", line=1, column=4, end_line=3, end_column=2)
    assert report([problem], Text("a: [b, c,  ")).splitlines()[2] == "       ^^^^^^"


def test_long_lines_are_cut_around_the_problem() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    problem = Problem(code="X", message="m", file="f", line=1, column=501, end_line=1, end_column=505)
    _, shown, marks = report([problem], Text(line)).splitlines()
    start = marks.index("^")
    assert shown[start : start + 4] == "HERE"
    assert marks.strip() == "^^^^"
    assert len(shown) < 200


def test_nothing_steers_the_terminal() -> None:
    problem = Problem(code="X", message="a\x1b[31m\nb", hint="c\rd", file="f\x07", line=1, column=1)
    text = report([problem], Text("x\x1b]0;title\x07"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
    assert len(text.splitlines()) == 4


def test_json() -> None:
    data = json.loads(json_reporter.report([PROBLEM]))
    assert data == {
        "problems": [
            {
                "code": "SCH203", "severity": "error", "message": "unknown key 'teem'", "hint": "did you mean 'team'?",
                "file": "specs/a.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 7, "path": ["teem"],
                "subject": "a",
            }
        ]
    }  # fmt: skip
    assert json_reporter.report([Problem(code="X", message="ü 🙂")]).isascii()
