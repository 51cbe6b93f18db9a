"""OpenSLO's documents by kind and name, and what refers to them: inline, or by name, also in other files."""

from __future__ import annotations

from collections.abc import Iterable

from slosmith.formats.declarations import PartDeclaration
from slosmith.formats.dialects.foreign import UnusableError
from slosmith.formats.values import Node
from slosmith.model import Origin
from slosmith.problems import Problem
from slosmith.problems.nearest import suggestion


class Documents:
    """All parts of one run. Names are unique within a kind, save those of SLOs, which a service has."""

    def __init__(self, parts: Iterable[PartDeclaration], findings: list[Problem]) -> None:
        self._findings = findings
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
                findings.append(Problem(code="RES308", message=message, hint=hint, origin=place, other=other))

    def find(self, kind: str, name: str) -> Node | None:
        """The document of that name, or None where there is none or it is broken."""
        part = self._known.get((kind, name))
        return None if part is None or part.broken else Node(part.value, part.origin, self._findings)

    def refer(self, node: Node, field: str, kind: str) -> Node:
        """The ``spec`` that ``field`` of ``node`` names. Raises UnusableError after reporting that there is none."""
        name = str(node.values[field])
        part = self._known.get((kind, name))
        if part is None:
            names = [known for known_kind, known in self._known if known_kind == kind]
            hint = suggestion(name, names, f"there {'is' if len(names) == 1 else 'are'}")
            node.report("RES328", f"there is no {kind} '{name}'", (field,), hint or f"add a document of kind {kind}")
            raise UnusableError
        if part.broken:
            raise UnusableError
        spec = Node(part.value, part.origin, self._findings).child("spec")
        assert spec is not None  # the schema wants one
        return spec

    def spec(self, node: Node, field: str, reference: str, kind: str) -> Node | None:
        """The ``spec`` of what stands at ``field`` of ``node``, or of what ``reference`` names; None without both."""
        if reference in node:
            return self.refer(node, reference, kind)
        inline = node.child(field)
        return inline.child("spec") if inline is not None else None

    def inline_or_named(self, item: Node, reference: str, kind: str) -> Node | None:
        """The ``spec`` of a list's item that is an object itself, or names one."""
        return self.refer(item, reference, kind) if reference in item else item.child("spec")
