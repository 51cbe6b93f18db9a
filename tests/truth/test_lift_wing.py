"""Every ratio and both budgets, of a whole winter of Lift Wing, compared with counted events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from slosmith.model import Duration
from slosmith.vocabulary import names
from tests.truth.comparing import Comparison, ratio, verdict
from tests.truth.counting import Truth
from tests.truth.lift_wing import IDLE_WEEKEND, OUTAGE_AT_NIGHT, QUARTER_STARTS, SPAN
from tests.truth.recorded import EVERYWHERE, FIRST, Recorded

pytestmark = [pytest.mark.prometheus, pytest.mark.slow, pytest.mark.xdist_group("truth")]

WINDOWS = {"1h": 60, "2h": 120, "6h": 360, "1d": 1440, "3d": 4320}
PERIOD_DAYS = 28


class Quarter:
    """The counted events of the quarter to date. Hours count from the start of the span, which is inside a quarter."""

    def __init__(self, truth: Truth, evaluated: int, budget: float) -> None:
        self.truth, self.evaluated, self.budget = truth, evaluated, budget

    def plain(self, minute: int, lag: int) -> tuple[float, float]:
        return self.truth.hours(*self._hours(minute), lag)

    def smeared(self, minute: int) -> tuple[float, float]:
        return self.truth.tiles(*self._hours(minute))

    def spent(self, minute: int) -> float:
        """The spent share of the whole quarter's budget."""
        start, end = quarter_at(self._time(minute))
        return ratio(*self.smeared(minute)) / self.budget * (self._time(minute) - start) / (end - start)

    def coverage(self, minute: int) -> float:
        """The seen share of the hours that have ended. The span begins inside a quarter."""
        start, _ = quarter_at(self._time(minute))
        return self.truth.seen_hours(*self._hours(minute)) / ((self._time(minute) - start) // 3600)

    def _hours(self, minute: int) -> tuple[int, int]:
        start, _ = quarter_at(self._time(minute))
        return max((start - SPAN.start) // 3600, 0), self.truth.total.last_hour(minute)

    def _time(self, minute: int) -> int:
        return SPAN.start + 60 * minute + self.evaluated


def quarter_at(time: int) -> tuple[int, int]:
    """Start and end of the quarter that contains a time, in Unix seconds."""
    start = max(start for start in QUARTER_STARTS if start <= time)
    return start, QUARTER_STARTS[QUARTER_STARTS.index(start) + 1]


def error_ratio(window: str) -> str:
    return names.error_ratio(Duration.parse(window))


def _settled(lift_wing: Recorded, metric: str, slo: str) -> dict[int, float]:
    """A recording from the first full hour on. Before that there is no tile."""
    return {minute: value for minute, value in lift_wing.values(metric, slo).items() if minute >= FIRST + 64}


def _burn_rate(counts: Callable[[int], tuple[float, float]], budget: float) -> Callable[[int], float]:
    return lambda minute: ratio(*counts(minute)) / budget


def _left(burn: Callable[[int], float], seen: Callable[[int], float], minute: int) -> float:
    return 1 - burn(minute) * seen(minute)


@pytest.mark.parametrize("window", [*WINDOWS])
def test_ratio_of_a_window(lift_wing: Recorded, window: str) -> None:
    length = WINDOWS[window]
    comparisons = []
    for slo in lift_wing.world.traffic:
        truth = lift_wing.truth(slo)
        comparison = Comparison(f"{window} {slo}", SPAN)
        read = _settled if length >= 1440 else Recorded.values
        comparison.ratios(read(lift_wing, error_ratio(window), slo), *truth.counts(length))
        assert comparison.checked > 2000
        comparisons.append(comparison)
    assert verdict(comparisons) == ""


@pytest.mark.parametrize(("window", "length"), [("5m", 5), ("30m", 30)])
def test_short_windows(lift_wing: Recorded, window: str, length: int) -> None:
    """The short windows of alerts are exact for the smeared count. The plain count, which is printed too, may differ by
    five minutes of the window."""
    comparisons = []
    for slo in lift_wing.world.traffic:
        truth = lift_wing.truth(slo)
        comparison = Comparison(f"{window} {slo}", SPAN)
        smeared = truth.rate if window == "5m" else partial(truth.smeared, length)
        measured = lift_wing.values(error_ratio(window), slo)
        comparison.ratios(measured, partial(truth.plain, length), smeared, plain_too=False)
        comparisons.append(comparison)
    assert verdict(comparisons) == ""


def test_rolling_ratio_and_budget(lift_wing: Recorded) -> None:
    comparisons = []
    for slo, traffic in lift_wing.world.traffic.items():
        truth = lift_wing.truth(slo)
        smeared = partial(truth.tiles_of_days, PERIOD_DAYS)
        burn = _burn_rate(smeared, float(traffic.slo.objective.error_budget_ratio))
        period = Comparison(f"28d {slo}", SPAN)
        period.ratios(_settled(lift_wing, error_ratio("28d"), slo), partial(truth.days, PERIOD_DAYS), smeared)
        assert period.checked > 2000
        comparisons.append(period)
        for metric, expected in (
            (names.PERIOD_BAD, lambda minute, of=smeared: of(minute)[0]),
            (names.PERIOD_TOTAL, lambda minute, of=smeared: of(minute)[1]),
            (names.PERIOD_BURN_RATE, burn),
            (names.COVERAGE, partial(truth.coverage, PERIOD_DAYS)),
            (names.PERIOD_BUDGET_REMAINING, partial(_left, burn, partial(truth.coverage, PERIOD_DAYS))),
        ):
            comparison = Comparison(f"{metric} {slo}", SPAN)
            comparison.numbers(_settled(lift_wing, metric, slo), expected)
            comparisons.append(comparison)
    assert verdict(comparisons) == ""


def test_calendar_budget(lift_wing: Recorded) -> None:
    """Attainment to date, budget spent and left, and the events, across 1 December and 1 March."""
    comparisons = []
    for slo, traffic in lift_wing.world.traffic.items():
        quarter = Quarter(lift_wing.truth(slo), traffic.evaluated, float(traffic.slo.objective.error_budget_ratio))
        to_date = Comparison(f"quarter {slo}", SPAN)
        to_date.ratios(_settled(lift_wing, names.CALENDAR_ERROR_RATIO, slo), quarter.plain, quarter.smeared)
        # 91 times, but for the six in the first hour of each of the two quarters
        assert to_date.checked >= 91 - 2 * 6
        comparisons.append(to_date)
        for metric, expected in (
            (names.CALENDAR_BAD, lambda minute, of=quarter: of.smeared(minute)[0]),
            (names.CALENDAR_TOTAL, lambda minute, of=quarter: of.smeared(minute)[1]),
            (names.CALENDAR_COVERAGE, quarter.coverage),
            (names.CALENDAR_BUDGET_SPENT, quarter.spent),
            (names.CALENDAR_BUDGET_REMAINING, lambda minute, of=quarter: 1 - of.spent(minute)),
        ):
            comparison = Comparison(f"{metric} {slo}", SPAN)
            comparison.numbers(_settled(lift_wing, metric, slo), expected)
            comparisons.append(comparison)
    assert verdict(comparisons) == ""


def test_start_and_end_of_the_quarter(lift_wing: Recorded) -> None:
    for metric, which in ((names.CALENDAR_START, 0), (names.CALENDAR_END, 1)):
        (series,) = lift_wing.recorded.range(
            f'{metric}{{calendar="slo-quarter"}}', SPAN.start, SPAN.start + 3600 * 2000, 3600
        )
        assert len(series.times) == 2001
        for at, value in zip(series.times, series.values, strict=True):
            assert value == quarter_at(round(at))[which]


def test_nothing_is_known_of_a_quarter_before_its_first_full_hour(lift_wing: Recorded) -> None:
    """The part of the outage before midnight belongs to the old quarter. Events after midnight count from the first
    full hour. Until then there is no number.
    """
    slo = "revertrisk-language-agnostic-availability-eqiad"
    spent = lift_wing.values(names.CALENDAR_BUDGET_SPENT, slo)
    midnight = SPAN.minute(QUARTER_STARTS[1])
    assert spent[midnight - 1] > 0
    assert not spent.keys() & set(range(midnight, midnight + 60))
    assert spent[midnight + 60] > 0


def test_idle_is_no_error_and_no_gap(lift_wing: Recorded) -> None:
    slo = "revscoring-articlequality-latency-eqiad"
    for window in ("5m", "1h", "6h", "1d"):
        ratios = lift_wing.values(error_ratio(window), slo)
        # a day's window has whole hours
        idle = range(IDLE_WEEKEND[0] + 1440 + 65, IDLE_WEEKEND[1])
        assert [ratios[minute] for minute in idle] == [0.0] * len(idle)
    for window in ("3d", "28d"):
        assert lift_wing.values(error_ratio(window), slo)[IDLE_WEEKEND[1] - 1] > 0


def test_no_5xx_is_no_error(lift_wing: Recorded) -> None:
    slo = "revscoring-articlequality-availability-eqiad"
    for window in ("5m", *WINDOWS, "28d"):
        ratios = lift_wing.values(error_ratio(window), slo)
        assert set(ratios.values()) == {0.0}
        assert len(ratios) > 2000
    fives = (
        'istio_requests_total{response_code=~"5..", site="eqiad", prometheus="k8s-mlserve",'
        'kubernetes_namespace="istio-system", destination_service_namespace="revscoring-articlequality",'
        'destination_canonical_service="enwiki-articlequality-predictor"}'
    )
    assert not lift_wing.raw.samples(fives, SPAN.start, SPAN.end)


def test_a_mean_of_ratios_would_have_been_wrong(lift_wing: Recorded) -> None:
    """Sloth records the mean of the 5m ratios as the ratio of the period, so a minute at night has the same weight as a
    minute at noon. docs/rules.md has the figures that this test prints."""
    print()
    for slo, minimum in (
        ("revertrisk-language-agnostic-availability-eqiad", 0.3),
        ("readability-availability-codfw", 0.0),
        ("revscoring-articlequality-latency-eqiad", 0.1),
    ):
        traffic = lift_wing.world.traffic[slo]
        minute = FIRST + 5 + (OUTAGE_AT_NIGHT[1] + 8 * 60 - FIRST) // EVERYWHERE * EVERYWHERE
        at = SPAN.start + 60 * minute + traffic.evaluated
        bad, total = (f'{metric}{{{names.ID}="{slo}"}}' for metric in (names.BAD_RATE, names.TOTAL_RATE))
        (sloth,) = lift_wing.recorded.instant(f"avg_over_time(({bad} / ({total} > 0) or 0 * {total})[28d:1m])", at)
        truth = lift_wing.truth(slo)
        true = ratio(*truth.days(PERIOD_DAYS, minute))
        (ours,) = lift_wing.recorded.instant(f'{error_ratio("28d")}{{{names.ID}="{slo}"}}', at)
        print(
            f"{slo}: true {true:.6%}, recorded {ours.value:.6%} ({ours.value / true - 1:+.3%}), "
            f"mean of 5m ratios {sloth.value:.6%} ({sloth.value / true - 1:+.1%})"
        )
        assert abs(ours.value / true - 1) < 0.005
        assert abs(sloth.value / true - 1) >= minimum
