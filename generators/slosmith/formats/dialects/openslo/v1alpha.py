"""OpenSLO v1alpha: SLOs with queries of their own, and services; otherwise as v1."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.formats.declarations import AnyDeclaration, PartDeclaration
from slosmith.formats.dialects.openslo.references import references
from slosmith.formats.dialects.openslo.slo import V1ALPHA
from slosmith.formats.dialects.openslo.v1 import declare_part, link_slos
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem

__all__ = ["NAME", "SCHEMA", "declare", "link", "references"]

NAME = "openslo/v1alpha"
SCHEMA = Schema("openslo-v1alpha")


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The document as a part: SLOs are described by documents of their services."""
    return declare_part(document, NAME, SCHEMA, ("SLO", "Service"))


def link(parts: Sequence[PartDeclaration]) -> tuple[list[AnyDeclaration], list[Problem]]:
    """The services with their SLOs."""
    return link_slos(parts, V1ALPHA)
