"""The model: what an SLO is once every default is applied. Frozen, without I/O; imports nothing of ours.

Units, everywhere in this package: a ratio is 0..1 and an exact ``Decimal`` (0.98, never 0.9799999999999999), a duration
is a :class:`Duration`, a rate is events per second. Percentages appear only in specs and on screens.

Terms are those of the SRE Workbook (chapters 2 and 5) and OpenSLO; identity labels are Sloth's.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec

Labels = tuple[tuple[str, str], ...]
"""Label pairs, sorted by name, names unique."""

DocumentPath = tuple[str | int, ...]
"""Where a value stands inside a document: mapping keys and list indexes."""

_UNITS_MS = {"y": 31_536_000_000, "w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII)


class Duration(msgspec.Struct, frozen=True, order=True):
    """A length of time, in whole milliseconds (Prometheus' own resolution)."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read Prometheus' notation, ``28d`` or ``1h30m``. Raises ValueError for anything else, and for zero."""
        match = _DURATION.fullmatch(text)
        if match is None or len(text) > 40:
            raise ValueError(f"not a duration: {text!r}")
        total = sum(
            int(number) * unit for number, unit in zip(match.groups(), _UNITS_MS.values(), strict=True) if number
        )
        if total <= 0:
            raise ValueError(f"not a duration: {text!r}")
        return cls(total)

    @classmethod
    def from_seconds(cls, seconds: int) -> Duration:
        return cls(seconds * 1000)

    @property
    def seconds(self) -> Decimal:
        """Length in seconds, exact."""
        return Decimal(self.milliseconds) / 1000

    @property
    def whole_seconds(self) -> int:
        """Length in whole seconds; for durations that are known to be whole (windows, periods)."""
        return self.milliseconds // 1000

    def __str__(self) -> str:
        """Prometheus' own form: years and weeks only where they divide exactly, so 28d is ``4w`` and 30d ``30d``."""
        return _duration_text(self.milliseconds)

    @property
    def in_days(self) -> str:
        """The form people write for periods: ``28d`` where the duration is whole days, else Prometheus' form."""
        days, rest = divmod(self.milliseconds, _UNITS_MS["d"])
        return f"{days}d" if days and not rest else str(self)


@lru_cache(maxsize=4096)
def _duration_text(milliseconds: int) -> str:
    """Cached: a large policy prints a few dozen durations a million times."""
    if milliseconds == 0:
        return "0s"
    rest, parts = milliseconds, []
    for unit, size in _UNITS_MS.items():
        if unit in ("y", "w") and rest % size:
            continue
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


# --- indicators: what is counted ---------------------------------------------------------------------------------

MatchOperator = Literal["=", "!=", "=~", "!~"]


class Matcher(msgspec.Struct, frozen=True):
    """One PromQL label matcher; ``value`` is the plain text, unquoted. Regexes are RE2, anchored by Prometheus."""

    label: str
    op: MatchOperator
    value: str


class Selector(msgspec.Struct, frozen=True):
    """A PromQL vector selector without range: metric name and matchers, in the order they are printed."""

    metric: str
    matchers: tuple[Matcher, ...] = ()

    def with_matchers(self, *extra: Matcher) -> Selector:
        return Selector(self.metric, self.matchers + extra)


class CounterRatio(msgspec.Struct, frozen=True, tag="counter_ratio"):
    """Events counted by counters. Exactly one of ``bad`` and ``good`` is not empty.

    Each tuple is a union of selectors: a series that several of them match is counted once.
    """

    total: tuple[Selector, ...]
    bad: tuple[Selector, ...] = ()
    good: tuple[Selector, ...] = ()


class HistogramLatency(msgspec.Struct, frozen=True, tag="histogram_latency"):
    """Events counted by a classic histogram: good are those in the bucket ``le`` (its upper bound, inclusive).

    ``buckets`` selects ``..._bucket`` without an ``le`` matcher, ``total`` the ``..._count`` of the same selector.
    ``le`` is the bound as Prometheus 2 prints it (``500``, ``0.4``), in the metric's own unit.
    """

    buckets: tuple[Selector, ...]
    total: tuple[Selector, ...]
    le: str


class NativeHistogramLatency(msgspec.Struct, frozen=True, tag="native_histogram_latency"):
    """Events counted by a native histogram; ``threshold`` in the metric's own unit."""

    histograms: tuple[Selector, ...]
    threshold: Decimal


class BooleanGauge(msgspec.Struct, frozen=True, tag="boolean_gauge"):
    """A probe: every scrape of a gauge is an event, 1 is good and 0 is bad."""

    gauges: tuple[Selector, ...]


class GaugeThreshold(msgspec.Struct, frozen=True, tag="gauge_threshold"):
    """Time slices of one minute; a slice is good while ``aggregate(gauge) op value`` holds."""

    gauges: tuple[Selector, ...]
    op: Literal["<", "<=", ">", ">="]
    value: Decimal
    aggregate: Literal["sum", "max", "min", "avg"] = "max"


class Freshness(msgspec.Struct, frozen=True, tag="freshness"):
    """Time slices of one minute; a slice is good while the newest Unix timestamp (seconds) is at most max_age old."""

    timestamps: tuple[Selector, ...]
    max_age: Duration


class QueryRatio(msgspec.Struct, frozen=True, tag="query_ratio"):
    """Free PromQL for events, with ``{{.window}}`` where the range stands. Exactly one of bad and good is set."""

    total: str
    bad: str | None = None
    good: str | None = None


class RawRatio(msgspec.Struct, frozen=True, tag="raw_ratio"):
    """Free PromQL for an error ratio 0..1, with ``{{.window}}``. It has no event counts, so it cannot be weighted."""

    error_ratio: str


Indicator = (
    CounterRatio
    | HistogramLatency
    | NativeHistogramLatency
    | BooleanGauge
    | GaugeThreshold
    | Freshness
    | QueryRatio
    | RawRatio
)


# --- objectives, periods, alerting -------------------------------------------------------------------------------


class Objective(msgspec.Struct, frozen=True):
    """What is promised. Ratios are exact, strictly between 0 and 1."""

    target_ratio: Decimal
    aspirational_ratio: Decimal | None = None
    threshold: Duration | None = None
    """The latency threshold as promised, for words and screens; the indicator holds what is measured."""
    measured_threshold: Duration | None = None
    """What is measured where the promised threshold cannot be (no such bucket); None: the threshold itself."""

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
    """A calendar of reporting periods, in UTC: the (month, day) on which each begins, in calendar order."""

    name: str
    starts: tuple[tuple[int, int], ...]
    description: str = ""


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
    severity: Literal["page", "ticket"]


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


# --- where a value came from ---------------------------------------------------------------------------------------


class Origin(msgspec.Struct, frozen=True):
    """Where a resolved value was written: ``explain`` prints it, and checks report at its position."""

    kind: Literal["service", "class", "project", "template", "catalogue", "default"]
    file: str = ""
    """Path relative to the specs folder, with forward slashes; empty for a default."""
    path: DocumentPath = ()
    document: int = 0
    """Index of the YAML document inside the file."""


class Decision(msgspec.Struct, frozen=True):
    """A reconciliation decision: when (ISO date), what, and why."""

    date: str
    decision: str
    reason: str
    origin: Origin


class Waiver(msgspec.Struct, frozen=True):
    """A policy problem that its owner accepts until a date (ISO, inclusive)."""

    code: str
    reason: str
    owner: str
    expires: str
    origin: Origin
    objective: str | None = None
    """Limits the waiver to one indicator's SLOs; None: all of the document."""


class NoGuarantee(msgspec.Struct, frozen=True):
    """An indicator for which nothing is promised: stated, with a reason and a date, never silent."""

    indicator: str
    reason: str
    date: str
    origin: Origin


class Dependency(msgspec.Struct, frozen=True):
    """Something a service needs. ``promise`` is its target ratio where it is declared with one (project settings)."""

    name: str
    hard: bool
    origin: Origin
    promise: Decimal | None = None
    service: bool = False
    """True when the name is a service of this workspace."""


class Operations(msgspec.Struct, frozen=True):
    """How outages go, per reporting period, and how the service is run (SLO worksheet, operational questions)."""

    time_to_detect: Duration | None = None
    time_to_repair: Duration | None = None
    expected_outages: Decimal | None = None
    monitoring: str = ""
    deployment: str = ""
    debugging: str = ""


# --- the SLO, its service, the whole -------------------------------------------------------------------------------


class Slo(msgspec.Struct, frozen=True):
    """One SLO: one indicator of one service at one site (or of each value of ``group_by``)."""

    service: str
    name: str
    """``availability-eqiad``: the indicator's name, and the site's where there are sites."""
    indicator_name: str
    indicator: Indicator
    objective: Objective
    period: Period
    team: str
    site: str | None = None
    slo_class: str | None = None
    group_by: tuple[str, ...] = ()
    """Label names; one declaration is one SLO for each combination of their values."""
    alerting: Alerting | None = None
    """None: recorded, never alerts."""
    scope: Literal["global", "site"] = "global"
    labels: Labels = ()
    """Extra labels on every recording and alert of this SLO."""
    info_labels: Labels = ()
    """Extra labels on the info series alone, and on nothing that is joined."""
    revision: str = ""
    description: str = ""
    documentation: str = ""
    runbook: str = ""
    dashboard: str = ""
    expected_events_per_day: Decimal | None = None
    dialect: str = "slosmith/v1"
    template: str = ""
    """Name of the SLI template the indicator was made from; empty for a native or foreign one."""
    origin: Origin = Origin("default")
    """The document (and path in it) that declares this SLO."""
    origins: tuple[tuple[str, Origin], ...] = ()
    """Field -> origin: target, threshold, aspirational, period, catalogue, minimum_bad_events, ... sorted by field."""

    @property
    def id(self) -> str:
        """Sloth's ``sloth_id``: ``<service>-<slo>``."""
        return f"{self.service}-{self.name}"

    def origin_of(self, field: str) -> Origin:
        """Where ``field`` was written; the SLO's own origin when it was not recorded."""
        return dict(self.origins).get(field, self.origin)


class Service(msgspec.Struct, frozen=True):
    """A service and its SLOs: one spec file, one rule file."""

    name: str
    team: str
    slos: tuple[Slo, ...]
    origin: Origin
    slo_class: str | None = None
    description: str = ""
    documentation: str = ""
    runbook: str = ""
    dashboard: str = ""
    responsible: str = ""
    sites: tuple[str, ...] = ()
    clients_external: tuple[str, ...] = ()
    clients_internal: tuple[str, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    operations: Operations = Operations()
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    no_guarantees: tuple[NoGuarantee, ...] = ()
    dialect: str = "slosmith/v1"


class ClassObjective(msgspec.Struct, frozen=True):
    """One of a class's objectives, before a service and a site are known."""

    indicator: str
    target_ratio: Decimal
    origin: Origin
    threshold: Duration | None = None
    aspirational_ratio: Decimal | None = None
    allowed_target: tuple[Decimal, Decimal] | None = None
    """Lowest and highest target_ratio that a service may set."""


class SloClass(msgspec.Struct, frozen=True):
    """A class of services with the same promise."""

    name: str
    description: str
    objectives: tuple[ClassObjective, ...]
    origin: Origin
    period: Period | None = None
    no_guarantees: tuple[NoGuarantee, ...] = ()
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()


class Workspace(msgspec.Struct, frozen=True):
    """Everything that was resolved from one specs folder; services, classes and calendars sorted by name."""

    services: tuple[Service, ...]
    classes: tuple[SloClass, ...] = ()
    calendars: tuple[Calendar, ...] = ()

    def slos(self) -> tuple[Slo, ...]:
        return tuple(slo for service in self.services for slo in service.slos)
