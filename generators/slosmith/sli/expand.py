"""A template and a service's parameters -> an indicator of the model. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from slosmith.model import (
    BooleanGauge,
    CounterRatio,
    Duration,
    Freshness,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    Selector,
)
from slosmith.sli.buckets import bucket_for, in_unit
from slosmith.sli.parameters import Values, check_parameters, missing
from slosmith.sli.template import (
    HISTOGRAM,
    THRESHOLD,
    Condition,
    IndicatorTemplate,
    MatcherTemplate,
    Narrowing,
    Reference,
    SelectorTemplate,
    Template,
    TemplateLibrary,
)
from slosmith.sli.template_error import TemplateError, TemplateProblem, nearest

UNIT = "unit"
"""Name of the parameter for the unit of a metric, if a parameter names the metric."""


def expand(
    template_name: str,
    parameters: Mapping[str, object],
    *,
    indicator: str,
    threshold: Duration | None = None,
    extra_matchers: tuple[Matcher, ...] = (),
    library: TemplateLibrary,
) -> Indicator:
    """The indicator ``indicator`` of a template, with its parameters filled in.

    ``threshold`` is the measured threshold of the objective. For a classic histogram with known buckets it must be one
    of them. ``extra_matchers`` (site, prometheus instance) are added to every selector, on both sides.

    Raises TemplateError with every problem found; with paths relative to the parameters.
    """
    template = library.get(template_name)
    if template is None:
        raise TemplateError(
            TemplateProblem((), "unknown-template", f"there is no template {template_name!r}",
                            nearest(template_name, library.names()))
        )  # fmt: skip
    shape = template.indicators.get(indicator)
    if shape is None:
        raise TemplateError(
            TemplateProblem((), "unknown-indicator", f"template {template.name} has no indicator {indicator!r}",
                            nearest(indicator, template.indicators))
        )  # fmt: skip
    values = check_parameters(template, parameters)
    return _Expansion(template, shape, values, extra_matchers).build(indicator, threshold)


class _Expansion:
    """The state of one expansion."""

    def __init__(
        self, template: Template, shape: IndicatorTemplate, values: Values, extra: tuple[Matcher, ...]
    ) -> None:
        self.template, self.shape, self.values, self.extra = template, shape, values, extra

    def build(self, name: str, threshold: Duration | None) -> Indicator:
        used = [select for select in self.shape.select if self.holds(select.when)]
        selectors = tuple(self.selector(select) for select in used)
        unit = self.unit(used[0].metric)
        match self.shape.kind:
            case "counter_ratio":
                bad, good = self.narrowed(selectors, self.shape.bad), self.narrowed(selectors, self.shape.good)
                native = self.form() != "classic" and any(self.is_count(select.metric) for select in used)
                return CounterRatio(selectors, bad=bad, good=good, native=native)
            case "histogram_latency" if self.form() == "native":
                return NativeHistogramLatency(selectors, in_unit(self.needed(threshold, name), unit))
            case "histogram_latency":
                le = bucket_for(self.needed(threshold, name), unit, self.buckets(used[0].metric), self.values.buckets())
                buckets, counts = _suffixed(selectors, "_bucket"), _suffixed(selectors, "_count")
                return HistogramLatency(buckets, counts, le, native=self.form() == "either")
            case "native_histogram_latency":
                return NativeHistogramLatency(selectors, in_unit(self.needed(threshold, name), unit))
            case "boolean_gauge":
                return BooleanGauge(selectors)
            case "gauge_threshold":
                value = self.number(self.shape.value, name, threshold, unit)
                return GaugeThreshold(selectors, self.shape.op or "<=", value, self.shape.aggregate)
            case "freshness":
                return Freshness(selectors, self.duration(self.shape.max_age, name, threshold))

    # --- selectors ---

    def selector(self, part: SelectorTemplate) -> Selector:
        return Selector(self.name(part.metric), self.extra + self.matchers(part))

    def narrowed(self, selectors: tuple[Selector, ...], parts: tuple[Narrowing, ...]) -> tuple[Selector, ...]:
        """Every selector with every narrowing that applies. The shared matchers stay in front, unchanged."""
        found = [
            Selector(selector.metric if part.metric is None else self.name(part.metric),
                     selector.matchers + self.matchers(part))
            for selector in selectors
            for part in parts
            if self.holds(part.when)
        ]  # fmt: skip
        return tuple(dict.fromkeys(found))

    def matchers(self, part: SelectorTemplate | Narrowing) -> tuple[Matcher, ...]:
        found = [self.matcher(item) for item in part.match if self.holds(item.when) and not self.given(item.unless)]
        chosen = [matcher for name in part.select for matcher in self.values.matchers(name)]
        return tuple(matcher for matcher in found if matcher is not None) + tuple(chosen)

    def matcher(self, item: MatcherTemplate) -> Matcher | None:
        label = self.name(item.label)
        if item.parameter is None:
            return Matcher(label, item.op, item.value or "")
        value = self.values.matcher_value(item.parameter, regex=item.op in ("=~", "!~"))
        if value is None:
            return None
        if item.prefix or item.suffix:
            # grouped, so that an alternation in the value does not reach beyond it
            value = f"{item.prefix}(?:{value}){item.suffix}"
        return Matcher(label, item.op, value)

    def holds(self, condition: Condition) -> bool:
        return all(
            self.values.get(name) in (wanted if isinstance(wanted, list) else [wanted])
            for name, wanted in condition.items()
        )

    def given(self, names: tuple[str, ...]) -> bool:
        return any(self.values.get(name) is not None for name in names)

    # --- names and numbers ---

    def name(self, name: str | Reference) -> str:
        return self.values.text(self.has(name)) if isinstance(name, Reference) else name

    def has(self, reference: Reference) -> str:
        """The name of a parameter that has a value. Raises TemplateError if it was omitted."""
        if self.values.get(reference.parameter) is None:
            raise TemplateError(missing(self.template, reference.parameter))
        return reference.parameter

    def unit(self, name: str | Reference) -> str:
        """The metric's unit; for a metric that a parameter names, the parameter ``unit``."""
        if isinstance(name, str):
            return self.template.metrics[name].unit
        return str(self.values.get(UNIT) or "")

    def form(self) -> str:
        """classic, native or either: the form of the template's histogram in Prometheus."""
        return str(self.values.get(HISTOGRAM) or "classic")

    def is_count(self, name: str | Reference) -> bool:
        """Whether a counter is the ``_count`` of a histogram of the template."""
        metrics = self.template.metrics
        return isinstance(name, str) and name.endswith("_count") and name.removesuffix("_count") in metrics

    def buckets(self, name: str | Reference) -> tuple[str, ...]:
        return self.template.metrics[name].buckets if isinstance(name, str) else ()

    def needed(self, threshold: Duration | None, name: str) -> Duration:
        if threshold is None:
            example = self.shape.example_threshold or "500ms"
            hint = f"add `threshold: {example}` (or another duration) to the objective"
            raise TemplateError(TemplateProblem((), "missing-threshold", f"indicator {name} needs a threshold", hint))
        return threshold

    def number(
        self, value: str | float | Reference | None, name: str, threshold: Duration | None, unit: str
    ) -> Decimal:
        if isinstance(value, Reference):
            return self.values.number(self.has(value))
        return in_unit(self.needed(threshold, name), unit) if value == THRESHOLD else Decimal(str(value))

    def duration(self, value: str | Reference | None, name: str, threshold: Duration | None) -> Duration:
        if isinstance(value, Reference):
            return self.values.duration(self.has(value))
        return self.needed(threshold, name) if value == THRESHOLD else Duration.parse(value or "")


def _suffixed(selectors: tuple[Selector, ...], suffix: str) -> tuple[Selector, ...]:
    return tuple(Selector(selector.metric + suffix, selector.matchers) for selector in selectors)
