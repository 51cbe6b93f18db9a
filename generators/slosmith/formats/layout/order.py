"""The order of keys: that of the JSON Schema, which the reference in docs/reference has too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slosmith.formats.dialects import OWN
from slosmith.formats.layout.tree import Collection, Document, Entry, Node, Scalar

Schemas = Mapping[str, Mapping[str, Any]]
"""Kind of a document -> the JSON Schema (the whole document) that describes it."""

_PARTS = ("allOf", "anyOf", "oneOf")


def sort_keys(document: Document, schemas: Schemas) -> None:
    """Sort the keys of all mappings whose keys the schema names. Other keys come after them, in their written order.

    Keys that a user chooses (objectives, labels, parameters) keep their order: it can have a meaning for readers. If an
    alias would then mean another anchor, nothing is sorted.
    """
    kind = kind_of(document)
    if kind not in schemas:
        return
    before = _meanings(document.root)
    orders: list[tuple[Collection, list[Entry]]] = []
    schema = schemas[kind]
    _sort(document.root, [schema["$defs"].get(kind, schema)], schema, orders)
    if _meanings(document.root) != before:
        for collection, entries in orders:
            collection.entries = entries


def kind_of(document: Document) -> str:
    """The kind of a document in slosmith's own format; empty for every other document."""
    found: dict[str, str] = {}
    if isinstance(document.root, Collection) and document.root.mapping:
        for entry in document.root.entries:
            if isinstance(entry.key, Scalar) and isinstance(entry.value, Scalar):
                found[entry.key.value] = entry.value.value
    return found.get("kind", "") if found.get("version") == OWN else ""


def _sort(
    node: Node | None, candidates: list[Any], root: Mapping[str, Any], orders: list[tuple[Collection, list[Entry]]]
) -> None:
    if not isinstance(node, Collection):
        return
    schemas = list(_expanded(candidates, root, 0))
    if not node.mapping:
        for entry in node.entries:
            _sort(entry.value, [each["items"] for each in schemas if "items" in each], root, orders)
        return
    rank: dict[str, int] = {}
    for schema in schemas:
        for name in schema.get("properties", ()):
            rank.setdefault(name, len(rank))
    for entry in node.entries:
        name = entry.key.value if isinstance(entry.key, Scalar) else ""
        below = [each["properties"][name] for each in schemas if name in each.get("properties", ())]
        if not below:
            others = [each.get("additionalProperties") for each in schemas]
            below = [each for each in others if isinstance(each, Mapping)]
        _sort(entry.value, below, root, orders)
    orders.append((node, node.entries))
    last = len(rank)
    node.entries = sorted(
        node.entries, key=lambda entry: rank.get(entry.key.value, last) if isinstance(entry.key, Scalar) else last
    )


def _expanded(schemas: Iterable[Any], root: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    """The schemas with everything that they refer to, or consist of."""
    for schema in schemas:
        if not isinstance(schema, Mapping) or depth > 16:
            continue
        yield schema
        reference = str(schema.get("$ref", ""))
        if reference.startswith("#/$defs/"):
            yield from _expanded([root["$defs"][reference.removeprefix("#/$defs/")]], root, depth + 1)
        for part in _PARTS:
            yield from _expanded(schema.get(part, ()), root, depth + 1)
        yield from _expanded((schema.get("then"), schema.get("else")), root, depth + 1)


def _meanings(root: Node | None) -> list[tuple[int, int]]:
    """For each alias, the anchored node that it means; in no order of the text."""
    anchored: dict[str, int] = {}
    found: list[tuple[int, int]] = []

    def visit(node: Node | None) -> None:
        if node is None:
            return
        name = getattr(node, "name", "")
        if name:
            found.append((node.start, anchored.get(name, -1)))
        if isinstance(node, Collection):
            for entry in node.entries:
                visit(entry.key)
                visit(entry.value)
        if node.anchor:
            anchored[node.anchor] = node.start

    visit(root)
    return sorted(found)
