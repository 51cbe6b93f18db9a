"""The texts that were read, and the way from a path in a document to a line and a column."""

from __future__ import annotations

from slosmith.formats.yaml.positions import Positions, Span
from slosmith.formats.yaml.text import Lines
from slosmith.model import DocumentPath, Origin
from slosmith.problems import Problem, Severity
from slosmith.problems.finding import Finding


class Sources:
    """Every file of one run: its text as read, and lazily its lines and positions.

    Files are known by their path relative to the specs folder (``Origin.file``); problems name them as the user would,
    with the specs folder in front.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._texts: dict[str, str] = {}
        self._lines: dict[str, Lines] = {}
        self._positions: dict[str, Positions] = {}

    def add(self, file: str, text: str) -> None:
        """Remember ``file`` (relative path) with its decoded text."""
        self._texts[file] = text

    def shown(self, file: str) -> str:
        """The name of ``file`` in problems."""
        return f"{self._prefix}{file}" if file else ""

    @property
    def files(self) -> tuple[str, ...]:
        """Relative paths of all files that were read, sorted."""
        return tuple(sorted(self._texts))

    def line(self, file: str, number: int) -> str:
        """Line ``number`` (from 1) of a file, named as in a problem or an origin; empty when there is none."""
        name = file if file in self._texts else file.removeprefix(self._prefix)
        if name not in self._texts:
            return ""
        if name not in self._lines:
            self._lines[name] = Lines(self._texts[name])
        return self._lines[name].line(number)

    def span(self, origin: Origin, *, on_key: bool = False, inside: tuple[int, int] | None = None) -> Span | None:
        """Where the value (or key, or a stretch of the text) at ``origin`` stands; None when it has no file."""
        if origin.file not in self._texts:
            return None
        if origin.file not in self._positions:
            self._positions[origin.file] = Positions(self._texts[origin.file])
        positions = self._positions[origin.file]
        if inside is not None:
            return positions.inside(origin.document, origin.path, *inside)
        find = positions.key if on_key else positions.value
        return find(origin.document, origin.path)

    def problem(
        self,
        origin: Origin,
        code: str,
        message: str,
        *,
        severity: Severity = Severity.ERROR,
        hint: str = "",
        path: DocumentPath = (),
        subject: str = "",
    ) -> Problem:
        """A problem at ``path`` below ``origin``; at the nearest enclosing value where nothing is written there."""
        place = Origin(origin.kind, origin.file, origin.path + path, origin.document)
        return self.locate(
            Finding(code=code, message=message, origin=place, severity=severity, hint=hint, subject=subject)
        )

    def locate(self, finding: Finding) -> Problem:
        """A finding with its line and column."""
        place = self.span(finding.origin, on_key=finding.on_key, inside=finding.span) or Span(0, 0, 0, 0)
        return Problem(
            code=finding.code,
            message=finding.message,
            severity=finding.severity,
            hint=self._hint(finding),
            file=self.shown(finding.origin.file),
            line=place.line,
            column=place.column,
            end_line=place.end_line,
            end_column=place.end_column,
            path=finding.origin.path,
            subject=finding.subject,
        )

    def _hint(self, finding: Finding) -> str:
        """The hint, with the place that it refers to written out: ``services/a.yaml:3``."""
        if finding.other is None:
            return finding.hint
        place = self.span(finding.other)
        file = self.shown(finding.other.file)
        return finding.hint.replace("{other}", f"{file}:{place.line}" if place is not None else file)
