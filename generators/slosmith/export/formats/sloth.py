"""Specs in Sloth's format: a ``prometheus/v1`` document for each service, and ``AlertWindows`` if they are not Sloth's
defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from slosmith.export.event_queries import event_queries
from slosmith.export.framework import Exported, Loss
from slosmith.export.losses import service_losses
from slosmith.formats.dialects.sloth.chain import INFO_LABELS
from slosmith.model import ALERT_SEVERITIES, Alerting, BurnRateWindow, Duration, Service, Slo
from slosmith.output.yaml_text import document
from slosmith.schemes.tiers import burn_factor
from slosmith.sli.base import error_ratio_text
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import plain

_NAME = re.compile(r"[A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9]", re.ASCII)
_PERIOD = Duration.parse("30d")
_KNOWN_PERIODS = (Duration.parse("28d"), _PERIOD)
"""The periods for which Sloth has default windows."""

_WINDOWS = "windows"
_WINDOWS_ARE = "for Sloth's --slo-period-windows-path; slosmith reads it in slo_specs/catalogues/"

_SLOTH_WINDOWS = {
    ("page", Decimal("0.02"), "1h", "5m"), ("page", Decimal("0.05"), "6h", "30m"),
    ("ticket", Decimal("0.1"), "1d", "2h"), ("ticket", Decimal("0.1"), "3d", "6h"),
}  # fmt: skip


def export_services(services: Sequence[Service]) -> Exported:
    """``<service>.yaml`` for each service, and ``windows/<period>.yaml`` for Sloth's ``--slo-period-windows-path``.

    A run of Sloth has one period. If the SLOs have several periods, each period gets a folder of its own.
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
    if slo.info_labels and slo.dialect in names.SLOTH_MODES:
        # their plugin was there before
        value["plugins"] = {"chain": [{"id": INFO_LABELS, "config": {"labels": dict(slo.info_labels)}}]}
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
        name = alerting.annotation_name(link)
        if native and url and name:
            annotations.setdefault(name, url)
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
    """The values of the label ``severity`` of the tiers of a severity. Empty text: the project's mapping."""
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
    """The windows of the export. Sloth has one set of windows for each period, for all services."""

    def __init__(self) -> None:
        self._chosen: dict[Duration, tuple[BurnRateWindow, ...]] = {}

    def add(self, slo: Slo) -> Iterator[Loss]:
        """Adds the windows of an SLO, or yields the loss if Sloth cannot have them."""
        alerting, period = slo.alerting, slo.period.rolling
        if alerting is None:
            return
        if [sum(window.severity == severity for window in alerting.windows) for severity in ALERT_SEVERITIES] != [
            2,
            2,
        ]:
            yield Loss(slo.id, "catalogue", "Sloth has two pairs of windows for pages and two for tickets")
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


# --- losses

_NO_FIELD = "Sloth has no field for it"
_NAME_RULE = "a name in Sloth has two characters or more, and a letter or digit at both ends"


def _service_losses(service: Service) -> Iterator[Loss]:
    if not _NAME.fullmatch(service.name):
        yield Loss(service.name, "name", _NAME_RULE)
    yield from service_losses(service, "Sloth")


def _slo_losses(slo: Slo) -> Iterator[Loss]:
    objective = slo.objective
    if not _NAME.fullmatch(slo.name):
        yield Loss(slo.id, "name", _NAME_RULE)
    if objective.aspirational_ratio is not None:
        yield Loss(slo.id, "aspirational", _NO_FIELD)
    if objective.threshold is not None:
        yield Loss(slo.id, "threshold", "only the queries contain it")
    if slo.period.calendar is not None:
        yield Loss(slo.id, "period.calendar", "Sloth's periods are rolling")
    if slo.group_by:
        yield Loss(slo.id, "group_by", "Sloth's rules keep the label, but its alerts do not name the group")
    if slo.documentation and slo.dialect not in names.SLOTH_MODES:
        yield Loss(slo.id, "documentation", _NO_FIELD)
    if slo.info_labels and slo.dialect not in names.SLOTH_MODES:
        yield Loss(slo.id, "info_labels", _NO_FIELD)
    if slo.expected_events_per_day is not None:
        yield Loss(slo.id, "traffic", _NO_FIELD)
    if slo.alerting is not None and slo.dialect not in names.SLOTH_MODES:
        yield from _alerting_losses(slo, slo.alerting)


def _alerting_losses(slo: Slo, alerting: Alerting) -> Iterator[Loss]:
    enabled = {"page": alerting.page, "ticket": alerting.ticket}
    windows = [window for window in alerting.windows if enabled[window.severity]]
    if alerting.minimum_bad_events and windows and slo.counts_events:
        why = "Sloth's alerts have no minimum: one error in few events fires"
        yield Loss(slo.id, "alerting.minimum_bad_events", why)
    if any(window.hold or window.keep for window in windows):
        yield Loss(slo.id, "catalogue.for", "Sloth's alerts have no `for` and `keep_firing_for`")
    if any(_unreachable(slo, window, alerting.max_error_ratio) for window in windows):
        why = "Sloth does not clamp thresholds, so an alert may never fire"
        yield Loss(slo.id, "alerting.max_error_ratio", why)
    if any(len(_severity_labels(alerting, severity)) > 1 for severity in ALERT_SEVERITIES):
        yield Loss(slo.id, "alerting.severities", "Sloth has one alert for each severity, with one label")
    if alerting.absence:
        yield Loss(slo.id, "alerting.absence", "Sloth does not detect a missing SLI")
    if alerting.exhaustion:
        yield Loss(slo.id, "alerting.exhaustion", "Sloth has no alert about a spent budget")
    if alerting.annotation_names:
        # links are annotations of the spec, so they keep their names
        yield Loss(slo.id, "alerting.annotation_names", "Sloth names the annotations that it writes itself")


def _unreachable(slo: Slo, window: BurnRateWindow, limit: Decimal) -> bool:
    return burn_factor(window, slo.period.rolling) * slo.objective.error_budget_ratio > limit
