"""Every metric, label and group name that reaches Prometheus, spelled once.

Names and labels are Sloth's where Sloth has one, so that dashboards, alerts and habits built on Sloth keep working.
"""

from __future__ import annotations

from typing import Literal

from slosmith.model import Duration, Slo

DEFAULT_CATALOGUE = "default"
"""The alert catalogue of SLOs that name none."""

DEFAULT_SCHEME = "weighted"
"""The rule scheme of a project whose settings name none."""

# identity labels: the only ones that generated selectors match on
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
"""What Sloth calls the way in which rules of its formats are made; the key is its own name of the format."""

SLOTH_SEVERITY = "sloth_severity"
"""Severity (page, ticket) of an alert in the rules that Sloth itself would write."""

# what Prometheus itself writes about alerts
ALERTS, ALERT_NAME, ALERT_STATE = "ALERTS", "alertname", "alertstate"

DASHBOARD_UID = "dashboard_uid"
"""A label that dashboards' own queries add for their links; never recorded."""

# recordings
TOTAL_RATE = "slo:sli_total:rate5m"
BAD_RATE = "slo:sli_bad:rate5m"
TOTAL_HOUR = "slo:sli_total:increase1h"
BAD_HOUR = "slo:sli_bad:increase1h"
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
INFO = "sloth_slo_info"
CALENDAR_START = "slo:calendar_period:start_seconds"
CALENDAR_END = "slo:calendar_period:end_seconds"
CALENDAR_ERROR_RATIO = "slo:calendar_sli_error:ratio"
"""Attainment to date: errors / events since the calendar period began."""
CALENDAR_BUDGET_SPENT = "slo:calendar_error_budget_spent:ratio"
"""Share of the whole calendar period's budget that is spent: opens at 0, ends at the period's true result."""
CALENDAR_BUDGET_REMAINING = "slo:calendar_error_budget_remaining:ratio"


def error_ratio(window: Duration) -> str:
    """Sloth's error ratio over ``window``: ``slo:sli_error:ratio_rate5m``; 28d is written ``4w``."""
    return f"slo:sli_error:ratio_rate{window}"


def budget_tier(period: str) -> str:
    """The ``slo_tier`` of the ticket about a spent budget; ``period`` is the rolling period, or the calendar's name."""
    return f"budget-{period}"


def group(slo: Slo) -> str:
    """The one group that holds an SLO's chain, in evaluation order."""
    return f"slosmith-{slo.id}"


def sloth_group(slo: Slo, part: Literal["sli-recordings", "meta-recordings", "alerts"]) -> str:
    """A group of the rules that Sloth itself would write: it has three an SLO."""
    return f"sloth-slo-{part}-{slo.id}"


CALENDAR_GROUP = "slosmith-calendars"
