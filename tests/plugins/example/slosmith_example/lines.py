"""One line for each problem, for editors: `file:line:column: code message`."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.problems import Problem
from slosmith.problems.reporters import Facts


def render(problems: Sequence[Problem], facts: Facts) -> str:
    """The lines, in the order of the problems."""
    return "".join(f"{each.file}:{each.line}:{each.column}: {each.code} {each.message}\n" for each in problems)
