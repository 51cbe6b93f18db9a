"""OpenSLO's indicators: their queries, and what each query means over a window.

A query is PromQL. With ``{{.window}}`` it is not changed. Without, it is one of these:

* a counter's name (``counter: true``), or a sum of it: the increase over the window is used;
* anything else: a current value (a rate over its own range, a gauge). It is averaged over the window, minute by minute.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from slosmith.formats import free_queries as queries
from slosmith.formats.dialects.foreign import UnusableError, not_supported
from slosmith.formats.dialects.openslo.references import Documents
from slosmith.formats.dialects.openslo.sources import query_of
from slosmith.formats.dialects.slosmith.indicators import report_promql
from slosmith.formats.values import Node
from slosmith.model import CounterRatio, Duration, QueryRatio, Selector

Operator = Literal["<", "<=", ">", ">="]
_OPERATORS: dict[str, Operator] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


class Ratio(msgspec.Struct, frozen=True):
    """Events: bad or good ones among all."""

    indicator: CounterRatio | QueryRatio


class Raw(msgspec.Struct, frozen=True):
    """An error ratio, with ``{{.window}}``."""

    error_ratio: str


class Value(msgspec.Struct, frozen=True):
    """A value that objectives compare to a threshold."""

    query: str
    place: Node
    field: str


class Threshold(msgspec.Struct, frozen=True):
    """How an objective compares a value."""

    op: Operator
    value: Decimal


Sli = Ratio | Raw | Value


class _Query(msgspec.Struct, frozen=True):
    text: str
    selector: Selector | None
    """Set if the query is only a counter: its increase is used."""


def read_sli(spec: Node, documents: Documents, *, alpha: bool = False) -> Sli:
    """The indicator of an SLI's ``spec``. Raises UnusableError after reporting why it cannot be read."""
    threshold = spec.child("thresholdMetric")
    if threshold is not None:
        node, field = query_of(threshold, documents, alpha=alpha)
        _check(node, field)
        return Value(node.text(field), node, field)
    ratio = spec.child("ratioMetric")
    assert ratio is not None  # the schema requires one of two
    raw = ratio.child("raw")
    if raw is not None:
        node, field = query_of(raw, documents, alpha=alpha)
        _check(node, field)
        text = _windowed(_Query(node.text(field), None))
        return Raw(text if ratio.values["rawType"] == "failure" else f"1 - (\n{text}\n)")
    return _ratio(ratio, documents, counter=bool(ratio.values.get("counter", False)), alpha=alpha)


def read_ratio_metrics(node: Node) -> Sli:
    """v1alpha's ``ratioMetrics`` of an objective. Raises UnusableError after reporting."""
    counter = bool(node.values.get("counter", node.values.get("incremental", False)))
    return _ratio(node, None, counter=counter, alpha=True)


def read_threshold(objective: Node, sli: Sli) -> Threshold | None:
    """``op`` and ``value`` of an objective. Only a threshold metric needs them. Raises UnusableError."""
    if isinstance(sli, Value):
        missing = [field for field in ("op", "value") if field not in objective]
        for field in missing:
            hint = "op: lte" if field == "op" else "value: 0.5"
            objective.report("SCH204", f"the key '{field}' is missing: the indicator is a threshold metric",
                             hint=f"add `{hint}`")  # fmt: skip
        if missing:
            raise UnusableError
        value = objective.number("value")
        assert value is not None
        return Threshold(_OPERATORS[objective.text("op")], value)
    for field in ("op", "value"):
        if field in objective:
            message = f"`{field}` compares a threshold metric, and the indicator is a ratio"
            objective.report("SCH209", message, (field,), "remove it", on_key=True)
            raise UnusableError
    return None


