"""What every step of resolving needs: settings, classes, templates, and a place to report problems."""

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
    """Lookups by name, and the findings so far: each once, however many sites and SLOs run into it."""

    project: Project
    library: TemplateLibrary
    classes: Mapping[str, ClassDeclaration]
    catalogues: Mapping[str, CatalogueDeclaration]
    calendars: Mapping[str, Calendar]
    services: frozenset[str]
    """Names of all services, also of those that are not being resolved."""
    unread: Mapping[str, frozenset[str]] = {}
    """Kind -> names that exist, for hints."""
    broken: Mapping[str, frozenset[str | None]] = {}
    """Kind -> names of what is declared and has problems of its own."""
    findings: dict[tuple[str, Origin, str], Problem] = {}

    @property
    def scheme(self) -> Scheme:
        """The rule scheme that SLOs are resolved for."""
        return scheme(self.project.rules)

    def is_broken(self, kind: str, name: str) -> bool:
        """Whether ``name`` may be declared by a document that has problems: then its absence is no problem here."""
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
        finding = Problem(
            code=code, message=message, origin=origin, hint=hint, other=other, subject=subject, on_key=on_key,
            severity=severity,
        )  # fmt: skip
        self.findings.setdefault((code, origin, message), finding)
