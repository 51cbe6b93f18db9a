"""Sloth's own format, ``version: prometheus/v1``."""

from __future__ import annotations

from slosmith.formats.declarations import AnyDeclaration
from slosmith.formats.dialects.sloth.parts import SNAKE_CASE, declare_service
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem

NAME = "prometheus/v1"
SCHEMA = Schema("sloth-prometheus-v1")


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The SLOs of one document, as those of its service."""
    return declare_service(document, NAME, SCHEMA, "Spec", SNAKE_CASE)
