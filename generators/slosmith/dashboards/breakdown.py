"""Breakdowns of an SLI by the labels of its raw series (backend, response code, ...), and quantiles of latency."""

from __future__ import annotations

from functools import cache
from importlib import resources
from textwrap import indent

import msgspec
import yaml

from slosmith.dashboards.sections import Section
from slosmith.model import BooleanGauge, CounterRatio, Duration, HistogramLatency, NativeHistogramLatency, Selector, Slo
from slosmith.promql import selector_text
from slosmith.sli.base import base_expressions, native_of
from slosmith.vocabulary.numbers import exact

WINDOW = Duration(604_799_983)
"""Stands in the queries for the range that Grafana fills in. It is a length that no query has, so :func:`ranged` finds
it.
"""

SHORTEST = Duration.from_seconds(300)
"""The shortest step of raw panels: the range of the base recordings, so both show the same numbers."""

SERIES = 10
"""Maximum number of series in a panel. A namespace may have a hundred services, and only the largest are drawn."""

QUANTILES = ("0.5", "0.95", "0.99")


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label for the breakdown of a metric."""

    label: str
    title: str
    errors: bool = True
    """False: the label itself distinguishes good from bad events, so its panels show traffic only."""


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The breakdowns of a metric: see breakdowns.yaml."""

    by: tuple[Label, ...] = ()
    unit: str = ""


class Query(msgspec.Struct, frozen=True):
    """One query of a breakdown, with the legend of its series."""

    expr: str
    legend: str


