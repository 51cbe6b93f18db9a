"""Sloth's Kubernetes resource, ``PrometheusServiceLevel``: the same as its own format, below ``spec``."""

from __future__ import annotations

from slosmith.formats.declarations import AnyDeclaration
from slosmith.formats.dialects.sloth.parts import CAMEL_CASE, declare_service
from slosmith.formats.messages import shown
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem
from slosmith.problems.nearest import suggestion

NAME = "sloth.slok.dev/v1"
KIND = "PrometheusServiceLevel"
SCHEMA = Schema("sloth-kubernetes-v1")


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The SLOs of one resource, as those of its service. Rules do not use its metadata and status."""
    kind = document.value.get("kind")
    if kind is not None and kind != KIND:
        place = document.origin("service", "kind")
        hint = suggestion(str(kind), (KIND, "AlertWindows"), "kinds")
        return (), [Problem(code="SCH202", message=f"{shown(kind)} is not a kind of {NAME}", hint=hint, origin=place)]
    return declare_service(document, NAME, SCHEMA, KIND, CAMEL_CASE)
