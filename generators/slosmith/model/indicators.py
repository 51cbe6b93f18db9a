"""Indicators and their selectors: what an SLO counts."""

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
    """A PromQL vector selector without range: metric name and matchers, in the order of output."""

    metric: str
    matchers: tuple[Matcher, ...] = ()

    def with_matchers(self, *extra: Matcher) -> Selector:
        return Selector(self.metric, self.matchers + extra)


class _Kind(msgspec.Struct, frozen=True):
    """Properties of an indicator for code that does not depend on its kind."""

    counts_events: ClassVar[bool] = True
    """Whether it counts events (or time slices). A ratio without events cannot be weighted by traffic."""
    free_promql: ClassVar[bool] = False
    """Whether its fields are PromQL expressions of the author, with ``{{.window}}``, and not selectors."""


class CounterRatio(_Kind, frozen=True, tag="counter_ratio"):
    """Events counted by counters. Exactly one of ``bad`` and ``good`` is not empty.

    Each tuple is a union of selectors. A series that several of them match is counted once.
    """

    total: tuple[Selector, ...]
    bad: tuple[Selector, ...] = ()
    good: tuple[Selector, ...] = ()
    native: bool = False
    """Whether a counter ``x_count`` belongs to a histogram that may be native. Then ``histogram_count(x)`` is read."""


class HistogramLatency(_Kind, frozen=True, tag="histogram_latency"):
    """Events counted by a classic histogram: good are those in the bucket ``le`` (its upper bound, inclusive).

    ``buckets`` selects ``..._bucket`` without an ``le`` matcher, ``total`` the ``..._count`` of the same selector.
    ``le`` is the bound as Prometheus 2 prints it (``500``, ``0.4``), in the metric's own unit.
    """

    buckets: tuple[Selector, ...]
    total: tuple[Selector, ...]
    le: str
    native: bool = False
    """Whether the histogram may be native, in some places or at some times. A series in both forms is counted once."""


class NativeHistogramLatency(_Kind, frozen=True, tag="native_histogram_latency"):
    """Events counted by a native histogram; ``threshold`` in the metric's own unit."""

    histograms: tuple[Selector, ...]
    threshold: Decimal


class BooleanGauge(_Kind, frozen=True, tag="boolean_gauge"):
    """A probe: every scrape of a gauge is an event. 1 is good and 0 is bad."""

    gauges: tuple[Selector, ...]


class GaugeThreshold(_Kind, frozen=True, tag="gauge_threshold"):
    """Time slices of one minute. A slice is good if ``aggregate(gauge) op value`` is true."""

    gauges: tuple[Selector, ...]
    op: Literal["<", "<=", ">", ">="]
    value: Decimal
    aggregate: Literal["sum", "max", "min", "avg"] = "max"


class Freshness(_Kind, frozen=True, tag="freshness"):
    """Time slices of one minute. A slice is good if the newest Unix timestamp (seconds) is at most max_age old."""

    timestamps: tuple[Selector, ...]
    max_age: Duration


class QueryRatio(_Kind, frozen=True, tag="query_ratio"):
    """Free PromQL for events, with ``{{.window}}`` as the range. Exactly one of bad and good is set."""

    free_promql = True

    total: str
    bad: str | None = None
    good: str | None = None


class RawRatio(_Kind, frozen=True, tag="raw_ratio"):
    """Free PromQL for an error ratio 0..1, with ``{{.window}}``. It counts no events, so it cannot be weighted by
    traffic.
    """

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
