"""Alert tiers: from the budget shares of a catalogue to thresholds that an error ratio can reach.

Source of the formulas: SRE Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts". With budget e = 1 - target,
period P, long window L, short window S and budget share b, the burn-rate factor is f = b * P / L, and a tier fires
while the error ratio over both windows is above f * e.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import lru_cache

import msgspec

from slosmith.model import Alerting, AlertSeverity, BurnRateWindow, Duration, Slo
from slosmith.vocabulary.numbers import EXACT, significant

FIVE_MINUTES = Duration(300_000)
_CLOSE_BELOW = Decimal("0.8")


class AlertTier(msgspec.Struct, frozen=True):
    """A tier of a catalogue, computed for one SLO. Ratios are 0..1. ``factor`` is a burn rate (1: exactly
    the budget).
    """

    window: BurnRateWindow
    """The catalogue's tier."""
    factor: Decimal
    threshold_ratio: Decimal
    """f * e: the error ratio above which the tier fires."""
    budget_share: Decimal
    """The share of the rolling budget that is spent when the tier fires: factor * L / P."""
    clamped: bool
    """True if the catalogue's share needs a higher error ratio than ``max_error_ratio``."""

    @property
    def name(self) -> str:
        return self.window.name

    @property
    def severity(self) -> AlertSeverity:
        return self.window.severity

    @property
    def severity_label(self) -> str:
        """Value of the alert's ``severity`` label, if the spec sets it. Empty: the project's mapping gives it."""
        return self.window.severity_label

    @property
    def long(self) -> Duration:
        return self.window.long

    @property
    def short(self) -> Duration:
        return self.window.short

    @property
    def catalogue_budget_share(self) -> Decimal:
        return self.window.budget_share

    def detection_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from the start of a constant ``error_ratio``, with no errors before it, until the tier fires:
        f*e*L/r. None: it never fires.

        At this time the short window is always above the threshold, because it is shorter.
        """
        if error_ratio <= self.threshold_ratio:
            return None
        with localcontext(EXACT):
            return self.threshold_ratio * self.long.seconds / error_ratio

    def reset_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from the end of a constant ``error_ratio`` until the alert clears: S*(1 - f*e/r).

        None: it never fired.
        """
        if error_ratio <= self.threshold_ratio:
            return None
        with localcontext(EXACT):
            return self.short.seconds * (1 - self.threshold_ratio / error_ratio)


def tiers(slo: Slo) -> tuple[AlertTier, ...]:
    """The tiers that have an alert, fastest first. Empty for an SLO that never alerts."""
    if slo.alerting is None:
        return ()
    alerting = slo.alerting
    enabled = {"page": alerting.page, "ticket": alerting.ticket}
    return tuple(tier for tier in all_tiers(slo) if enabled[tier.severity])


def all_tiers(slo: Slo) -> tuple[AlertTier, ...]:
    """Like :func:`tiers`, and with the tiers of a disabled severity (for policy checks)."""
    if slo.alerting is None:
        return ()
    alerting = slo.alerting
    return _compute(alerting.windows, alerting.max_error_ratio, slo.objective.error_budget_ratio, slo.period.rolling)


@lru_cache(maxsize=1024)
def _compute(
    windows: tuple[BurnRateWindow, ...], max_error_ratio: Decimal, budget: Decimal, period: Duration
) -> tuple[AlertTier, ...]:
    ordered = sorted(windows, key=lambda window: (window.long, window.short, -window.budget_share, window.name))
    with localcontext(EXACT):
        cap = max_error_ratio / budget
        nominal = [burn_factor(window, period) for window in ordered]
        factors = _reachable(nominal, cap)
        return tuple(
            AlertTier(
                window=window,
                factor=significant(factor),
                threshold_ratio=significant(factor * budget),
                budget_share=significant(factor * window.long.seconds / period.seconds),
                clamped=factor != wanted,
            )
            for window, factor, wanted in zip(ordered, factors, nominal, strict=True)
        )


def _reachable(nominal: list[Decimal], cap: Decimal) -> list[Decimal]:
    """Factors that are at most ``cap``, and that fall from tier to tier.

    A single tier above the cap is set to the cap. If several tiers are above it, they get different factors, because a
    slower tier with the same threshold and a longer window would be useless. The factors are spread geometrically
    between the cap and the first tier that keeps its own factor. If no tier keeps its factor, the factors stay above 1,
    because an alert below 1 would fire while the objective is met. If the cap is too low for this, the factors stay
    just below the cap.
    """
    over = 0
    while over < len(nominal) and nominal[over] >= cap:
        over += 1
    if over == 0:
        return nominal
    floor = Decimal(1) if cap > 1 else cap * _CLOSE_BELOW
    bottom = nominal[over] if over < len(nominal) else floor
    step = bottom / cap
    return [cap * step ** (Decimal(index) / over) for index in range(over)] + nominal[over:]


@lru_cache(maxsize=1024)
def burn_factor(window: BurnRateWindow, period: Duration) -> Decimal:
    """The burn rate at which this window fires: budget share x period / long window.

    The value of the catalogue, not clamped.
    """
    with localcontext(EXACT):
        return window.budget_share * period.seconds / window.long.seconds


def unclamped(window: BurnRateWindow, budget: Decimal, period: Duration) -> AlertTier:
    """A tier with the catalogue's threshold. The threshold may be a ratio that no outage reaches."""
    factor = burn_factor(window, period)
    return AlertTier(
        window=window,
        factor=significant(factor),
        threshold_ratio=significant(EXACT.multiply(factor, budget)),
        budget_share=window.budget_share,
        clamped=False,
    )


def ratio_windows(alerting: Alerting | None) -> tuple[Duration, ...]:
    """The windows of recorded error ratios, shortest first: 5m and every window of the catalogue."""
    return _ratio_windows(alerting.windows if alerting is not None else ())


@lru_cache(maxsize=256)
def _ratio_windows(catalogue: tuple[BurnRateWindow, ...]) -> tuple[Duration, ...]:
    return tuple(sorted({FIVE_MINUTES, *(w.long for w in catalogue), *(w.short for w in catalogue)}))


def shape(slo: Slo) -> object:
    """:meth:`Scheme.shape` of our own schemes: all that decides which recordings and alerts an SLO has."""
    alerting, objective = slo.alerting, slo.objective
    return alerting, slo.period, objective.aspirational_ratio is None, objective.target_ratio, type(slo.indicator)
