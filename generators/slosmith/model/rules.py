"""Rules as values: what every target arranges into files. Text only; nothing here knows YAML.

A rule says what it is (its ``kind``) and whose it is (``slo``), so that nobody has to read that out of its name, its
labels or its place in a list. Neither is written into a file.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from slosmith.model.duration import Duration
from slosmith.model.objectives import AlertSeverity, BurnRateWindow, Labels


class RecordingKind(Enum):
    """What a recording rule records."""

    BASE = "base"
    """Events per second, all or bad, from raw series."""
    TILE = "tile"
    """An hour tile: the number of events of the last sixty minutes, recorded at every evaluation. Windows of a week and
    longer, and periods, are sums of hour tiles.
    """
    RATIO = "ratio"
    """The error ratio over a window, or over the rolling period."""
    EVENTS = "events"
    """Events of the rolling period."""
    METADATA = "metadata"
    """What the spec says: objective, budget, length of the period, the info series."""
    ASPIRATIONAL = "aspirational"
    """The aspirational target, where the spec has one."""
    BURN_RATE = "burn_rate"
    """Error ratio / error budget."""
    BUDGET = "budget"
    """What is left of the rolling period's budget."""
    CALENDAR_EVENTS = "calendar_events"
    """Events of the calendar period so far."""
    CALENDAR_RATIO = "calendar_ratio"
    """The error ratio of the calendar period so far."""
    CALENDAR_BUDGET = "calendar_budget"
    """What is spent or left of the calendar period's budget."""
    CALENDAR_CLOCK = "calendar_clock"
    """Start or end of a calendar's current period; of no SLO."""


class AlertKind(Enum):
    """What an alert warns of."""

    TIER = "tier"
    """The burn rate over one pair of windows."""
    COMBINED = "combined"
    """The burn rate over any of several pairs of windows, all of one severity."""
    EXHAUSTED = "exhausted"
    """The rolling period's budget is spent."""
    CALENDAR_EXHAUSTED = "calendar_exhausted"
    """The calendar period's budget is spent."""
    ABSENT = "absent"
    """The SLI has no data."""


class RecordingRule(msgspec.Struct, frozen=True):
    """A Prometheus recording rule. ``comment`` lines are for the reader of the file and mean nothing to Prometheus."""

    kind: RecordingKind
    slo: str | None
    """The id of the SLO that it belongs to; None: of no single SLO."""
    record: str
    expr: str
    labels: Labels = ()
    comment: tuple[str, ...] = ()


class AlertingRule(msgspec.Struct, frozen=True, kw_only=True):
    """A Prometheus alerting rule; ``hold`` is its ``for`` (None: fires at once)."""

    kind: AlertKind
    slo: str | None
    """The id of the SLO that it belongs to; None: of no single SLO."""
    severity: AlertSeverity
    """How soon somebody has to act; the alert's label may say it in the project's own words."""
    tier: str
    """Which of its SLO's alerts of one name it is, for people: the tier, the budget, the severity."""
    windows: tuple[BurnRateWindow, ...] = ()
    """The pairs of windows over whose burn rate it fires, any of them; empty where it fires for another reason."""
    alert: str
    expr: str
    labels: Labels = ()
    annotations: Labels = ()
    hold: Duration | None = None
    comment: tuple[str, ...] = ()


Rule = RecordingRule | AlertingRule


class RuleGroup(msgspec.Struct, frozen=True):
    """Rules that Prometheus evaluates one after the other, in this order, every ``interval``."""

    name: str
    interval: Duration
    rules: tuple[Rule, ...]
    comment: tuple[str, ...] = ()

    @property
    def alerts(self) -> tuple[AlertingRule, ...]:
        """Its alerting rules, in their order."""
        return tuple(rule for rule in self.rules if isinstance(rule, AlertingRule))


class RuleFile(msgspec.Struct, frozen=True):
    """The groups of one file: a service's, or the calendars'. ``name`` is the file's stem."""

    name: str
    groups: tuple[RuleGroup, ...]
    comment: tuple[str, ...] = ()

    def alerts(self) -> dict[str | None, list[AlertingRule]]:
        """The alerting rules of each SLO that has some, by its id."""
        found: dict[str | None, list[AlertingRule]] = {}
        for group in self.groups:
            for rule in group.alerts:
                found.setdefault(rule.slo, []).append(rule)
        return found
