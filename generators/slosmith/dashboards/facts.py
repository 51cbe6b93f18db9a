"""The input of the jsonnet library: the resolved SLOs as plain data, with complete PromQL selectors.

Jsonnet gets names of metrics and labels only from :func:`vocabulary`, so they are written in one place. A value of type
``Text`` differs between services. The library copies it and does not look into it (see stencil.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from slosmith.dashboards import words
from slosmith.dashboards.breakdown import SHORTEST, breakdowns, ranged
from slosmith.dashboards.options import DashboardSettings
from slosmith.dashboards.sections import Section, sections, selector
from slosmith.dashboards.stencil import Text
from slosmith.model import Calendar, Service, Slo, Workspace
from slosmith.model.rules import AlertKind, RecordingKind
from slosmith.promql import literal_regex, quote
from slosmith.schemes import calendars
from slosmith.schemes.floors import Floor
from slosmith.schemes.scheme import Scheme
from slosmith.schemes.tiers import FIVE_MINUTES, AlertTier
from slosmith.vocabulary import names
from slosmith.vocabulary.dashboard_uids import FLEET, PREFIX, is_plain, service_uid
from slosmith.vocabulary.numbers import percent_exact, plain, significant
from slosmith.vocabulary.provenance import Source, header

Facts = dict[str, Any]

SITE_VARIABLE = "site"


def vocabulary(scheme: Scheme) -> Facts:
    """All names of metrics and labels in the library's queries. ``severity`` is the label that distinguishes pages from
    tickets. Sloth's rules have another label for it.
    """
    return {
        "identity": ", ".join(names.IDENTITY),
        "uidPrefix": PREFIX,
        "labels": {
            "id": names.ID,
            "service": names.SERVICE,
            "slo": names.SLO,
            "objective": names.OBJECTIVE,
            "severity": scheme.severity_label,
            "tier": names.TIER,
            "team": names.TEAM,
            "site": names.SITE,
            "class": names.CLASS,
            "indicator": names.INDICATOR,
            "calendar": names.CALENDAR,
            "alertName": names.ALERT_NAME,
            "alertState": names.ALERT_STATE,
            "uid": names.DASHBOARD_UID,
        },
        "metrics": {
            "totalRate": names.TOTAL_RATE,
            "badRate": names.BAD_RATE,
            "periodTotal": names.PERIOD_TOTAL,
            "periodBad": names.PERIOD_BAD,
            "calendarTotal": names.CALENDAR_TOTAL,
            "calendarBad": names.CALENDAR_BAD,
            "objective": names.OBJECTIVE_RATIO,
            "aspirational": names.ASPIRATIONAL_RATIO,
            "budget": names.ERROR_BUDGET,
            "currentBurnRate": names.CURRENT_BURN_RATE,
            "periodBurnRate": names.PERIOD_BURN_RATE,
            "periodRemaining": names.PERIOD_BUDGET_REMAINING,
            "calendarRatio": names.CALENDAR_ERROR_RATIO,
            "calendarSpent": names.CALENDAR_BUDGET_SPENT,
            "calendarRemaining": names.CALENDAR_BUDGET_REMAINING,
            "coverage": names.COVERAGE if RecordingKind.COVERAGE in scheme.recordings else None,
            "calendarCoverage": names.CALENDAR_COVERAGE,
            "info": names.INFO,
            "alerts": names.ALERTS,
        },
    }


def settings_facts(settings: DashboardSettings, scheme: Scheme) -> Facts:
    """The project's settings in the form of the library, and the differences between rule schemes."""
    return {
        "rules": scheme.name,
        "joinsPairs": scheme.joins_pairs,
        "plainInfo": not {names.TEAM, names.INDICATOR, names.CLASS, names.SITE} <= scheme.info_labels,
        "oneBudget": RecordingKind.CALENDAR_BUDGET not in scheme.recordings,
        "currentWindow": "last five minutes" if scheme.shortest_window == FIVE_MINUTES else "shortest window",
        "datasource": settings.datasource,
        "from": settings.time_from,
        "refresh": settings.refresh,
        "step": settings.evaluation_interval,
        "timezone": settings.timezone,
        "tags": list(settings.tags),
        "fleet": {"uid": FLEET, "title": settings.title},
    }


def service_facts(service: Service, source: Source, scheme: Scheme) -> Facts:
    """One service: the content of its dashboard, from top to bottom. ``source`` is its spec.

    Values that the rules do not record are not in the facts, so no panel queries them. The text panel lists them.
    """
    grouped = sections(service.slos)
    return {
        "uid": Text(service_uid(service.name)),
        "name": Text(service.name),
        "team": service.team,
        "class": service.slo_class,
        "generated": Text(header(source)),
        "links": [
            {"title": title, "url": Text(url)}
            for title, url in (("Documentation", service.documentation), ("Runbook", service.runbook))
            if words.link_target(url)
        ],
        "about": Text(words.about(service, grouped, scheme)),
        "selector": Text(f"{names.SERVICE}={quote(service.name)}"),
        "sites": _sites(service, grouped),
        "alerts": any(slo.alerting is not None for slo in service.slos),
        "calendar": _calendar_said(service.slos, scheme),
        "slos": len(service.slos),
        "spentAlerts": _spent_alerts(service.slos, scheme),
        "sections": [_section_facts(section, service.slos, scheme) for section in grouped],
    }


