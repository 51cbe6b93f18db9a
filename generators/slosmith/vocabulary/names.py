"""Every name of a metric, label or group in Prometheus. Each name is written once, here.

If Sloth has a name for something, it is used here too. So dashboards and alerts for Sloth still work.
"""

from __future__ import annotations

from typing import Literal

from slosmith.model import Duration, Slo

DEFAULT_CATALOGUE = "default"
"""The alert catalogue of SLOs whose spec names no catalogue."""

DEFAULT_SCHEME = "weighted"
"""The rule scheme of projects whose settings name no scheme."""

# identity labels: generated selectors match on these only
ID, SERVICE, SLO = "sloth_id", "sloth_service", "sloth_slo"
IDENTITY = (ID, SERVICE, SLO)

# other labels that we write
WINDOW = "sloth_window"
VERSION, MODE, SPEC, OBJECTIVE = "sloth_version", "sloth_mode", "sloth_spec", "sloth_objective"
REVISION = "revision"
SEVERITY, TIER, TEAM, CALENDAR, SITE, CLASS, INDICATOR = (
    "severity", "slo_tier", "team", "calendar", "slo_site", "slo_class", "slo_indicator",
)  # fmt: skip

SLOTH_MODES = {"prometheus/v1": "cli-gen-prom", "sloth.slok.dev/v1": "cli-gen-k8s"}
"""Name of a spec's format -> value of Sloth's label ``sloth_mode`` for its rules."""

SLOTH_SEVERITY = "sloth_severity"
"""Severity (page, ticket) of an alert in Sloth's rules."""

# names that Prometheus itself writes for alerts
ALERTS, ALERT_NAME, ALERT_STATE = "ALERTS", "alertname", "alertstate"

DASHBOARD_UID = "dashboard_uid"
"""A label that queries of dashboards add for links. It is never recorded."""

# recordings
TOTAL_RATE = "slo:sli_total:rate5m"
BAD_RATE = "slo:sli_bad:rate5m"
TOTAL_HOUR = "slo:sli_total:increase1h"
BAD_HOUR = "slo:sli_bad:increase1h"
COVERAGE_HOUR = "slo:coverage:ratio1h"
"""The seen share of the last hour: the evaluations at which the number of all events was known / all evaluations."""
PERIOD_TOTAL = "slo:period_sli_total:increase"
PERIOD_BAD = "slo:period_sli_bad:increase"
CALENDAR_TOTAL = "slo:calendar_sli_total:increase"
CALENDAR_BAD = "slo:calendar_sli_bad:increase"
OBJECTIVE_RATIO = "slo:objective:ratio"
ASPIRATIONAL_RATIO = "slo:aspirational_objective:ratio"
ERROR_BUDGET = "slo:error_budget:ratio"
PERIOD_DAYS = "slo:time_period:days"
CURRENT_BURN_RATE = "slo:current_burn_rate:ratio"
PERIOD_BURN_RATE = "slo:period_burn_rate:ratio"
PERIOD_BUDGET_REMAINING = "slo:period_error_budget_remaining:ratio"
COVERAGE = "slo:coverage:ratio"
"""The seen share of the rolling period. Hours before the SLO existed, and hours without data, were not seen."""
INFO = "sloth_slo_info"
CALENDAR_START = "slo:calendar_period:start_seconds"
CALENDAR_END = "slo:calendar_period:end_seconds"
CALENDAR_ERROR_RATIO = "slo:calendar_sli_error:ratio"
"""Error ratio to date: bad events / events since the start of the calendar period."""
CALENDAR_COVERAGE = "slo:calendar_coverage:ratio"
"""The seen share of the hours of the calendar period that have ended."""
CALENDAR_BUDGET_SPENT = "slo:calendar_error_budget_spent:ratio"
"""The spent share of the whole calendar period's budget. It is 0 at the start, and the result of the period
at the end.
"""
CALENDAR_BUDGET_REMAINING = "slo:calendar_error_budget_remaining:ratio"


def error_ratio(window: Duration) -> str:
    """Sloth's error ratio over ``window``: ``slo:sli_error:ratio_rate5m``; 28d is written ``4w``."""
    return f"slo:sli_error:ratio_rate{window}"


def window_events(window: Duration) -> str:
    """All events in a long window of an alert: ``slo:sli_total:events1h``."""
    return f"slo:sli_total:events{window}"


def budget_tier(period: str) -> str:
    """The ``slo_tier`` of the ticket about a spent budget. ``period`` is the rolling period or the name of the
    calendar.
    """
    return f"budget-{period}"


def group(slo: Slo) -> str:
    """The name of the group of an SLO that is evaluated most often: events, short windows, their alerts."""
    return f"slosmith-{slo.id}"


def long_group(slo: Slo) -> str:
    """The name of the group with an SLO's long windows and budgets. It has a prefix of its own, not a suffix: the id of
    another SLO may have the same suffix.
    """
    return f"slosmith.long-{slo.id}"


def sloth_group(slo: Slo, part: Literal["sli-recordings", "meta-recordings", "alerts"]) -> str:
    """The name of a group of Sloth's rules, which have three groups for each SLO."""
    return f"sloth-slo-{part}-{slo.id}"


CALENDAR_GROUP = "slosmith-calendars"
