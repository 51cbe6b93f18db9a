"""Which workloads of the inventory which SLOs cover, read from the selectors."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from slosmith.model import Matcher, Service, Slo
from slosmith.policy.expressions import used_selectors
from slosmith.policy.inventory import Workload
from slosmith.promql import matches

Names = tuple[str, ...]


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    """How a workload of the inventory is found in the selectors of an indicator."""

    namespace_labels: Annotated[Names, Meta(description="Labels that hold a workload's namespace.")] = (
        "destination_service_namespace", "destination_workload_namespace", "exported_namespace", "namespace",
    )  # fmt: skip
    name_labels: Annotated[Names, Meta(description="Labels that hold a workload's name.")] = (
        "destination_canonical_service", "destination_service_name", "destination_workload", "exported_service", "service",
    )  # fmt: skip
    suffixes: Annotated[Names, Meta(description="What such a label's value may have after the workload's name.")] = (
        "", "-predictor", "-predictor-default", "-main",
    )  # fmt: skip


def covers(service: Service, workload: Workload, labels: Labels) -> bool:
    """Whether any SLO of ``service`` counts the workload's events; a service of its name or namespace is taken to."""
    if service.name in (workload.name, workload.namespace):
        return True
    return any(_selects(slo, workload, labels) for slo in service.slos)


def _selects(slo: Slo, workload: Workload, labels: Labels) -> bool:
    found = False
    for used in used_selectors(slo):
        namespaces = [item for item in used.selector.matchers if item.label in labels.namespace_labels]
        names = [item for item in used.selector.matchers if item.label in labels.name_labels]
        if not namespaces and not names:
            continue
        if workload.namespace and not all(matches(item, workload.namespace) for item in namespaces):
            return False
        if names and not _named(names, workload, labels):
            return False
        found = True
    return found


def _named(names: list[Matcher], workload: Workload, labels: Labels) -> bool:
    return any(all(matches(item, workload.name + suffix) for item in names) for suffix in labels.suffixes)
