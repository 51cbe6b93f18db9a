"""Alert windows for periods that the usual catalogue does not fit: the same burn rates over windows scaled to them.

The usual catalogue is made for four weeks or a month. Over a day its long windows are longer than the period, and over
two weeks its slowest tier fires below a burn rate of one half, while the objective is being met.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, localcontext

from slosmith.model import BurnRateWindow, Duration
from slosmith.model.promises import without_covered
from slosmith.vocabulary.numbers import EXACT

MADE_FOR = Duration.parse("30d")
"""The period that the usual catalogue's windows are made for."""

SHORT = Duration.parse("15d")
"""Periods below are scaled to: at half of :data:`MADE_FOR` every burn rate is half of what is meant."""

FIVE_MINUTES = Duration(300_000)
"""The shortest window: rates are read over it."""


def fitted(windows: Sequence[BurnRateWindow], period: Duration) -> tuple[BurnRateWindow, ...]:
    """``windows`` for ``period``: whole minutes, from 5m on, each with the burn rate that it has in a month."""
    found = []
    for window in windows:
        long, short = _scaled(window.long, period), _scaled(window.short, period)
        with localcontext(EXACT):
            burn_rate = window.budget_share * MADE_FOR.seconds / window.long.seconds
            share = burn_rate * long.seconds / period.seconds
        found.append(BurnRateWindow(str(long), share, long, short, window.severity))
    return without_covered(found)


def _scaled(window: Duration, period: Duration) -> Duration:
    with localcontext(EXACT):
        minutes = window.seconds / 60 * period.seconds / MADE_FOR.seconds
        whole = int(minutes.to_integral_value(ROUND_HALF_UP))
    return max(Duration(whole * 60_000), FIVE_MINUTES)
