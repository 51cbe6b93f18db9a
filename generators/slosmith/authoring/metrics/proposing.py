"""Series -> proposals: which template reads them, with which parameters, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from slosmith.authoring.draft import DraftError, default_objectives, missing_parameters
from slosmith.authoring.metrics.choosing import choose, is_name, job_matcher, labels_of_parameters
from slosmith.authoring.metrics.requests import find_requests
from slosmith.authoring.metrics.series import Metrics
from slosmith.model import Duration, Selector
from slosmith.promql import matches
from slosmith.settings import Project
from slosmith.sli.expand import expand
from slosmith.sli.parameters import BUCKETS
from slosmith.sli.search import indicators_reading
from slosmith.sli.template import ParameterValue, Template, TemplateLibrary

_GENERAL = "http-requests"
"""The template for counters of HTTP requests with any name."""

_SHOWN = 12
"""Labels and values that a sentence names."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A template that reads the series, and everything that is known for a spec."""

    template: str
    parameters: Mapping[str, ParameterValue]
    indicators: tuple[str, ...]
    sites: tuple[str, ...]
    reasons: tuple[str, ...]
    """Sentences: what was found, and what follows from it."""
    candidates: Mapping[str, Sequence[str]]
    """Required parameters that have no value yet -> values that the series have."""
    named: bool
    """Whether a label has the name of the service."""
    matched: int
    """How many series the selectors match."""


def propose(metrics: Metrics, name: str, library: TemplateLibrary, project: Project) -> list[Proposal]:
    """What a service called ``name`` could measure, the best first; empty if no template reads a series."""
    found: list[Proposal] = []
    for template in library.templates.values():
        if template.metrics:
            found += _of_template(template, metrics, name, project)
    general = library.get(_GENERAL)
    if general is not None:
        found += _of_requests(general, metrics, name, project)
    return sorted(found, key=_rank)


def _rank(proposal: Proposal) -> tuple[object, ...]:
    """Sort key: series with the service's name first, then more indicators, then templates for these very metrics."""
    general = proposal.template == _GENERAL
    return (
        not proposal.named,
        -len(proposal.indicators),
        general,
        bool(proposal.candidates),
        -proposal.matched,
        proposal.template,
    )


def wanted_metrics(library: TemplateLibrary) -> list[str]:
    """Patterns of all metrics that proposals look at."""
    names = {name for template in library.templates.values() for name in template.metrics}
    return [*(f"{name}(_bucket|_count)?" for name in sorted(names)), r".*(request|response|http|rpc).*"]


def _of_template(template: Template, metrics: Metrics, name: str, project: Project) -> Iterator[Proposal]:
    """A proposal for a template with metrics of its own, if there are series for one of its indicators."""
    needed: dict[str, list[str]] = {}
    for metric in template.metrics:
        for indicator in indicators_reading(template, metric):
            needed.setdefault(indicator, []).append(metric)
    indicators = [each for each, read in needed.items() if any(metrics.of(metric) for metric in read)]
    if not indicators:
        return
    reasons, parameters, candidates = [], dict[str, ParameterValue](), dict[str, Sequence[str]]()
    named = False
    for metric in dict.fromkeys(metric for each in indicators for metric in needed[each]):
        if metrics.of(metric):
            reasons.append(_described(metrics, metric))
    for parameter, labels in labels_of_parameters(template).items():
        values = sorted({value for metric, label in labels for value in metrics.values(metric, label)})
        required = template.parameters[parameter].required
        picked = choose(values, name)
        label = labels[0][1]
        if picked is None and required and values:
            candidates[parameter] = values
            reasons.append(f"{label} has {_listed(values)}: `{parameter}` must name one of them")
        elif picked is None and required and not metrics.scraped:
            parameters[parameter] = name
            reasons.append(f"{parameter} is {name}: the page has no label {label}, which Prometheus adds. Check it")
        elif picked is not None and (required or picked == name) and template.parameters[parameter].default is None:
            parameters[parameter] = picked
            named = named or is_name(picked, name)
            reasons.append(f"{parameter} is {picked}, {'the only' if len(values) == 1 else 'a'} value of {label}")
    histogram = next((each for each in template.metrics if f"{each}_bucket" in metrics), None)
    if histogram is not None and BUCKETS in template.parameters:
        bounds = _bounds(metrics, histogram)
        if bounds and not {*map(float, bounds)} >= {*map(float, template.metrics[histogram].buckets or ("-1",))}:
            parameters[BUCKETS] = bounds
            reasons.append(f"{histogram} has the buckets {', '.join(bounds)} {template.metrics[histogram].unit}")
    yield from _checked(template, _Found(parameters, candidates, reasons, named), metrics, project, indicators)


