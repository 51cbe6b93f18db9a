"""The inventory: a list of what runs, to find services without SLO and SLOs without service.

The file is JSON or YAML, a list of namespaces::

    [{"namespace": "revertrisk", "isvcs": {"revertrisk-wikidata": ["eqiad", "codfw"]}}]

A plain list of names, or of mappings with ``name``, is read too.
"""

from __future__ import annotations

from typing import Any

import msgspec

from slosmith.model import Origin


class Workload(msgspec.Struct, frozen=True, order=True):
    """One thing that runs: its name, the namespace it runs in (empty if the file has none), and its sites."""

    name: str
    namespace: str = ""
    sites: tuple[str, ...] = ()


class Inventory(msgspec.Struct, frozen=True):
    """Workloads sorted by name and namespace; ``origin`` is the place of the file."""

    workloads: tuple[Workload, ...]
    origin: Origin


class InventoryShapeError(ValueError):
    """The value is not an inventory. ``path`` is the place of the error."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        self.path = path
        super().__init__(message)


def parse_inventory(value: Any, file: str) -> Inventory:
    """An inventory from a file's plain value. Raises InventoryShapeError."""
    if not isinstance(value, list):
        raise InventoryShapeError((), "an inventory is a list")
    found: set[Workload] = set()
    for index, item in enumerate(value):
        found.update(_workloads(item, index))
    return Inventory(tuple(sorted(found)), Origin("project", file))


def _workloads(item: Any, index: int) -> list[Workload]:
    if isinstance(item, str):
        return [Workload(item)]
    if not isinstance(item, dict):
        raise InventoryShapeError((index,), "an entry is a name, or a mapping with `namespace` or `name`")
    namespace, name = item.get("namespace", ""), item.get("name", "")
    if not isinstance(namespace, str) or not isinstance(name, str) or not (namespace or name):
        raise InventoryShapeError((index,), "an entry needs `namespace` or `name`, as texts")
    services = item.get("isvcs")
    if not services or name:
        return [Workload(name or namespace, namespace, _sites(item.get("sites", []), (index, "sites")))]
    if not isinstance(services, dict):
        raise InventoryShapeError((index, "isvcs"), "`isvcs` maps each inference service to its sites")
    return [
        Workload(service, namespace, _sites(sites, (index, "isvcs", service))) for service, sites in services.items()
    ]


def _sites(value: Any, path: tuple[str | int, ...]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(site, str) for site in value):
        raise InventoryShapeError(path, "sites are a list of names")
    return tuple(sorted(value))
