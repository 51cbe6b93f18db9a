"""A problem on a path: what readers, checks and compiler steps report, before anybody asks for its line."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from slosmith.model import Origin
from slosmith.problems.problem import Severity


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong at ``origin``; :meth:`slosmith.formats.sources.Sources.locate` makes it a ``Problem``.

    Pure steps report findings, because a path is known to them and a line is not.
    """

    code: str
    message: str
    origin: Origin
    hint: str = ""
    """``{other}`` in it becomes the file and line of ``other``."""
    other: Origin | None = None
    """Another place that has to do with it (the first of two declarations)."""
    severity: Severity = Severity.ERROR
    subject: str = ""
    on_key: bool = False
    """True: the key is wrong, not the value that it leads to."""
    span: tuple[int, int] | None = None
    """Offset and length in characters inside the text at ``origin`` (for PromQL in a scalar)."""


def at(origin: Origin, *path: str | int) -> Origin:
    """The origin of what stands ``path`` below ``origin``."""
    return Origin(origin.kind, origin.file, origin.path + path, origin.document)


class FindingsError(Exception):
    """Raised by a compile step that cannot go on because the input is wrong; carries everything it found."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))

    def __reduce__(self) -> tuple[type[FindingsError], tuple[tuple[Finding, ...]]]:
        # it crosses from a worker process to the one that reports
        return FindingsError, (self.findings,)
