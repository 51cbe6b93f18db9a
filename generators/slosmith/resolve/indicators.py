"""The indicator of one SLO: from a template, or written in the spec; with the scope's matchers added."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from textwrap import indent
from typing import Any

import msgspec

from slosmith.formats import free_queries as queries
from slosmith.formats.declarations import InlineIndicator, TemplateUse
from slosmith.model import (
    BooleanGauge,
    DocumentPath,
    Duration,
    Freshness,
    GaugeThreshold,
    HistogramLatency,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    Origin,
    RawRatio,
    Selector,
)
from slosmith.resolve.context import Context
from slosmith.sli.base import base_expressions
from slosmith.sli.expand import expand
from slosmith.sli.search import suggest_template
from slosmith.sli.template_error import TemplateError, TemplateProblem
from slosmith.vocabulary.numbers import exact


class Wanted(msgspec.Struct, frozen=True):
    """The objective that an indicator is made for, and the origins of its parts (for problems)."""

    subject: str
    objective: str
    objective_origin: Origin
    threshold: Duration | None
    measured: Duration | None
    threshold_origin: Origin
    indicator_origin: Origin
    several_sites: bool


class TemplateCall(msgspec.Struct, frozen=True):
    """A template with the merged parameters of class and service."""

    template: str
    template_origin: Origin
    parameters: Mapping[str, Any]
    parameter_origins: Mapping[str, Origin]
    indicator: str
    origin: Origin
    matchers: tuple[Matcher, ...] = ()
    idle: bool = False


def combine(uses: list[TemplateUse], objective: str) -> TemplateCall | None:
    """Merges template uses, general ones first (class, service, objective). None if none names a template.

    A later use adds and replaces parameters. A use with another template discards the earlier ones.
    """
    template, template_origin = None, Origin("default")
    parameters: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    indicator = objective
    for use in uses:
        if use.template is not None and use.template != template:
            if template is not None:
                parameters, origins = {}, {}
            template, template_origin = use.template, use.at("template")
        for name, value in use.parameters.items():
            parameters[name] = str(value) if isinstance(value, Decimal) else value
            origins[name] = use.at("parameters", name)
        indicator = use.indicator or indicator
    if template is None:
        return None
    matchers = tuple(matcher for use in uses for matcher in use.matchers)
    return TemplateCall(
        template,
        template_origin,
        parameters,
        origins,
        indicator,
        uses[-1].origin,
        matchers,
        any(use.idle for use in uses),
    )


def from_template(context: Context, call: TemplateCall, wanted: Wanted) -> Indicator | None:
    """The template's indicator, the same for all sites; None after a problem was reported."""
    if context.is_broken("template", call.template):
        return None
    try:
        found = expand(
            call.template,
            call.parameters,
            indicator=call.indicator,
            threshold=wanted.measured or wanted.threshold,
            extra_matchers=call.matchers,
            library=context.library,
        )
    except TemplateError as error:
        for problem in error.problems:
            _report(context, call, wanted, problem)
        return None
    return _or_zero(found) if call.idle and not context.scheme.fills_idle else found


def _or_zero(indicator: Indicator) -> RawRatio:
    """The error ratio of an indicator that counts events; 0 without events. One ratio for all series."""
    window = Duration(7_654_321_000)  # no query has this window, so its text is unique
    events = base_expressions(indicator, (), window)
    ratio = f"(\n{indent(events.bad, '  ')}\n)\n/\n(\n{indent(events.total, '  ')}\n  > 0\n)"
    return RawRatio(f"(\n{indent(ratio, '  ')}\n)\nor on ()\nvector(0)".replace(str(window), "{{.window}}"))


def _report(context: Context, call: TemplateCall, wanted: Wanted, problem: TemplateProblem) -> None:
    code, origin, hint, on_key = "RES305", _parameter_origin(call, problem.path), problem.hint, False
    match problem.code:
        case "unknown-template":
            code, origin = "RES304", call.template_origin
            hint = suggest_template(call.template, context.library)
        case "unknown-indicator":
            code, origin, on_key = "RES311", wanted.objective_origin, True
        case "missing-threshold":
            code, origin, on_key = "RES316", wanted.objective_origin, True
        case "threshold-not-a-bucket":
            code, origin = "RES318", wanted.threshold_origin
            hint = f"{hint}; set `measured_threshold:` to one of them and record the decision"
        case "unknown-parameter":
            on_key = True
    context.report(code, problem.message, origin, hint=hint, subject=wanted.subject, on_key=on_key)


