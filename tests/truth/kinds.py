"""Every SLI template and every kind of indicator, with raw series made from events that are known.

What the series of a template mean is not taken from the template: it is written down, by hand, in the template's cases
(tests/sli/templates/), which say what an exporter writes and which of it is a good event, a bad one or none. Here those
series get a day of history: traffic that rises and falls, errors now and then, an outage, an idle hour. A further
template needs nothing here, and a further kind one more function.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec

from slosmith.model import (
    BooleanGauge,
    CounterRatio,
    Duration,
    Freshness,
    GaugeThreshold,
    Indicator,
    Matcher,
    NativeHistogramLatency,
    Objective,
    Period,
    QueryRatio,
    RawRatio,
    Selector,
    Slo,
)
from slosmith.promql import selectors
from slosmith.sli.expand import expand
from slosmith.sli.library import library
from tests.sli.template_cases import TemplateCase, cases
from tests.truth.exposition import RawSeries
from tests.truth.lift_wing import moment, policy
from tests.truth.traffic import Span, Stream, cumulative

SPAN = Span(moment("2024-05-06"), 26 * 60)
SCRAPED, EVALUATED = 7, 23
"""Seconds into the minute."""

OUTAGE, IDLE = range(600, 690), range(900, 960)

CASE = "truth_case"
"""A label that keeps the cases apart, as the site does in Lift Wing; every selector asks for it."""

RATES, SAMPLES = 4, 5
"""How many minutes a 5m rate of a counter sees, and a count of samples."""


class Known(msgspec.Struct, frozen=True):
    """What is known of an SLO, or of one of its groups."""

    total: tuple[Stream, ...]
    bad: tuple[Stream, ...]
    seen: int = RATES
    group: Mapping[str, str] = {}


class KindCase(msgspec.Struct, frozen=True):
    slo: Slo
    series: tuple[RawSeries, ...]
    known: tuple[Known, ...]


def kind_cases() -> list[KindCase]:
    """All of them; their ids are unique."""
    own = [make() for make in _KINDS]
    found = [_template_case(index, case) for index, case in enumerate(cases())]
    return [*own, *(case for case in found if case is not None)]


def templates_in(found: Sequence[KindCase]) -> set[str]:
    return {case.slo.template for case in found if case.slo.template}


# --- shapes ------------------------------------------------------------------------------------------------------


def busy(minute: int) -> int:
    """How many times the amount that a case names happens in a minute: 2 to 5, and nothing while idle."""
    return 0 if minute in IDLE else 2 + minute // 97 % 4


def failing(minute: int) -> int:
    """The same for bad events: as many as there can be in the outage, else one time in eleven minutes."""
    return busy(minute) if minute in OUTAGE else int(minute % 11 == 3 and minute not in IDLE)


def succeeding(minute: int) -> int:
    """The same for a counter of good events: fewer in the outage, and in one of thirteen minutes."""
    return min(1, busy(minute)) if minute in OUTAGE or minute % 13 == 5 else busy(minute)


def _times(amount: int, shape: Callable[[int], int]) -> list[int]:
    return [amount * shape(minute) for minute in range(SPAN.minutes)]


# --- templates ---------------------------------------------------------------------------------------------------


def _template_case(index: int, case: TemplateCase) -> KindCase | None:
    only = Matcher(CASE, "=", str(index))
    indicator = expand(
        case.template,
        case.parameters,
        indicator=case.indicator,
        threshold=Duration.parse(case.threshold) if case.threshold else None,
        extra_matchers=(only,),
        library=library(),
    )
    slo = _slo(f"{case.template}-{case.indicator}-{index}", indicator, template=case.template)
    if isinstance(indicator, Freshness):
        # its series are times, which a day of history needs other ones of
        return _fresh(slo, indicator)
    series: list[RawSeries] = []
    counts: dict[str, list[list[int]]] = {}
    for meaning, amount, text in case.series:
        metric, labels = _parsed(text)
        labels[CASE] = str(index)
        if isinstance(amount, str):
            series.append(_cycle(metric, labels, amount))
        elif isinstance(amount, dict):
            found, fast, slow = _histogram(case, metric, labels, amount)
            series += found
            counts.setdefault({"event": "good"}.get(meaning, meaning), []).append(fast)
            counts.setdefault({"event": "bad"}.get(meaning, meaning), []).append(slow)
        else:
            shape = {"bad": failing, "only-bad": failing, "only-good": succeeding}.get(meaning, busy)
            growth = _times(amount, shape)
            series.append(_counter(metric, labels, growth))
            counts.setdefault(meaning, []).append(growth)
    return KindCase(slo, tuple(series), (_known(case, counts),))


def _known(case: TemplateCase, counts: Mapping[str, Sequence[Sequence[int]]]) -> Known:
    if case.minutes:
        # the five values of minutes 6 to 10 go round, so any five minutes see just what the case says of those
        each = {name: [count / 5] * SPAN.minutes for name, count in case.minutes.items()}
        return Known((Stream(SCRAPED, each["total"]),), (Stream(SCRAPED, each["bad"]),), SAMPLES)

    def added(*meanings: str) -> list[int]:
        chosen = [one for meaning in meanings for one in counts.get(meaning, ())]
        return [sum(all_of) for all_of in zip(*chosen, strict=True)] if chosen else [0] * SPAN.minutes

    total, bad = added("good", "bad", "event"), added("bad", "only-bad")
    if "only-good" in counts:
        bad = [all_of - good for all_of, good in zip(total, added("only-good"), strict=True)]
    return Known((Stream(SCRAPED, total),), (Stream(SCRAPED, bad),))


def _histogram(
    case: TemplateCase, metric: str, labels: Mapping[str, str], amounts: Mapping[str, int]
) -> tuple[list[RawSeries], list[int], list[int]]:
    """Its series, and the events within and above the threshold."""
    growth = {
        duration: _times(count, failing if Decimal(duration) > case.bound() else busy)
        for duration, count in amounts.items()
    }

    def up_to(bound: Decimal) -> list[int]:
        within = [counts for duration, counts in growth.items() if Decimal(duration) <= bound]
        return [sum(all_of) for all_of in zip(*within, strict=True)] if within else [0] * SPAN.minutes

    template = library().get(case.template)
    assert template is not None
    known = template.metrics[metric].buckets if metric in template.metrics else ()
    bounds = case.parameters.get("buckets") or case.buckets or known
    found = [_counter(f"{metric}_bucket", {**labels, "le": str(bound)}, up_to(Decimal(bound))) for bound in bounds]
    everything, fast = up_to(Decimal("Infinity")), up_to(case.bound())
    found.append(_counter(f"{metric}_bucket", {**labels, "le": "+Inf"}, everything))
    found.append(_counter(f"{metric}_count", labels, everything))
    return found, fast, [all_of - quick for all_of, quick in zip(everything, fast, strict=True)]


def _cycle(metric: str, labels: Mapping[str, str], values: str) -> RawSeries:
    """A gauge: the values of minutes 6 to 10 of a case, for ever."""
    five = [None if text == "_" else float(text) for text in values.split()][6:11]
    assert len(five) == 5
    return RawSeries(metric, labels, SPAN.start + SCRAPED, [five[minute % 5] for minute in range(SPAN.minutes)])


# --- kinds -------------------------------------------------------------------------------------------------------


def _good_of_total() -> KindCase:
    """Good events in a metric of their own, totals in two."""
    totals = [
        Selector("jobs_started_total", (_only("good-of-total"),)),
        Selector("jobs_retried_total", (_only("good-of-total"),)),
    ]
    indicator = CounterRatio(tuple(totals), good=(Selector("jobs_succeeded_total", (_only("good-of-total"),)),))
    started, retried, good = _times(40, busy), _times(10, busy), _times(50, succeeding)
    series = [
        _counter(metric, {CASE: "good-of-total", "queue": "mail"}, growth)
        for metric, growth in (
            ("jobs_started_total", started),
            ("jobs_retried_total", retried),
            ("jobs_succeeded_total", good),
        )
    ]
    total = [one + other for one, other in zip(started, retried, strict=True)]
    bad = [all_of - some for all_of, some in zip(total, good, strict=True)]
    return KindCase(_slo("good-of-total", indicator), tuple(series), (_streams(total, bad),))


def _grouped() -> KindCase:
    """One declaration, an SLO for each wiki; one of the wikis has no errors at all."""
    selector = Selector("handled_total", (_only("grouped"),))
    indicator = CounterRatio((selector,), bad=(selector.with_matchers(Matcher("code", "=~", "5..")),))
    series, known = [], []
    for wiki, amount, errors in (("enwiki", 90, 9), ("dewiki", 7, 3), ("lawiki", 1, 0)):
        fine, bad = _times(amount, busy), _times(errors, failing)
        labels = {CASE: "grouped", "wiki": wiki}
        series.append(_counter("handled_total", {**labels, "code": "200"}, fine))
        if errors:
            series.append(_counter("handled_total", {**labels, "code": "503"}, bad))
        total = [one + other for one, other in zip(fine, bad, strict=True)]
        known.append(msgspec.structs.replace(_streams(total, bad), group={"wiki": wiki}))
    return KindCase(_slo("grouped", indicator, group_by=("wiki",)), tuple(series), tuple(known))


def _probes() -> KindCase:
    """Two probes of a boolean gauge; each fails by itself, and both in the outage."""
    rng = random.Random("probes")
    up = [[0 if minute in OUTAGE or rng.random() < 0.02 else 1 for minute in range(SPAN.minutes)] for _ in range(2)]
    series = [
        RawSeries("probe_success", {CASE: "probes", "instance": str(index)}, SPAN.start + SCRAPED, values)
        for index, values in enumerate(up)
    ]
    total, bad = [2] * SPAN.minutes, [2 - one - other for one, other in zip(*up, strict=True)]
    known = msgspec.structs.replace(_streams(total, bad), seen=SAMPLES)
    return KindCase(
        _slo("probes", BooleanGauge((Selector("probe_success", (_only("probes"),)),))), tuple(series), (known,)
    )


def _slices() -> KindCase:
    """A gauge below a threshold, the worst of two partitions."""
    rng = random.Random("slices")
    lags = [
        [rng.randint(80, 200) if minute in OUTAGE else rng.randint(0, 102) for minute in range(SPAN.minutes)]
        for _ in range(2)
    ]
    series = [
        RawSeries("lag", {CASE: "slices", "partition": str(index)}, SPAN.start + SCRAPED, values)
        for index, values in enumerate(lags)
    ]
    indicator = GaugeThreshold((Selector("lag", (_only("slices"),)),), "<=", Decimal(100), "max")
    late = [int(max(one, other) > 100) for one, other in zip(*lags, strict=True)]
    return KindCase(_slo("slices", indicator), tuple(series), (_slice_streams(late),))


def _freshness() -> KindCase:
    indicator = Freshness((Selector("last_success_timestamp_seconds", (_only("freshness"),)),), Duration.parse("40m"))
    return _fresh(_slo("freshness", indicator), indicator)


def _fresh(slo: Slo, indicator: Freshness) -> KindCase:
    """A job that ends well every quarter of its allowed age, but for once when it does not for thrice that age."""
    age = indicator.max_age.whole_seconds
    (selector,) = indicator.timestamps
    labels = {matcher.label: matcher.value for matcher in selector.matchers if matcher.op == "="}
    every, gap = max(age // 4, 60), (SPAN.start + 36_000, SPAN.start + 36_000 + 3 * age)
    values: list[int] = []
    for minute in range(SPAN.minutes):
        scrape = SPAN.start + 60 * minute + SCRAPED
        ended = scrape // every * every
        values.append(gap[0] // every * every if gap[0] <= ended < gap[1] else ended)
    # a slice is judged on the full minute, by the last scrape before it
    late = [int(SPAN.start + 60 * (minute + 1) - value > age) for minute, value in enumerate(values)]
    series = RawSeries(selector.metric, labels, SPAN.start + SCRAPED, values)
    return KindCase(slo, (series,), (_slice_streams(late),))


def _free_queries() -> KindCase:
    """PromQL of the user's own, with the window's place marked."""
    total = 'sum(rate(served_total{truth_case="queries"}[{{.window}}]))'
    bad = 'sum(rate(served_total{truth_case="queries",code="500"}[{{ .window }}]))'
    fine, failed = _times(30, busy), _times(4, failing)
    series = [
        _counter("served_total", {CASE: "queries", "code": code}, growth)
        for code, growth in (("200", fine), ("500", failed))
    ]
    total_counts = [one + other for one, other in zip(fine, failed, strict=True)]
    return KindCase(_slo("queries", QueryRatio(total, bad=bad)), tuple(series), (_streams(total_counts, failed),))


_KINDS: tuple[Callable[[], KindCase], ...] = (_good_of_total, _grouped, _probes, _slices, _freshness, _free_queries)


def raw_ratio_case() -> KindCase:
    """A ratio without events; its windows are queries of their own, so it is compared by itself."""
    failed_rate = 'sum(rate(answered_total{truth_case="raw",code="500"}[{{.window}}]))'
    query = failed_rate + ' / sum(rate(answered_total{truth_case="raw"}[{{.window}}]))'
    fine, failed = [90] * SPAN.minutes, [30 if minute in OUTAGE else 10 for minute in range(SPAN.minutes)]
    series = [
        _counter("answered_total", {CASE: "raw", "code": code}, growth)
        for code, growth in (("200", fine), ("500", failed))
    ]
    total = [one + other for one, other in zip(fine, failed, strict=True)]
    return KindCase(_slo("raw", RawRatio(query)), tuple(series), (_streams(total, failed),))


class NativeCase(msgspec.Struct, frozen=True):
    """Latency from a native histogram, with the threshold of half a second."""

    slo: Slo
    known: Known
    labels: dict[str, str]
    times: Sequence[int]
    buckets: Mapping[int, Sequence[int]]
    """By index, in schema 0: -3 is up to 1/8 s, -1 up to 1/2 s, 1 up to 2 s; cumulative over time."""


def native_case() -> NativeCase:
    indicator = NativeHistogramLatency((Selector("answer_seconds", (_only("native"),)),), Decimal("0.5"))
    fast, near, slow = _times(60, busy), _times(9, busy), _times(8, failing)
    total = [sum(all_of) for all_of in zip(fast, near, slow, strict=True)]
    return NativeCase(
        _slo("native", indicator),
        _streams(total, slow),
        {"__name__": "answer_seconds", CASE: "native", "instance": "a"},
        [SPAN.start + 60 * minute + SCRAPED for minute in range(SPAN.minutes)],
        {-3: cumulative(fast), -1: cumulative(near), 1: cumulative(slow)},
    )


# --- building blocks ---------------------------------------------------------------------------------------------


def _slo(name: str, indicator: Indicator, *, group_by: tuple[str, ...] = (), template: str = "") -> Slo:
    """Alerts as Lift Wing's, so that every window is recorded."""
    like = policy().services[0].slos[0]
    return Slo(
        service=name,
        name="truth",
        indicator_name="truth",
        indicator=indicator,
        objective=Objective(Decimal("0.98")),
        period=Period(Duration.parse("28d")),
        team="truth",
        alerting=like.alerting,
        group_by=group_by,
        template=template,
    )


def _only(case: str) -> Matcher:
    return Matcher(CASE, "=", case)


def _counter(metric: str, labels: Mapping[str, str], growth: Sequence[int]) -> RawSeries:
    return RawSeries(metric, labels, SPAN.start + SCRAPED, cumulative(growth))


def _streams(total: Sequence[int], bad: Sequence[int]) -> Known:
    return Known((Stream(SCRAPED, total),), (Stream(SCRAPED, bad),))


def _slice_streams(bad: Sequence[int]) -> Known:
    """Slices are judged on the full minute: the value scraped in minute k counts from minute k+1."""
    return Known((Stream(0, [1] * len(bad)),), (Stream(0, [0, *bad[:-1]]),), SAMPLES)


def _parsed(text: str) -> tuple[str, dict[str, str]]:
    found = selectors(text)[0]
    return found.metric, {matcher.label: matcher.value for matcher in found.matchers}
