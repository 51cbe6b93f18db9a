"""slosmith/v1: ``indicator:`` of an objective, with every kind of the model."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from slosmith.formats import free_queries as queries
from slosmith.formats.declarations import InlineIndicator, TemplateUse
from slosmith.formats.values import Node, decimal
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
    QueryRatio,
    RawRatio,
    Selector,
)
from slosmith.problems import Problem

_UNIT_MS = {"seconds": 1000, "milliseconds": 1}


def read_indicator(node: Node) -> InlineIndicator | TemplateUse | None:
    """The ``indicator`` of an objective: None if it has none, or has problems (reported)."""
    value = node.values.get("indicator")
    if value is None:
        return None
    if isinstance(value, str):
        return TemplateUse(origin=node.at("indicator"), indicator=value)
    inside = Node(value, node.at("indicator"), node.problems)
    kinds = [key for key in value if key in _READERS]
    if not kinds:
        return TemplateUse(
            origin=inside.origin,
            paths={"parameters": (*inside.origin.path, "with"), "indicator": (*inside.origin.path, "name")},
            template=inside.text("template") or None,
            parameters=value.get("with", {}),
            indicator=inside.text("name") or None,
        )
    if len(value) > 1:
        extra = [key for key in value if key != kinds[0]]
        hint = "remove all but one"
        message = f"an indicator has one kind: `{kinds[0]}` and `{extra[0]}` exclude each other"
        inside.report("SCH209", message, (extra[0],), hint, on_key=True)
        return None
    kind = Node(value[kinds[0]], inside.at(kinds[0]), node.problems)
    before = len(node.problems)
    unit = kind.values.get("unit")
    indicator = _READERS[kinds[0]](kind)
    if len(node.problems) > before or indicator is None:
        return None
    return InlineIndicator(origin=kind.origin, indicator=indicator, unit_ms=_UNIT_MS[unit] if unit else None)


def _counter_ratio(node: Node) -> Indicator:
    total = _selectors(node, "total")
    native = bool(node.values.get("native"))
    if native and not any(selector.metric.endswith("_count") for selector in total):
        hint = "remove `native:`, or count the events of a histogram: `total: x_count{...}`"
        message = "`native` is for a histogram's `..._count`, and `total` has no such metric"
        node.report("SCH216", message, ("native",), hint)
    return CounterRatio(total, bad=_selectors(node, "bad"), good=_selectors(node, "good"), native=native)


def _histogram(node: Node) -> Indicator | None:
    buckets = _selectors(node, "buckets")
    for selector in buckets:
        if any(matcher.label == "le" for matcher in selector.matchers):
            hint = "remove it, and write the bound as `le:` beside `buckets:`"
            node.report("SCH216", "the selector of the buckets must not match on `le`", ("buckets",), hint)
        if "total" not in node and not selector.metric.endswith("_bucket"):
            hint = "write a metric that ends in _bucket, or write `total:` too"
            node.report("SCH216", f"the counter of all events of {selector.metric} is not known", ("buckets",), hint)
    total = _selectors(node, "total") or tuple(
        Selector(selector.metric.removesuffix("_bucket") + "_count", selector.matchers) for selector in buckets
    )
    native = bool(node.values.get("native"))
    if native and not all(selector.metric.endswith("_bucket") for selector in buckets):
        hint = "write metrics that end in _bucket: the native histogram has the same name without _bucket"
        node.report("SCH216", "the native histogram's name is not known", ("buckets",), hint)
    return HistogramLatency(buckets, total, _bound(node, "le"), native)


def _native_histogram(node: Node) -> Indicator:
    return NativeHistogramLatency(_selectors(node, "histograms"), Decimal(_bound(node, "threshold")))


def _bound(node: Node, field: str) -> str:
    if (field in node) == ("unit" in node):
        message = f"a histogram has its bound in `{field}`, or a `unit` for the threshold of the objective"
        node.report("SCH209", message, hint=f"write either `{field}: 0.5` or `unit: seconds`")
    value = node.values.get(field)
    return "0" if value is None else format(decimal(value), "f")


def _gauge_threshold(node: Node) -> Indicator:
    aggregate: Any = node.values.get("aggregate", "max")
    op: Any = node.values["op"]
    return GaugeThreshold(_selectors(node, "gauges"), op, decimal(node.values["value"]), aggregate)


def _freshness(node: Node) -> Indicator:
    return Freshness(_selectors(node, "timestamps"), node.duration("max_age") or Duration(1))


def _query_ratio(node: Node) -> Indicator:
    for field in ("total", "bad", "good"):
        _check_query(node, field)
    if len({node.values[field] for field in ("total", "bad", "good") if field in node}) == 1:
        node.report("SCH216", "both queries are the same: every event would be bad (or good)", ("total",))
    return QueryRatio(node.text("total"), node.values.get("bad"), node.values.get("good"))


def _raw_ratio(node: Node) -> Indicator:
    _check_query(node, "error_ratio")
    return RawRatio(node.text("error_ratio"))


_READERS: dict[str, Callable[[Node], Indicator | None]] = {
    "counter_ratio": _counter_ratio,
    "histogram_latency": _histogram,
    "native_histogram_latency": _native_histogram,
    "boolean_gauge": lambda node: BooleanGauge(_selectors(node, "gauges")),
    "gauge_threshold": _gauge_threshold,
    "freshness": _freshness,
    "query_ratio": _query_ratio,
    "raw_ratio": _raw_ratio,
}


def _selectors(node: Node, field: str) -> tuple[Selector, ...]:
    value = node.values.get(field)
    if value is None:
        return ()
    if not isinstance(value, list):
        return _selector(node, value, (field,))
    return tuple(found for index, item in enumerate(value) for found in _selector(node, item, (field, index)))


def _selector(node: Node, value: Any, path: tuple[str | int, ...]) -> tuple[Selector, ...]:
    if isinstance(value, dict):
        return (Selector(value["metric"], tuple(_matchers(node, value.get("matchers", {}), (*path, "matchers")))),)
    found = parse_selector(node, value, path)
    return () if found is None else (found,)


def _matchers(node: Node, matchers: dict[str, Any], path: tuple[str | int, ...]) -> list[Matcher]:
    found = []
    for label, value in matchers.items():
        matcher = Matcher(label, value["op"], value["value"]) if isinstance(value, dict) else Matcher(label, "=", value)
        if matcher.op in ("=~", "!~"):
            _check_regex(node, matcher.value, (*path, label, "value"))
        found.append(matcher)
    return found


def _check_regex(node: Node, pattern: str, path: tuple[str | int, ...]) -> None:
    from slosmith import promql

    try:
        promql.check_regex(pattern)
    except ValueError:
        node.report("RES312", f"'{pattern[:60]}' is not a regular expression (RE2)", path)


def parse_selector(node: Node, text: str, path: tuple[str | int, ...]) -> Selector | None:
    """A vector selector from PromQL text; reports problems at their place in the text."""
    from slosmith import promql

    try:
        return queries.parse_selector(text)
    except promql.PromqlError as error:
        report_promql(node, error, path)
        return None


def _check_query(node: Node, field: str) -> None:
    """Free PromQL must parse once window and site are filled in, and must use the window."""
    from slosmith import promql

    text = node.values.get(field)
    if text is None:
        return
    if not promql.has_window(text):
        hint = "write {{.window}} as the range: rate(x[{{.window}}])"
        node.report("RES313", f"`{field}` has no {{{{.window}}}}", (field,), hint)
        return
    try:
        queries.check_query(text)
    except promql.PromqlError as error:
        report_promql(node, error, (field,))


def report_promql(node: Node, error: Any, path: tuple[str | int, ...]) -> None:
    """A PromQL error at its place inside the scalar at ``path``."""
    node.problems.append(
        Problem(
            code="RES312",
            message=f"PromQL: {error.message}",
            hint=error.hint,
            origin=node.at(*path),
            span=(error.offset, max(error.length, 1)),
        )
    )
