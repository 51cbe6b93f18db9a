"""Objectives, the periods over which they are judged, and their alerting."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, get_args

import msgspec

from slosmith.model.duration import Duration

AlertSeverity = Literal["page", "ticket"]
"""Whether somebody has to act at once. What it is called in the label ``severity`` is a project's setting."""

ALERT_SEVERITIES: tuple[AlertSeverity, ...] = get_args(AlertSeverity)

Labels = tuple[tuple[str, str], ...]
"""Label pairs, sorted by name, names unique."""


class Objective(msgspec.Struct, frozen=True):
    """A target and its threshold. Ratios are exact, strictly between 0 and 1."""

    target_ratio: Decimal
    aspirational_ratio: Decimal | None = None
    threshold: Duration | None = None
    """The latency threshold of the objective, for words and screens; the indicator holds what is measured."""
    measured_threshold: Duration | None = None
    """What is measured where the objective's threshold cannot be (no such bucket); None: the threshold itself."""

    @property
    def threshold_said(self) -> str:
        """The latency threshold for people, with what is measured for it; empty where the objective has none."""
        if self.threshold is None or self.measured_threshold is None:
            return str(self.threshold or "")
        return f"{self.threshold} (measured at {self.measured_threshold})"

    @property
    def error_budget_ratio(self) -> Decimal:
        """1 - target: the share of events that may be bad."""
        return 1 - self.target_ratio


class Calendar(msgspec.Struct, frozen=True):
    """A calendar of reporting periods, in UTC: the (month, day) on which each begins, in calendar order; or periods of
    one length (``every``, then ``starts`` is empty).
    """

    name: str
    starts: tuple[tuple[int, int], ...] = ()
    description: str = ""
    every: Duration | None = None
    offset: int = 0
    """Seconds, a multiple of 3600. Of ``starts``: from the day's midnight to the period's beginning, negative for one
    that begins before it. Of ``every``: the Unix time at which one period begins, from 0 to below its length.
    """


class Period(msgspec.Struct, frozen=True):
    """Over what the objective is judged: alerts look at ``rolling``, reports at ``calendar``."""

    rolling: Duration
    calendar: Calendar | None = None


class BurnRateWindow(msgspec.Struct, frozen=True):
    """One tier of an alert catalogue (SRE Workbook, chapter 5, table 5-8): fires when ``budget_share`` (0..1) of the
    rolling budget would be spent within the long window; the short window makes it clear soon after recovery.
    """

    name: str
    budget_share: Decimal
    long: Duration
    short: Duration
    severity: AlertSeverity
    severity_label: str = ""
    """Value of the alert's ``severity`` label, where a spec says it for one tier; empty: the project's mapping."""


def without_covered(windows: Sequence[BurnRateWindow]) -> tuple[BurnRateWindow, ...]:
    """The windows without those that never fire alone: another has the same lengths, the severity and a lower burn
    rate. This happens where several are raised to the shortest length.
    """

    def covers(other: BurnRateWindow, window: BurnRateWindow) -> bool:
        same = (other.severity, other.long, other.short) == (window.severity, window.long, window.short)
        return same and other.budget_share < window.budget_share

    return tuple(window for window in windows if not any(covers(other, window) for other in windows))


class Alerting(msgspec.Struct, frozen=True):
    """How an SLO alerts. Labels and annotations are the user's additions; templates (``{{ $labels.x }}``) allowed."""

    catalogue: str
    windows: tuple[BurnRateWindow, ...]
    name: str = "ErrorBudgetBurn"
    absent_name: str = "SLOMetricAbsent"
    exhausted_name: str = "ErrorBudgetExhausted"
    max_error_ratio: Decimal = Decimal("0.5")
    minimum_bad_events: Decimal = Decimal(5)
    absent_for: Duration = Duration(1_800_000)
    absent_severity: AlertSeverity = "ticket"
    absent_severity_label: str = ""
    """Value of that alert's ``severity`` label, where a spec says it; empty: the project's mapping."""
    page: bool = True
    """False: tiers of severity page are not written."""
    ticket: bool = True
    absence: bool = True
    exhaustion: bool = True
    labels: Labels = ()
    annotations: Labels = ()
    page_labels: Labels = ()
    page_annotations: Labels = ()
    ticket_labels: Labels = ()
    ticket_annotations: Labels = ()
    severities: Labels = (("page", "page"), ("ticket", "ticket"))
    """Severity of a tier -> value of the ``severity`` label (the project's mapping; page -> critical at WMF)."""

    def severity_label(self, severity: str) -> str:
        """The ``severity`` label for a tier's severity: its own name where the project maps it to none."""
        return dict(self.severities).get(severity, severity)
