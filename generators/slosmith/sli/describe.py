"""A template as a page for people: what it measures, what to write, what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slosmith.model import Duration
from slosmith.sli.base import base_expressions
from slosmith.sli.buckets import UNITS_PER_SECOND, in_duration
from slosmith.sli.expand import THRESHOLD, expand
from slosmith.sli.template import (
    IndicatorTemplate,
    Narrowing,
    Parameter,
    Reference,
    SelectorTemplate,
    Template,
    TemplateLibrary,
)
from slosmith.sli.template_error import TemplateError

_TRIED = ("500ms", "1s", "64ms", "1200ms", "1h")
"""Thresholds for the example: the first that is a bucket."""


def describe(template: Template) -> str:
    """The template as Markdown: description, parameters, metrics, indicators with the PromQL of an example."""
    return "\n".join(_lines(template)) + "\n"


def summary(library: TemplateLibrary) -> str:
    """All templates as a Markdown table: name, what it is about, indicators."""
    rows = ["| template | about | indicators |", "|---|---|---|"]
    for name, template in library.templates.items():
        rows.append(f"| `{name}` | {template.title} | {', '.join(template.indicators)} |")
    return "\n".join(rows) + "\n"


def _lines(template: Template) -> Iterator[str]:
    yield f"# {template.name}: {template.title}"
    yield ""
    yield template.description
    if template.scrape_interval:
        yield f"Usually scraped every {template.scrape_interval}."
    yield from ("", "## Parameters", "")
    if template.parameters:
        yield "| parameter | type | default | meaning |"
        yield "|---|---|---|---|"
        for name, parameter in template.parameters.items():
            default = "**required**" if parameter.required else _default(parameter)
            yield f"| `{name}` | {parameter.type} | {default} | {_cell(_meaning(parameter))} |"
    else:
        yield "None."
    if template.metrics:
        yield from ("", "## Metrics", "", "| metric | type | unit | meaning |", "|---|---|---|---|")
        for name, metric in template.metrics.items():
            since = f" Since version {metric.since}." if metric.since else ""
            yield f"| `{name}` | {metric.type} | {metric.unit} | {_cell(metric.description)}{since} |"
        for name, metric in template.metrics.items():
            if metric.buckets and metric.unit in UNITS_PER_SECOND:
                bounds = ", ".join(in_duration(Decimal(bound), metric.unit) for bound in metric.buckets)
                yield from ("", f"Buckets of `{name}`: {bounds}.")
    for name, indicator in template.indicators.items():
        yield from ("", f"## Indicator `{name}`", "", indicator.description, "")
        yield from _example(template, name, indicator)
    if template.notes:
        yield from ("", "## Worth knowing", "")
        yield from (f"- {note}" for note in template.notes)
    yield from ("", "## References", "")
    yield from (f"- <{url}>" for url in template.references)


def _default(parameter: Parameter) -> str:
    if parameter.default is None:
        return ""
    values = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    return ", ".join(f"`{_cell(str(value))}`" for value in values)


def _meaning(parameter: Parameter) -> str:
    parts = [parameter.description]
    parts += [f"`{value}`: {meaning}" for value, meaning in parameter.choices.items()]
    if parameter.example is not None:
        values = parameter.example if isinstance(parameter.example, list) else [parameter.example]
        parts.append("For example " + ", ".join(f"`{value}`" for value in values) + ".")
    return " ".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _example(template: Template, name: str, indicator: IndicatorTemplate) -> Iterator[str]:
    """What to write, and the two base expressions that it becomes."""
    needed = _used(template, indicator)
    chosen = {key: item.example for key, item in template.parameters.items() if item.required or key in needed}
    library = TemplateLibrary({template.name: template})
    for threshold in _TRIED:
        try:
            made = expand(template.name, chosen, indicator=name, threshold=Duration.parse(threshold), library=library)
        except TemplateError:
            continue
        base = base_expressions(made)
        yield "```yaml"
        yield "indicator_source:"
        yield f"  template: {template.name}"
        if chosen:
            yield f"  with: {{{', '.join(f'{key}: {_yaml(value)}' for key, value in chosen.items())}}}"
        yield "```"
        yield ""
        limit = f" (threshold {threshold})" if _has_threshold(indicator) else ""
        yield f"Total and bad events per second{limit}:"
        yield ""
        yield from ("```promql", base.total, "```", "", "```promql", base.bad, "```")
        return


def _has_threshold(indicator: IndicatorTemplate) -> bool:
    return "latency" in indicator.kind or THRESHOLD in (indicator.value, indicator.max_age)


def _used(template: Template, indicator: IndicatorTemplate) -> set[str]:
    """Parameters without which this indicator cannot be made: those that name a metric and have no default."""
    parts: list[SelectorTemplate | Narrowing] = [*indicator.select, *indicator.bad, *indicator.good]
    names = {part.metric.parameter for part in parts if isinstance(part.metric, Reference)}
    return {name for name in names if template.parameters[name].default is None}


def _yaml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_yaml(item) for item in value)}]"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value).lower()
