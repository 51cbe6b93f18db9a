"""Checks of a template file that a schema cannot express: whether its parts fit together."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.model import Duration
from slosmith.promql import check_label_name, check_metric_name, check_regex
from slosmith.sli.buckets import UNITS_PER_SECOND, bucket_for
from slosmith.sli.expand import UNIT
from slosmith.sli.parameters import check_value
from slosmith.sli.template import (
    LATENCY_KINDS,
    THRESHOLD,
    Condition,
    IndicatorTemplate,
    MatcherTemplate,
    Narrowing,
    Parameter,
    Reference,
    SelectorTemplate,
    Template,
)
from slosmith.sli.template_error import TemplateError

_REGEX_TYPES = ("regex", "list")


def faults(template: Template) -> list[str]:
    """All faults of a template, each with its place; empty for a valid template."""
    found = list(_parameter_faults(template))
    for name, indicator in template.indicators.items():
        found += [f"indicators.{name}: {fault}" for fault in _indicator_faults(template, indicator)]
    return found


def _parameter_faults(template: Template) -> Iterator[str]:
    for name, parameter in template.parameters.items():
        where = f"parameters.{name}"
        if (parameter.type == "choice") != bool(parameter.choices):
            yield f"{where}: choices belong to the type choice"
        if parameter.required and parameter.default is not None:
            yield f"{where}: a required parameter has no default"
        for field, value in (("default", parameter.default), ("example", parameter.example)):
            if value is not None:
                yield from (f"{where}.{field}: {problem.message}" for problem in check_value(name, parameter, value))


def _indicator_faults(template: Template, indicator: IndicatorTemplate) -> Iterator[str]:
    if indicator.kind == "counter_ratio":
        if bool(indicator.bad) == bool(indicator.good):
            yield "a counter_ratio has either bad or good events"
    elif indicator.bad or indicator.good:
        yield f"{indicator.kind} has neither bad nor good events"
    is_gauge = indicator.kind == "gauge_threshold"
    if (indicator.value is None) == is_gauge or (indicator.op is None) == is_gauge:
        yield "op and value belong to the kind gauge_threshold"
    if (indicator.kind == "freshness") != (indicator.max_age is not None):
        yield "max_age belongs to the kind freshness"
    yield from _limit_faults(template, indicator)
    yield from _example_faults(template, indicator)
    needs_unit = indicator.kind in LATENCY_KINDS or indicator.value == THRESHOLD
    for part in indicator.select:
        yield from _selector_faults(template, part)
        if needs_unit:
            yield from _unit_faults(template, part)
    for narrowing in (*indicator.bad, *indicator.good):
        yield from _selector_faults(template, narrowing)


def _limit_faults(template: Template, indicator: IndicatorTemplate) -> Iterator[str]:
    """The limit is the threshold, a parameter, or a number or duration that is written out."""
    for field, limit, types in (
        ("value", indicator.value, ("number", "duration")), ("max_age", indicator.max_age, ("duration",)),
    ):  # fmt: skip
        if isinstance(limit, Reference):
            yield from _reference(template, limit.parameter, types)
        elif limit is not None and limit != THRESHOLD:
            written = Parameter(type="number" if field == "value" else "duration", description="")
            yield from (problem.message for problem in check_value(field, written, limit))


def _example_faults(template: Template, indicator: IndicatorTemplate) -> Iterator[str]:
    """The example's threshold must be a bucket of the histogram."""
    if not indicator.example_threshold:
        return
    if not indicator.takes_threshold:
        yield "example_threshold belongs to an indicator with a threshold"
        return
    try:
        length = Duration.parse(indicator.example_threshold)
    except ValueError as error:
        yield f"example_threshold: {error}"
        return
    metric = template.metrics.get(indicator.select[0].metric) if isinstance(indicator.select[0].metric, str) else None
    if indicator.kind == "histogram_latency" and metric is not None and metric.unit in UNITS_PER_SECOND:
        try:
            bucket_for(length, metric.unit, metric.buckets)
        except TemplateError as error:
            yield f"example_threshold: {error}"


def _unit_faults(template: Template, part: SelectorTemplate) -> Iterator[str]:
    if isinstance(part.metric, Reference):
        if UNIT not in template.parameters:
            yield f"a threshold on a metric that a parameter names needs a parameter {UNIT}"
    elif part.metric in template.metrics and template.metrics[part.metric].unit not in UNITS_PER_SECOND:
        yield f"{part.metric} is not measured in seconds, milliseconds or microseconds"


def _selector_faults(template: Template, part: SelectorTemplate | Narrowing) -> Iterator[str]:
    yield from _condition_faults(template, part.when)
    if isinstance(part.metric, Reference):
        yield from _reference(template, part.metric.parameter, ("metric",))
    elif part.metric is not None:
        if part.metric not in template.metrics:
            yield f"{part.metric} is not among the metrics"
        yield from _raised(check_metric_name, part.metric)
    for name in part.select:
        yield from _reference(template, name, ("matchers",))
    for matcher in part.match:
        yield from _matcher_faults(template, matcher)


def _matcher_faults(template: Template, matcher: MatcherTemplate) -> Iterator[str]:
    yield from _condition_faults(template, matcher.when)
    for name in matcher.unless:
        if name not in template.parameters:
            yield f"there is no parameter {name}"
    if isinstance(matcher.label, Reference):
        yield from _reference(template, matcher.label.parameter, ("label",))
    else:
        yield from _raised(check_label_name, matcher.label)
    is_regex = matcher.op in ("=~", "!~")
    if (matcher.value is None) == (matcher.parameter is None):
        yield f"the matcher on {matcher.label} has either a value or a parameter"
    if (matcher.prefix or matcher.suffix) and not (is_regex and matcher.parameter):
        yield f"the matcher on {matcher.label} has a prefix or suffix, but no regular expression of a parameter"
    if matcher.value is not None and is_regex:
        yield from _raised(check_regex, matcher.value)
    if matcher.parameter is not None:
        parameter = template.parameters.get(matcher.parameter)
        if parameter is None:
            yield f"there is no parameter {matcher.parameter}"
        elif parameter.type in _REGEX_TYPES and not is_regex:
            yield f"parameter {matcher.parameter} ({parameter.type}) needs =~ or !~"


def _condition_faults(template: Template, condition: Condition) -> Iterator[str]:
    for name, wanted in condition.items():
        yield from _reference(template, name, ("choice", "boolean"))
        parameter = template.parameters.get(name)
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if parameter is not None and not _possible(parameter, value):
                yield f"{name} is never {value}"


def _possible(parameter: Parameter, value: str | bool) -> bool:
    return isinstance(value, bool) if parameter.type == "boolean" else value in parameter.choices


def _reference(template: Template, name: str, types: tuple[str, ...]) -> Iterator[str]:
    parameter = template.parameters.get(name)
    if parameter is None:
        yield f"there is no parameter {name}"
    elif parameter.type not in types:
        yield f"parameter {name} is not of type {' or '.join(types)}"


def _raised(check: object, text: str) -> Iterator[str]:
    assert callable(check)
    try:
        check(text)
    except ValueError as error:
        yield str(error)
