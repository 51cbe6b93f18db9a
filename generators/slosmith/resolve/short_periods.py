"""Alert windows for periods that the usual catalogue does not fit: the same burn rates, with scaled windows.

The usual catalogue is made for four weeks or a month. For a period of a day its long windows are longer than the
period. For two weeks its slowest tier fires below a burn rate of one half, while the objective is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, localcontext

import msgspec

from slosmith.model import BurnRateWindow, Duration
from slosmith.model.objectives import without_covered
from slosmith.vocabulary.numbers import EXACT

MADE_FOR = Duration.parse("30d")
"""The period that the usual catalogue's windows are made for."""

SHORT = Duration.parse("15d")
"""Windows are scaled for periods below this: at half of :data:`MADE_FOR` every burn rate would be halved."""

FIVE_MINUTES = Duration(300_000)
"""The shortest window: rates are read over it."""


def fitted(windows: Sequence[BurnRateWindow], period: Duration) -> tuple[BurnRateWindow, ...]:
    """``windows`` for ``period``: whole minutes, at least 5m, each with the burn rate that it has in a month."""
    found = []
    for window in windows:
        long, short = _scaled(window.long, period), _scaled(window.short, period)
        with localcontext(EXACT):
            burn_rate = window.budget_share * MADE_FOR.seconds / window.long.seconds
            share = burn_rate * long.seconds / period.seconds
        # `for` and `keep_firing_for` belong to the lengths of the windows
        hold, keep = (None if time is None else _minutes(time, period) for time in (window.hold, window.keep))
        found.append(BurnRateWindow(str(long), share, long, short, window.severity, hold=hold, keep=keep))
    return without_covered(found)


def readable(windows: Sequence[BurnRateWindow], shortest: Duration) -> tuple[BurnRateWindow, ...]:
    """The windows, with ``shortest`` as the minimum. Each keeps its burn rate."""
    found = []
    for window in windows:
        long, short = max(window.long, shortest), max(window.short, shortest)
        with localcontext(EXACT):
            share = window.budget_share * long.seconds / window.long.seconds
        found.append(msgspec.structs.replace(window, budget_share=share, long=long, short=short))
    return without_covered(found)


def of_period(windows: Sequence[BurnRateWindow], made_for: Duration, period: Duration) -> tuple[BurnRateWindow, ...]:
    """The windows for ``period``, with the burn rates that they have for ``made_for``."""
    if made_for == period:
        return tuple(windows)
    with localcontext(EXACT):
        return tuple(
            msgspec.structs.replace(window, budget_share=window.budget_share * made_for.seconds / period.seconds)
            for window in windows
        )


def _scaled(window: Duration, period: Duration) -> Duration:
    return max(_minutes(window, period), FIVE_MINUTES)


def _minutes(time: Duration, period: Duration) -> Duration:
    """``time`` for ``period``, in whole minutes, at least one."""
    with localcontext(EXACT):
        minutes = time.seconds / 60 * period.seconds / MADE_FOR.seconds
        whole = int(minutes.to_integral_value(ROUND_HALF_UP))
    return Duration(max(whole, 1) * 60_000)
