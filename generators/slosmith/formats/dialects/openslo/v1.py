"""OpenSLO v1. Its documents refer to each other by name, so a document is a part, and SLOs are made of all parts."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.formats.declarations import AnyDeclaration, CalendarDeclaration, PartDeclaration
from slosmith.formats.dialects.foreign import without_nothing
from slosmith.formats.dialects.openslo.references import Documents, references
from slosmith.formats.dialects.openslo.slo import V1, Notation, slo_declarations
from slosmith.formats.dialects.openslo.sources import foreign_sources
from slosmith.formats.messages import shown
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem
from slosmith.problems.nearest import suggestion

__all__ = ["NAME", "SCHEMA", "declare", "link", "references"]

NAME = "openslo/v1"
SCHEMA = Schema("openslo-v1")
KINDS = ("SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget")


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The document as a part, to be linked with the others."""
    return declare_part(document, NAME, SCHEMA, KINDS)


def link(parts: Sequence[PartDeclaration]) -> tuple[list[AnyDeclaration], list[Problem]]:
    """The services with the SLOs that the documents of one run declare together."""
    return link_slos(parts, V1)


# --- shared by both versions


def declare_part(
    document: Document, dialect: str, schema: Schema, kinds: tuple[str, ...]
) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """A document of one of ``kinds``; a broken part and its problems if the schema rejects it."""
    value = without_nothing(document.value)
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        place = document.origin("service", *(("kind",) if "kind" in value else ()))
        if kind is None:
            message, code, hint = "the key 'kind' is missing", "SCH204", f"one of {', '.join(kinds)}"
        else:
            message, code = f"{shown(kind)} is not a kind of {dialect}", "SCH202"
            hint = suggestion(str(kind), kinds, "kinds")
        return (), [Problem(code=code, message=message, hint=hint, origin=place)]
    place = document.origin()
    problems = schema.check(value, kind, place)
    if kind == "SLO":
        problems += foreign_sources(value, place)
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    part = PartDeclaration(
        origin=place,
        dialect=dialect,
        kind=kind,
        name=name if isinstance(name, str) else "",
        value=value,
        broken=bool(problems),
        shared=kind != "SLO",
    )
    return (part,), problems


def link_slos(parts: Sequence[PartDeclaration], notation: Notation) -> tuple[list[AnyDeclaration], list[Problem]]:
    """The declarations of every SLO among the parts, in the order of files."""
    problems: list[Problem] = []
    ordered = sorted(parts, key=lambda part: (part.origin.file, part.origin.document, part.origin.path))
    documents = Documents(ordered, problems)
    declarations: list[AnyDeclaration] = []
    for part in ordered:
        if part.kind == "SLO":
            declarations += slo_declarations(part, documents, problems, notation)
    calendars: dict[str, CalendarDeclaration] = {}
    whole: list[AnyDeclaration] = []
    for declaration in declarations:
        if isinstance(declaration, CalendarDeclaration):
            # one calendar for all SLOs that have it
            calendars.setdefault(declaration.calendar.name, declaration)
        else:
            whole.append(declaration)
    return [*calendars.values(), *whole], problems
