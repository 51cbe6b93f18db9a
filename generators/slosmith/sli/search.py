"""Finds templates by name, alias, or the metrics that they read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slosmith.problems.nearest import nearest, suggestion
from slosmith.sli.template import IndicatorTemplate, Narrowing, Reference, SelectorTemplate, Template, TemplateLibrary

_SUFFIXES = ("_bucket", "_count", "_sum", "_total")
_SHOWN = 6


def find_templates(word: str, library: TemplateLibrary) -> list[str]:
    """Names of templates that ``word`` may mean; empty if nothing is near.

    The first kind of hit with a result decides: a name or alias, a metric, a typo in a name, a part of a name or
    alias, a typo in an alias, a word of a title.
    """
    wanted = _folded(word)
    if not wanted:
        return []
    templates = [library.templates[name] for name in library.names()]
    words = {template.name: [_folded(each) for each in (template.name, *template.aliases)] for template in templates}
    same = [name for name, known in words.items() if wanted in known]
    if same:
        return same
    reading = [template.name for template in templates if reads(template, word)]
    if reading:
        return reading
    near = nearest(wanted, library.names())
    if near is not None:
        return [near]
    inside = [name for name, known in words.items() if any(_holds(each, wanted) for each in known)]
    if inside:
        return inside
    near = nearest(wanted, [each for known in words.values() for each in known])
    if near is not None:
        return [name for name, known in words.items() if near in known]
    return [template.name for template in templates if wanted in re.findall(r"[a-z0-9]+", template.title.lower())]


def suggest_template(word: str, library: TemplateLibrary) -> str:
    """A hint for a template that does not exist."""
    found = find_templates(word, library)
    if len(found) == 1:
        return f"did you mean '{found[0]}'?"
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        return f"did you mean one of {', '.join(found[:_SHOWN])}{more}?"
    return (
        f"{suggestion(word, library.names(), 'templates')}; `slosmith templates --metric NAME` finds one by its metric"
    )


def reads(template: Template, metric: str) -> bool:
    """Whether the template reads ``metric``; a histogram's series and a counter's ``_total`` count as the metric."""
    return bool(indicators_reading(template, metric))


def indicators_reading(template: Template, metric: str) -> list[str]:
    """The indicators that read ``metric``, always or with default parameters."""
    wanted = _stem(metric)
    return [
        name
        for name, indicator in template.indicators.items()
        if wanted in {_stem(each) for each in _metrics(template, indicator)}
    ]


def for_any_metric(library: TemplateLibrary) -> list[str]:
    """Templates with a parameter for the metric: they can read any metric of its kind."""
    found = []
    for name in library.names():
        template = library.templates[name]
        if any(isinstance(part.metric, Reference) for item in template.indicators.values() for part in _parts(item)):
            found.append(name)
    return found


def nearest_metric(metric: str, library: TemplateLibrary) -> str | None:
    """The metric of a template that is most like ``metric``."""
    templates = [library.templates[name] for name in library.names()]
    known = {each for item in templates for part in item.indicators.values() for each in _metrics(item, part)}
    return nearest(_stem(metric), known)


def _parts(indicator: IndicatorTemplate) -> list[SelectorTemplate | Narrowing]:
    return [*indicator.select, *indicator.bad, *indicator.good]


def _metrics(template: Template, indicator: IndicatorTemplate) -> Iterator[str]:
    """The metrics that an indicator reads; for a metric that a parameter names, the default."""
    for part in _parts(indicator):
        if isinstance(part.metric, str):
            yield part.metric
        elif isinstance(part.metric, Reference):
            default = template.parameters[part.metric.parameter].default
            if isinstance(default, str):
                yield default


def _stem(metric: str) -> str:
    for suffix in _SUFFIXES:
        if metric.endswith(suffix) and len(metric) > len(suffix):
            return metric.removesuffix(suffix)
    return metric


def _folded(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")


def _holds(known: str, wanted: str) -> bool:
    """Whether one name has all words of the other: ``nginx`` in ``nginx-ingress``, ``mysql`` in ``my-mysql-server``."""
    inner, outer = sorted((set(known.split("-")), set(wanted.split("-"))), key=len)
    return inner <= outer
