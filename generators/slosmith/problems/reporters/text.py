"""Problems for people: file, line, column, what is wrong, what to write instead, and the line with a caret."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from slosmith.problems.problem import Problem, Severity, Span
from slosmith.problems.reporters import Facts

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTICE: "36"}
_WIDEST = 160
"""Longer source lines are shown in part."""
_MANY = 4
"""From this number of places on, equal problems are shown once."""
_NAMED = 2
"""The number of places that are named after the first; all others are counted."""


class Lines(Protocol):
    """The lines of the files."""

    def line(self, file: str, number: int) -> str: ...


def report(
    problems: Iterable[Problem], lines: Lines | None = None, *, carets: bool = True, colour: bool = False
) -> str:
    """All problems as text, in the order given, each ended by a line break.

    ``lines`` gives source lines for the carets; without it, or with ``carets`` False, a problem is one line (and one
    for its hint). ``colour`` writes ANSI colours. Problems with the same words in more than three places are shown
    once, at the first place, with the next places and a count.
    """
    found = list(problems)
    alike: dict[tuple[object, ...], list[Problem]] = {}
    for problem in found:
        alike.setdefault(_words(problem), []).append(problem)
    text = ""
    for problem in found:
        same = alike[_words(problem)]
        if len(same) < _MANY:
            text += _one(problem, lines if carets else None, colour)
        elif problem is same[0]:
            text += _one(problem, lines if carets else None, colour, same[1:])
    return text


def _words(problem: Problem) -> tuple[object, ...]:
    """The parts of a problem that are equal in all its places."""
    return problem.code, problem.severity, problem.message, problem.hint


def _one(problem: Problem, lines: Lines | None, colour: bool, others: Sequence[Problem] = ()) -> str:
    """``others`` are the same problem in other places."""

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    where = problem.where
    severity = paint(problem.severity.value, f"1;{_COLOURS[problem.severity]}")
    place = paint(_place(problem, where), "1")
    text = f"{place}: {severity} {problem.code}: {_printable(problem.message)}\n"
    source = lines.line(problem.file, where.line) if lines is not None and where.line else ""
    if source.strip():
        shown, marks = _underline(source, where)
        text += f"    {shown}\n    {paint(marks, _COLOURS[problem.severity])}\n"
    if others:
        named = ", ".join(_place(other, other.where) for other in others[:_NAMED])
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        text += f"    the same in {len(others)} other places: {named}{more}\n"
    if problem.hint:
        text += f"    hint: {_printable(problem.hint)}\n"
    return text


def _place(problem: Problem, where: Span) -> str:
    place = _printable(problem.file) or "(no file)"
    return f"{place}:{where.line}:{where.column}" if where.line else place


def _printable(text: str) -> str:
    """Text without characters that would control a terminal or break the line."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _underline(source: str, where: Span) -> tuple[str, str]:
    """The source line, cut to a readable width, and carets below these columns."""
    start = where.column - 1
    end = where.end_column - 1 if where.end_line else start
    if where.end_line > where.line:
        end = len(source.rstrip())
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
    """As :func:`report`, with the arguments of every reporter."""
    return report(problems, facts.lines)
