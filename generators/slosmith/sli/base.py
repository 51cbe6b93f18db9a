"""Indicators as PromQL: the two rates, total and bad events per second. Everything else is computed from them.

These are the only expressions that read raw series. They all follow these rules:

* ``rate`` is applied directly to counters, inside every ``sum``: otherwise counter resets are not detected.
* No series of bad events yet means 0 bad events: bad is filled from the total of the same selector. An idle service
  has 0 and 0.
* Missing data stays missing: without total there is no bad. A latency bucket or gauge that does not exist leaves bad
  without a value, so the absence alert fires.
* NaN is never recorded. ``rate`` is NaN while the first or last sample in the window is NaN; such a series is left out.
  If good events are subtracted from another metric's events, leaving out one of the two would change the difference, so
  the whole difference is not recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from textwrap import indent

import msgspec

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
from slosmith.promql import check_label_name, fill_window, selector_text
from slosmith.sli.bounds import any_spelling, any_spelling_in, le_pattern
from slosmith.sli.counting import events_per_second, subtracts, without_zero
from slosmith.vocabulary.numbers import exact

BASE_WINDOW = Duration.from_seconds(300)
SLICE = Duration.from_seconds(60)
"""Length of a time slice: gauges are compared once a minute."""

CLOCK_SKEW = Duration.from_seconds(300)
"""A timestamp further in the future than this is an exporter's error (usually milliseconds). It is ignored."""


class BaseExpressions(msgspec.Struct, frozen=True):
    """PromQL of ``slo:sli_total:rate5m`` and ``slo:sli_bad:rate5m``, in events per second."""

    total: str
    bad: str


def base_expressions(
    indicator: Indicator, group_by: tuple[str, ...] = (), window: Duration = BASE_WINDOW
) -> BaseExpressions:
    """Total and bad events per second of ``indicator``, averaged over ``window``, a series for each ``group_by`` value.

    Raises TypeError for a RawRatio, which has no events (see :func:`error_ratio_query`), ValueError for names or
    values that PromQL cannot hold, PromqlError (a ValueError) for free PromQL that does not parse.
    """
    for label in group_by:
        check_label_name(label)
    match indicator:
        case CounterRatio():
            return _counter_ratio(indicator, group_by, window)
        case HistogramLatency():
            return _histogram(indicator, group_by, window)
        case NativeHistogramLatency():
            return _native_histogram(indicator, group_by, window)
        case BooleanGauge():
            return _boolean_gauge(indicator, group_by, window)
        case GaugeThreshold():
            return _gauge_threshold(indicator, group_by, window)
        case Freshness():
            return _freshness(indicator, group_by, window)
        case QueryRatio():
            return _query_ratio(indicator, group_by, window)
        case RawRatio():
            raise TypeError("a raw error ratio counts no events")


def error_ratio_text(indicator: Indicator) -> str:
    """The error ratio (0..1) as its author wrote it, with ``{{.window}}``.

    Raises TypeError for an indicator that counts events (see :func:`base_expressions`).
    """
    if not isinstance(indicator, RawRatio):
        raise TypeError(f"{type(indicator).__name__} counts events")
    return indicator.error_ratio.strip()


def error_ratio_query(indicator: Indicator, window: Duration) -> str:
    """The error ratio (0..1) over ``window`` as its author wrote it; only the placeholder is filled.

    Raises like :func:`error_ratio_text`.
    """
    return fill_window(error_ratio_text(indicator), window)


def portable_ratio_query(indicator: Indicator, window: Duration) -> str:
    """The same with every spelling of its bucket bounds, for Prometheus 2 and 3 alike."""
    return any_spelling_in(error_ratio_query(indicator, window))


# --- building blocks ---------------------------------------------------------------------------------------------


def _aggregate(operator: str, group_by: tuple[str, ...], inner: str) -> str:
    by = f" by ({', '.join(group_by)}) " if group_by else ""
    return f"{operator}{by}(\n{indent(inner, '  ')}\n)"


