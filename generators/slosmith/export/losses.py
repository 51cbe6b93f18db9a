"""Losses that several formats have: values of a service or an SLO without a field in the other format."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from slosmith.export.framework import Loss
from slosmith.model import Alerting, Operations, Service, Slo
from slosmith.schemes.tiers import tiers

_KUBERNETES_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)


def service_losses(service: Service, tool: str, has: Collection[str] = ()) -> Iterator[Loss]:
    """The losses of a service in the format of ``tool``. ``has`` names the fields that the format has."""
    fields = {
        "decisions": service.decisions,
        "waivers": any(not waiver.notices_only for waiver in service.waivers),
        "accepted": any(waiver.notices_only for waiver in service.waivers),
        "no_guarantee": service.no_guarantees,
        "dependencies": service.dependencies,
        "operations": service.operations != Operations(),
        "clients": service.clients_external + service.clients_internal,
        "responsible": service.responsible,
        "class": service.slo_class,
        "description": service.description,
        # formats without it have it in their SLOs, which inherit it
        "documentation": service.documentation
        and ("documentation" not in has or all(slo.documentation != service.documentation for slo in service.slos)),
    }
    for field, value in fields.items():
        if value and (field not in has or field == "documentation"):
            yield Loss(service.name, field, f"{tool} has no field for it")


def slo_losses(slo: Slo, tool: str, has: Collection[str] = ()) -> Iterator[Loss]:
    """The losses of an SLO in the format of ``tool``. ``has`` names the fields that the format has."""
    fields = {
        "aspirational": slo.objective.aspirational_ratio is not None,
        "traffic": slo.expected_events_per_day is not None,
        "info_labels": slo.info_labels,
        "revision": slo.revision,
        "documentation": slo.documentation,
    }
    for field, value in fields.items():
        if value and field not in has:
            yield Loss(slo.id, field, f"{tool} has no field for it")
    measured_differs = slo.objective.measured_threshold is not None
    if slo.objective.threshold is not None and ("threshold" not in has or measured_differs):
        yield Loss(slo.id, "threshold", "only the query contains it")
    if not _KUBERNETES_NAME.fullmatch(slo.id):
        why = "it is not valid in Kubernetes (at most 63 small letters, digits and '-'), so some readers may refuse it"
        yield Loss(slo.id, "name", why)
    if slo.alerting is not None:
        yield from _alerting_losses(slo, slo.alerting, tool, has)


def _alerting_losses(slo: Slo, alerting: Alerting, tool: str, has: Collection[str]) -> Iterator[Loss]:
    enabled = {"page": alerting.page, "ticket": alerting.ticket}
    windows = [window for window in alerting.windows if enabled[window.severity]]
    if alerting.minimum_bad_events and windows and slo.counts_events:
        why = f"{tool}'s alerts have no minimum: one error in few events fires"
        yield Loss(slo.id, "alerting.minimum_bad_events", why)
    if any(window.hold or window.keep for window in windows):
        yield Loss(slo.id, "catalogue.for", f"{tool}'s alerts have no `for` and `keep_firing_for` of a spec's own")
    if any(tier.clamped for tier in tiers(slo)):
        why = f"{tool} does not clamp thresholds, so an alert may never fire"
        yield Loss(slo.id, "alerting.max_error_ratio", why)
    if alerting.exhaustion:
        yield Loss(slo.id, "alerting.exhaustion", f"{tool} has no alert about a spent budget")
    default = Alerting(alerting.catalogue, alerting.windows)
    fields = {
        "name": alerting.name != default.name,
        "absence.name": alerting.absence and alerting.absent_name != default.absent_name,
        "absence.severity": alerting.absence and alerting.absent_severity != default.absent_severity,
        "severities": any(window.severity_label for window in windows)
        or (alerting.absence and alerting.absent_severity_label)
        or (alerting.severities != default.severities and (windows or alerting.absence)),
        "absence.for": alerting.absence and alerting.absent_for != default.absent_for,
        "labels": alerting.labels,
        "annotations": alerting.annotations,
        "annotation_names": alerting.annotation_names,
        "page": alerting.page and (alerting.page_labels or alerting.page_annotations),
        "ticket": alerting.ticket and (alerting.ticket_labels or alerting.ticket_annotations),
    }
    for field, value in fields.items():
        if value and f"alerting.{field}" not in has:
            yield Loss(slo.id, f"alerting.{field}", f"{tool} has no field for it")
