"""The time of the first page in a full outage, and whether any error budget is left at this time."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.model import Duration, Slo
from slosmith.schemes.detection import declared_rate, fires_after, seconds_to_fire
from slosmith.schemes.scheme import Scheme
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary.numbers import EXACT, amount, time_until


class FirstPage(msgspec.Struct, frozen=True):
    """The first page of an outage in which every event is bad, after a time without errors."""

    after_seconds: Decimal
    """Seconds from the start of the outage until the first evaluation at which an alert can fire."""
    latest_seconds: Decimal
    """The same with the delay of the recorded rates."""
    budget_seconds: Decimal
    """Length of the full outage that spends the whole rolling budget, at even traffic: (1 - target) x period."""

    @property
    def too_late(self) -> bool:
        """Whether the whole budget can be spent before the first page."""
        return self.budget_seconds <= self.latest_seconds


def first_page(slo: Slo, scheme: Scheme, interval: Duration) -> FirstPage | None:
    """The first page, with rules that are evaluated every ``interval``. None: no full outage makes an alert page.

    The floor of bad events counts if the traffic is declared.
    """
    pages = (alert for alert in scheme.alerts(slo) if alert.trigger is not None and alert.severity == "page")
    rate = declared_rate(slo)
    times = (fires_after(slo, scheme, alert, Decimal(1), interval, rate) for alert in pages)
    found = [seconds for seconds in times if seconds is not None]
    if not found:
        return None
    after = min(found)
    return FirstPage(
        after_seconds=after,
        latest_seconds=after + scheme.longest_delay(interval).seconds,
        budget_seconds=EXACT.multiply(slo.objective.error_budget_ratio, slo.period.rolling.seconds),
    )


def too_late(page: FirstPage) -> str:
    """The message that a page is too late."""
    first, latest = time_until(page.after_seconds), time_until(page.latest_seconds)
    when = first if first == latest else f"{first} to {latest}"
    minutes = amount(page.budget_seconds / 60)
    return f"a full outage spends the whole budget in {minutes} minutes, and the page comes after {when}"


def detected_seconds(slo: Slo, scheme: Scheme, pair: AlertTier) -> Decimal | None:
    """Seconds of full outage until the pair is above its threshold and has the minimum of bad events. None: never. The
    minimum counts if the traffic is declared.
    """
    return seconds_to_fire(pair, scheme.floor(slo), Decimal(1), declared_rate(slo))