def _of_requests(template: Template, metrics: Metrics, name: str, project: Project) -> Iterator[Proposal]:
    """A proposal for any counter of HTTP requests with a status code."""
    found = find_requests(metrics)
    if found is None:
        return
    reasons = [_described(metrics, found.counter), *found.reasons]
    if found.histogram:
        reasons.append(f"{found.histogram} has the buckets {', '.join(_bounds(metrics, found.histogram))} {found.unit}")
    parameters: dict[str, ParameterValue] = {}
    candidates: dict[str, Sequence[str]] = {}
    values = metrics.values(found.counter, "job")
    matcher = job_matcher(values, name)
    if matcher is not None:
        parameters["select"] = [matcher]
        reasons.append(f"{matcher} selects the service: {_listed(values)} in the label job")
    elif values:
        candidates["select"] = [f'job="{value}"' for value in values]
        reasons.append(f"job has {_listed(values)}: `select` must name the service's")
    else:
        parameters["select"] = [f'job="{name}"']
        reasons.append(f'job="{name}" selects the service: the page has no label job, which Prometheus adds. Check it')
    parameters |= found.parameters
    if found.histogram:
        parameters[BUCKETS] = _bounds(metrics, found.histogram)
    only = ["availability", "latency"] if found.histogram else ["availability"]
    named = any(is_name(value, name) for value in values)
    yield from _checked(template, _Found(parameters, candidates, reasons, named), metrics, project, only)


class _Found(NamedTuple):
    """The parts of a proposal that may still be wrong."""

    parameters: dict[str, ParameterValue]
    candidates: dict[str, Sequence[str]]
    reasons: list[str]
    named: bool


def _checked(
    template: Template, found: _Found, metrics: Metrics, project: Project, indicators: Sequence[str]
) -> Iterator[Proposal]:
    """The proposal, without indicators whose selectors match no series."""
    parameters, candidates, reasons, named = found
    for missing in missing_parameters(template, parameters):
        candidates.setdefault(missing, [])
    filled = {**parameters, **{each: _filler(template, each, values) for each, values in candidates.items()}}
    good: list[str] = []
    most = 0
    try:
        objectives = default_objectives(template, filled, indicators)
    except DraftError:
        return
    for indicator, objective in objectives.items():
        threshold = Duration.parse(objective["threshold"]) if "threshold" in objective else None
        library = TemplateLibrary({template.name: template})
        made = expand(template.name, filled, indicator=indicator, threshold=threshold, library=library)
        matched = sum(_matched(metrics, selector) for selector in _selectors(made))
        if matched:
            good.append(indicator)
            most = max(most, matched)
            reasons.append(f"{indicator}: {template.indicators[indicator].description}")
    if good:
        sites, why = _sites(metrics, project)
        yield Proposal(
            template=template.name, parameters=parameters, indicators=tuple(good), sites=sites,
            reasons=(*reasons, *why, f"the selectors match {most} series"), candidates=candidates,
            named=named, matched=most,
        )  # fmt: skip


def _filler(template: Template, name: str, values: Sequence[str]) -> ParameterValue:
    """A value for a parameter that nobody has chosen yet, to see which series the rest selects."""
    parameter = template.parameters[name]
    if values:
        return [values[0]] if parameter.type in ("list", "matchers") else values[0]
    return parameter.example if parameter.example is not None else "x"


def _selectors(indicator: object) -> tuple[Selector, ...]:
    """The selectors of all events (not of bad ones: there may be none now)."""
    for name in ("total", "histograms", "gauges", "timestamps"):
        found = getattr(indicator, name, None)
        if found:
            return tuple(found)
    return ()


def _matched(metrics: Metrics, selector: Selector) -> int:
    """How many series a selector matches. On a page, matchers on labels that it has nowhere count as true: scraping may
    add them.
    """
    series = metrics.of(selector.metric)
    known = {label for each in series for label in each.labels}
    used = [each for each in selector.matchers if metrics.scraped or each.label in known]
    return sum(all(matches(each, one.labels.get(each.label, "")) for each in used) for one in series)


def _sites(metrics: Metrics, project: Project) -> tuple[tuple[str, ...], list[str]]:
    """The project's sites whose series exist, by the label of its matchers for sites."""
    label = next((label for label, value in project.global_matchers if value == "{site}"), "site")
    known = [site.name for site in project.sites if site.covered]
    seen = {one.labels.get(label, "") for series in metrics.by_name.values() for one in series} - {""}
    found = tuple(site for site in known if site in seen)
    return found, [f"{label} has {_listed(sorted(seen))}: sites {', '.join(found)}"] if found else []


def _described(metrics: Metrics, metric: str) -> str:
    """``http_requests_total has the labels code (200, 404, 500), method (GET, POST)``."""
    series = metrics.of(metric)
    labels = sorted({label for each in series for label in each.labels} - {"le", "quantile"})
    few = []
    for label in labels[:_SHOWN]:
        values = metrics.values(metric, label)
        few.append(f"{label} ({', '.join(values)})" if len(values) <= 6 else f"{label} ({len(values)} values)")
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return f"{metric} has the labels {', '.join(few)}{more}" if few else f"{metric} has no labels"


def _bounds(metrics: Metrics, histogram: str) -> list[str]:
    """The bucket bounds that every series of a histogram may have, sorted, without +Inf."""
    values = {each.labels.get("le", "") for each in metrics.by_name.get(f"{histogram}_bucket", ())} - {"", "+Inf"}
    return sorted((value for value in values if _is_number(value)), key=float)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(values[:_SHOWN])
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return f"{'the value' if len(values) == 1 else 'the values'} {shown}{more}"
