"""The places in specs that checks point at."""

from __future__ import annotations

from slosmith.model import Origin, Service, Slo
from slosmith.policy.context import Context
from slosmith.problems import at


def target_or(slo: Slo, service: Service, *path: str) -> Origin:
    """The objective's target if the service writes it; else ``path`` in the service's spec, which does not go with the
    target of its class.
    """
    target = slo.origin_of("target")
    return target if target.kind == "service" else at(service.origin, *path)


def catalogue_windows(slo: Slo, context: Context) -> Origin:
    """The catalogue's windows if they are in a file, else the place where the catalogue was chosen; the target if it
    is a default.
    """
    name = slo.alerting.catalogue if slo.alerting is not None else ""
    for catalogue in context.project.catalogues:
        if catalogue.name == name and catalogue.origin.file:
            return catalogue.at("windows")
    origin = slo.origin_of("catalogue")
    return origin if origin.file else slo.origin_of("target")
