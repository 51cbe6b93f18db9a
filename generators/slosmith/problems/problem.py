"""The type of every problem that readers, checks and compiler steps report.

A problem has its *path* in a document. Its line is computed only when it is needed: to print, to report, to sort.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Protocol

import msgspec

from slosmith.model import DocumentPath, Origin


class Severity(StrEnum):
    """Errors block generation, warnings do not, notices inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Span(NamedTuple):
    """A part of a text: line and column of its first character and of the character after its last, all from 1. 0: not
    known; as the line, the file as a whole.
    """

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


_WHOLE_FILE = Span()


class Texts(Protocol):
    """The texts that were read, and the positions of values in them."""

    def shown(self, file: str) -> str:
        """The name that a file (``Origin.file``) has for the user."""
        ...

    def span(self, origin: Origin, *, on_key: bool = False, inside: tuple[int, int] | None = None) -> Span | None:
        """The place of the value (or key, or part of the text) at ``origin``; None if it has no file."""
        ...


class Problem(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One thing that is wrong. ``line`` and ``column`` count from 1 (columns in characters); 0: the file as a whole.

    ``message`` says what is wrong, ``hint`` what to write instead (the nearest known name, the allowed range). Without
    ``texts``, lines are not known: readers give a problem its texts (``Sources.locate``).
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    hint: str = ""
    """``{other}`` in it becomes the file and line of ``other``."""
    origin: Origin = Origin("default")
    """The file, the document in it and the path in the document."""
    other: Origin | None = None
    """Another place of the problem (the first of two declarations)."""
    subject: str = ""
    """The SLO, service or class that the problem is about, if one is."""
    on_key: bool = False
    """True: the key is wrong, not the value that it leads to."""
    span: tuple[int, int] | None = None
    """Offset and length in characters inside the text at ``origin`` (for PromQL in a scalar)."""
    place: Span | None = None
    """The position, if the place has no path: in a text that is not YAML."""
    named: str = ""
    """The file as the user named it, if it is not in the specs folder."""
    texts: Texts | None = None

    @property
    def file(self) -> str:
        """As the user named it, or relative to the project; forward slashes."""
        if self.named or self.texts is None:
            return self.named or self.origin.file
        return self.texts.shown(self.origin.file)

    @property
    def path(self) -> DocumentPath:
        """The path in the document. A fingerprint of it, ``code``, ``file`` and ``subject`` stays if lines move."""
        return self.origin.path

    @property
    def where(self) -> Span:
        """Line and column, end line and end column."""
        if self.place is not None or self.texts is None:
            return self.place or _WHOLE_FILE
        return self.texts.span(self.origin, on_key=self.on_key, inside=self.span) or _WHOLE_FILE

    @property
    def line(self) -> int:
        return self.where.line

    @property
    def column(self) -> int:
        return self.where.column

    @property
    def end_line(self) -> int:
        return self.where.end_line

    @property
    def end_column(self) -> int:
        return self.where.end_column

    def __str__(self) -> str:
        """One line: ``slo_specs/services/a.yaml:3:7: error SCH203: unknown key 'tema'``."""
        where = self.where
        place = f"{self.file}:{where.line}:{where.column}" if where.line else self.file or "(no file)"
        return f"{place}: {self.severity.value} {self.code}: {self.message}"

    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        where = self.where
        return (self.file, where.line, where.column, self.code, self.subject, self.message)

    def _identity(self) -> tuple[object, ...]:
        origin = self.origin
        return (
            self.code, self.message, self.severity, self.hint, self.subject, self.named, origin.file, origin.document,
            origin.path, self.on_key, self.span, self.place, self.other,
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        """Whether both are the same problem at the same place; ``texts`` are not compared."""
        return isinstance(other, Problem) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


def at(origin: Origin, *path: str | int) -> Origin:
    """The origin of the value at ``path`` below ``origin``."""
    return Origin(origin.kind, origin.file, origin.path + path, origin.document)


_SHOWN = 3


class InputError(Exception):
    """Raised if a function cannot return because its input is wrong. It has every problem, sorted."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=Problem.sort_key))
        errors = [problem for problem in self.problems if problem.severity is Severity.ERROR]
        shown = [str(each) for each in errors[:_SHOWN]]
        more = f"; and {len(errors) - _SHOWN} more" if len(errors) > _SHOWN else ""
        super().__init__(f"the specs have errors: {'; '.join(shown)}{more}")

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        # worker processes send it to the main process
        return InputError, (self.problems,)
