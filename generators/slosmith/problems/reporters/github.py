"""Problems as workflow commands of GitHub Actions. A step that prints them annotates the changed lines.

Source: GitHub's documentation, "Workflow commands for GitHub Actions". GitHub shows at most ten annotations of each
level for a step; the log has all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import normpath

from slosmith.problems.problem import Problem, Severity
from slosmith.problems.reporters import Facts
from slosmith.vocabulary.characters import escaped

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def report(problems: Iterable[Problem]) -> str:
    """One line for each problem: ``::error file=...,line=...,col=...,title=CODE::message``."""
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    properties = {"file": normpath(problem.file or "slo_specs"), "title": f"slosmith {problem.code}"}
    where = problem.where
    if where.line:
        properties |= {"line": str(where.line), "col": str(max(where.column, 1))}
    written = ",".join(f"{name}={_written(escaped(value), _PROPERTY)}" for name, value in properties.items())
    message = escaped(problem.message) + (f"\nhint: {escaped(problem.hint)}" if problem.hint else "")
    return f"::{_COMMANDS[problem.severity]} {written}::{_written(message, _DATA)}"


def _written(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)


def render(problems: Sequence[Problem], facts: Facts) -> str:
    """As :func:`report`, with the arguments of every reporter."""
    return report(problems)
