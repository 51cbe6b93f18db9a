"""Problems for machines: a JSON object with a list of problems, one object each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from slosmith.problems.problem import Problem
from slosmith.problems.reporters import Facts


def as_data(problem: Problem) -> dict[str, Any]:
    """A problem as plain values. Lines and columns count from 1; 0 means the file as a whole."""
    where = problem.where
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.hint,
        "file": problem.file,
        "line": where.line,
        "column": where.column,
        "end_line": where.end_line,
        "end_column": where.end_column,
        "path": list(problem.path),
        "subject": problem.subject,
    }


def report(problems: Iterable[Problem]) -> str:
    """``{"problems": [...]}``, indented, with a line break at the end. In ASCII, which every terminal can show."""
    return json.dumps({"problems": [as_data(problem) for problem in problems]}, indent=2) + "\n"


def render(problems: Sequence[Problem], facts: Facts) -> str:
    """As :func:`report`, with the arguments of every reporter."""
    return report(problems)
