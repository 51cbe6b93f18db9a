"""The one type that every reader, check and compiler step reports with."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from slosmith.model import DocumentPath


class Severity(StrEnum):
    """Errors block generation, warnings do not, notices inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong. ``line`` and ``column`` count from 1 (columns in characters); 0: the file as a whole.

    ``message`` says what is wrong, ``hint`` what to write instead (the nearest known name, the allowed range).
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    hint: str = ""
    file: str = ""
    """As the user named it, or relative to the project; forward slashes."""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    path: DocumentPath = ()
    """Where in the document; with ``code``, ``file`` and ``subject`` it makes a fingerprint that survives moves."""
    subject: str = ""
    """The SLO, service or class that the problem is about, if one is."""

    def __str__(self) -> str:
        """One line: ``slo_specs/services/a.yaml:3:7: error SCH203: unknown key 'tema'``."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file or "(no file)"
        return f"{place}: {self.severity.value} {self.code}: {self.message}"

    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        return (self.file, self.line, self.column, self.code, self.subject, self.message)


_SHOWN = 3


class InputError(Exception):
    """Raised where a function cannot return because its input is wrong; carries every problem found, sorted."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=Problem.sort_key))
        errors = [problem for problem in self.problems if problem.severity is Severity.ERROR]
        shown = [str(each) for each in errors[:_SHOWN]]
        more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        super().__init__(f"the specs have errors: {'; '.join(shown)}{more}")
