"""Problems in the formats of those who show them. One module a format, imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from slosmith.problems.problem import Problem

if TYPE_CHECKING:
    from slosmith.problems.reporters.sarif import Rule

FORMATS: Mapping[str, str] = {
    "code-quality": "GitLab Code Quality (JSON)",
    "json": "slosmith's own JSON",
    "junit": "JUnit XML",
    "sarif": "SARIF 2.1.0",
    "text": "for people, with the line and a caret",
}
"""Name -> what it is."""


class Lines(Protocol):
    """Whoever has the lines of the files."""

    def line(self, file: str, number: int) -> str: ...


class Facts(msgspec.Struct, frozen=True):
    """What reporters may need beside the problems."""

    files: Sequence[str] = ()
    """Every file that was looked at, named as in problems."""
    lines: Lines | None = None
    rules: Mapping[str, Rule] = {}
    """Code -> what it is about."""
    version: str = ""


def render(name: str, problems: Sequence[Problem], facts: Facts) -> str:
    """``problems`` in the format ``name``, one of FORMATS. Pure; no colours. Raises KeyError for another name."""
    match name:
        case "code-quality":
            from slosmith.problems.reporters import code_quality

            return code_quality.report(problems)
        case "json":
            from slosmith.problems.reporters import json

            return json.report(problems)
        case "junit":
            from slosmith.problems.reporters import junit

            return junit.report(problems, facts.files)
        case "sarif":
            from slosmith.problems.reporters import sarif

            return sarif.report(problems, facts.rules, facts.version)
        case "text":
            from slosmith.problems.reporters import text

            return text.report(problems, facts.lines)
    raise KeyError(name)
