"""Pyrra's alert windows: made for 28 days, and scaled with the period."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import msgspec

from slosmith.model import MINUTE, AlertSeverity, BurnRateWindow, Duration
from slosmith.model.objectives import without_covered
from slosmith.vocabulary.numbers import EXACT

_FIVE_MINUTES = Duration(300_000)
"""The shortest window: rates are computed over it."""
_FOUR_WEEKS = Duration.parse("28d")
_ABSENT_FOR = "2m"


class Tier(msgspec.Struct, frozen=True):
    """One of Pyrra's four burn rates, with its windows for a period of four weeks."""

    field: str
    """Its name in ``alerting.severities``."""
    severity: AlertSeverity
    """Pyrra's critical is a page, its warning a ticket."""
    factor: int
    long: str
    short: str


TIERS = (
    Tier("fastBurn", "page", 14, "1h", "5m"),
    Tier("mediumBurn", "page", 7, "6h", "30m"),
    Tier("slowBurn", "ticket", 2, "1d", "2h"),
    Tier("longTermBurn", "ticket", 1, "4d", "6h"),
)


SEVERITY_LABELS = {"page": "critical", "ticket": "warning"}
"""Pyrra's values of the label ``severity``."""


def pyrra_windows(period: Duration) -> tuple[BurnRateWindow, ...]:
    """The four tiers for ``period``, fastest first; whole minutes, and 5m at least.

    The burn rates are Pyrra's; a tier's budget share is burn rate x long window / period, without rounding.
    A tier is named by its long window of four weeks: routing may use this label, so it does not change with the period.
    """
    found = []
    for tier in TIERS:
        long, short = (max(scaled(window, period), _FIVE_MINUTES) for window in (tier.long, tier.short))
        with localcontext(EXACT):
            share = tier.factor * long.seconds / period.seconds
        found.append(BurnRateWindow(tier.long, share, long, short, tier.severity))
    return tuple(found)


def absent_for(period: Duration) -> Duration:
    """How long data has to be missing before Pyrra alerts: 2m of four weeks, and a minute at least."""
    return max(scaled(_ABSENT_FOR, period), Duration(MINUTE.milliseconds))


def scaled(window: str, period: Duration) -> Duration:
    """A window of four weeks for ``period``, in whole minutes (it may be 0)."""
    with localcontext(EXACT):
        exact = Duration.parse(window).seconds * period.seconds / _FOUR_WEEKS.seconds / 60
        return Duration(int(exact.to_integral_value(ROUND_HALF_UP)) * MINUTE.milliseconds)


def is_pyrras(windows: tuple[BurnRateWindow, ...], period: Duration) -> bool:
    """Whether these are the windows that Pyrra has for ``period``, or those of them that can fire alone."""

    def key(window: BurnRateWindow) -> tuple[Duration, Duration, Decimal]:
        return window.long, window.short, round(window.budget_share, 12)

    all_of_them = pyrra_windows(period)
    return {key(window) for window in windows} in (
        {key(window) for window in all_of_them}, {key(window) for window in without_covered(all_of_them)},
    )  # fmt: skip
