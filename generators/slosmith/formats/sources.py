"""The texts that were read, and the line and the column of a path in a document."""

from __future__ import annotations

import msgspec

from slosmith.formats.yaml.positions import Marks, Positions
from slosmith.formats.yaml.text import Lines
from slosmith.model import Origin
from slosmith.problems import Problem, Span
from slosmith.vocabulary.provenance import NO_FILE

STANDARD_INPUT = NO_FILE


class Sources:
    """Every file of one run: its text and the marks of its nodes. Lines and positions are computed when first used.

    The key of a file is its path relative to the specs folder (``Origin.file``). Problems show this path with the path
    of the specs folder before it.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._texts: dict[str, tuple[str, Marks]] = {}
        self._lines: dict[str, Lines] = {}
        self._positions: dict[str, Positions] = {}

    def add(self, file: str, text: str, marks: Marks, *, shown: bool = True) -> None:
        """Add ``file`` (relative path) with its decoded text, and the marks from reading it. ``shown`` False: problems
        have positions in the file, but do not show its lines.
        """
        self._texts[file] = text, marks
        if not shown:
            self._lines[file] = Lines("")

    def take(self, other: Sources) -> None:
        """Add the files of ``other``."""
        self._texts |= other._texts
        self._lines |= other._lines

    def shown(self, file: str) -> str:
        """The name of ``file`` in problems."""
        return f"{self._prefix}{file}" if file and file != STANDARD_INPUT else file

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
            self._lines[name] = Lines(self._texts[name][0])
        return self._lines[name].line(number)

    def span(self, origin: Origin, *, on_key: bool = False, inside: tuple[int, int] | None = None) -> Span | None:
        """The place of the value (or key, or part of the text) at ``origin``; None if it has no file."""
        if origin.file not in self._texts:
            return None
        if origin.file not in self._positions:
            self._positions[origin.file] = Positions(*self._texts[origin.file])
        positions = self._positions[origin.file]
        if inside is not None:
            return positions.inside(origin.document, origin.path, *inside)
        find = positions.key if on_key else positions.value
        return find(origin.document, origin.path)

    def locate(self, problem: Problem) -> Problem:
        """The problem with these texts. With them it can show its file's name, its position and its lines."""
        return msgspec.structs.replace(problem, texts=self, hint=self._hint(problem), other=None)

    def _hint(self, problem: Problem) -> str:
        """The hint, with the place that it refers to written out: ``services/a.yaml:3``."""
        if problem.other is None:
            return problem.hint
        place = self.span(problem.other)
        file = self.shown(problem.other.file)
        return problem.hint.replace("{other}", f"{file}:{place.line}" if place is not None else file)
