"""A template's example: one spec with an objective for each of its indicators, as users write it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slosmith.model import Duration
from slosmith.sli.expand import expand
from slosmith.sli.template import IndicatorTemplate, Narrowing, Reference, SelectorTemplate, Template, TemplateLibrary
from slosmith.sli.template_error import TemplateError
from slosmith.vocabulary.durations import in_one_unit

_USUAL = {"freshness": "26h", "gauge_threshold": "1m"}
"""Thresholds for an indicator whose template has none: an age of a day, or a delay of a minute."""
_LATENCIES = ("500ms", "1s", "100ms", "5s", "64ms", "1200ms", "1m", "1h")
"""For a latency: the first of these that is a bucket."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.]+)*\Z")
_NOT_TEXT = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])


def example_spec(template: Template) -> str:
    """A service spec in YAML that uses every indicator of the template."""
    return "\n".join(_lines(template)) + "\n"


def example_parameters(template: Template) -> dict[str, object]:
    """The example's parameters (``with:``): the required ones, and metrics and limits without a default."""
    used = {name for indicator in template.indicators.values() for name in _needed(indicator)}
    return {
        name: parameter.example
        for name, parameter in template.parameters.items()
        if parameter.example is not None and (parameter.required or (name in used and parameter.default is None))
    }


def example_threshold(template: Template, name: str) -> Duration | None:
    """The threshold of an indicator in the example; None if it has no threshold."""
    indicator = template.indicators[name]
    if not indicator.takes_threshold:
        return None
    if indicator.example_threshold:
        return Duration.parse(indicator.example_threshold)
    if indicator.kind in _USUAL:
        return Duration.parse(_USUAL[indicator.kind])
    library, given = TemplateLibrary({template.name: template}), example_parameters(template)
    for text in _LATENCIES:
        threshold = Duration.parse(text)
        try:
            expand(template.name, given, indicator=name, threshold=threshold, library=library)
        except TemplateError:
            continue
        return threshold
    return Duration.parse(_LATENCIES[0])


def _lines(template: Template) -> Iterator[str]:
    yield "version: slosmith/v1"
    yield "kind: Service"
    yield f"name: {_scalar(f'my-{template.name}')}"
    yield "team: my-team"
    yield f"description: {_scalar(template.title)}"
    yield "indicator_source:"
    yield f"  template: {_scalar(template.name)}"
    given = example_parameters(template)
    if given:
        yield "  with:"
        yield from (f"    {name}: {_value(value)}" for name, value in given.items())
    yield "objectives:"
    for name in template.indicators:
        threshold = example_threshold(template, name)
        limit = f", threshold: {in_one_unit(threshold)}" if threshold is not None else ""
        yield f"  {_scalar(name)}: {{target: 99%{limit}}}"


def _needed(indicator: IndicatorTemplate) -> Iterator[str]:
    """Parameters that the indicator cannot do without: those that name its metrics, and its limit."""
    parts: list[SelectorTemplate | Narrowing] = [*indicator.select, *indicator.bad, *indicator.good]
    yield from (part.metric.parameter for part in parts if isinstance(part.metric, Reference))
    if indicator.limit_parameter is not None:
        yield indicator.limit_parameter


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_scalar(str(item)) for item in value)}]"
    return _scalar(value) if isinstance(value, str) else str(value).lower()


def _scalar(text: str) -> str:
    """A string in YAML: plain if YAML reads it as a string, else in single quotes."""
    return text if _PLAIN.match(text) and text.lower() not in _NOT_TEXT else "'" + text.replace("'", "''") + "'"
