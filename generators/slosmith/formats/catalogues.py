"""Tiers as catalogues declare them, and the windows that they give for a period.

A tier has a share of the error budget or a burn rate; each follows from the other with the period: burn rate =
share x period / long window (SRE Workbook, chapter 5). A catalogue can say which periods its windows are made for, and
whether they scale with other periods. Scaled windows keep the burn rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

import msgspec

from slosmith.model import MINUTE, AlertSeverity, BurnRateWindow, Duration
from slosmith.model.objectives import without_covered
from slosmith.vocabulary.numbers import EXACT

SHORTEST_WINDOW = Duration(5 * MINUTE.milliseconds)
"""The shortest window of our rules: rates are recorded over it."""

_STEPS = (1440, 720, 360, 180, 120, 60, 30, 15, 10, 5, 1)
"""Minutes. A readable window is a multiple of one of them, of the longest one that is near enough. From a day on these
are whole hours, because half an hour is near enough to any window of a day.
"""
_NEAR = Decimal("0.03")


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """A tier of a catalogue. Exactly one of ``budget_share`` (0..1) and ``burn_rate`` is set."""

    name: str = ""
    """Empty: its long window, which scales."""
    long: Duration
    short: Duration
    severity: AlertSeverity
    severity_label: str = ""
    """Value of the alert's ``severity`` label. Empty: the project's mapping gives it."""
    budget_share: Decimal | None = None
    burn_rate: Decimal | None = None
    hold: Duration | None = None
    """The alert's ``for``."""
    keep: Duration | None = None
    """The alert's ``keep_firing_for``."""

    def burn_rate_of(self, period: Duration) -> Decimal:
        """The burn rate above which it fires, with its own long window and the budget of ``period``."""
        if self.burn_rate is not None:
            return self.burn_rate
        assert self.budget_share is not None
        with localcontext(EXACT):
            return self.budget_share * period.seconds / self.long.seconds


class Tiers(msgspec.Struct, frozen=True, kw_only=True):
    """The tiers of a catalogue, fastest first."""

    tiers: tuple[Tier, ...]
    periods: tuple[Duration, ...] = ()
    """The rolling periods that the windows are made for, the usual one first. Empty: any period."""
    scales: bool = False
    """Whether the windows scale with other periods. They scale from the first of ``periods``."""
    round_to: Duration | None = None
    """Scaled windows are rounded to this. None: to a readable length within 3 %."""

    def suits(self, period: Duration) -> bool:
        """Whether there are windows for ``period``."""
        return self.scales or not self.periods or period in self.periods

    def windows(self, period: Duration) -> tuple[BurnRateWindow, ...]:
        """The windows for ``period``, which must suit. Names are unique."""
        if not self.scales or min(self.periods) <= period <= max(self.periods):
            return _named(self.tiers, [_window(tier, tier.long, tier.short, period, period) for tier in self.tiers])
        return without_covered(_named(self.tiers, [self._scaled(tier, period) for tier in self.tiers]))

    def _scaled(self, tier: Tier, period: Duration) -> BurnRateWindow:
        """The tier with its windows scaled. ``for`` and ``keep_firing_for`` belong to the lengths of the windows."""
        made_for = self.periods[0]

        def length(time: Duration, least: Duration) -> Duration:
            return max(scaled(time, made_for, period, self.round_to), least)

        window = _window(
            tier, length(tier.long, SHORTEST_WINDOW), length(tier.short, SHORTEST_WINDOW), made_for, period
        )
        return msgspec.structs.replace(
            window,
            hold=None if tier.hold is None else length(tier.hold, MINUTE),
            keep=None if tier.keep is None else length(tier.keep, MINUTE),
        )


def scaled(window: Duration, made_for: Duration, period: Duration, round_to: Duration | None = None) -> Duration:
    """A window of ``made_for``, as long a part of ``period``; rounded to ``round_to``, or to a readable length. It may
    be 0.
    """
    with localcontext(EXACT):
        minutes = window.seconds * period.seconds / made_for.seconds / 60
        if round_to is not None:
            return Duration(_rounded(minutes, round_to.seconds / 60) * MINUTE.milliseconds)
        for step in _STEPS:
            readable = _rounded(minutes, Decimal(step))
            if step == 1 or abs(readable - minutes) <= minutes * _NEAR:
                return Duration(readable * MINUTE.milliseconds)
    raise AssertionError("a minute is always near enough")


def at_least(windows: Sequence[BurnRateWindow], shortest: Duration) -> tuple[BurnRateWindow, ...]:
    """The windows, with ``shortest`` as the minimum. Each keeps its burn rate."""
    found = []
    for window in windows:
        long, short = max(window.long, shortest), max(window.short, shortest)
        with localcontext(EXACT):
            share = window.budget_share * long.seconds / window.long.seconds
        found.append(msgspec.structs.replace(window, budget_share=share, long=long, short=short))
    return without_covered(found)


def _window(tier: Tier, long: Duration, short: Duration, made_for: Duration, period: Duration) -> BurnRateWindow:
    """The tier with these windows, and with the burn rate that it has for ``made_for``."""
    if tier.budget_share is not None and long == tier.long and made_for == period:
        share = tier.budget_share  # as written
    else:
        with localcontext(EXACT):
            share = tier.burn_rate_of(made_for) * long.seconds / period.seconds
    return BurnRateWindow(
        name=tier.name or str(long),
        budget_share=share,
        long=long,
        short=short,
        severity=tier.severity,
        severity_label=tier.severity_label,
        hold=tier.hold,
        keep=tier.keep,
    )


def _named(tiers: Sequence[Tier], windows: Sequence[BurnRateWindow]) -> tuple[BurnRateWindow, ...]:
    """The windows with unique names. Tiers that would share the name of their long window get the severity and the
    short window too.
    """
    longs = [window.long for window in windows]
    found: dict[str, BurnRateWindow] = {}
    for tier, window in zip(tiers, windows, strict=True):
        name = window.name
        if not tier.name and longs.count(window.long) > 1:
            name = f"{window.long}-{window.severity}-{window.short}"
        while name in found:
            name += "-2"
        found[name] = msgspec.structs.replace(window, name=name)
    return tuple(found.values())


def _rounded(minutes: Decimal, step: Decimal) -> int:
    return int((minutes / step).to_integral_value(ROUND_HALF_UP) * step)