def _union(selectors: tuple[Selector, ...], each: Callable[[Selector], str]) -> str:
    """The series of all selectors. A series that several match is counted once. ``each`` makes a selector's expression.

    ``or`` compares labels without the metric name, so selectors on different metrics first get a label that
    distinguishes them. Otherwise series of the second metric with the same labels as the first would be lost.
    """
    if not selectors:
        raise ValueError("an indicator needs at least one selector")
    texts = {selector: each(selector) for selector in dict.fromkeys(selectors)}
    metrics = list(dict.fromkeys(selector.metric for selector in texts))
    if len(metrics) > 1:
        for selector in texts:
            number_of = metrics.index(selector.metric) + 1
            texts[selector] = f'label_replace({texts[selector]}, "slo_union", "{number_of}", "", "")'
    return "\nor\n".join(texts.values())


def _rates(
    selectors: tuple[Selector, ...],
    group_by: tuple[str, ...],
    window: Duration,
    *,
    native: bool = False,
    drop_nan: bool = False,
) -> str:
    """The sum of the rates of all series. ``drop_nan``: without the series whose rate is NaN. Otherwise one of them
    makes the sum NaN.
    """

    def rate(selector: Selector) -> str:
        classic = f"rate({selector_text(any_spelling(selector), window)})"
        histogram = native_of(selector, "_count") if native else None
        text = (
            classic
            if histogram is None
            else f"({classic} or histogram_count(rate({selector_text(histogram, window)})))"
        )
        return f"{text} >= 0" if drop_nan else text

    return _aggregate("sum", group_by, _union(selectors, rate))


def native_of(selector: Selector, suffix: str) -> Selector | None:
    """The selector of a classic histogram's native form; None for a name that does not end in ``suffix``."""
    name = selector.metric.removesuffix(suffix)
    return Selector(name, selector.matchers) if name and name != selector.metric else None


def _difference(total: str, good: str) -> str:
    """total - good, not below 0: after a restart, one counter may show a reset and the other may not, because it is
    already higher again. Extrapolation also differs between series. Both would give a negative number of bad events.
    """
    return f"clamp_min(\n{indent(total, '  ')}\n  -\n{indent(good, '  ')},\n  0\n)"


def _known(rate: str) -> str:
    """``rate``, a rate of events, without NaN: no other value is dropped."""
    return f"{rate} >= 0"


def _parenthesised(expr: str) -> str:
    return f"(\n{indent(expr, '  ')}\n)"


def _metrics(selectors: tuple[Selector, ...]) -> frozenset[str]:
    return frozenset(selector.metric for selector in selectors)


# --- kinds -------------------------------------------------------------------------------------------------------


def _counter_ratio(indicator: CounterRatio, group_by: tuple[str, ...], window: Duration) -> BaseExpressions:
    if bool(indicator.bad) == bool(indicator.good):
        raise ValueError("a counter ratio has either bad or good events")

    # of one metric, all events and the good or bad ones are the same series, so both lose the one that is NaN
    marked = indicator.good or indicator.bad
    apart = not _metrics(marked) <= _metrics(indicator.total)

    def rates(selectors: tuple[Selector, ...]) -> str:
        return _rates(selectors, group_by, window, native=indicator.native, drop_nan=not apart)

    total = rates(indicator.total)
    filled = f"{rates(marked)}\nor\n0 * {total}"
    bad = filled if indicator.bad else _difference(total, _parenthesised(filled))
    if not apart:
        return BaseExpressions(total, bad)
    return BaseExpressions(_known(total), _known(_parenthesised(filled) if indicator.bad else bad))


def _histogram(indicator: HistogramLatency, group_by: tuple[str, ...], window: Duration) -> BaseExpressions:
    bucket = Matcher("le", "=~", le_pattern(indicator.le))
    total = _rates(indicator.total, group_by, window, native=indicator.native)
    if not indicator.native:
        good = _rates(tuple(s.with_matchers(bucket) for s in indicator.buckets), group_by, window)
        return BaseExpressions(_known(total), _known(_difference(total, good)))

    def within(selector: Selector) -> str:
        classic = f"sum without (le) (rate({selector_text(selector.with_matchers(bucket), window)}))"
        histogram = native_of(selector, "_bucket")
        if histogram is None:
            return classic
        # series by series: a histogram that is classic and native has equal labels here, and counts once
        rate = f"rate({selector_text(histogram, window)})"
        count = f"histogram_count({rate})"
        # the fraction without observations is NaN, which ">= 0" drops
        fraction = f"histogram_fraction(-Inf, {exact(Decimal(indicator.le))}, {rate})"
        return f"(\n  {classic}\n  or\n  {count} * {fraction} >= 0\n  or\n  0 * {count}\n)"

    good = _aggregate("sum", group_by, _union(indicator.buckets, within))
    return BaseExpressions(_known(total), _known(_difference(total, good)))


