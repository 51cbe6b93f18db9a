"""What is counted: selectors, and the kinds of indicators that are made of them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

import msgspec

from slosmith.model.duration import Duration

MatchOperator = Literal["=", "!=", "=~", "!~"]


class Matcher(msgspec.Struct, frozen=True):
    """One PromQL label matcher; ``value`` is the plain text, unquoted. Regexes are RE2, anchored by Prometheus."""

    label: str
    op: MatchOperator
    value: str


class Selector(msgspec.Struct, frozen=True):
    """A PromQL vector selector without range: metric name and matchers, in the order they are printed."""

    metric: str
    matchers: tuple[Matcher, ...] = ()

    def with_matchers(self, *extra: Matcher) -> Selector:
        return Selector(self.metric, self.matchers + extra)


class _Kind(msgspec.Struct, frozen=True):
    """What others ask about an indicator without having to know which kinds there are."""

    counts_events: ClassVar[bool] = True
    """Whether there are events (or time slices) to count. A ratio without them cannot be weighted by traffic."""
    free_promql: ClassVar[bool] = False
    """Whether its fields are PromQL of an author's own, with ``{{.window}}``, and not selectors."""


class CounterRatio(_Kind, frozen=True, tag="counter_ratio"):
    """Events counted by counters. Exactly one of ``bad`` and ``good`` is not empty.

    Each tuple is a union of selectors: a series that several of them match is counted once.
    """

    total: tuple[Selector, ...]
    bad: tuple[Selector, ...] = ()
    good: tuple[Selector, ...] = ()
    native: bool = False
    """Whether a counter ``x_count`` is of a histogram that may be native: then ``histogram_count(x)`` is read."""


class HistogramLatency(_Kind, frozen=True, tag="histogram_latency"):
    """Events counted by a classic histogram: good are those in the bucket ``le`` (its upper bound, inclusive).

    ``buckets`` selects ``..._bucket`` without an ``le`` matcher, ``total`` the ``..._count`` of the same selector.
    ``le`` is the bound as Prometheus 2 prints it (``500``, ``0.4``), in the metric's own unit.
    """

    buckets: tuple[Selector, ...]
    total: tuple[Selector, ...]
    le: str
    native: bool = False
    """Whether the histogram may be native, here or there, now or later. A series that is both counts once."""


class NativeHistogramLatency(_Kind, frozen=True, tag="native_histogram_latency"):
    """Events counted by a native histogram; ``threshold`` in the metric's own unit."""

    histograms: tuple[Selector, ...]
    threshold: Decimal


class BooleanGauge(_Kind, frozen=True, tag="boolean_gauge"):
    """A probe: every scrape of a gauge is an event, 1 is good and 0 is bad."""

    gauges: tuple[Selector, ...]


class GaugeThreshold(_Kind, frozen=True, tag="gauge_threshold"):
    """Time slices of one minute; a slice is good while ``aggregate(gauge) op value`` holds."""

    gauges: tuple[Selector, ...]
    op: Literal["<", "<=", ">", ">="]
    value: Decimal
    aggregate: Literal["sum", "max", "min", "avg"] = "max"


class Freshness(_Kind, frozen=True, tag="freshness"):
    """Time slices of one minute; a slice is good while the newest Unix timestamp (seconds) is at most max_age old."""

    timestamps: tuple[Selector, ...]
    max_age: Duration


class QueryRatio(_Kind, frozen=True, tag="query_ratio"):
    """Free PromQL for events, with ``{{.window}}`` where the range stands. Exactly one of bad and good is set."""

    free_promql = True

    total: str
    bad: str | None = None
    good: str | None = None


class RawRatio(_Kind, frozen=True, tag="raw_ratio"):
    """Free PromQL for an error ratio 0..1, with ``{{.window}}``. It has no event counts, so it cannot be weighted."""

    counts_events = False
    free_promql = True

    error_ratio: str


Indicator = (
    CounterRatio
    | HistogramLatency
    | NativeHistogramLatency
    | BooleanGauge
    | GaugeThreshold
    | Freshness
    | QueryRatio
    | RawRatio
)
