"""Compares the minutes of full outage that an objective allows with the outages that a service expects.

Source: Wikimedia's SLO worksheet - an outage lasts from its start until it is detected, and from then until it is
repaired; if one expected outage is longer than the budget, the objective is met only without outages.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.model import DAY, Duration, Period, Service, Slo
from slosmith.schemes.calendars import period_lengths


class Budget(msgspec.Struct, frozen=True):
    """An error budget in time: ``length`` of full outage uses it up over ``period``. ``name`` names the period."""

    length: Duration
    period: Duration
    name: str


def outage(service: Service) -> Duration | None:
    """Length of an expected outage: time to detect + time to repair; None if neither is stated."""
    parts = (service.operations.time_to_detect, service.operations.time_to_repair)
    stated = [part.milliseconds for part in parts if part is not None]
    return Duration(sum(stated)) if stated else None


def budget(slo: Slo, period: Duration, name: str) -> Budget:
    """Minutes of full outage allowed: (1 - target) x period, at even traffic."""
    allowed = slo.objective.error_budget_ratio * period.milliseconds
    return Budget(Duration(int(allowed)), period, name)


def shortest_period(period: Period) -> tuple[Duration, str]:
    """The shorter of the rolling period and the calendar's shortest, and its name."""
    rolling = (period.rolling, period.rolling.in_days)
    return min(rolling, reporting_period(period), key=lambda found: found[0])


def reporting_period(period: Period) -> tuple[Duration, str]:
    """The period that is reported on: the calendar's shortest (its longest is longer by days), else the rolling one."""
    if period.calendar is None:
        return period.rolling, period.rolling.in_days
    shortest, _ = period_lengths(period.calendar)
    return shortest, f"the shortest {period.calendar.name} of {shortest.in_days}"


def events(slo: Slo, length: Duration) -> Decimal | None:
    """Events expected in ``length`` from the declared traffic; None without it."""
    if slo.expected_events_per_day is None:
        return None
    return slo.expected_events_per_day * length.milliseconds / DAY.milliseconds
