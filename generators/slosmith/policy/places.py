"""The places in specs that checks point at."""

from __future__ import annotations

from slosmith.model import Origin, Service, Slo
from slosmith.problems import at


def target_or(slo: Slo, service: Service, *path: str) -> Origin:
    """The objective's target if the service writes it; else ``path`` in the service's spec, which does not go with the
    target of its class.
    """
    target = slo.origin_of("target")
    return target if target.kind == "service" else at(service.origin, *path)
