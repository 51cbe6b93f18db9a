"""The model: an SLO with all defaults applied. The types are frozen, do no I/O, and import no other part of slosmith.

Units in the whole package: a ratio is 0..1 and an exact ``Decimal`` (0.98, never 0.9799999999999999), a duration is a
:class:`Duration`, a rate is events per second. Percentages are only in specs and in output for people.

Terms are those of the SRE Workbook (chapters 2 and 5) and of OpenSLO. The identity labels are Sloth's.
"""

from slosmith.model.duration import DAY, HOUR, MINUTE, Duration
from slosmith.model.indicators import (
    BooleanGauge,
    CounterRatio,
    Freshness,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    MatchOperator,
    NativeHistogramLatency,
    QueryRatio,
    RawRatio,
    Selector,
)
from slosmith.model.objectives import (
    ALERT_SEVERITIES,
    Alerting,
    AlertSeverity,
    BurnRateWindow,
    Calendar,
    Labels,
    MinimumBadEvents,
    Objective,
    Period,
)
from slosmith.model.services import ClassObjective, Service, Slo, SloClass, Workspace
from slosmith.model.statements import Decision, Dependency, DocumentPath, NoGuarantee, Operations, Origin, Waiver

__all__ = [
    "ALERT_SEVERITIES",
    "DAY",
    "HOUR",
    "MINUTE",
    "AlertSeverity",
    "Alerting",
    "BooleanGauge",
    "BurnRateWindow",
    "Calendar",
    "ClassObjective",
    "CounterRatio",
    "Decision",
    "Dependency",
    "DocumentPath",
    "Duration",
    "Freshness",
    "GaugeThreshold",
    "HistogramLatency",
    "Indicator",
    "Labels",
    "MatchOperator",
    "Matcher",
    "MinimumBadEvents",
    "NativeHistogramLatency",
    "NoGuarantee",
    "Objective",
    "Operations",
    "Origin",
    "Period",
    "QueryRatio",
    "RawRatio",
    "Selector",
    "Service",
    "Slo",
    "SloClass",
    "Waiver",
    "Workspace",
]
