"""Several objects in one YAML document: a list of them, as OpenSLO's own tools write, or a ``List`` of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def objects(value: Any) -> Iterator[tuple[Path, Any]]:
    """Each object in a document's value, with its path. A single object is the value itself, with an empty path."""
    path, items = _items(value)
    if not items:
        yield (), value
    for index, item in enumerate(items):
        yield (*path, index), item


def _items(value: Any) -> tuple[Path, list[Any]]:
    if isinstance(value, list) and any(_is_object(item) for item in value):
        return (), value
    if _is_object(value) and str(value.get("kind", "")).endswith("List"):
        items = value.get("items")
        if isinstance(items, list) and any(_is_object(item) for item in items):
            return ("items",), items
    return (), []


def _is_object(value: Any) -> bool:
    """Whether a value has an ``apiVersion``, as objects of Kubernetes and OpenSLO have."""
    return isinstance(value, dict) and isinstance(value.get("apiVersion"), str)