def _ratio(node: Node, documents: Documents | None, *, counter: bool, alpha: bool) -> Ratio:
    side = "good" if "good" in node else "bad"
    found: dict[str, _Query] = {}
    failed = False
    for key in ("total", side):
        metric = node.child(key)
        assert metric is not None  # the schema requires both
        try:
            found[key] = _counted(*query_of(metric, documents, alpha=alpha), counter=counter)
        except UnusableError:
            failed = True
    if failed:
        raise UnusableError
    total, counted = found["total"], found[side]
    if total.text == counted.text:
        node.report("SCH216", f"both queries are the same: every event would be {side}", (side,))
        raise UnusableError
    if total.selector is not None and counted.selector is not None:
        totals, events = (total.selector,), (counted.selector,)
        return Ratio(CounterRatio(totals, bad=events) if side == "bad" else CounterRatio(totals, good=events))
    return Ratio(QueryRatio(_windowed(total), **{side: _windowed(counted)}))


def _check(node: Node, field: str) -> None:
    from slosmith import promql

    text = node.text(field)
    if queries.has_site(text):
        not_supported(node, (field,), "the query contains {{.site}}, and OpenSLO has no sites")
        raise UnusableError
    try:
        queries.check_query(text)
    except promql.PromqlError as error:
        report_promql(node, error, (field,))
        raise UnusableError from None
    try:
        # only series can be summed: no number, no range
        queries.check_query(f"sum(\n{text}\n)")
    except promql.PromqlError:
        hint = "write vector(1) for the number 1, and rate(x[5m]) for the range x[5m]"
        node.report("RES312", "PromQL: the query does not give one value for each series", (field,), hint)
        raise UnusableError from None


def _counted(node: Node, field: str, *, counter: bool) -> _Query:
    from slosmith import promql
    from slosmith.promql.ast import Subquery, VectorSelector, walk

    _check(node, field)
    text = node.text(field)
    if not counter or promql.has_window(text):
        return _Query(text, None)
    selector = _alone(text)
    if selector is not None:
        return _Query(text, selector)
    nodes = walk(promql.parse(text).node)
    if any(isinstance(part, VectorSelector | Subquery) and part.range is not None for part in nodes):
        return _Query(text, None)  # it already contains a rate
    hint = "name one counter, or write {{.window}} as the range: rate(x[{{.window}}])"
    node.report("RES313", "the increase of an expression is not the increase of its counters", (field,), hint)
    raise UnusableError


def _alone(text: str) -> Selector | None:
    """The counter in ``x`` or ``sum(x)``; for a sum, the sum of the increases is used."""
    from slosmith import promql
    from slosmith.promql.ast import Aggregate, Paren

    node = promql.parse(text).node
    while isinstance(node, Paren | Aggregate):
        if isinstance(node, Paren):
            node = node.expr
        elif node.operator == "sum" and not node.labels:
            node = node.arguments[0]
        else:
            return None
    try:
        return queries.parse_selector(text[node.start : node.end])
    except promql.PromqlError:
        return None


def _windowed(query: _Query) -> str:
    """The query with ``{{.window}}`` in it."""
    from slosmith import promql

    if query.selector is not None:
        return f"sum(rate({promql.selector_text(query.selector)}[{{{{.window}}}}]))"
    if promql.has_window(query.text):
        return query.text
    return f"avg_over_time((\n{query.text}\n)[{{{{.window}}}}:1m])"


def aggregated(query: str) -> tuple[Selector, Literal["sum", "max", "min", "avg"] | None] | None:
    """The gauge in ``x`` or ``max(x)`` and how its series are aggregated; None for any other expression."""
    from slosmith import promql
    from slosmith.promql.ast import Aggregate, Paren

    node = promql.parse(queries.blank_templates(query)).node
    operator: Literal["sum", "max", "min", "avg"] | None = None
    while isinstance(node, Paren):
        node = node.expr
    if isinstance(node, Aggregate) and not node.labels:
        match node.operator:
            case "sum" | "max" | "min" | "avg":
                operator, node = node.operator, node.arguments[0]
            case _:
                return None
    try:
        return queries.parse_selector(query[node.start : node.end]), operator
    except promql.PromqlError:
        return None


def minutes(text: str | int) -> Duration:
    """A slice's length; a bare number is minutes."""
    return Duration.from_seconds(int(text) * 60) if isinstance(text, int) else Duration.parse(text)