def _native_histogram(
    indicator: NativeHistogramLatency, group_by: tuple[str, ...], window: Duration
) -> BaseExpressions:
    rates = _rates(indicator.histograms, group_by, window)
    total = f"histogram_count({rates})"
    # The fraction without observations is NaN, so an idle service takes the other branch.
    slow = f"(1 - histogram_fraction(-Inf, {exact(indicator.threshold)}, {rates}))"
    return BaseExpressions(total, f"({total} > 0)\n*\n{slow}\nor\n0 * {total}")


def _boolean_gauge(indicator: BooleanGauge, group_by: tuple[str, ...], window: Duration) -> BaseExpressions:
    def scrapes(selector: Selector) -> str:
        return f"count_over_time({selector_text(selector, window)})"

    def failures(selector: Selector) -> str:
        # per series, so that a gauge above 1 cannot compensate for failures of another one
        return f"clamp_min({scrapes(selector)} - sum_over_time({selector_text(selector, window)}), 0)"

    seconds = exact(window.seconds)
    total = _aggregate("sum", group_by, _union(indicator.gauges, scrapes))
    bad = _aggregate("sum", group_by, _union(indicator.gauges, failures))
    # ">= 0" drops NaN only
    return BaseExpressions(f"{total} / {seconds}", f"{bad} / {seconds} >= 0")


def _slices(present: str, good: str, window: Duration) -> BaseExpressions:
    """Time slices: ``present`` has a value in every slice with data, ``good`` is 1 or 0 in each of them."""
    steps, seconds = f"[{window}:{SLICE}]", exact(window.seconds)
    return BaseExpressions(
        f"count_over_time((\n{indent(present, '  ')}\n){steps}) / {seconds}",
        f"sum_over_time((\n{indent(f'1 - ({good})', '  ')}\n){steps}) / {seconds}",
    )


def _gauge_threshold(indicator: GaugeThreshold, group_by: tuple[str, ...], window: Duration) -> BaseExpressions:
    value = _aggregate(indicator.aggregate, group_by, _union(indicator.gauges, selector_text))
    # "1 - good" and not the opposite comparison: a NaN is not good
    return _slices(value, f"{value} {indicator.op} bool {exact(indicator.value)}", window)


def _freshness(indicator: Freshness, group_by: tuple[str, ...], window: Duration) -> BaseExpressions:
    def believable(selector: Selector) -> str:
        return f"{selector_text(selector)} <= time() + {exact(CLOCK_SKEW.seconds)}"

    newest = _aggregate("max", group_by, _union(indicator.timestamps, believable))
    return _slices(newest, f"time() - {newest} <= bool {exact(indicator.max_age.seconds)}", window)


def _query_ratio(indicator: QueryRatio, group_by: tuple[str, ...], window: Duration) -> BaseExpressions:
    if (indicator.bad is None) == (indicator.good is None):
        raise ValueError("a query ratio has either bad or good events")
    total = events_per_second(_portable(indicator.total, window), group_by, window)
    part = _portable(indicator.bad or indicator.good or "", window)
    counted = events_per_second(part, group_by, window)
    bare = counted.removeprefix("(").removesuffix(" >= 0)")
    if indicator.bad is not None and subtracts(part, window):
        # not filled from the total: a missing bucket would look like no bad events. Only negative values become 0
        return BaseExpressions(total, f"{counted}\nor\n0 * ({bare} < 0)")
    # NaN is dropped after the fill: before it, NaN would become 0 bad events
    filled = _known(_parenthesised(f"{bare}\nor\n0 * {total.removeprefix('(').removesuffix(' >= 0)')}"))
    if indicator.bad is not None:
        return BaseExpressions(total, filled)
    return BaseExpressions(total, _known(_difference(total, _parenthesised(filled))))


def _portable(query: str, window: Duration) -> str:
    """Free PromQL without an outer `or vector(0)`, for Prometheus 2 and 3 alike."""
    return any_spelling_in(fill_window(without_zero(query, window), window))
