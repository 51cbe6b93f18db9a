"""OpenSLO v2alpha, a proposal: as v1, with other names for indicators and sources. Only what v1 has too is read."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.formats.declarations import AnyDeclaration, PartDeclaration
from slosmith.formats.dialects.openslo.references import references
from slosmith.formats.dialects.openslo.slo import V2ALPHA
from slosmith.formats.dialects.openslo.v1 import KINDS, declare_part, link_slos
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem

__all__ = ["NAME", "SCHEMA", "declare", "link", "references"]

NAME = "openslo.com/v2alpha"
SCHEMA = Schema("openslo-v2alpha")


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The document as a part, to be linked with the others."""
    return declare_part(document, NAME, SCHEMA, KINDS)


def link(parts: Sequence[PartDeclaration]) -> tuple[list[AnyDeclaration], list[Problem]]:
    """The services with their SLOs."""
    return link_slos(parts, V2ALPHA)