def _parameter_origin(call: TemplateCall, path: DocumentPath) -> Origin:
    if path and path[0] in call.parameter_origins:
        base = call.parameter_origins[str(path[0])]
        return Origin(base.kind, base.file, base.path + path[1:], base.document)
    return call.origin


def from_inline(context: Context, inline: InlineIndicator, wanted: Wanted) -> Indicator | None:
    """An indicator that is written in the spec, the same for all sites; None after a problem was reported."""
    indicator = inline.indicator
    if inline.unit_ms is not None:
        threshold = wanted.measured or wanted.threshold
        if threshold is None:
            message = f"the objective '{wanted.objective}' needs a threshold: `unit` turns it into a bucket"
            context.report("RES316", message, wanted.objective_origin, hint="add `threshold: 500ms`", on_key=True)
            return None
        bound = Decimal(threshold.milliseconds) / inline.unit_ms
        if isinstance(indicator, HistogramLatency):
            indicator = msgspec.structs.replace(indicator, le=exact(bound))
        elif isinstance(indicator, NativeHistogramLatency):
            indicator = NativeHistogramLatency(indicator.histograms, bound)
    return indicator


def at_site(
    context: Context, indicator: Indicator, wanted: Wanted, site: str | None, matchers: tuple[Matcher, ...]
) -> Indicator | None:
    """The indicator of one site: selectors with the scope's matchers in front, or queries with the site filled in.

    A label that a selector already matches on gets no second matcher. None after a problem was reported: a query
    without a place for the site.
    """
    if indicator.free_promql:
        return _query_at_site(context, indicator, wanted, site)
    if not matchers:
        return indicator
    changed: dict[str, Any] = {}
    for field in indicator.__struct_fields__:
        value = getattr(indicator, field)
        if isinstance(value, tuple):
            changed[field] = tuple(_narrow(selector, matchers) for selector in value)
    return msgspec.structs.replace(indicator, **changed)


def _narrow(selector: Selector, matchers: tuple[Matcher, ...]) -> Selector:
    own = {matcher.label for matcher in selector.matchers}
    extra = tuple(matcher for matcher in matchers if matcher.label not in own)
    return Selector(selector.metric, extra + selector.matchers)


def _query_at_site(context: Context, indicator: Indicator, wanted: Wanted, site: str | None) -> Indicator | None:
    texts = [getattr(indicator, field) for field in indicator.__struct_fields__]
    with_site = [queries.has_site(text) for text in texts if text is not None]
    if site is None and any(with_site):
        message = "the query contains {{.site}}, and the service has no sites"
        hint = "add `sites:` to the service"
        context.report("RES320", message, wanted.indicator_origin, hint=hint, subject=wanted.subject)
        return None
    if wanted.several_sites and not all(with_site):
        message = "the service has several sites, and the query is the same for all of them"
        hint = 'match on the site: {site="{{.site}}"}'
        context.report("RES320", message, wanted.indicator_origin, hint=hint, subject=wanted.subject)
        return None
    filled = {
        field: queries.fill_site(text, site or "")
        for field, text in zip(indicator.__struct_fields__, texts, strict=True)
        if text is not None
    }
    return msgspec.structs.replace(indicator, **filled)


def check_threshold(
    context: Context, source: InlineIndicator | TemplateCall, indicator: Indicator, wanted: Wanted
) -> bool:
    """Whether the objective's threshold, if there is one, can be used; False after a problem was reported.

    A template defines whether the threshold is its indicator's limit. A gauge in a spec has its limit in the indicator.
    For histograms, counters and queries the threshold only describes what they measure.
    """
    if wanted.threshold is None:
        return True
    limit = ""
    if isinstance(source, TemplateCall):
        shape = context.library.templates[source.template].indicators[source.indicator]
        if shape.takes_threshold:
            return True
        if shape.limit_parameter is not None:
            limit = f"`{shape.limit_parameter}:`, a parameter of the template"
    elif isinstance(indicator, GaugeThreshold):
        limit = "`value:`"
    elif isinstance(indicator, Freshness):
        limit = "`max_age:`"
    elif not isinstance(indicator, BooleanGauge):
        return True
    message = f"'{wanted.objective}' does not use a threshold"
    if limit:
        message = f"the limit of '{wanted.objective}' is {limit}, so `threshold:` has no effect"
    context.report("RES316", message, wanted.threshold_origin, hint="remove `threshold:`", subject=wanted.subject)
    return False
