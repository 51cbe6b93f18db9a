"""Data for every step of resolving: settings, classes, templates, and the list of problems."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from slosmith.formats.declarations import CatalogueDeclaration, ClassDeclaration
from slosmith.model import Calendar, Origin
from slosmith.problems import Problem, Severity
from slosmith.schemes.registry import scheme
from slosmith.schemes.scheme import Scheme
from slosmith.settings import Project
from slosmith.sli.library import TemplateLibrary


class Context(msgspec.Struct):
    """Lookups by name, and the problems found so far. A problem of many sites or SLOs is kept once."""

    project: Project
    library: TemplateLibrary
    classes: Mapping[str, ClassDeclaration]
    catalogues: Mapping[str, CatalogueDeclaration]
    calendars: Mapping[str, Calendar]
    services: frozenset[str]
    """Names of all services, with those that are not resolved in this run."""
    unread: Mapping[str, frozenset[str]] = {}
    """Kind -> names that exist, for hints."""
    broken: Mapping[str, frozenset[str | None]] = {}
    """Kind -> names that are declared in documents with problems."""
    problems: dict[tuple[str, Origin, str], Problem] = {}

    @property
    def scheme(self) -> Scheme:
        """The rule scheme that SLOs are resolved for."""
        return scheme(self.project.rules)

    def is_broken(self, kind: str, name: str) -> bool:
        """Whether a document with problems may declare ``name``. If so, it is not reported as missing."""
        names = self.broken.get(kind, frozenset())
        return name in names or None in names

    def report(
        self,
        code: str,
        message: str,
        origin: Origin,
        *,
        hint: str = "",
        subject: str = "",
        on_key: bool = False,
        severity: Severity = Severity.ERROR,
        other: Origin | None = None,
    ) -> None:
        problem = Problem(
            code=code, message=message, origin=origin, hint=hint, other=other, subject=subject, on_key=on_key,
            severity=severity,
        )  # fmt: skip
        self.problems.setdefault((code, origin, message), problem)
