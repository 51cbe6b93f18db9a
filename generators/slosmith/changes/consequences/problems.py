"""Policy problems that are new, and those that are gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from slosmith.changes.consequences.row import Area, Row
from slosmith.problems import Problem

_SUBJECTS = re.compile(r" \((\d+ [^:()]+): .*\)\Z", re.DOTALL)
_NUMBER = re.compile(r"(tier \S+)|\d+(?:[.,]\d+)*")
"""Numbers, which change with a target, and names of tiers, which do not."""


def rows(before: Iterable[Problem], after: Iterable[Problem]) -> Iterator[Row]:
    """One row a problem. A problem stays the same if only its numbers, its line or its file's name differ."""
    old, new = list(before), list(after)
    for word, found in (("new", only_in(new, old)), ("gone", only_in(old, new))):
        for problem in found:
            place = f" ({problem.origin.file})" if problem.origin.file else ""
            # how many, and not which: they have it for the same reason
            message = _SUBJECTS.sub(r" (\1)", problem.message)
            text = f"{word}: {problem.severity.value} {problem.code}{place}: {message}"
            yield Row(area=Area.PROBLEMS, what=text)


def only_in(some: Iterable[Problem], others: Iterable[Problem]) -> list[Problem]:
    """The problems of ``some`` that ``others`` has not."""
    known = {_identity(problem) for problem in others}
    return [problem for problem in some if _identity(problem) not in known]


def _identity(problem: Problem) -> tuple[object, ...]:
    """What stays if numbers change, if a file moves to another folder, or if more SLOs have the problem."""
    steps = tuple(step for step in problem.origin.path if isinstance(step, str))
    message = _NUMBER.sub(lambda found: found[1] or "#", _SUBJECTS.sub("", problem.message))
    return problem.code, problem.severity, PurePosixPath(problem.origin.file).stem, steps, message