class Breakdown(msgspec.Struct, frozen=True):
    """One panel of raw queries. ``unit`` is Grafana's name of the unit."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]


def ranged(expr: str) -> str:
    """The query with the range of Grafana's step in place of :data:`WINDOW`, so that every sample is read however long
    the time of the panel is. ``$__rate_interval`` reaches back to the last sample before the step, which ``rate``
    needs. Where samples are counted, the range is the step itself: each is counted once.
    """
    seconds = exact(WINDOW.seconds)
    if f"/ {seconds}" in expr:
        return expr.replace(f"[{WINDOW}]", "[$__interval]").replace(f"/ {seconds}", "/ ($__interval_ms / 1000)")
    return expr.replace(f"[{WINDOW}]", "[$__rate_interval]")


@cache
def known_metrics() -> dict[str, Metric]:
    """Metric (a histogram without its suffix) -> its breakdowns, from the data file beside this module."""
    text = resources.files("slosmith.dashboards").joinpath("breakdowns.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, Metric])


def breakdowns(section: Section) -> tuple[Breakdown, ...]:
    """The panels for a section. Empty for free PromQL and for metrics that the data file does not have."""
    panels: list[Breakdown] = []
    for label in _labels(section):
        what = f"by {label.title}"
        panels.append(
            Breakdown(
                f"Events per second {what}",
                f"The {SERIES} highest values of the label {label.label}, from the raw series. "
                "Each point is a mean over the step.",
                "cps",
                tuple(
                    Query(f"topk({SERIES},\n{indent(_by(slo, label)[0], '  ')}\n)", _legend(section, slo, label.label))
                    for slo in section.slos
                ),
            )
        )
        if label.errors:
            panels.append(
                Breakdown(
                    f"Bad events {what}",
                    f"Bad events / all events for each value of the label {label.label}: the {SERIES} highest, "
                    "from the raw series. Each point is a mean over the step.",
                    "percentunit",
                    tuple(Query(_bad_share(slo, label), _legend(section, slo, label.label)) for slo in section.slos),
                )
            )
    return (*panels, *_quantiles(section))


def _labels(section: Section) -> tuple[Label, ...]:
    selectors = _selectors(section.first)
    if not selectors:
        return ()
    found = _known(selectors[0].metric).by
    pinned = {matcher.label for matcher in selectors[0].matchers if matcher.op == "="}
    return tuple(label for label in found if label.label not in pinned and label.label not in section.first.group_by)


def _known(metric: str) -> Metric:
    known = known_metrics()
    return known.get(metric) or known.get(metric.removesuffix("_bucket")) or Metric()


def _selectors(slo: Slo) -> tuple[Selector, ...]:
    match slo.indicator:
        case CounterRatio(total=selectors) | HistogramLatency(buckets=selectors):
            return selectors
        case NativeHistogramLatency(histograms=selectors) | BooleanGauge(gauges=selectors):
            return selectors
    return ()


def _by(slo: Slo, label: Label) -> tuple[str, str]:
    """Total and bad events per second, like the base recordings, for each value of the label."""
    expressions = base_expressions(slo.indicator, (*slo.group_by, label.label), WINDOW)
    return expressions.total, expressions.bad


def _bad_share(slo: Slo, label: Label) -> str:
    total, bad = _by(slo, label)
    ratio = f"(\n{indent(bad, '  ')}\n)\n/\n(\n{indent(total, '  ')}\n  > 0\n)\nor\n0 * {total}"
    return f"topk({SERIES},\n{indent(ratio, '  ')}\n)"


def _legend(section: Section, slo: Slo, *labels: str) -> str:
    """The legend: values of the labels and, if the panel shows several SLOs, the SLO."""
    where = [slo.site or slo.name] if len(section.slos) > 1 else []
    return " ".join([*(f"{{{{{label}}}}}" for label in (*labels, *slo.group_by)), *where])


def _quantiles(section: Section) -> tuple[Breakdown, ...]:
    queries = tuple(
        Query(
            "\nor\n".join(f"histogram_quantile({quantile}, {each})" for each in rates),
            f"p{_percentile(quantile)} {_legend(section, slo)}".strip(),
        )
        for slo in section.slos
        if (rates := _histogram_rates(slo))
        for quantile in QUANTILES
    )
    if not queries:
        return ()
    indicator = section.first.indicator
    metric = _selectors(section.first)[0].metric
    said = "Estimated from the buckets" if isinstance(indicator, HistogramLatency) else "From the native histogram"
    if isinstance(indicator, HistogramLatency) and indicator.native:
        said += ", or from the native histogram where there are no buckets"
    said += ". Each point is about all events of the step."
    return (Breakdown("Latency quantiles", said, _time_unit(metric), queries),)


def _histogram_rates(slo: Slo) -> tuple[str, ...]:
    """The queries from which quantiles are computed, the classic form first. Empty for an indicator without
    histogram.
    """
    indicator, by = slo.indicator, slo.group_by
    if isinstance(indicator, HistogramLatency):
        found = [(indicator.buckets, ("le", *by))]
        if indicator.native:
            histograms = (native_of(selector, "_bucket") for selector in indicator.buckets)
            found.append((tuple(each for each in histograms if each is not None), by))
    elif isinstance(indicator, NativeHistogramLatency):
        found = [(indicator.histograms, by)]
    else:
        return ()
    if any(len({selector.metric for selector in selectors}) != 1 for selectors, _ in found):
        # buckets of different histograms cannot be summed
        return ()
    return tuple(_summed_rates(selectors, labels) for selectors, labels in found)


def _summed_rates(selectors: tuple[Selector, ...], by: tuple[str, ...]) -> str:
    rates = "\nor\n".join(f"rate({selector_text(selector, WINDOW)})" for selector in dict.fromkeys(selectors))
    grouping = f" by ({', '.join(by)}) " if by else ""
    return f"sum{grouping}(\n{indent(rates, '  ')}\n)"


def _percentile(quantile: str) -> str:
    return quantile.partition(".")[2].ljust(2, "0")


def _time_unit(metric: str) -> str:
    """Grafana's unit for a histogram: from the data file, else from its name, else ``short`` (a number
    without unit).
    """
    if unit := _known(metric).unit:
        return unit
    if metric.removesuffix("_bucket").endswith("_ms"):
        return "ms"
    for word, unit in (("millisecond", "ms"), ("microsecond", "µs"), ("second", "s")):
        if word in metric:
            return unit
    return "short"
