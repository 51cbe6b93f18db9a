"""Finds OpenSLO's documents by kind and name. References are inline or by name, also to other files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from slosmith.formats.declarations import PartDeclaration
from slosmith.formats.dialects.foreign import UnusableError
from slosmith.formats.values import Node
from slosmith.model import Origin
from slosmith.problems import Problem
from slosmith.problems.nearest import suggestion

_KINDS = {
    "alertPolicyRef": "AlertPolicy",
    "conditionRef": "AlertCondition",
    "indicatorRef": "SLI",
    "dataSourceRef": "DataSource",
    "metricSourceRef": "DataSource",
    "sliRef": "SLI",
    "targetRef": "AlertNotificationTarget",
}
"""The fields that hold the name of another document -> the kind of that document."""


def references(part: PartDeclaration) -> Iterable[tuple[str, str]]:
    """Kinds and names of the documents that ``part`` refers to, the service of an SLO among them."""
    spec = part.value.get("spec")
    if part.kind == "SLO" and isinstance(spec, dict) and isinstance(spec.get("service"), str):
        yield "Service", spec["service"]
    yield from _named(part.value)


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Every reference in a document, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from _named(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in _KINDS and isinstance(item, str):
                yield _KINDS[key], item
            else:
                yield from _named(item)


class Documents:
    """All parts of one run. Names are unique within a kind; names of SLOs within a service."""

    def __init__(self, parts: Iterable[PartDeclaration], problems: list[Problem]) -> None:
        self._problems = problems
        self._known: dict[tuple[str, str], PartDeclaration] = {}
        for part in parts:
            first = self._known.setdefault((part.kind, part.name), part)
            if first is not part and part.kind != "SLO":
                place, other = (
                    Origin("service", each.origin.file, (*each.origin.path, "metadata", "name"), each.origin.document)
                    for each in (part, first)
                )
                message = f"there are two documents of kind {part.kind} named '{part.name}'"
                hint = "the first is {other}; rename one"
                problems.append(Problem(code="RES308", message=message, hint=hint, origin=place, other=other))

    def find(self, kind: str, name: str) -> Node | None:
        """The document of that name, or None if there is none or it is broken."""
        part = self._known.get((kind, name))
        return None if part is None or part.broken else Node(part.value, part.origin, self._problems)

    def refer(self, node: Node, field: str, kind: str) -> Node:
        """The ``spec`` that ``field`` of ``node`` names. Raises UnusableError if there is none (reported)."""
        name = str(node.values[field])
        part = self._known.get((kind, name))
        if part is None:
            names = [known for known_kind, known in self._known if known_kind == kind]
            hint = suggestion(name, names, f"there {'is' if len(names) == 1 else 'are'}")
            node.report("RES328", f"there is no {kind} '{name}'", (field,), hint or f"add a document of kind {kind}")
            raise UnusableError
        if part.broken:
            raise UnusableError
        spec = Node(part.value, part.origin, self._problems).child("spec")
        assert spec is not None  # the schema requires one
        return spec

    def spec(self, node: Node, field: str, reference: str, kind: str) -> Node | None:
        """The ``spec`` of the document in ``field`` of ``node``, or of the one that ``reference`` names; None if both
        fields are missing.
        """
        if reference in node:
            return self.refer(node, reference, kind)
        inline = node.child(field)
        return inline.child("spec") if inline is not None else None

    def inline_or_named(self, item: Node, reference: str, kind: str) -> Node | None:
        """The ``spec`` of a list's item that is a document itself, or names one."""
        return self.refer(item, reference, kind) if reference in item else item.child("spec")
