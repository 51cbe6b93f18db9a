"""plain/v1: a service and its SLOs, each a target and two counters."""

from __future__ import annotations

from pathlib import Path

from slosmith.formats.declarations import (
    AnyDeclaration,
    BrokenDeclaration,
    InlineIndicator,
    ObjectiveDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.dialects.dialect import Dialect, Mark
from slosmith.formats.free_queries import parse_selector
from slosmith.formats.schema import Schema
from slosmith.formats.values import Node
from slosmith.formats.yaml.document import Document
from slosmith.model import CounterRatio
from slosmith.problems import Problem
from slosmith.promql import PromqlError

NAME = "plain/v1"
SCHEMA = Schema("plain-v1", Path(__file__).parent)
DIALECTS = (Dialect(NAME, __name__, (Mark("version", "plain/v1"), Mark("version", "plain/*"))),)


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The service of one document. If the document has problems, a broken declaration."""
    place = document.origin()
    problems = SCHEMA.check(document.value, "Service", place)
    if problems:
        return (BrokenDeclaration(origin=place, kind="service", name=None),), problems
    root = Node(document.value, place, problems)
    objectives = tuple(_objective(name, slo) for name, slo in root.children("slos"))
    name = root.text("service")
    if problems:
        return (BrokenDeclaration(origin=place, kind="service", name=name),), problems
    service = ServiceDeclaration(
        origin=place,
        paths={"name": ("service",)},
        dialect=NAME,
        name=name,
        team=root.text("team"),
        objectives=objectives,
    )
    return (service,), problems


def _objective(name: str, slo: Node) -> ObjectiveDeclaration:
    sides = {}
    for side in ("total", "bad"):
        try:
            sides[side] = (parse_selector(slo.text(side)),)
        except PromqlError as error:
            slo.report("SCH206", f"`{side}` is no selector: {error.message}", (side,))
    indicator = None
    if len(sides) == 2:
        indicator = InlineIndicator(origin=slo.origin, indicator=CounterRatio(**sides))
    return ObjectiveDeclaration(
        origin=slo.origin,
        paths={"target_ratio": (*slo.origin.path, "objective"), "indicator": slo.origin.path},
        name=name,
        target_ratio=slo.target("objective"),
        indicator=indicator,
    )
