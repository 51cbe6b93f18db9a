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
from slosmith.sli.buckets import UNITS_PER_SECOND, bucket_for
from slosmith.sli.library import TemplateLibrary
from slosmith.sli.parameters import Values, check_parameters
from slosmith.sli.problem import TemplateError, TemplateProblem, nearest
from slosmith.sli.template import (
    Condition,
    IndicatorTemplate,
    MatcherTemplate,
    Metric,
    Narrowing,
    Reference,
    SelectorTemplate,
    Template,
)


def expand(
    template_name: str,
    parameters: Mapping[str, object],
    *,
    indicator: str,
    threshold: Duration | None = None,
    extra_matchers: tuple[Matcher, ...] = (),
    library: TemplateLibrary,
) -> Indicator:
    """The indicator ``indicator`` of a template, its parameters filled in.

    ``threshold`` is the latency threshold that is measured: it must be a bucket of the metric, where the template knows
    the buckets. ``extra_matchers`` (site, prometheus instance) are put on every selector, on both sides alike.

    Raises TemplateError with every problem found; their paths are relative to the parameters.
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
    """One indicator being made; holds what every step needs."""

    def __init__(
        self, template: Template, shape: IndicatorTemplate, values: Values, extra: tuple[Matcher, ...]
    ) -> None:
        self.template, self.shape, self.values, self.extra = template, shape, values, extra

    def build(self, name: str, threshold: Duration | None) -> Indicator:
        used = [select for select in self.shape.select if self.holds(select.when)]
        selectors = [self.selector(select) for select in used]
        plain = tuple(selectors)
        match self.shape.kind:
            case "counter_ratio":
                bad, good = self.narrowed(selectors, self.shape.bad), self.narrowed(selectors, self.shape.good)
                return CounterRatio(plain, bad=bad, good=good)
            case "histogram_latency" | "native_histogram_latency":
                metric = self.metric(used[0].metric)
                if threshold is None:
                    raise TemplateError(
                        TemplateProblem((), "missing-threshold", f"indicator {name} needs a latency threshold",
                                        "set threshold: 500ms (or the like) on the objective")
                    )  # fmt: skip
                unit = self.unit(metric)
                if self.shape.kind == "native_histogram_latency":
                    return NativeHistogramLatency(plain, threshold.seconds * UNITS_PER_SECOND[unit])
                le = bucket_for(threshold, unit, metric.buckets if metric else (), self.values.buckets())
                return HistogramLatency(_suffixed(plain, "_bucket"), _suffixed(plain, "_count"), le)
            case "boolean_gauge":
                return BooleanGauge(plain)
            case "gauge_threshold":
                op = self.shape.op or "<="
                return GaugeThreshold(plain, op, self.number(self.shape.value), self.shape.aggregate)
            case "freshness":
                return Freshness(plain, self.duration(self.shape.max_age))

    # --- selectors ---

    def selector(self, part: SelectorTemplate) -> Selector:
        return Selector(self.name(part.metric), self.extra + self.matchers(part))

    def narrowed(self, selectors: list[Selector], parts: tuple[Narrowing, ...]) -> tuple[Selector, ...]:
        """Every selector with every narrowing that applies: the shared matchers stay in front, unchanged."""
        return tuple(
            Selector(selector.metric if part.metric is None else self.name(part.metric),
                     selector.matchers + self.matchers(part))
            for selector in selectors
            for part in parts
            if self.holds(part.when)
        )  # fmt: skip

    def matchers(self, part: SelectorTemplate | Narrowing) -> tuple[Matcher, ...]:
        found = [self.matcher(item) for item in part.match if self.holds(item.when)]
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
            # grouped, so that an alternation in the value ends where the value ends
            value = f"{item.prefix}(?:{value}){item.suffix}"
        return Matcher(label, item.op, value)

    def holds(self, condition: Condition) -> bool:
        return all(
            self.values.get(name) in (wanted if isinstance(wanted, list) else [wanted])
            for name, wanted in condition.items()
        )

    # --- names and numbers ---

    def name(self, name: str | Reference) -> str:
        return self.values.text(name.parameter) if isinstance(name, Reference) else name

    def metric(self, name: str | Reference) -> Metric | None:
        return None if isinstance(name, Reference) else self.template.metrics.get(name)

    def unit(self, metric: Metric | None) -> str:
        return metric.unit if metric is not None else self.values.text("unit")

    def number(self, value: str | float | Reference | None) -> Decimal:
        return self.values.number(value.parameter) if isinstance(value, Reference) else Decimal(str(value))

    def duration(self, value: str | Reference | None) -> Duration:
        if isinstance(value, Reference):
            return self.values.duration(value.parameter)
        return Duration.parse(value or "")


def _suffixed(selectors: tuple[Selector, ...], suffix: str) -> tuple[Selector, ...]:
    return tuple(Selector(selector.metric + suffix, selector.matchers) for selector in selectors)
