"""Problems for people: file, line, column, what is wrong, what to write instead, and the line with a caret."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from slosmith.problems.problem import Problem, Severity
from slosmith.problems.reporters import Facts

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTICE: "36"}
_WIDEST = 160
"""Longer source lines are shown in part."""


class Lines(Protocol):
    """Whoever has the lines of the files."""

    def line(self, file: str, number: int) -> str: ...


def report(
    problems: Iterable[Problem], lines: Lines | None = None, *, carets: bool = True, colour: bool = False
) -> str:
    """All problems as text, in the order given, each ended by a line break.

    ``lines`` gives source lines for the carets; without it, or with ``carets`` False, a problem is one line (and one
    for its hint). ``colour`` writes ANSI colours.
    """
    return "".join(_one(problem, lines if carets else None, colour) for problem in problems)


def _one(problem: Problem, lines: Lines | None, colour: bool) -> str:
    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    severity = paint(problem.severity.value, f"1;{_COLOURS[problem.severity]}")
    place = paint(_place(problem), "1")
    text = f"{place}: {severity} {problem.code}: {_printable(problem.message)}\n"
    source = lines.line(problem.file, problem.line) if lines is not None and problem.line else ""
    if source.strip():
        shown, marks = _underline(source, problem)
        text += f"    {shown}\n    {paint(marks, _COLOURS[problem.severity])}\n"
    if problem.hint:
        text += f"    hint: {_printable(problem.hint)}\n"
    return text


def _place(problem: Problem) -> str:
    place = _printable(problem.file) or "(no file)"
    return f"{place}:{problem.line}:{problem.column}" if problem.line else place


def _printable(text: str) -> str:
    """Text without characters that would steer a terminal or break the line."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _underline(source: str, problem: Problem) -> tuple[str, str]:
    """The source line, cut to a readable width, and carets below the problem's columns."""
    start = problem.column - 1
    if problem.end_line > problem.line:
        end = len(source.rstrip())
    else:
        end = problem.end_column - 1 if problem.end_line else start
    end = max(end, start + 1)
    cut = max(0, start - _WIDEST // 2) if len(source) > _WIDEST else 0
    shown = source[cut : cut + _WIDEST].rstrip()
    before = "".join(" " * _width(character) for character in source[cut:start])
    marked = sum(_width(character) for character in source[start : min(end, cut + _WIDEST)])
    return _printable(shown.replace("\t", " ")), before + "^" * max(1, marked)


def _width(character: str) -> int:
    """Columns that a character takes on a terminal: wide East Asian ones two, combining ones none."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def render(problems: Sequence[Problem], facts: Facts) -> str:
    """As :func:`report`, from what every reporter is given."""
    return report(problems, facts.lines)
