"""Alert tiers: the published formulas. Thresholds can be reached, and fall from tier to tier."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slosmith.model import Alerting, BurnRateWindow, CounterRatio, Duration, Objective, Period, Selector, Slo
from slosmith.schemes.tiers import all_tiers, ratio_windows, tiers

CATALOGUE = tuple(
    BurnRateWindow(long, Decimal(share), Duration.parse(long), Duration.parse(short), severity)  # type: ignore[arg-type]
    for long, short, share, severity in (
        ("1h", "5m", "0.02", "page"),
        ("6h", "30m", "0.05", "page"),
        ("1d", "2h", "0.1", "ticket"),
        ("3d", "6h", "0.1", "ticket"),
    )
)


def slo(target: str, rolling: str = "28d", maximum: str = "0.5", **alerting: object) -> Slo:
    return Slo(
        service="api",
        name="availability",
        indicator_name="availability",
        indicator=CounterRatio((Selector("requests_total"),), bad=(Selector("errors_total"),)),
        objective=Objective(Decimal(target)),
        period=Period(Duration.parse(rolling)),
        team="web",
        alerting=Alerting("default", CATALOGUE, max_error_ratio=Decimal(maximum), **alerting),  # type: ignore[arg-type]
    )


def test_factors_are_those_of_the_workbook() -> None:
    """SRE Workbook, table 5-8: 14.4, 6, 3 and 1 for 2 %, 5 %, 10 % and 10 % of 30 days."""
    found = tiers(slo("0.999", "30d"))
    assert [tier.factor for tier in found] == [Decimal("14.4"), 6, 3, 1]
    assert [tier.threshold_ratio for tier in found] == [Decimal(n) for n in ("0.0144", "0.006", "0.003", "0.001")]
    assert not any(tier.clamped for tier in found)


def test_a_share_that_cannot_burn_in_time_is_clamped_and_says_what_it_is() -> None:
    first, *rest = tiers(slo("0.95"))
    assert (first.threshold_ratio, first.clamped) == (Decimal("0.5"), True)
    # a burn rate of 10 for one of 672 hours
    assert first.budget_share == pytest.approx(Decimal(10) / 672)
    assert first.catalogue_budget_share == Decimal("0.02")
    assert not any(tier.clamped for tier in rest)


def test_several_clamped_tiers_stay_apart_and_leave_the_others_alone() -> None:
    found = tiers(slo("0.95", "91d"))
    assert found[0].threshold_ratio == Decimal("0.5")
    assert found[0].threshold_ratio > found[1].threshold_ratio > found[2].threshold_ratio
    assert found[2].factor == Decimal("9.1")
    assert [tier.clamped for tier in found] == [True, True, False, False]


def test_where_all_are_clamped_none_fires_while_the_objective_is_met() -> None:
    assert all(tier.factor > 1 for tier in tiers(slo("0.8", "91d")))


@given(
    target=st.decimals("0.3", "0.99999", places=5),
    days=st.integers(7, 400),
    maximum=st.decimals("0.05", "0.95", places=2),
)
def test_thresholds_are_reachable_and_fall(target: Decimal, days: int, maximum: Decimal) -> None:
    found = all_tiers(slo(str(target), f"{days}d", str(maximum)))
    thresholds = [tier.threshold_ratio for tier in found]
    assert all(0 < threshold <= maximum < 1 for threshold in thresholds)
    if maximum / (1 - target) > Decimal("1.01"):
        assert thresholds == sorted(set(thresholds), reverse=True)
    for tier, window in zip(found, CATALOGUE, strict=True):
        nominal = window.budget_share * 24 * days * 3600 / window.long.seconds
        if not tier.clamped:
            assert tier.factor == pytest.approx(nominal)
        else:
            assert tier.factor < nominal


def test_detection_and_reset() -> None:
    tier = tiers(slo("0.98"))[0]
    assert tier.threshold_ratio == Decimal("0.2688")
    assert tier.detection_seconds(Decimal(1)) == Decimal("0.2688") * 3600
    assert tier.detection_seconds(Decimal("0.5")) == Decimal("0.5376") * 3600
    assert tier.detection_seconds(Decimal("0.2688")) is None
    assert tier.reset_seconds(Decimal(1)) == 300 * (1 - Decimal("0.2688"))
    assert tier.reset_seconds(Decimal("0.1")) is None


def test_a_severity_that_is_off_has_no_tiers_and_keeps_its_windows() -> None:
    quiet = slo("0.98", page=False)
    assert {tier.severity for tier in tiers(quiet)} == {"ticket"}
    assert len(all_tiers(quiet)) == 4
    assert [str(window) for window in ratio_windows(quiet.alerting)] == ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
    assert [str(window) for window in ratio_windows(None)] == ["5m"]
