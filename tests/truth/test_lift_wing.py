"""Every ratio and both budgets, of a whole winter of Lift Wing, against what the events say."""

from __future__ import annotations

import pytest

from slosmith.model import Duration
from slosmith.rules import names
from tests.truth.comparing import Comparison, verdict
from tests.truth.counting import Truth
from tests.truth.lift_wing import IDLE_WEEKEND, OUTAGE_AT_NIGHT, QUARTER_STARTS, SPAN
from tests.truth.recorded import EVERYWHERE, FIRST, Recorded

pytestmark = [pytest.mark.prometheus, pytest.mark.slow, pytest.mark.xdist_group("truth")]

WINDOWS = {"1h": 60, "2h": 120, "6h": 360, "1d": 1440, "3d": 4320}
PERIOD_DAYS = 28
LONGEST_QUARTER_DAYS = 92


def error_ratio(window: str) -> str:
    return names.error_ratio(Duration.parse(window))


@pytest.mark.parametrize("window", [*WINDOWS])
def test_ratio_of_a_window(lift_wing: Recorded, window: str) -> None:
    length = WINDOWS[window]
    comparisons = []
    for slo in lift_wing.world.traffic:
        truth = lift_wing.truth(slo)
        comparison = Comparison(f"{window} {slo}", SPAN)
        comparison.ratios(
            lift_wing.values(error_ratio(window), slo),
            lambda minute, lag, truth=truth: (
                truth.bad.plain(minute, length, lag),
                truth.total.plain(minute, length, lag),
            ),
            lambda minute, truth=truth: (truth.bad.smeared(minute, length), truth.total.smeared(minute, length)),
        )
        assert comparison.checked > 2000
        comparisons.append(comparison)
    assert verdict(comparisons) == ""


def test_short_windows_for_information(lift_wing: Recorded) -> None:
    """5m and 30m are the alerts' short windows. They are exact about what the rates saw; the plain count may differ by
    what five minutes are to them."""
    for window, length in (("5m", 5), ("30m", 30)):
        comparisons = []
        for slo in lift_wing.world.traffic:
            truth = lift_wing.truth(slo)
            comparison = Comparison(f"{window} {slo}", SPAN)
            measured = lift_wing.values(error_ratio(window), slo)
            if window == "5m":
                # one rate, not a sum of them
                measured = {minute: value for minute, value in measured.items() if minute > FIRST}
            comparison.ratios(
                measured,
                lambda minute, lag, truth=truth, length=length: (
                    truth.bad.plain(minute, length, lag), truth.total.plain(minute, length, lag),
                ),
                lambda minute, truth=truth, length=length: (
                    (truth.bad.rate(minute), truth.total.rate(minute)) if length == 5
                    else (truth.bad.smeared(minute, length), truth.total.smeared(minute, length))
                ),
                plain_too=False,
            )  # fmt: skip
            comparisons.append(comparison)
        assert verdict(comparisons) == ""


def period(truth: Truth, minute: int, lag: int) -> tuple[float, float]:
    """Plainly: the 672 whole hours up to the last full one."""
    last = truth.total.last_hour(minute)
    return tuple(of.plain_hours(last - 24 * PERIOD_DAYS, last, lag) for of in (truth.bad, truth.total))


def period_smeared(truth: Truth, minute: int) -> tuple[float, float]:
    last, first = truth.total.last_hour(minute), truth.total.first_hour(minute, PERIOD_DAYS)
    return tuple(of.smeared_hours(first, last) for of in (truth.bad, truth.total))


def test_rolling_ratio_and_budget(lift_wing: Recorded) -> None:
    comparisons = []
    for slo, traffic in lift_wing.world.traffic.items():
        truth = lift_wing.truth(slo)
        budget = float(traffic.slo.objective.error_budget_ratio)
        settled = {
            metric: {minute: value for minute, value in lift_wing.values(metric, slo).items() if minute >= FIRST + 64}
            for metric in (
                error_ratio("28d"), names.PERIOD_TOTAL, names.PERIOD_BAD, names.PERIOD_BURN_RATE, names.PERIOD_BUDGET_REMAINING,
            )
        }  # fmt: skip
        ratio = Comparison(f"28d {slo}", SPAN)
        ratio.ratios(
            settled[error_ratio("28d")],
            lambda minute, lag, truth=truth: period(truth, minute, lag),
            lambda minute, truth=truth: period_smeared(truth, minute),
        )
        assert ratio.checked > 2000
        comparisons.append(ratio)
        for metric, which in ((names.PERIOD_BAD, 0), (names.PERIOD_TOTAL, 1)):
            events = Comparison(f"{metric} {slo}", SPAN)
            events.numbers(
                settled[metric], lambda minute, truth=truth, which=which: period_smeared(truth, minute)[which]
            )
            comparisons.append(events)

        def burn(minute: int, truth: Truth = truth, budget: float = budget) -> float:
            bad, total = period_smeared(truth, minute)
            return bad / total / budget if total else 0.0

        for metric, expected in (
            (names.PERIOD_BURN_RATE, burn),
            (names.PERIOD_BUDGET_REMAINING, lambda minute, burn=burn: 1 - burn(minute)),
        ):
            rolling = Comparison(f"{metric} {slo}", SPAN)
            rolling.numbers(settled[metric], expected)
            comparisons.append(rolling)
    assert verdict(comparisons) == ""


def quarter(minute: int, evaluated: int) -> tuple[int, int]:
    """Start and end of the quarter (Unix seconds) at an evaluation."""
    now = SPAN.start + 60 * minute + evaluated
    start = max(start for start in QUARTER_STARTS if start <= now)
    return start, QUARTER_STARTS[QUARTER_STARTS.index(start) + 1]


