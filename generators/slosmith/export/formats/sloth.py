"""Specs in Sloth's format: a ``prometheus/v1`` document a service, and ``AlertWindows`` that are not Sloth's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from slosmith.export.event_queries import event_queries
from slosmith.export.framework import Exported, Loss
from slosmith.model import ALERT_SEVERITIES, Alerting, BurnRateWindow, Duration, Operations, Service, Slo
from slosmith.output.yaml_text import document
from slosmith.schemes.tiers import burn_factor
from slosmith.sli.base import error_ratio_text
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import plain

_NAME = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9]", re.ASCII)
_PERIOD = Duration.parse("30d")
_KNOWN_PERIODS = (Duration.parse("28d"), _PERIOD)
"""The periods for which Sloth has windows of its own."""

_WINDOWS = "windows"
_WINDOWS_ARE = "for Sloth's --slo-period-windows-path; slosmith reads it in slo_specs/catalogues/"

_SLOTH_WINDOWS = {
    ("page", Decimal("0.02"), "1h", "5m"), ("page", Decimal("0.05"), "6h", "30m"),
    ("ticket", Decimal("0.1"), "1d", "2h"), ("ticket", Decimal("0.1"), "3d", "6h"),
}  # fmt: skip


def export_services(services: Sequence[Service]) -> Exported:
    """``<service>.yaml`` for each service, and ``windows/<period>.yaml`` for Sloth's ``--slo-period-windows-path``.

    A run of Sloth has one period. Where the SLOs have several, each period has a folder of its own.
    """
    losses: list[Loss] = []
    files = {}
    windows = _Windows()
    periods = {slo.period.rolling for service in services for slo in service.slos}
    for service in services:
        losses += _service_losses(service)
        for slo in service.slos:
            losses += _slo_losses(slo)
            losses += _period_loss(slo, mixed=len(periods) > 1)
            losses += windows.add(slo)
        for period in sorted(periods):
            slos = [_slo(slo) for slo in service.slos if slo.period.rolling == period]
            if slos:
                folder = f"{period.in_days}/" if len(periods) > 1 else ""
                text = document({"version": "prometheus/v1", "service": service.name, "slos": slos})
                files[f"{folder}{service.name}.yaml"] = text
    found = windows.files()
    return Exported({**files, **found}, tuple(losses), {_WINDOWS: _WINDOWS_ARE} if found else {})


def _period_loss(slo: Slo, *, mixed: bool) -> Iterator[Loss]:
    said = slo.period.rolling.in_days
    if mixed:
        yield Loss(slo.id, "period.rolling", f"run Sloth on {said}/ by itself, with --default-slo-period={said}")
    elif slo.period.rolling != _PERIOD:
        yield Loss(slo.id, "period.rolling", f"start Sloth with --default-slo-period={said}")


# --- one SLO


def _slo(slo: Slo) -> dict[str, Any]:
    value: dict[str, Any] = {"name": slo.name}
    if slo.description:
        value["description"] = slo.description
    value["objective"] = Decimal(plain(slo.objective.target_ratio * 100))
    labels = {**dict(slo.labels), **({names.REVISION: slo.revision} if slo.revision else {})}
    if labels:
        value["labels"] = dict(sorted(labels.items()))
    value["sli"] = _sli(slo)
    value["alerting"] = _alerting(slo, slo.alerting)
    return value


def _sli(slo: Slo) -> dict[str, Any]:
    if not slo.counts_events:
        return {"raw": {"error_ratio_query": error_ratio_text(slo.indicator)}}
    queries = event_queries(slo.indicator, slo.group_by)
    return {"events": {"error_query": queries.bad, "total_query": queries.total}}


def _alerting(slo: Slo, alerting: Alerting | None) -> dict[str, Any]:
    if alerting is None:
        return {"page_alert": {"disable": True}, "ticket_alert": {"disable": True}}
    native = slo.dialect not in names.SLOTH_MODES
    labels = dict(alerting.labels)
    annotations = dict(alerting.annotations)
    if slo.team and dict(slo.labels).get(names.TEAM) != slo.team:
        labels.setdefault(names.TEAM, slo.team)
    for link in ("runbook", "dashboard"):
        url: str = getattr(slo, link)
        if native and url:
            annotations.setdefault(link, url)
    value: dict[str, Any] = {"name": alerting.name}
    value |= _texts(labels, annotations)
    for key, severity, enabled, own_labels, own_annotations in (
        ("page_alert", "page", alerting.page, alerting.page_labels, alerting.page_annotations),
        ("ticket_alert", "ticket", alerting.ticket, alerting.ticket_labels, alerting.ticket_annotations),
    ):
        if not enabled:
            value[key] = {"disable": True}
            continue
        own = _severity_labels(alerting, severity)
        label = own.pop() if len(own) == 1 else ""
        routing = {names.SEVERITY: label or alerting.severity_label(severity)} if native else {}
        if names.SEVERITY in labels:
            routing = {}
        part = _texts({**routing, **dict(own_labels)}, dict(own_annotations))
        if part:
            value[key] = part
    return value


def _severity_labels(alerting: Alerting, severity: str) -> set[str]:
    """The labels that the tiers of a severity have; empty for the project's."""
    return {window.severity_label for window in alerting.windows if window.severity == severity}


def _texts(labels: dict[str, str], annotations: dict[str, str]) -> dict[str, Any]:
    found = {}
    if labels:
        found["labels"] = dict(sorted(labels.items()))
    if annotations:
        found["annotations"] = dict(sorted(annotations.items()))
    return found