def fleet_facts(workspace: Workspace, source: Source, scheme: Scheme) -> Facts:
    """The fleet: only values that are not in Prometheus."""
    return {
        "generated": header(source),
        "about": words.about_fleet(workspace.slos(), scheme),
        "calendar": _calendar_said(workspace.slos(), scheme),
        "spentAlerts": _spent_alerts(workspace.slos(), scheme),
        "named_otherwise": [
            {"uid": service_uid(service.name), "pattern": _inside_quotes(literal_regex(service.name))}
            for service in workspace.services
            if not is_plain(service.name)
        ],
    }


def _inside_quotes(text: str) -> str:
    return quote(text)[1:-1]


def _sites(service: Service, grouped: Sequence[Section]) -> list[str]:
    """The sites of the dashboard's variable. Empty if no panel would use it."""
    follows = [section for section in grouped if _follows_sites(section, service.slos)]
    return sorted({slo.site for section in follows for slo in section.slos if slo.site is not None})


def _follows_sites(section: Section, slos: Sequence[Slo]) -> bool:
    return f"${SITE_VARIABLE}" in selector(section, _others(section, slos), SITE_VARIABLE)


def _others(section: Section, slos: Sequence[Slo]) -> list[Slo]:
    mine = {slo.name for slo in section.slos}
    return [slo for slo in slos if slo.name not in mine]


def _section_facts(section: Section, slos: Sequence[Slo], scheme: Scheme) -> Facts:
    slo = section.first
    objective = slo.objective
    calendar = slo.period.calendar if RecordingKind.CALENDAR_BUDGET in scheme.recordings else None
    aspirational = objective.aspirational_ratio if RecordingKind.ASPIRATIONAL in scheme.recordings else None
    return {
        "name": Text(slo.indicator_name),
        "title": Text(words.title(section)),
        "selector": Text(selector(section, _others(section, slos), SITE_VARIABLE)),
        "groups": list(slo.group_by),
        "by": ", ".join((*names.IDENTITY, *slo.group_by)),
        "legend": " ".join(f"{{{{{label}}}}}" for label in (names.SLO, *slo.group_by)),
        "objective": _number(objective.target_ratio),
        "objectiveSaid": percent_exact(objective.target_ratio),
        "budget": _number(objective.error_budget_ratio),
        "aspirationalSaid": None if aspirational is None else percent_exact(aspirational),
        "rolling": {"said": slo.period.rolling.in_days, "metric": names.error_ratio(slo.period.rolling)},
        "calendar": None if calendar is None else _calendar(calendar),
        "windows": [{"said": str(window), "metric": names.error_ratio(window)} for window in scheme.windows(slo)],
        "spentAlerts": _spent_alerts(section.slos, scheme),
        "tiers": [_tier(tier) for tier in scheme.pairs(slo)],
        "floor": _floor(scheme.floor(slo)),
        # a raw ratio counts no events: its recorded rate is always one a second, which needs no chart
        "events": scheme.counts_events and slo.counts_events,
        "raw": not slo.counts_events,
        "breakdowns": [
            {
                "title": panel.title,
                "description": panel.description,
                "unit": panel.unit,
                "step": str(SHORTEST),
                "queries": [{"expr": Text(ranged(query.expr)), "legend": query.legend} for query in panel.queries],
            }
            for panel in breakdowns(section)
        ],
    }


def _spent_alerts(slos: Iterable[Slo], scheme: Scheme) -> dict[str, bool]:
    """Whether alerts fire for every SLO of ``slos`` whose budget is spent: the rolling budget, and that of the calendar
    period (of SLOs with a calendar). ``both`` is for numbers that are one or the other.
    """
    rolling = calendar = True
    for slo in slos:
        kinds = {alert.kind for alert in scheme.alerts(slo)}
        rolling &= AlertKind.EXHAUSTED in kinds
        calendar &= AlertKind.CALENDAR_EXHAUSTED in kinds or slo.period.calendar is None
    return {"rolling": rolling, "calendar": calendar, "both": rolling and calendar}


def _calendar_said(slos: Sequence[Slo], scheme: Scheme) -> str | None:
    """The name of the calendar; a common name if there are several calendars; None if there is none, or if the rules do
    not record calendar periods.
    """
    if RecordingKind.CALENDAR_BUDGET not in scheme.recordings:
        return None
    found = {slo.period.calendar.name for slo in slos if slo.period.calendar is not None}
    return None if not found else found.pop() if len(found) == 1 else "calendar period"


def _calendar(calendar: Calendar) -> Facts:
    return {
        "name": calendar.name,
        "matcher": f"{names.CALENDAR}={quote(calendar.name)}",
        "start": calendars.selector(names.CALENDAR_START, calendar),
        "end": calendars.selector(names.CALENDAR_END, calendar),
        "longest": calendars.period_lengths(calendar)[1].in_days,
    }


def _tier(tier: AlertTier) -> Facts:
    return {
        "name": tier.name,
        "severity": tier.severity,
        "long": str(tier.long),
        "short": str(tier.short),
        "longMetric": names.error_ratio(tier.long),
        "shortMetric": names.error_ratio(tier.short),
        "factor": _number(significant(tier.factor, 6)),
        "factorSaid": plain(significant(tier.factor, 4)),
        "threshold": plain(tier.threshold_ratio),
    }


def _floor(floor: Floor) -> str | None:
    """What the long window of a firing alert has, in words. None: the alerts have no minimum."""
    if floor.adaptive:
        return "enough bad events: two where there are few events, more where there are many"
    return f"at least {plain(floor.least)} bad events" if floor else None


def _number(value: Decimal) -> float:
    """A JSON number with the fewest digits that give the same double, so ``0.98`` stays ``0.98``."""
    return float(value)
