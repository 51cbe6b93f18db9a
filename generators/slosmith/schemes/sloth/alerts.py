"""Sloth's alerts: one for each severity. An alert fires while one of its pairs of windows fires. Thresholds are those
of the catalogue, and there is no minimum of bad events.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from slosmith.model import ALERT_SEVERITIES, Alerting, AlertSeverity, BurnRateWindow, Duration, Labels, Slo
from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.chain import Chain
from slosmith.schemes.scheme import Alert, Trigger
from slosmith.schemes.tiers import burn_factor, unclamped
from slosmith.vocabulary import names
from slosmith.vocabulary.links import percent_encoded
from slosmith.vocabulary.numbers import plain


def triggers(slo: Slo) -> tuple[Trigger, ...]:
    """The triggers that are enabled and have windows. The page is first."""
    alerting = slo.alerting
    if alerting is None:
        return ()
    enabled = {"page": alerting.page, "ticket": alerting.ticket}
    budget, period = slo.objective.error_budget_ratio, slo.period.rolling
    found = (_trigger(severity, alerting.windows, budget, period) for severity in ALERT_SEVERITIES if enabled[severity])
    return tuple(trigger for trigger in found if trigger.pairs)


@lru_cache(maxsize=1024)
def _trigger(
    severity: AlertSeverity, windows: tuple[BurnRateWindow, ...], budget: Decimal, period: Duration
) -> Trigger:
    """A trigger with the pairs in the catalogue's order: in Sloth the quick pair, then the slow pair."""
    own = (window for window in windows if window.severity == severity)
    return Trigger(severity, tuple(unclamped(window, budget, period) for window in own))


def alerts(slo: Slo) -> tuple[Alert, ...]:
    """The page and the ticket."""
    alerting = slo.alerting
    if alerting is None:
        return ()
    return tuple(
        Alert(
            kind=AlertKind.COMBINED,
            name=alerting.name,
            tier=trigger.severity,
            severity=trigger.severity,
            labels=_labels(slo, alerting, trigger),
            trigger=trigger,
        )
        for trigger in triggers(slo)
    )


def adds_severity(slo: Slo) -> bool:
    """False for specs in Sloth's format, because they have the labels for routing. For other specs, the settings have
    them.
    """
    return slo.dialect not in names.SLOTH_MODES


def alert_rules(links: Chain) -> Iterator[AlertingRule]:
    """One rule for all pairs of windows of a severity. Both windows of a pair must be above the threshold. ``or`` joins
    the pairs.
    """
    slo = links.slo
    for alert in alerts(slo):
        assert alert.trigger is not None
        expr = "\nor\n".join(_pair(links, pair.window) for pair in alert.trigger.pairs)
        yield alert.rule(slo, expr, _annotations(slo, alert))


def _pair(links: Chain, window: BurnRateWindow) -> str:
    slo = links.slo
    threshold = f"({plain(burn_factor(window, slo.period.rolling))} * {plain(slo.objective.error_budget_ratio)})"
    short, long = (
        f"    max({links.series(names.error_ratio(length))} > {threshold}) without ({names.WINDOW})"
        for length in (window.short, window.long)
    )
    return f"(\n{short}\n    and\n{long}\n)"


def _labels(slo: Slo, alerting: Alerting, trigger: Trigger) -> Labels:
    labels = {
        names.SLOTH_SEVERITY: trigger.severity,
        **_own_labels(slo, alerting, trigger),
        **dict(alerting.labels),
        **dict(alerting.page_labels if trigger.severity == "page" else alerting.ticket_labels),
    }
    return tuple(sorted(labels.items()))


def _own_labels(slo: Slo, alerting: Alerting, trigger: Trigger) -> dict[str, str]:
    if not adds_severity(slo):
        return {}
    own = {pair.severity_label for pair in trigger.pairs}
    label = own.pop() if len(own) == 1 else ""  # all pairs share one alert, which has one label
    labels = {names.SEVERITY: label or alerting.severity_label(trigger.severity), names.TEAM: slo.team}
    return {name: value for name, value in labels.items() if value}


def _annotations(slo: Slo, alert: Alert) -> Labels:
    alerting, severity = slo.alerting, alert.severity
    assert alerting is not None
    service, name = f"{{{{$labels.{names.SERVICE}}}}}", f"{{{{$labels.{names.SLO}}}}}"
    own = {
        "summary": f"{service} {name} SLO error budget burn rate is over expected.",
        **_links(slo),
    }
    annotations = {
        **{written: text for kind, text in own.items() if (written := alerting.annotation_name(kind))},
        "title": f"({severity}) {service} {name} SLO error budget burn rate is too fast.",
        **dict(alerting.annotations),
        **dict(alerting.page_annotations if severity == "page" else alerting.ticket_annotations),
    }
    return tuple(sorted(annotations.items()))


def _links(slo: Slo) -> dict[str, str]:
    """The links of the spec. Sloth's own specs write them as annotations, so this is empty for them."""
    links = {"runbook": slo.runbook, "dashboard": slo.dashboard} if slo.dialect not in names.SLOTH_MODES else {}
    return {name: percent_encoded(value) for name, value in links.items() if value}
