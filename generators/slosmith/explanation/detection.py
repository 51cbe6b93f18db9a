"""When the alerts of an SLO fire and clear, in the rules of either mode, as the evaluations see it.

The numbers are the ones that the rules are made from (schemes/scheme.py), not copies.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.model import Duration, Slo
from slosmith.model.rules import AlertKind
from slosmith.schemes.scheme import Alert, Scheme, Trigger
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import evaluation_after


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


def explain_tiers(slo: Slo, scheme: Scheme, interval: Duration) -> tuple[Tier, ...]:
    """Every pair of windows that can make an alert fire; ``interval`` is the time between evaluations."""
    minimum = scheme.minimum_bad_events(slo)
    return tuple(
        _tier(slo, alert, pair, minimum, interval)
        for alert in scheme.alerts(slo)
        for pair in (alert.trigger.pairs if alert.trigger is not None else ())
    )


def explain_combined(slo: Slo, scheme: Scheme, interval: Duration) -> tuple[CombinedAlert, ...]:
    """The alerts that join several pairs of windows; empty where each pair has an alert of its own."""
    return tuple(
        CombinedAlert(
            name=alert.name,
            severity=alert.severity,
            severity_label=_severity_label(alert),
            pairs=tuple(pair.name for pair in alert.trigger.pairs),
            detection=_detection(slo, alert.trigger, interval),
        )
        for alert in scheme.alerts(slo)
        if alert.kind is AlertKind.COMBINED and alert.trigger is not None
    )


def _tier(slo: Slo, alert: Alert, tier: AlertTier, minimum: Decimal, interval: Duration) -> Tier:
    return Tier(
        tier=tier.name,
        severity=tier.severity,
        severity_label=_severity_label(alert),
        long_seconds=tier.long.seconds,
        short_seconds=tier.short.seconds,
        threshold_ratio=tier.threshold_ratio,
        burn_rate_factor=tier.factor,
        budget_share=tier.budget_share,
        catalogue_budget_share=tier.catalogue_budget_share,
        clamped=tier.clamped,
        minimum_bad_events=minimum,
        detection=_detection(slo, tier, interval),
    )


def _severity_label(alert: Alert) -> str:
    """The alert's label as it is written; the severity's own name stands for it where there is none."""
    return dict(alert.labels).get(names.SEVERITY) or alert.severity


def _detection(slo: Slo, alert: AlertTier | Trigger, interval: Duration) -> tuple[Detection, ...]:
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
