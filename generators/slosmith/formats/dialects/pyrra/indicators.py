"""Pyrra's indicators: selectors; Pyrra itself adds the rates."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from slosmith.formats.dialects.foreign import UnusableError
from slosmith.formats.dialects.slosmith.indicators import parse_selector
from slosmith.formats.values import Node
from slosmith.model import (
    BooleanGauge,
    CounterRatio,
    Duration,
    HistogramLatency,
    Indicator,
    NativeHistogramLatency,
    Selector,
)
from slosmith.vocabulary.numbers import exact

Found = tuple[Indicator, Duration | None, tuple[str, ...] | None, str]
"""The indicator, its latency threshold, the grouping labels, and its field in the spec."""

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?", re.ASCII)


def read_indicator(spec: Node) -> Found:
    """The one indicator of ``spec``. Raises UnusableError after reporting what is wrong in its selectors."""
    node = spec.child("indicator")
    assert node is not None  # the schema requires it, with one of four fields
    field = next(name for name in _READERS if name in node)
    inside = node.child(field)
    assert inside is not None
    indicator, threshold = _READERS[field](inside)
    return indicator, threshold, inside.texts("grouping") or None, field


def _ratio(node: Node) -> tuple[Indicator, Duration | None]:
    total, errors = _selectors(node, "total", "errors")
    if total == errors:
        node.report("SCH216", "both metrics are the same: every event would be an error", ("errors", "metric"))
        raise UnusableError
    return CounterRatio((total,), bad=(errors,)), None


def _latency(node: Node) -> tuple[Indicator, Duration | None]:
    total, success = _selectors(node, "total", "success")
    bounds = [matcher for matcher in success.matchers if matcher.label == "le"]
    if len(bounds) != 1 or bounds[0].op != "=" or not _PLAIN.fullmatch(bounds[0].value):
        message, hint = (
            "the bucket of fast events needs one matcher on `le`, with a number",
            'such as x_bucket{le="0.5"}',
        )
        node.report("SCH216", message, ("success", "metric"), hint)
        raise UnusableError
    try:
        bound = Decimal(bounds[0].value)
    except InvalidOperation:  # the exponent is too large
        node.report("SCH207", "the bound of the bucket is out of range", ("success", "metric"))
        raise UnusableError from None
    bucket = Selector(success.metric, tuple(matcher for matcher in success.matchers if matcher.label != "le"))
    milliseconds = bound * 1000
    # Pyrra's histograms are in seconds. The threshold is for texts; the bucket is measured
    whole = milliseconds == milliseconds.to_integral_value() and 0 < milliseconds < 10**12
    threshold = Duration(int(milliseconds)) if whole and success.metric.endswith("_seconds_bucket") else None
    return HistogramLatency((bucket,), (total,), exact(bound)), threshold


def _native(node: Node) -> tuple[Indicator, Duration | None]:
    (total,) = _selectors(node, "total")
    text = node.text("latency")
    try:
        threshold = Duration.parse(text)
    except ValueError:
        node.report("SCH211", f"`latency` is '{text[:40]}', which is not a duration", ("latency",), "such as 500ms")
        raise UnusableError from None
    return NativeHistogramLatency((total,), threshold.seconds), threshold


def _bool_gauge(node: Node) -> tuple[Indicator, Duration | None]:
    selector = parse_selector(node, node.text("metric"), ("metric",))
    if selector is None:
        raise UnusableError
    return BooleanGauge((selector,)), None


def _selectors(node: Node, *fields: str) -> list[Selector]:
    found = []
    for field in fields:
        inside = node.child(field)
        assert inside is not None  # the schema requires each
        found.append(parse_selector(inside, inside.text("metric"), ("metric",)))
    usable = [selector for selector in found if selector is not None]
    if len(usable) < len(found):
        raise UnusableError
    return usable


_READERS = {"ratio": _ratio, "latency": _latency, "latencyNative": _native, "bool_gauge": _bool_gauge}
