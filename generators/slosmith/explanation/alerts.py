"""When the alerts of an SLO fire and clear, in the rules of either mode, as the evaluations see it.

The numbers are the ones that the rules are made from (rules/windows.py, rules/firing.py), not copies.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from slosmith.model import Duration, Slo
from slosmith.schemes.firing import SlothAlert, firing_tiers, minimum_bad_events, sloth_alerts
from slosmith.schemes.sloth.rules import MODES
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary.numbers import evaluation_after

if TYPE_CHECKING:
    from slosmith.settings import RuleMode


class Detection(msgspec.Struct, frozen=True):
    """How an alert reacts to a constant error ratio that begins when everything was clean.

    Seconds are whole evaluation intervals: rules know nothing between two evaluations.
    """

    situation: str
    error_ratio: Decimal
    fires_after_seconds: Decimal | None
    """None: it never fires."""
    clears_after_seconds: Decimal | None
    """Counted from the end of the errors, for errors that lasted at least the short window."""


class Tier(msgspec.Struct, frozen=True):
    """A pair of windows that makes an alert fire, with what the catalogue asked for and what it became: a tier of ours,
    or a pair of one of Sloth's alerts.
    """

    tier: str
    severity: str
    severity_label: str
    long_seconds: Decimal
    short_seconds: Decimal
    threshold_ratio: Decimal
    """1 or more: nothing can make it fire (Sloth's are not clamped)."""
    burn_rate_factor: Decimal
    budget_share: Decimal
    """Of the rolling budget, spent when it fires."""
    catalogue_budget_share: Decimal
    clamped: bool
    minimum_bad_events: Decimal
    detection: tuple[Detection, ...]


class CombinedAlert(msgspec.Struct, frozen=True):
    """One of Sloth's two alerts: it fires with the first of its pairs and clears with the last."""

    name: str
    severity: str
    severity_label: str
    pairs: tuple[str, ...]
    """Names of the tiers above."""
    detection: tuple[Detection, ...]


def explain_tiers(slo: Slo, rules: RuleMode, interval: Duration) -> tuple[Tier, ...]:
    """Every pair of windows that can make an alert fire; ``interval`` is the time between evaluations."""
    return tuple(_tier(slo, tier, rules, interval) for tier in firing_tiers(slo, rules))


def explain_combined(slo: Slo, rules: RuleMode, interval: Duration) -> tuple[CombinedAlert, ...]:
    """Sloth's alerts; empty with rules of ours, which have an alert a tier."""
    if rules != "sloth" or slo.alerting is None:
        return ()
    return tuple(
        CombinedAlert(
            name=slo.alerting.name,
            severity=alert.severity,
            severity_label=_severity_label(slo, alert.severity, rules),
            pairs=tuple(pair.name for pair in alert.pairs),
            detection=_detection(slo, alert, interval),
        )
        for alert in sloth_alerts(slo)
    )


def _tier(slo: Slo, tier: AlertTier, rules: RuleMode, interval: Duration) -> Tier:
    return Tier(
        tier=tier.name,
        severity=tier.severity,
        severity_label=tier.severity_label or _severity_label(slo, tier.severity, rules),
        long_seconds=tier.long.seconds,
        short_seconds=tier.short.seconds,
        threshold_ratio=tier.threshold_ratio,
        burn_rate_factor=tier.factor,
        budget_share=tier.budget_share,
        catalogue_budget_share=tier.catalogue_budget_share,
        clamped=tier.clamped,
        minimum_bad_events=minimum_bad_events(slo, rules),
        detection=_detection(slo, tier, interval),
    )


def _severity_label(slo: Slo, severity: str, rules: RuleMode) -> str:
    """The alert's label; to Sloth's own specs Sloth's rules add none, and its name stands for it."""
    assert slo.alerting is not None  # an SLO that never alerts has no tiers
    own = rules == "sloth" and slo.dialect in MODES
    return severity if own else slo.alerting.severity_label(severity)


def _detection(slo: Slo, alert: AlertTier | SlothAlert, interval: Duration) -> tuple[Detection, ...]:
    situations = (
        ("100%", Decimal(1)),
        ("50%", Decimal("0.5")),
        ("10%", Decimal("0.1")),
        ("2x budget", min(2 * slo.objective.error_budget_ratio, Decimal(1))),
    )

    def seen(seconds: Decimal | None) -> Decimal | None:
        return None if seconds is None else evaluation_after(seconds, interval.seconds)

    return tuple(
        Detection(said, ratio, seen(alert.detection_seconds(ratio)), seen(alert.reset_seconds(ratio)))
        for said, ratio in situations
    )