# --- windows


class _Windows:
    """Sloth has one set of windows a period, for all services."""

    def __init__(self) -> None:
        self._chosen: dict[Duration, tuple[BurnRateWindow, ...]] = {}

    def add(self, slo: Slo) -> Iterator[Loss]:
        """Take in an SLO's windows; the losses where they cannot be had."""
        alerting, period = slo.alerting, slo.period.rolling
        if alerting is None:
            return
        if [sum(window.severity == severity for window in alerting.windows) for severity in ALERT_SEVERITIES] != [
            2,
            2,
        ]:
            yield Loss(slo.id, "catalogue", "Sloth's alerts have two pairs of windows for pages and two for tickets")
            return
        first = self._chosen.setdefault(period, alerting.windows)
        if {_key(window) for window in first} != {_key(window) for window in alerting.windows}:
            yield Loss(slo.id, "catalogue", "Sloth has one set of windows for all SLOs of a period")

    def files(self) -> dict[str, str]:
        return {
            f"{_WINDOWS}/{period.in_days}.yaml": document(_alert_windows(period, windows))
            for period, windows in self._chosen.items()
            if period not in _KNOWN_PERIODS or {_key(window) for window in windows} != _SLOTH_WINDOWS
        }


def _key(window: BurnRateWindow) -> tuple[str, Decimal, str, str]:
    return (window.severity, window.budget_share.normalize(), str(window.long), str(window.short))


def _alert_windows(period: Duration, windows: Iterable[BurnRateWindow]) -> dict[str, Any]:
    spec: dict[str, Any] = {"sloPeriod": period.in_days}
    for severity in ALERT_SEVERITIES:
        pairs = [window for window in windows if window.severity == severity]
        spec[severity] = {
            speed: {
                "errorBudgetPercent": Decimal(plain(window.budget_share * 100)),
                "shortWindow": str(window.short),
                "longWindow": str(window.long),
            }
            for speed, window in zip(("quick", "slow"), pairs, strict=True)
        }
    return {"apiVersion": "sloth.slok.dev/v1", "kind": "AlertWindows", "spec": spec}


# --- what is lost

_NO_PLACE = "Sloth has no place for it"


def _service_losses(service: Service) -> Iterator[Loss]:
    if not _NAME.fullmatch(service.name):
        yield Loss(service.name, "name", "Sloth wants two characters or more, and a letter or digit at both ends")
    said = {
        "decisions": service.decisions, "waivers": service.waivers, "no_guarantee": service.no_guarantees,
        "dependencies": service.dependencies, "operations": service.operations != Operations(),
        "clients": service.clients_external + service.clients_internal, "responsible": service.responsible,
        "class": service.slo_class, "description": service.description, "documentation": service.documentation,
    }  # fmt: skip
    for field, value in said.items():
        if value:
            yield Loss(service.name, field, _NO_PLACE)


def _slo_losses(slo: Slo) -> Iterator[Loss]:
    objective = slo.objective
    if not _NAME.fullmatch(slo.name):
        yield Loss(slo.id, "name", "Sloth wants two characters or more, and a letter or digit at both ends")
    if objective.aspirational_ratio is not None:
        yield Loss(slo.id, "aspirational", _NO_PLACE)
    if objective.threshold is not None:
        yield Loss(slo.id, "threshold", "only the queries have it")
    if slo.period.calendar is not None:
        yield Loss(slo.id, "period.calendar", "Sloth's periods are rolling")
    if slo.group_by:
        yield Loss(slo.id, "group_by", "Sloth's rules keep the label, and its alerts name no group")
    if slo.documentation and slo.dialect not in names.SLOTH_MODES:
        yield Loss(slo.id, "documentation", _NO_PLACE)
    if slo.info_labels:
        yield Loss(slo.id, "info_labels", _NO_PLACE)
    if slo.expected_events_per_day is not None:
        yield Loss(slo.id, "traffic", _NO_PLACE)
    if slo.alerting is not None and slo.dialect not in names.SLOTH_MODES:
        yield from _alerting_losses(slo, slo.alerting)


def _alerting_losses(slo: Slo, alerting: Alerting) -> Iterator[Loss]:
    enabled = {"page": alerting.page, "ticket": alerting.ticket}
    windows = [window for window in alerting.windows if enabled[window.severity]]
    if alerting.minimum_bad_events and windows and slo.counts_events:
        yield Loss(
            slo.id, "alerting.minimum_bad_events", "Sloth's alerts have no floor: one error among few events fires"
        )
    if any(_unreachable(slo, window, alerting.max_error_ratio) for window in windows):
        yield Loss(slo.id, "alerting.max_error_ratio", "Sloth's thresholds are not kept below it, and may never be met")
    if any(len(_severity_labels(alerting, severity)) > 1 for severity in ALERT_SEVERITIES):
        yield Loss(slo.id, "alerting.severities", "Sloth has one alert a severity, with one label")
    if alerting.absence:
        yield Loss(slo.id, "alerting.absence", "Sloth does not notice an SLI that is gone")
    if alerting.exhaustion:
        yield Loss(slo.id, "alerting.exhaustion", "Sloth has no alert for a budget that is spent")


def _unreachable(slo: Slo, window: BurnRateWindow, limit: Decimal) -> bool:
    return burn_factor(window, slo.period.rolling) * slo.objective.error_budget_ratio > limit