def test_calendar_budget(lift_wing: Recorded) -> None:
    """Attainment to date, budget spent and left, and the events, across 1 December and 1 March."""
    comparisons = []
    for slo, traffic in lift_wing.world.traffic.items():
        truth = lift_wing.truth(slo)
        budget = float(traffic.slo.objective.error_budget_ratio)

        def hours(minute: int, truth: Truth = truth, evaluated: int = traffic.evaluated) -> tuple[int, int]:
            start, _ = quarter(minute, evaluated)
            return max((start - SPAN.start) // 3600, 0), truth.total.last_hour(minute)

        def smeared(minute: int, truth: Truth = truth, hours=hours) -> tuple[float, float]:
            first, last = hours(minute)
            return tuple(of.smeared_hours(first, last) if last > first else 0.0 for of in (truth.bad, truth.total))

        def plain(minute: int, lag: int, truth: Truth = truth, hours=hours) -> tuple[float, float]:
            first, last = hours(minute)
            return tuple(of.plain_hours(first, last, lag) if last > first else 0.0 for of in (truth.bad, truth.total))

        def spent(minute: int, smeared=smeared, budget: float = budget, evaluated: int = traffic.evaluated) -> float:
            bad, total = smeared(minute)
            start, end = quarter(minute, evaluated)
            elapsed = (SPAN.start + 60 * minute + evaluated - start) / (end - start)
            return (bad / total if total else 0.0) / budget * elapsed

        recorded = {
            metric: {minute: value for minute, value in lift_wing.values(metric, slo).items() if minute >= FIRST + 64}
            for metric in (
                names.CALENDAR_ERROR_RATIO, names.CALENDAR_TOTAL, names.CALENDAR_BAD, names.CALENDAR_BUDGET_SPENT,
                names.CALENDAR_BUDGET_REMAINING,
            )
        }  # fmt: skip
        ratio = Comparison(f"quarter {slo}", SPAN)
        ratio.ratios(recorded[names.CALENDAR_ERROR_RATIO], plain, smeared)
        comparisons.append(ratio)
        assert ratio.checked > 80
        for metric, expected in (
            (names.CALENDAR_BAD, lambda minute, smeared=smeared: smeared(minute)[0]),
            (names.CALENDAR_TOTAL, lambda minute, smeared=smeared: smeared(minute)[1]),
            (names.CALENDAR_BUDGET_SPENT, spent),
            (names.CALENDAR_BUDGET_REMAINING, lambda minute, spent=spent: 1 - spent(minute)),
        ):
            numbers = Comparison(f"{metric} {slo}", SPAN)
            numbers.numbers(recorded[metric], expected)
            comparisons.append(numbers)
    assert verdict(comparisons) == ""


def test_start_and_end_of_the_quarter(lift_wing: Recorded) -> None:
    for metric, which in ((names.CALENDAR_START, 0), (names.CALENDAR_END, 1)):
        (series,) = lift_wing.recorded.range(
            f'{metric}{{calendar="slo-quarter"}}', SPAN.start, SPAN.start + 3600 * 2000, 3600
        )
        assert len(series.times) == 2001
        for at, value in zip(series.times, series.values, strict=True):
            assert value == quarter((round(at) - SPAN.start) // 60, 0)[which]


def test_a_quarter_opens_with_its_whole_budget(lift_wing: Recorded) -> None:
    """The outage before midnight is the old quarter's; what of it came after midnight counts from the first full hour."""
    slo = "revertrisk-language-agnostic-availability-eqiad"
    spent = lift_wing.values(names.CALENDAR_BUDGET_SPENT, slo)
    midnight = SPAN.minute(QUARTER_STARTS[1])
    assert spent[midnight - 1] > 0
    assert spent[midnight] == spent[midnight + 59] == 0
    assert spent[midnight + 60] > 0


def test_idle_is_no_error_and_no_gap(lift_wing: Recorded) -> None:
    slo = "revscoring-articlequality-latency-eqiad"
    for window in ("5m", "1h", "6h", "1d"):
        ratios = lift_wing.values(error_ratio(window), slo)
        idle = range(IDLE_WEEKEND[0] + 1445, IDLE_WEEKEND[1])
        assert [ratios[minute] for minute in idle] == [0.0] * len(idle)
    for window in ("3d", "28d"):
        assert lift_wing.values(error_ratio(window), slo)[IDLE_WEEKEND[1] - 1] > 0


def test_no_5xx_is_no_error(lift_wing: Recorded) -> None:
    slo = "revscoring-articlequality-availability-eqiad"
    for window in ("5m", *WINDOWS, "28d"):
        ratios = lift_wing.values(error_ratio(window), slo)
        assert set(ratios.values()) == {0.0}
        assert len(ratios) > 2000
    assert not lift_wing.raw.instant('{__name__="istio_requests_total",response_code=~"5..",'
                                     'destination_service_namespace="revscoring-articlequality"}', SPAN.end - 90)  # fmt: skip


def test_a_mean_of_ratios_would_have_been_wrong(lift_wing: Recorded) -> None:
    """What Sloth records as the period's ratio is the mean of the 5m ratios: a minute at night weighs like one at noon.
    docs/rules.md gives the figures that this prints."""
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
        true = _divided(period(truth, minute, 0))
        (ours,) = lift_wing.recorded.instant(f'{error_ratio("28d")}{{{names.ID}="{slo}"}}', at)
        print(
            f"{slo}: true {true:.6%}, recorded {ours.value:.6%} ({ours.value / true - 1:+.3%}), "
            f"mean of 5m ratios {sloth.value:.6%} ({sloth.value / true - 1:+.1%})"
        )
        assert abs(ours.value / true - 1) < 0.005
        assert abs(sloth.value / true - 1) >= minimum


def _divided(counts: tuple[float, float]) -> float:
    return counts[0] / counts[1]
