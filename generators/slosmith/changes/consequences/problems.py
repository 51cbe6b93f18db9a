"""Policy problems that are new, and those that are gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from slosmith.changes.consequences.row import Area, Row
from slosmith.problems import Problem

_SUBJECTS = re.compile(r" \((\d+ [^:()]+): .*\)\Z", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


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
    known = Counter(_identity(problem) for problem in others)
    found = []
    for problem in some:
        identity = _identity(problem)
        if known[identity]:
            known[identity] -= 1
        else:
            found.append(problem)
    return found


def _identity(problem: Problem) -> tuple[object, ...]:
    steps = tuple(step for step in problem.origin.path if isinstance(step, str))
    message = _NUMBER.sub("#", _SUBJECTS.sub("", problem.message))
    return problem.code, problem.severity, problem.subject, steps, message
