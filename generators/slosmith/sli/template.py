"""SLI templates: the types of a template file. schemas/sli-template-v1.schema.json says the same.

A template names the metrics of one exporter, the parameters that pick a service in them, and for each indicator the one
selector that both its totals and its bad (or good) events are made from, so that the two cannot drift apart.
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
"""In a template, where a limit stands: the objective's threshold."""

Condition = dict[str, str | bool | list[str]]
"""Parameter -> the value, or one of the values, that it must have; all must hold."""


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Keys that are not known are errors, never ignored."""


class Parameter(_Data, frozen=True):
    """What a user may write under ``with:``. Without a default and not required, it may be left out: the matchers that
    use it are then left out too."""

    type: ParameterType
    description: str
    required: bool = False
    default: ParameterValue | None = None
    example: ParameterValue | None = None
    choices: dict[str, str] = {}
    """Value -> what choosing it means; for ``choice`` only."""


class Reference(_Data, frozen=True):
    """A parameter, used where a name or number stands."""

    parameter: str


class Metric(_Data, frozen=True):
    """A metric as its exporter writes it. ``unit`` is what one sample counts or measures (requests, seconds, ...)."""

    type: MetricType
    unit: str
    description: str
    labels: tuple[str, ...] = ()
    """Labels that the exporter writes; those added by scraping (job, instance, ...) are not listed. Empty: unknown."""
    buckets: tuple[str, ...] = ()
    """Upper bounds in ``unit``, as Prometheus 2 prints them, without +Inf. Empty: they depend on the set-up."""
    since: str = ""
    """First version of the exporter that writes the metric, when that matters."""


class MatcherTemplate(_Data, frozen=True):
    """A matcher whose value is literal (``value``) or a parameter's. ``prefix`` and ``suffix`` are RE2 around it."""

    label: str | Reference
    op: MatchOperator
    value: str | None = None
    parameter: str | None = None
    prefix: str = ""
    suffix: str = ""
    when: Condition = {}
    unless: tuple[str, ...] = ()
    """Parameters; when one of them was given, the matcher is left out."""


class Narrowing(_Data, frozen=True):
    """Matchers that make bad, good or fast events out of all events; on another metric where the exporter has one."""

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
    """One indicator: its kind, what it selects, and what of that is bad or good."""

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
    """A threshold that makes sense for the metric, for the example; empty: one is chosen from the kind and buckets."""

    @property
    def takes_threshold(self) -> bool:
        """Whether the objective's threshold is the indicator's limit: a bucket, a gauge's value or an age."""
        return self.kind in LATENCY_KINDS or THRESHOLD in (self.value, self.max_age)

    @property
    def limit_parameter(self) -> str | None:
        """The parameter that is the indicator's limit, where one is."""
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
    """Other words for what is measured, by which people look for the template."""
    scrape_interval: str = ""
    """How often the metrics are usually scraped; empty when nothing is usual."""
    notes: tuple[str, ...] = ()
    """Pitfalls that a reader of the numbers has to know."""


HISTOGRAM = "histogram"
"""Name of the parameter, in any template with a classic histogram, that says in which form it is scraped."""

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
