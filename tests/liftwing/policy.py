"""Lift Wing's policy for tests: the loaded specs, the inventory, and the SLOs that count a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from slosmith.model import CounterRatio, HistogramLatency, Selector, Service, Slo, Workspace
from slosmith.workspace import LoadedWorkspace, load

CHECKOUT = Path(__file__).resolve().parents[2]
SPECS = CHECKOUT / "slo_specs"
INVENTORY = SPECS / "inventory" / "liftwing.json"

Labels = Mapping[str, str]


@cache
def loaded() -> LoadedWorkspace:
    return load(SPECS)


def workspace() -> Workspace:
    found = loaded().workspace
    assert found is not None, [str(problem) for problem in loaded().problems]
    return found


def service(name: str) -> Service:
    return next(item for item in workspace().services if item.name == name)


def slo(identity: str) -> Slo:
    return next(item for item in workspace().slos() if item.id == identity)


class Workload(NamedTuple):
    """An inference service of the inventory."""

    namespace: str
    name: str
    sites: tuple[str, ...]


def inference_services() -> Iterator[Workload]:
    for entry in json.loads(INVENTORY.read_text(encoding="utf-8")):
        for name, sites in entry["isvcs"].items():
            yield Workload(entry["namespace"], name, tuple(sites))


def expected_service(workload: Workload) -> str:
    """The service whose SLOs count a workload: the service with its name, or the one of its revscoring namespace."""
    return workload.namespace if workload.namespace.startswith("revscoring-") else workload.name


def staged() -> frozenset[str]:
    """Workloads that the settings exclude: copies for staging in the inventory of production."""
    inventory = loaded().project.inventory
    assert inventory is not None
    return frozenset(inventory.exclude)


def web_applications() -> Iterator[tuple[str, str]]:
    """Namespace and app of each web service of the inventory."""
    for entry in json.loads(INVENTORY.read_text(encoding="utf-8")):
        if not entry["isvcs"]:
            yield entry["namespace"], entry["app"]


def gateway_series(site: str, namespace: str, canonical_service: str, **more: str) -> dict[str, str]:
    """Labels of a series, in Thanos, that a gateway exports for requests to a service."""
    return {
        "site": site,
        "prometheus": "k8s-mlserve",
        "kubernetes_namespace": "istio-system",
        "destination_service_namespace": namespace,
        "destination_canonical_service": canonical_service,
        "response_code": "200",
        **more,
    }


def matches(selector: Selector, labels: Labels) -> bool:
    """Whether matchers match, as in Prometheus: a missing label is empty, and regexes are anchored."""
    for matcher in selector.matchers:
        value = labels.get(matcher.label, "")
        hit = value == matcher.value if matcher.op in ("=", "!=") else bool(re.fullmatch(matcher.value, value))
        if hit is (matcher.op in ("!=", "!~")):
            return False
    return True


def counts(of: Slo, labels: Labels) -> bool:
    """Whether requests with these labels are events of the SLO."""
    assert isinstance(of.indicator, CounterRatio | HistogramLatency)
    return any(matches(selector, labels) for selector in of.indicator.total)


def is_bad(of: Slo, labels: Labels) -> bool:
    """Whether requests with these labels are bad events of an availability SLO."""
    assert isinstance(of.indicator, CounterRatio)
    return any(matches(selector, labels) for selector in of.indicator.bad)


def counted_in(labels: Labels, indicator: str) -> list[str]:
    """Ids of the SLOs of one indicator in which requests with these labels are events."""
    return [item.id for item in workspace().slos() if item.indicator_name == indicator and counts(item, labels)]
