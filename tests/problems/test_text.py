"""Problems as text and as JSON."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from slosmith.model import Origin
from slosmith.problems import Problem, Severity, Span
from slosmith.problems.reporters import Facts, render
from slosmith.problems.reporters import json as json_reporter
from slosmith.problems.reporters.text import report

PROBLEM = Problem(
    code="SCH203", message="unknown key 'teem'", hint="did you mean 'team'?", subject="a",
    origin=Origin("service", "specs/a.yaml", ("teem",)), place=Span(2, 3, 2, 7),
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
    problem = Problem(code="SYN113", message="the file is empty", severity=Severity.WARNING, named="a.yaml")
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
    problem = Problem(code="X", message="m", named="f", place=Span(1, column, 1 if end else 0, end))
    assert report([problem], Text(line)).splitlines()[2] == f"    {marks}"


def test_a_problem_over_several_lines_marks_the_rest_of_the_first() -> None:
    problem = Problem(code="X", message="m", named="f", place=Span(1, 4, 3, 2))
    assert report([problem], Text("a: [b, c,  ")).splitlines()[2] == "       ^^^^^^"


def test_long_lines_are_cut_around_the_problem() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    problem = Problem(code="X", message="m", named="f", place=Span(1, 501, 1, 505))
    _, shown, marks = report([problem], Text(line)).splitlines()
    start = marks.index("^")
    assert shown[start : start + 4] == "HERE"
    assert marks.strip() == "^^^^"
    assert len(shown) < 200


def test_nothing_steers_the_terminal() -> None:
    problem = Problem(code="X", message="a\x1b[31m\nb", hint="c\rd", named="f\x07", place=Span(1, 1))
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


def everywhere(count: int) -> list[Problem]:
    place = Span(3, 7, 3, 8)
    return [
        Problem(code="DOC404", message="no description", hint="add one", named=f"s{number}.yaml", place=place)
        for number in range(1, count + 1)
    ]


def test_what_is_the_same_in_many_places_is_said_once() -> None:
    other = Problem(code="SYN113", message="the file is empty", named="t.yaml")
    many = everywhere(250)
    assert report([*many[:3], other, *many[3:]], Text("", "", "name: a")) == (
        "s1.yaml:3:7: error DOC404: no description\n"
        "    name: a\n"
        "          ^\n"
        "    the same in 249 other places: s2.yaml:3:7, s3.yaml:3:7 and 247 more\n"
        "    hint: add one\n"
        "t.yaml: error SYN113: the file is empty\n"
    )


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (2, 2), (3, 3), (4, 1)])
def test_a_few_places_are_shown_each(count: int, shown: int) -> None:
    assert report(everywhere(count)).count("error DOC404") == shown


@pytest.mark.parametrize("change", [{"message": "none"}, {"hint": "another"}, {"severity": Severity.WARNING}])
def test_what_differs_is_said_each_time(change: dict[str, str]) -> None:
    first, *rest = everywhere(4)
    assert report([msgspec.structs.replace(first, **change), *rest]).count("DOC404") == 4


def test_machines_get_every_place() -> None:
    assert len(json.loads(json_reporter.report(everywhere(250)))["problems"]) == 250
    for name in ("junit", "sarif", "code-quality", "json"):
        assert render(name, everywhere(250), Facts()).count("DOC404") >= 250


def test_lines_are_looked_up_for_what_is_shown() -> None:
    """For 250 equal problems, only the three places that are printed are computed."""

    class Texts:
        asked = 0

        def shown(self, file: str) -> str:
            return f"specs/{file}"

        def span(self, origin: Origin, *, on_key: bool = False, inside: tuple[int, int] | None = None) -> Span:
            self.asked += 1
            return Span(1, 1, 1, 2)

    texts = Texts()
    problems = [
        Problem(code="DOC404", message="no description", origin=Origin("service", f"{number}.yaml"), texts=texts)
        for number in range(250)
    ]
    assert texts.asked == 0
    assert report(problems).startswith("specs/0.yaml:1:1: error DOC404")
    assert texts.asked == 3
