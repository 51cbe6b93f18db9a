"""Alerts of one SLO that nobody could separate: the same name and the same labels."""

from __future__ import annotations

from slosmith.discovery import PluginError
from slosmith.model import Labels, Slo
from slosmith.model.rules import AlertKind
from slosmith.resolve.context import Context
from slosmith.schemes.scheme import Alert


def check_alerts(context: Context, slo: Slo, subject: str) -> None:
    """Report two alerts with the same name and labels. Alertmanager would take them for one, and promtool refuses the
    file (``--lint-fatal``).
    """
    seen: dict[tuple[str, Labels], Alert] = {}
    try:
        alerts = context.scheme.alerts(slo)
    except PluginError:
        # reported where the rules are made
        return
    for alert in alerts:
        other = seen.setdefault((alert.name, alert.labels), alert)
        if other is alert:
            continue
        message = f"two alerts have the name '{alert.name}' and the same labels: {other.tier} and {alert.tier}"
        origin, hint = slo.origin_of("alerting"), "give one of them another name, or another label"
        calendar = slo.period.calendar
        if alert.kind is AlertKind.CALENDAR_EXHAUSTED and calendar is not None and other.tier == alert.tier:
            message = f"the calendar has the name of the rolling period, {calendar.name}: their alerts are the same"
            origin, hint = slo.origin_of("calendar"), "rename the calendar"
        context.report("RES337", message, origin, hint=hint, subject=subject)
