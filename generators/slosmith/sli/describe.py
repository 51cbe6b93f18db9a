"""A template's page: what it measures, what to write, and the PromQL."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slosmith.sli.base import base_expressions
from slosmith.sli.buckets import UNITS_PER_SECOND, in_duration
from slosmith.sli.example import example_parameters, example_spec, example_threshold
from slosmith.sli.expand import expand
from slosmith.sli.template import Parameter, Template, TemplateLibrary
from slosmith.sli.template_error import TemplateError
from slosmith.vocabulary.durations import in_one_unit


def describe(template: Template) -> str:
    """The template as Markdown: description, parameters, metrics, indicators with the PromQL of an example."""
    return "\n".join(_lines(template)) + "\n"


def summary(library: TemplateLibrary) -> str:
    """All templates as a Markdown table: name, subject, indicators."""
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
    yield from ("", "## Example", "", "```yaml", example_spec(template).rstrip("\n"), "```")
    for name, indicator in template.indicators.items():
        yield from ("", f"## Indicator `{name}`", "", indicator.description, "")
        yield from _promql(template, name)
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


def _promql(template: Template, name: str) -> Iterator[str]:
    """The two base expressions of the indicator in the example."""
    threshold = example_threshold(template, name)
    library = TemplateLibrary({template.name: template})
    try:
        made = expand(template.name, example_parameters(template), indicator=name, threshold=threshold, library=library)
    except TemplateError as error:  # a project's own template may lack an example for a parameter
        yield f"No example: {error}."
        return
    base = base_expressions(made)
    limit = f" (threshold {in_one_unit(threshold)})" if threshold is not None else ""
    yield f"Total and bad events per second{limit}:"
    yield ""
    yield from ("```promql", base.total, "```", "", "```promql", base.bad, "```")
