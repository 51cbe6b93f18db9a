"""What makes the alerts of an SLO fire, in the rules of either mode: ours, or those that Sloth itself would write.

Ours have an alert a tier, with thresholds that can be reached and a floor of bad events. Sloth's have one alert a
severity, which fires while any of its pairs of windows does, with the catalogue's own thresholds and no floor.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec

from slosmith.model import BurnRateWindow, Duration, Slo
from slosmith.schemes.sloth.rules import burn_factor
from slosmith.schemes.tiers import AlertTier, tiers
from slosmith.vocabulary.numbers import EXACT, significant

if TYPE_CHECKING:
    from slosmith.settings import RuleMode

Severity = Literal["page", "ticket"]
_SEVERITIES: tuple[Severity, ...] = ("page", "ticket")


class SlothAlert(msgspec.Struct, frozen=True):
    """One of Sloth's two alerts. It fires while both windows of at least one pair are over that pair's threshold."""

    severity: Severity
    pairs: tuple[AlertTier, ...]
    """In the catalogue's order. Never clamped: a threshold may be a ratio that no outage reaches."""

    def detection_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from clean until a constant ``error_ratio`` fires: that of the pair that is first. None: never."""
        found = [pair.detection_seconds(error_ratio) for pair in self.pairs]
        return min((seconds for seconds in found if seconds is not None), default=None)

    def reset_seconds(self, error_ratio: Decimal) -> Decimal | None:
        """Seconds from the end of a constant ``error_ratio`` until the alert clears, where it lasted long enough for
        every pair that it can fire: that of the pair that is last. None: it never fired.
        """
        found = [pair.reset_seconds(error_ratio) for pair in self.pairs]
        return max((seconds for seconds in found if seconds is not None), default=None)


def firing_tiers(slo: Slo, rules: RuleMode) -> tuple[AlertTier, ...]:
    """Every pair of windows that can make an alert fire: our tiers, fastest first, or the pairs of Sloth's alerts, the
    page's first. Empty for an SLO that never alerts.
    """
    if rules == "weighted":
        return tiers(slo)
    return tuple(pair for alert in sloth_alerts(slo) for pair in alert.pairs)


def sloth_alerts(slo: Slo) -> tuple[SlothAlert, ...]:
    """The alerts that Sloth's rules have for an SLO: those that are enabled and have windows."""
    alerting = slo.alerting
    if alerting is None:
        return ()
    enabled = {"page": alerting.page, "ticket": alerting.ticket}
    budget, period = slo.objective.error_budget_ratio, slo.period.rolling
    found = (_sloth_alert(severity, alerting.windows, budget, period) for severity in _SEVERITIES if enabled[severity])
    return tuple(alert for alert in found if alert.pairs)


def minimum_bad_events(slo: Slo, rules: RuleMode) -> Decimal:
    """How many events of a long window have to be bad before an alert fires; 0 where nothing counts them (Sloth's
    rules, a ratio without events).
    """
    if slo.alerting is None or rules == "sloth" or not slo.counts_events:
        return Decimal(0)
    return slo.alerting.minimum_bad_events


@lru_cache(maxsize=1024)
def _sloth_alert(
    severity: Severity, windows: tuple[BurnRateWindow, ...], budget: Decimal, period: Duration
) -> SlothAlert:
    own = (window for window in windows if window.severity == severity)
    return SlothAlert(severity, tuple(_pair(window, budget, period) for window in own))


def _pair(window: BurnRateWindow, budget: Decimal, period: Duration) -> AlertTier:
    factor = burn_factor(window, period)
    return AlertTier(
        window=window,
        factor=significant(factor),
        threshold_ratio=significant(EXACT.multiply(factor, budget)),
        budget_share=window.budget_share,
        clamped=False,
    )
