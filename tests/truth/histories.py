"""A day of history for an SLO: traffic that rises and falls, some errors, an outage, an idle hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec

from slosmith.model import Duration, Freshness, Indicator, Matcher, Objective, Period, Slo
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
    """The known events of an SLO, or of one of its groups."""

    total: tuple[Stream, ...]
    bad: tuple[Stream, ...]
    seen: int = RATES
    group: Mapping[str, str] = {}


class KindCase(msgspec.Struct, frozen=True):
    slo: Slo
    series: tuple[RawSeries, ...]
    known: tuple[Known, ...]


# --- shapes -------------------------------------------------------------------------------------------------------


def busy(minute: int) -> int:
    """The factor for the events of a case in each minute: 2 to 5, and 0 in the idle hour."""
    return 0 if minute in IDLE else 2 + minute // 97 % 4


def failing(minute: int) -> int:
    """The same for bad events: the maximum in the outage, else one in eleven minutes."""
    return busy(minute) if minute in OUTAGE else int(minute % 11 == 3 and minute not in IDLE)


def succeeding(minute: int) -> int:
    """The same for a counter of good events: fewer in the outage, and fewer in one of thirteen minutes."""
    return min(1, busy(minute)) if minute in OUTAGE or minute % 13 == 5 else busy(minute)


def times_of(amount: int, shape: Callable[[int], int]) -> list[int]:
    return [amount * shape(minute) for minute in range(SPAN.minutes)]


# --- building blocks ----------------------------------------------------------------------------------------------


def slo_of(name: str, indicator: Indicator, *, group_by: tuple[str, ...] = (), template: str = "") -> Slo:
    """Alerts like those of Lift Wing, so every window is recorded."""
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


def only(case: str) -> Matcher:
    return Matcher(CASE, "=", case)


def counter_of(metric: str, labels: Mapping[str, str], growth: Sequence[int]) -> RawSeries:
    return RawSeries(metric, labels, SPAN.start + SCRAPED, cumulative(growth))


def streams(total: Sequence[int], bad: Sequence[int]) -> Known:
    return Known((Stream(SCRAPED, total),), (Stream(SCRAPED, bad),))


def slice_streams(bad: Sequence[int]) -> Known:
    """A slice is compared on the full minute: the value scraped in minute k counts from minute k+1."""
    return Known((Stream(0, [1] * len(bad)),), (Stream(0, [0, *bad[:-1]]),), SAMPLES)


def fresh(slo: Slo, indicator: Freshness) -> KindCase:
    """A job that succeeds every quarter of its allowed age. Once it does not succeed for three times the
    allowed age.
    """
    age = indicator.max_age.whole_seconds
    (selector,) = indicator.timestamps
    labels = {matcher.label: matcher.value for matcher in selector.matchers if matcher.op == "="}
    every, gap = max(age // 4, 60), (SPAN.start + 36_000, SPAN.start + 36_000 + 3 * age)
    values: list[int] = []
    for minute in range(SPAN.minutes):
        scrape = SPAN.start + 60 * minute + SCRAPED
        ended = scrape // every * every
        values.append(gap[0] // every * every if gap[0] <= ended < gap[1] else ended)
    # a slice is compared on the full minute, with the value of the last scrape before it
    late = [int(SPAN.start + 60 * (minute + 1) - value > age) for minute, value in enumerate(values)]
    series = RawSeries(selector.metric, labels, SPAN.start + SCRAPED, values)
    return KindCase(slo, (series,), (slice_streams(late),))
