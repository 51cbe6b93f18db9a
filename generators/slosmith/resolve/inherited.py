"""Fields that a service inherits from its class: people, clients, dependencies, operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from slosmith.formats.declarations import Common, DependencyDeclaration
from slosmith.model import Operations


def first_text(layers: Sequence[Common], field: Literal["responsible"]) -> str:
    """The text of the first layer that has or removes one; else empty."""
    return next((text for layer in layers if (text := getattr(layer, field)) or field in layer.removed), "")


def first_list(layers: Sequence[Common], field: Literal["clients_external", "clients_internal"]) -> tuple[str, ...]:
    """The list of the first layer that has or removes one: a service's list replaces its class's."""
    return next((found for layer in layers if (found := getattr(layer, field)) or field in layer.removed), ())


def operations(layers: Sequence[Common]) -> Operations:
    """Field by field, the value of the first layer that has one (0 expected outages is a value)."""
    values: dict[str, Any] = {}
    for layer in reversed(layers):
        for field in Operations.__struct_fields__:
            value = getattr(layer.operations, field)
            if f"operations_{field}" in layer.removed:
                values.pop(field, None)
            elif value is not None and value != "":
                values[field] = value
    return Operations(**values)


def dependencies(layers: Sequence[Common]) -> list[DependencyDeclaration]:
    """Hard ones, then soft ones, each list from the first layer that has or removes it. If class and service
    disagree about a name (hard or soft), the service decides.
    """
    strength: dict[str, bool] = {}
    for layer in layers:
        for item in layer.dependencies:
            strength.setdefault(item.name, item.hard)
    found: list[DependencyDeclaration] = []
    for hard in (True, False):
        removed = "dependencies_hard" if hard else "dependencies_soft"
        lists = (
            (listed, removed in layer.removed)
            for layer in layers
            for listed in [[item for item in layer.dependencies if item.hard is hard]]
        )
        chosen = next((listed for listed, none in lists if listed or none), [])
        found += [item for item in chosen if strength[item.name] is hard]
    return found
