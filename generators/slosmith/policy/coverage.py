"""Finds which SLOs cover which workloads of the inventory, from the selectors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Matcher, Service, Slo
from slosmith.policy.context import Context
from slosmith.policy.expressions import used_selectors
from slosmith.policy.inventory import Inventory, Workload
from slosmith.promql import matches

Names = tuple[str, ...]


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    """How a workload of the inventory is found in the selectors of an indicator."""

    namespace_labels: Annotated[Names, Meta(description="Labels that hold a workload's namespace.")] = (
        "destination_service_namespace", "destination_workload_namespace", "exported_namespace", "namespace",
    )  # fmt: skip
    name_labels: Annotated[Names, Meta(description="Labels that hold a workload's name.")] = (
        "destination_canonical_service", "destination_service_name", "destination_workload", "exported_service",
        "service",
    )  # fmt: skip
    suffixes: Annotated[Names, Meta(description="Suffixes that such a label may add to the workload's name.")] = (
        "", "-predictor", "-predictor-default", "-main",
    )  # fmt: skip

    @property
    def key(self) -> tuple[Names, Names, Names]:
        return self.namespace_labels, self.name_labels, self.suffixes


_Side = tuple[tuple[Matcher, ...], tuple[Matcher, ...]]
"""The matchers of one selector for namespace and name."""


class Coverage:
    """Which services cover which workloads. A service covers a workload if its name is that of the workload or of its
    namespace, or if its selectors match."""

    def __init__(self, services: Iterable[Service], inventory: Inventory, labels: Labels) -> None:
        self._labels = labels
        self._by_name: dict[str, list[Service]] = defaultdict(list)
        self._by_namespace: dict[str, list[tuple[Service, tuple[_Side, ...]]]] = defaultdict(list)
        for service in services:
            self._by_name[service.name].append(service)
            for sides in dict.fromkeys(self._sides(slo) for slo in service.slos):
                if sides:
                    self._by_namespace[_exact_namespace(sides)].append((service, sides))
        self.services: dict[Workload, list[Service]] = {
            workload: self._covering(workload) for workload in inventory.workloads
        }
        self.workloads: dict[int, list[Workload]] = defaultdict(list)
        """Workloads by ``id`` of the service that covers them."""
        for workload, found in self.services.items():
            for service in found:
                self.workloads[id(service)].append(workload)

    def _sides(self, slo: Slo) -> tuple[_Side, ...]:
        found = []
        for used in used_selectors(slo):
            matchers = used.selector.matchers
            namespaces = tuple(item for item in matchers if item.label in self._labels.namespace_labels)
            names = tuple(item for item in matchers if item.label in self._labels.name_labels)
            if namespaces or names:
                found.append((namespaces, names))
        return tuple(dict.fromkeys(found))

    def _covering(self, workload: Workload) -> list[Service]:
        found = {id(service): service for service in self._by_name.get(workload.name, ())}
        found |= {id(service): service for service in self._by_name.get(workload.namespace, ())}
        for namespace in {workload.namespace, ""}:
            for service, sides in self._by_namespace.get(namespace, ()):
                if id(service) not in found and all(self._matches(side, workload) for side in sides):
                    found[id(service)] = service
        return list(found.values())

    def _matches(self, side: _Side, workload: Workload) -> bool:
        namespaces, names = side
        if workload.namespace and not all(matches(item, workload.namespace) for item in namespaces):
            return False
        suffixes = self._labels.suffixes
        return not names or any(all(matches(item, workload.name + end) for item in names) for end in suffixes)


def _exact_namespace(sides: tuple[_Side, ...]) -> str:
    """The only namespace that the selectors match with ``=``; empty if there is none, or more than one."""
    named = {item.value for namespaces, _ in sides for item in namespaces if item.op == "="}
    return named.pop() if len(named) == 1 else ""


def coverage(context: Context, labels: Labels) -> Coverage | None:
    """The coverage of a context's inventory, computed once; None without an inventory."""
    inventory = context.inventory
    if inventory is None:
        return None
    return context.memo(("coverage", labels.key), lambda: Coverage(context.workspace.services, inventory, labels))
