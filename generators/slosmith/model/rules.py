"""Rules as values. Every target writes them into its files. They hold text. This module does not read or write YAML.

Each rule has a ``kind`` and the id of its SLO. So no code needs to derive these from its name, its labels or its place
in a list. Both are not written into files.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from slosmith.model.duration import Duration
from slosmith.model.objectives import AlertSeverity, BurnRateWindow, Labels


class RecordingKind(Enum):
    """The kind of value that a recording rule records."""

    BASE = "base"
    """Events per second, all or bad, from raw series."""
    TILE = "tile"
    """An hour tile: the number of events of the last sixty minutes, or the seen share of them, recorded at every
    evaluation. Windows of a day and longer, and periods, are sums of hour tiles.
    """
    RATIO = "ratio"
    """The error ratio over a window, or over the rolling period."""
    WINDOW_EVENTS = "window_events"
    """All events in a long window of an alert."""
    EVENTS = "events"
    """Events of the rolling period."""
    COVERAGE = "coverage"
    """The seen share of the rolling period."""
    METADATA = "metadata"
    """Values of the spec: objective, budget, length of the period, the info series."""
    ASPIRATIONAL = "aspirational"
    """The aspirational target, if the spec has one."""
    BURN_RATE = "burn_rate"
    """Error ratio / error budget."""
    BUDGET = "budget"
    """The rest of the rolling period's budget."""
    CALENDAR_EVENTS = "calendar_events"
    """Events of the calendar period so far."""
    CALENDAR_RATIO = "calendar_ratio"
    """The error ratio of the calendar period so far."""
    CALENDAR_COVERAGE = "calendar_coverage"
    """The seen share of the calendar period so far."""
    CALENDAR_BUDGET = "calendar_budget"
    """The spent part, or the rest, of the calendar period's budget."""
    CALENDAR_CLOCK = "calendar_clock"
    """Start or end of a calendar's current period. Such a rule belongs to no SLO."""


class AlertKind(Enum):
    """The condition that an alert reports."""

    TIER = "tier"
    """The burn rate is too high over one pair of windows."""
    COMBINED = "combined"
    """The burn rate is too high over at least one of several pairs of windows. All pairs have the same severity."""
    EXHAUSTED = "exhausted"
    """The rolling period's budget is spent."""
    CALENDAR_EXHAUSTED = "calendar_exhausted"
    """The calendar period's budget is spent."""
    ABSENT = "absent"
    """The SLI has no data."""


class RecordingRule(msgspec.Struct, frozen=True):
    """A Prometheus recording rule. ``comment`` lines are for people who read the file."""

    kind: RecordingKind
    slo: str | None
    """The id of the SLO that it belongs to; None: of no single SLO."""
    record: str
    expr: str
    labels: Labels = ()
    comment: tuple[str, ...] = ()


class AlertingRule(msgspec.Struct, frozen=True, kw_only=True):
    """A Prometheus alerting rule. ``hold`` is its ``for``. None: it fires immediately. ``keep`` is its
    ``keep_firing_for`` (Prometheus 2.42). None: it clears immediately.
    """

    kind: AlertKind
    slo: str | None
    """The id of the SLO that it belongs to; None: of no single SLO."""
    severity: AlertSeverity
    """Page or ticket. The alert's label may have the project's own value for it."""
    tier: str
    """Distinguishes the SLO's alerts of one name, for people: the tier, the budget, or the severity."""
    windows: tuple[BurnRateWindow, ...] = ()
    """The pairs of windows of a burn-rate alert, which fires if one of them fires. Empty for other alerts."""
    alert: str
    expr: str
    labels: Labels = ()
    annotations: Labels = ()
    hold: Duration | None = None
    keep: Duration | None = None
    comment: tuple[str, ...] = ()


Rule = RecordingRule | AlertingRule


class RuleGroup(msgspec.Struct, frozen=True):
    """Rules that Prometheus evaluates in this order, every ``interval``."""

    name: str
    interval: Duration
    rules: tuple[Rule, ...]
    comment: tuple[str, ...] = ()

    @property
    def alerts(self) -> tuple[AlertingRule, ...]:
        """Its alerting rules, in their order."""
        return tuple(rule for rule in self.rules if isinstance(rule, AlertingRule))


class RuleFile(msgspec.Struct, frozen=True):
    """The groups of one file, of a service or of the calendars. ``name`` is the name of the file without its ending."""

    name: str
    groups: tuple[RuleGroup, ...]
    comment: tuple[str, ...] = ()

    def alerts(self) -> dict[str | None, list[AlertingRule]]:
        """The alerting rules of each SLO, by its id. SLOs without alerts are missing."""
        found: dict[str | None, list[AlertingRule]] = {}
        for group in self.groups:
            for rule in group.alerts:
                found.setdefault(rule.slo, []).append(rule)
        return found
