"""Every case of every SLI template, with a day of history.

The meaning of a template's series does not come from the template. It is written by hand in the template's cases
(tests/sli/templates/): the series that an exporter writes, and the series that count good events, bad events or none. A
new template needs no change here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from slosmith.model import Duration, Freshness, Matcher
from slosmith.promql import selectors
from slosmith.sli.expand import expand
from slosmith.sli.library import library
from tests.sli.template_cases import TemplateCase, cases
from tests.truth.exposition import RawSeries
from tests.truth.histories import (
    CASE,
    SAMPLES,
    SCRAPED,
    SPAN,
    KindCase,
    Known,
    busy,
    counter_of,
    failing,
    fresh,
    slo_of,
    succeeding,
    times_of,
)
from tests.truth.traffic import Stream


def template_cases() -> list[KindCase]:
    return [_template_case(index, case) for index, case in enumerate(cases())]


def _template_case(index: int, case: TemplateCase) -> KindCase:
    only = Matcher(CASE, "=", str(index))
    indicator = expand(
        case.template,
        case.parameters,
        indicator=case.indicator,
        threshold=Duration.parse(case.threshold) if case.threshold else None,
        extra_matchers=(only,),
        library=library(),
    )
    slo = slo_of(f"{case.template}-{case.indicator}-{index}", indicator, template=case.template)
    if isinstance(indicator, Freshness):
        # the values of its series are times, and a day of history needs other times
        return fresh(slo, indicator)
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
            growth = times_of(amount, shape)
            series.append(counter_of(metric, labels, growth))
            counts.setdefault(meaning, []).append(growth)
    return KindCase(slo, tuple(series), (_known(case, counts),))


def _known(case: TemplateCase, counts: Mapping[str, Sequence[Sequence[int]]]) -> Known:
    if case.minutes:
        # the five values of minutes 6 to 10 repeat, so any five minutes contain exactly the values of the case
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
        duration: times_of(count, failing if Decimal(duration) > case.bound() else busy)
        for duration, count in amounts.items()
    }

    def up_to(bound: Decimal) -> list[int]:
        within = [counts for duration, counts in growth.items() if Decimal(duration) <= bound]
        return [sum(all_of) for all_of in zip(*within, strict=True)] if within else [0] * SPAN.minutes

    template = library().get(case.template)
    assert template is not None
    known = template.metrics[metric].buckets if metric in template.metrics else ()
    bounds = case.parameters.get("buckets") or case.buckets or known
    found = [counter_of(f"{metric}_bucket", {**labels, "le": str(bound)}, up_to(Decimal(bound))) for bound in bounds]
    everything, fast = up_to(Decimal("Infinity")), up_to(case.bound())
    found.append(counter_of(f"{metric}_bucket", {**labels, "le": "+Inf"}, everything))
    found.append(counter_of(f"{metric}_count", labels, everything))
    return found, fast, [all_of - quick for all_of, quick in zip(everything, fast, strict=True)]


def _cycle(metric: str, labels: Mapping[str, str], values: str) -> RawSeries:
    """A gauge: the values of minutes 6 to 10 of a case, repeated."""
    five = [None if text == "_" else float(text) for text in values.split()][6:11]
    assert len(five) == 5
    return RawSeries(metric, labels, SPAN.start + SCRAPED, [five[minute % 5] for minute in range(SPAN.minutes)])


def _parsed(text: str) -> tuple[str, dict[str, str]]:
    found = selectors(text)[0]
    return found.metric, {matcher.label: matcher.value for matcher in found.matchers}
