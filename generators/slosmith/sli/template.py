"""SLI templates: the types of a template file. schemas/sli-template-v1.schema.json describes the same format.

A template has the metrics of one exporter, the parameters that select a service in them, and one selector for each
indicator. Total and bad (or good) events both come from that selector, so they always count the same events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from slosmith.model import MatchOperator

Scalar = str | int | float | bool
ParameterValue = Scalar | list[str]

ParameterType = Literal[
    "string", "label_value", "regex", "choice", "boolean", "number", "duration", "list", "metric", "label", "matchers"
]
"""``string`` and ``label_value`` match exactly, ``regex`` is an anchored RE2 pattern, ``list`` any of several literal
values, ``metric`` and ``label`` are names, ``matchers`` is a list of PromQL matchers such as ``job="api"``."""

MetricType = Literal["counter", "histogram", "native_histogram", "gauge", "summary"]
IndicatorKind = Literal["counter_ratio", "histogram_latency", "native_histogram_latency", "boolean_gauge",
                        "gauge_threshold", "freshness"]  # fmt: skip
LATENCY_KINDS = ("histogram_latency", "native_histogram_latency")
THRESHOLD = "threshold"
"""Stands for the objective's threshold, in place of a limit in a template."""

Condition = dict[str, str | bool | list[str]]
"""Parameter -> the value, or one of the values, that it must have; all must hold."""


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Unknown keys are errors."""


class Parameter(_Data, frozen=True):
    """What a user may write under ``with:``. An optional parameter without a default may be omitted; then the matchers
    that use it are omitted too."""

    type: ParameterType
    description: str
    required: bool = False
    default: ParameterValue | None = None
    example: ParameterValue | None = None
    choices: dict[str, str] = {}
    """Value -> its meaning; for ``choice`` only."""


class Reference(_Data, frozen=True):
    """A reference to a parameter, in place of a name or number."""

    parameter: str


class Metric(_Data, frozen=True):
    """A metric of the exporter. ``unit`` is what a sample counts or measures (requests, seconds, ...)."""

    type: MetricType
    unit: str
    description: str
    labels: tuple[str, ...] = ()
    """Labels that the exporter writes; those added by scraping (job, instance, ...) are not listed. Empty: unknown."""
    buckets: tuple[str, ...] = ()
    """Upper bounds in ``unit``, as Prometheus 2 prints them, without +Inf. Empty: they depend on the configuration."""
    since: str = ""
    """First version of the exporter that has the metric, if older versions are in use."""


class MatcherTemplate(_Data, frozen=True):
    """A matcher with a literal value (``value``) or a parameter's. ``prefix`` and ``suffix`` are RE2 around it."""

    label: str | Reference
    op: MatchOperator
    value: str | None = None
    parameter: str | None = None
    prefix: str = ""
    suffix: str = ""
    when: Condition = {}
    unless: tuple[str, ...] = ()
    """Parameters. If one of them is given, the matcher is omitted."""


class Narrowing(_Data, frozen=True):
    """Matchers that select bad, good or fast events among all events, or another metric of the exporter for them."""

    match: tuple[MatcherTemplate, ...] = ()
    metric: str | Reference | None = None
    select: tuple[str, ...] = ()
    when: Condition = {}


class SelectorTemplate(_Data, frozen=True):
    """The events (or gauges) that an indicator looks at; ``select`` names parameters of type ``matchers``."""

    metric: str | Reference
    match: tuple[MatcherTemplate, ...] = ()
    select: tuple[str, ...] = ()
    when: Condition = {}


class IndicatorTemplate(_Data, frozen=True):
    """One indicator: its kind, its selectors, and which of the events are bad or good."""

    kind: IndicatorKind
    description: str
    select: tuple[SelectorTemplate, ...]
    bad: tuple[Narrowing, ...] = ()
    good: tuple[Narrowing, ...] = ()
    op: Literal["<", "<=", ">", ">="] | None = None
    value: str | int | float | Reference | None = None
    aggregate: Literal["sum", "max", "min", "avg"] = "max"
    max_age: str | Reference | None = None
    example_threshold: str = ""
    """A realistic threshold for the example. Empty: one is chosen by kind and buckets."""

    @property
    def takes_threshold(self) -> bool:
        """Whether the objective's threshold is the indicator's limit: a bucket, a gauge's value or an age."""
        return self.kind in LATENCY_KINDS or THRESHOLD in (self.value, self.max_age)

    @property
    def limit_parameter(self) -> str | None:
        """The parameter that is the indicator's limit; None if there is none."""
        return next((limit.parameter for limit in (self.value, self.max_age) if isinstance(limit, Reference)), None)


class Template(_Data, frozen=True):
    """One template file."""

    version: Literal["slosmith/v1"]
    kind: Literal["SLITemplate"]
    name: str
    title: str
    description: str
    references: tuple[str, ...]
    metrics: dict[str, Metric]
    indicators: dict[str, IndicatorTemplate]
    parameters: dict[str, Parameter] = {}
    aliases: tuple[str, ...] = ()
    """Other search words for the template."""
    scrape_interval: str = ""
    """How often the metrics are usually scraped; empty if there is no usual interval."""
    notes: tuple[str, ...] = ()
    """Pitfalls in reading the numbers."""


HISTOGRAM = "histogram"
"""Name of the parameter for the histogram's form (classic or native), in every template with a classic histogram."""

_HISTOGRAM = Parameter(
    type="choice",
    default="classic",
    description="In which form Prometheus has the histogram.",
    choices={
        "classic": "With buckets (_bucket, _count).",
        "native": "As a native histogram; every threshold can be measured.",
        "either": "Classic in some places and native in others, now or later; what is both counts once.",
    },
)


def with_standard_parameters(template: Template) -> Template:
    """The template with the parameter :data:`HISTOGRAM`, if it reads a classic histogram and has no such parameter."""
    if HISTOGRAM in template.parameters:
        return template
    if not any(indicator.kind == "histogram_latency" for indicator in template.indicators.values()):
        return template
    return msgspec.structs.replace(template, parameters={**template.parameters, HISTOGRAM: _HISTOGRAM})


class TemplateLibrary(msgspec.Struct, frozen=True):
    """Templates by name, sorted."""

    templates: Mapping[str, Template]

    def __contains__(self, name: object) -> bool:
        return name in self.templates

    def get(self, name: str) -> Template | None:
        return self.templates.get(name)

    def names(self) -> tuple[str, ...]:
        return tuple(self.templates)
