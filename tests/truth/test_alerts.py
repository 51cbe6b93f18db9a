"""Alerts on the recordings of the winter: they fire at the minute that the formulas give for the events."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from slosmith.model import DAY, Duration, Slo
from slosmith.schemes.floors import budget_minimum, floor
from slosmith.schemes.tiers import AlertTier, tiers
from slosmith.vocabulary import names
from tests.truth.comparing import ratio
from tests.truth.lift_wing import API_OUTAGE, API_OUTAGE_RATIO, OUTAGE_AT_NIGHT, SPAN
from tests.truth.recorded import FIRST, Recorded

pytestmark = [pytest.mark.prometheus, pytest.mark.slow, pytest.mark.xdist_group("truth")]

RATE_LAG = 5 * 60
"""Seconds that a 5m rate is late at most; the evaluation adds a minute."""

NEAR = 0.005
"""A ratio this near to its threshold (relative) may fall to either side of it."""


def firing(lift_wing: Recorded, slo: Slo, tier: AlertTier) -> list[int]:
    """The minutes at which the condition of a tier is true."""
    assert slo.alerting is not None
    return [*lift_wing.values("ALERTS", slo.id, alertname=slo.alerting.name, slo_tier=tier.name)]


def test_a_tier_fires_exactly_when_the_events_say_so(lift_wing: Recorded) -> None:
    checked = fired = 0
    for slo_id, traffic in lift_wing.world.traffic.items():
        slo, truth = traffic.slo, lift_wing.truth(slo_id)
        assert slo.alerting is not None
        evaluated = [minute for minute in lift_wing.values(names.PERIOD_BURN_RATE, slo_id) if minute > FIRST]
        for tier in tiers(slo):
            fires = set(firing(lift_wing, slo, tier))
            windows = [tier.long.whole_seconds // 60, tier.short.whole_seconds // 60]
            threshold, least = float(tier.threshold_ratio), floor(slo).below(tier.threshold_ratio)
            for minute in evaluated:
                ratios = [
                    ratio(*(truth.rate(minute) if window == 5 else truth.counts(window)[1](minute)))
                    for window in windows
                ]
                bad, total = truth.counts(windows[0])[1](minute)
                needed = float(least.needed(Fraction(total)))
                margins = [*(errors / threshold for errors in ratios), bad / needed]
                if all(abs(margin - 1) > NEAR for margin in margins):
                    expected = all(margin > 1 for margin in margins)
                    assert (minute in fires) is expected, (slo_id, tier.name, minute, margins)
                    checked += 1
                    fired += expected
    print(f"\n{checked} states of burn-rate alerts as the events say, {fired} of them firing")
    assert fired > 500


def test_an_outage_fires_and_clears_at_the_computed_minutes(lift_wing: Recorded) -> None:
    """The API server's traffic is constant and has no other errors, so the formulas are exact to the minute."""
    traffic = lift_wing.world.traffic["ml-serve-kubernetes-availability-eqiad"]
    slo, scraped = traffic.slo, traffic.total[0].offset
    # events of a minute happen between the scrape before it and the scrape of the minute
    begin, end = (SPAN.start + 60 * (minute - 1) + scraped for minute in API_OUTAGE)
    print()
    for tier in tiers(slo):
        fires = firing(lift_wing, slo, tier)
        assert fires == [*range(fires[0], fires[-1] + 1)], "fires without a gap"
        first, last = (SPAN.start + 60 * minute + traffic.evaluated for minute in (fires[0], fires[-1]))
        detection, reset = tier.detection_seconds(API_OUTAGE_RATIO), tier.reset_seconds(API_OUTAGE_RATIO)
        assert detection is not None
        assert reset is not None
        print(
            f"{tier.name}: fires {(first - begin) / 60:.1f} minutes into it, computed {float(detection) / 60:.1f};"
            f" clears {(last + 60 - end) / 60:.1f} after its end, computed {float(reset) / 60:.1f}"
        )
        # windows of a day and longer count from the next full hour on
        hour = 3600 if tier.long >= DAY else 0
        assert 0 <= first - begin - float(detection) <= RATE_LAG + 60 + hour
        assert 0 <= last + 60 - end - float(reset) <= RATE_LAG + 60


def test_the_outage_at_night_pages_and_no_ticket_follows(lift_wing: Recorded) -> None:
    """An hour and a half with 92 % errors pages within the hour. At night there are too few events for the slow tiers.
    With a mean over time they would fire.
    """
    traffic = lift_wing.world.traffic["revertrisk-language-agnostic-availability-eqiad"]
    begin, end = OUTAGE_AT_NIGHT
    fired = {
        tier.name: [minute for minute in firing(lift_wing, traffic.slo, tier) if begin <= minute <= end + 8 * 60]
        for tier in tiers(traffic.slo)
    }
    assert begin < fired["1h"][0] < begin + 60
    assert end < fired["1h"][-1] <= end + 10
    assert begin < fired["6h"][0] < end + 30
    assert not fired["1d"]
    assert not fired["3d"]


def test_few_errors_of_a_quiet_service_page_nobody(lift_wing: Recorded) -> None:
    """Seven requests an hour: one error is 14 %, above the threshold of 5 %, but this few must not page."""
    slo_id = "readability-availability-codfw"
    slo, truth = lift_wing.world.traffic[slo_id].slo, lift_wing.truth(slo_id)
    ratios = lift_wing.values(names.error_ratio(Duration.parse("1h")), slo_id)
    page = next(tier for tier in tiers(slo) if tier.name == "1h")
    over = [minute for minute, errors in ratios.items() if Decimal(errors) > page.threshold_ratio]
    least = floor(slo).below(page.threshold_ratio)
    few = {
        minute
        for minute in over
        if truth.bad.smeared(minute, 60) < 0.99 * float(least.needed(Fraction(truth.total.smeared(minute, 60))))
    }
    assert len(few) > 10
    print(f"\n{len(few)} minutes above the threshold with too few errors")
    assert not few & set(firing(lift_wing, slo, page))


def test_a_spent_budget_is_a_ticket(lift_wing: Recorded) -> None:
    spent = 0
    for slo_id, traffic in lift_wing.world.traffic.items():
        slo = traffic.slo
        assert slo.alerting is not None
        minimum = float(budget_minimum(slo))
        assert slo.period.calendar is not None
        for tier, remaining, bad in (
            (f"budget-{slo.period.rolling.in_days}", names.PERIOD_BUDGET_REMAINING, names.PERIOD_BAD),
            (f"budget-{slo.period.calendar.name}", names.CALENDAR_BUDGET_REMAINING, names.CALENDAR_BAD),
        ):
            events = lift_wing.values(bad, slo_id)
            expected = [
                minute
                for minute, left in lift_wing.values(remaining, slo_id).items()
                if left <= 0 and events.get(minute, 0) >= minimum
            ]
            fires = lift_wing.values("ALERTS", slo_id, alertname=slo.alerting.exhausted_name, slo_tier=tier)
            assert [*fires] == expected, (slo_id, tier)
            spent += len(expected)
    assert spent > 100


def test_nothing_is_absent(lift_wing: Recorded) -> None:
    """An SLI without traffic for a weekend, or without any 5xx, is not missing."""
    for slo_id in lift_wing.world.traffic:
        objective = lift_wing.values(names.OBJECTIVE_RATIO, slo_id)
        assert objective
        bad = lift_wing.values(names.BAD_RATE, slo_id)
        assert objective.keys() <= bad.keys()
