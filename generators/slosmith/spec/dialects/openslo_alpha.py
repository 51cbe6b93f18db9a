"""OpenSLO v1alpha: SLOs with queries of their own, and services; otherwise as v1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slosmith.problems.finding import Finding
from slosmith.spec.declarations import AnyDeclaration, PartDeclaration
from slosmith.spec.dialects.openslo import declare_part, link_slos
from slosmith.spec.dialects.openslo_slo import V1ALPHA
from slosmith.spec.document import Document
from slosmith.spec.schema import Schema

NAME = "openslo/v1alpha"
SCHEMA = Schema("openslo-v1alpha")


def recognises(value: dict[str, Any]) -> bool:
    """Whether a document says that it is of OpenSLO's first version."""
    return value.get("apiVersion") == NAME


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Finding]]:
    """The document as a part: SLOs are described by documents of their services."""
    return declare_part(document, NAME, SCHEMA, ("SLO", "Service"))


def link(parts: Sequence[PartDeclaration]) -> tuple[list[AnyDeclaration], list[Finding]]:
    """The services with their SLOs."""
    return link_slos(parts, V1ALPHA)
