"""Objectives, their periods, and their alerting."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, get_args

import msgspec

from slosmith.model.duration import Duration

AlertSeverity = Literal["page", "ticket"]
"""A page needs action immediately, a ticket does not. The project's settings map both to values of the label
``severity``.
"""

MinimumBadEvents = Decimal | Literal["adaptive"]
"""The number of bad events that an alert needs in its long window. 0: none. ``adaptive``: it grows with the number of
events (:mod:`slosmith.schemes.floors`).
"""

ALERT_SEVERITIES: tuple[AlertSeverity, ...] = get_args(AlertSeverity)

Labels = tuple[tuple[str, str], ...]
"""Pairs of label name and value, sorted by name. Names are unique."""


class Objective(msgspec.Struct, frozen=True):
    """A target and its threshold. Ratios are exact, strictly between 0 and 1."""

    target_ratio: Decimal
    aspirational_ratio: Decimal | None = None
    threshold: Duration | None = None
    """The latency threshold of the objective, for texts. The indicator has the threshold that is measured."""
    measured_threshold: Duration | None = None
    """The threshold that is measured if the histogram has no bucket at ``threshold``. None: ``threshold``
    is measured.
    """

    @property
    def threshold_text(self) -> str:
        """The latency threshold for people, with the measured threshold. Empty if the objective has no threshold."""
        if self.threshold is None or self.measured_threshold is None:
            return str(self.threshold or "")
        return f"{self.threshold} (measured at {self.measured_threshold})"

    @property
    def error_budget_ratio(self) -> Decimal:
        """1 - target: the share of events that may be bad."""
        return 1 - self.target_ratio


class Calendar(msgspec.Struct, frozen=True):
    """A calendar of reporting periods, in UTC. ``starts`` has the (month, day) on which each period begins, in calendar
    order. Or all periods have the same length: ``every`` is set, and ``starts`` is empty.
    """

    name: str
    starts: tuple[tuple[int, int], ...] = ()
    description: str = ""
    every: Duration | None = None
    offset: int = 0
    """Seconds, a multiple of 3600. With ``starts``: the time from midnight of the day to the start of the period. It is
    negative if the period begins before midnight. With ``every``: the Unix time of the first start, from 0 to less than
    the length of the period.
    """


class Period(msgspec.Struct, frozen=True):
    """The periods of an objective. Alerts use ``rolling``, reports use ``calendar``."""

    rolling: Duration
    calendar: Calendar | None = None


class BurnRateWindow(msgspec.Struct, frozen=True):
    """One tier of an alert catalogue (SRE Workbook, chapter 5, table 5-8). It fires when ``budget_share`` (0..1) of the
    rolling budget is spent within the long window. With the short window it clears soon after the errors end.
    """

    name: str
    budget_share: Decimal
    long: Duration
    short: Duration
    severity: AlertSeverity
    severity_label: str = ""
    """Value of the alert's ``severity`` label, if a spec sets it for one tier. Empty: the project's mapping
    gives it.
    """
    hold: Duration | None = None
    """The alert's ``for``: its condition must hold this long before it fires. None: it fires immediately."""
    keep: Duration | None = None
    """The alert's ``keep_firing_for``: it fires on this long after its condition ended. None: it clears immediately."""


def without_covered(windows: Sequence[BurnRateWindow]) -> tuple[BurnRateWindow, ...]:
    """The windows without duplicates. A duplicate has the same lengths and severity as another window, but not a lower
    burn rate, so it never fires alone. Duplicates exist if several windows were set to the shortest length.
    """

    def covers(other: BurnRateWindow, window: BurnRateWindow) -> bool:
        same = (other.severity, other.long, other.short) == (window.severity, window.long, window.short)
        return same and other.budget_share < window.budget_share

    return tuple(window for window in windows if not any(covers(other, window) for other in windows))


class Alerting(msgspec.Struct, frozen=True):
    """The alerting of an SLO. Labels and annotations are those that the user adds. They may have templates
    (``{{ $labels.x }}``).
    """

    catalogue: str
    windows: tuple[BurnRateWindow, ...]
    name: str = "ErrorBudgetBurn"
    absent_name: str = "SLOMetricAbsent"
    exhausted_name: str = "ErrorBudgetExhausted"
    max_error_ratio: Decimal = Decimal("0.5")
    minimum_bad_events: MinimumBadEvents = "adaptive"
    absent_for: Duration = Duration(1_800_000)
    absent_severity: AlertSeverity = "ticket"
    absent_severity_label: str = ""
    """Value of that alert's ``severity`` label, if a spec sets it. Empty: the project's mapping gives it."""
    page: bool = True
    """False: tiers with the severity page have no alert."""
    ticket: bool = True
    absence: bool = True
    exhaustion: bool = True
    labels: Labels = ()
    annotations: Labels = ()
    page_labels: Labels = ()
    page_annotations: Labels = ()
    ticket_labels: Labels = ()
    ticket_annotations: Labels = ()
    annotation_names: Labels = ()
    """Our name of an annotation (``summary``, ``description``, ``budget``, ``runbook``, ``dashboard``) -> the name that
    is written, where it is another. Empty: the annotation is not written.
    """
    severities: Labels = (("page", "page"), ("ticket", "ticket"))
    """Severity of a tier -> value of the ``severity`` label: the project's mapping (at WMF: page -> critical)."""

    def annotation_name(self, own: str) -> str:
        """The name of an annotation as it is written; ``own`` is ours. Empty: it is not written."""
        return dict(self.annotation_names).get(own, own)

    def severity_label(self, severity: str) -> str:
        """The value of the ``severity`` label for a tier's severity. Without a mapping, the name of the severity."""
        return dict(self.severities).get(severity, severity)
