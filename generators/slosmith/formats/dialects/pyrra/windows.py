"""Pyrra's alert windows: made for 28 days, and scaled with the period."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from slosmith.model import BurnRateWindow, Duration
from slosmith.vocabulary.numbers import EXACT

_MINUTE_MS = 60_000
_FIVE_MINUTES = Duration(300_000)
_FOUR_WEEKS = Duration.parse("28d")
SHORTEST_PERIOD = Duration.parse("5d")
"""Below, the fastest tier's long window would be no longer than the 5m that rates are read over."""

_TIERS: tuple[tuple[Literal["page", "ticket"], int, str, str], ...] = (
    ("page", 14, "1h", "5m"),
    ("page", 7, "6h", "30m"),
    ("ticket", 2, "1d", "2h"),
    ("ticket", 1, "4d", "6h"),
)
"""Severity, burn rate, long and short window, for a period of four weeks. Critical is a page, warning a ticket."""


def pyrra_windows(period: Duration) -> tuple[BurnRateWindow, ...]:
    """The four tiers for ``period``, fastest first; whole minutes, and 5m at least.

    The burn rates are Pyrra's; a tier's budget share is burn rate x long window / period, whatever the rounding did.
    """
    found = []
    for severity, factor, four_weeks_long, four_weeks_short in _TIERS:
        long, short = _scaled(four_weeks_long, period), _scaled(four_weeks_short, period)
        with localcontext(EXACT):
            share = factor * long.seconds / period.seconds
        # named as they are for four weeks: a label that routing may look at should not move with the period
        found.append(BurnRateWindow(four_weeks_long, share, long, short, severity))
    return tuple(found)


def _scaled(window: str, period: Duration) -> Duration:
    with localcontext(EXACT):
        exact = Duration.parse(window).seconds * period.seconds / _FOUR_WEEKS.seconds / 60
        minutes = int(exact.to_integral_value(ROUND_HALF_UP))
    return max(Duration(minutes * _MINUTE_MS), _FIVE_MINUTES)


def is_pyrras(windows: tuple[BurnRateWindow, ...], period: Duration) -> bool:
    """Whether these are the windows that Pyrra has for ``period``."""

    def key(window: BurnRateWindow) -> tuple[str, Duration, Duration, Decimal]:
        return window.severity, window.long, window.short, round(window.budget_share, 12)

    return {key(window) for window in windows} == {key(window) for window in pyrra_windows(period)}
