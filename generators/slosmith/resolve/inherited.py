"""Fields that a service inherits from its class: people, clients, dependencies, operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from slosmith.formats.declarations import Common, DependencyDeclaration
from slosmith.model import Operations


def first_text(layers: Sequence[Common], field: Literal["responsible"]) -> str:
    """The text of the first layer that has one; else empty."""
    return next((text for layer in layers if (text := getattr(layer, field))), "")


def first_list(layers: Sequence[Common], field: Literal["clients_external", "clients_internal"]) -> tuple[str, ...]:
    """The list of the first layer that has one: a service's list replaces its class's, they are not joined."""
    return next((found for layer in layers if (found := getattr(layer, field))), ())


def operations(layers: Sequence[Common]) -> Operations:
    """Field by field, the value of the first layer that has one (0 expected outages is a value)."""
    values = {}
    for layer in reversed(layers):
        for field in Operations.__struct_fields__:
            value = getattr(layer.operations, field)
            if value is not None and value != "":
                values[field] = value
    return Operations(**values)


def dependencies(layers: Sequence[Common]) -> list[DependencyDeclaration]:
    """Hard ones, then soft ones, each list from the first layer that has it. If class and service
    disagree about a name (hard or soft), the service decides.
    """
    strength: dict[str, bool] = {}
    for layer in layers:
        for item in layer.dependencies:
            strength.setdefault(item.name, item.hard)
    found: list[DependencyDeclaration] = []
    for hard in (True, False):
        lists = ([item for item in layer.dependencies if item.hard is hard] for layer in layers)
        found += [item for item in next(filter(None, lists), []) if strength[item.name] is hard]
    return found
