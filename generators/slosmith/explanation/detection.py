"""The times at which the alerts of an SLO fire and clear, for the rules of every scheme, rounded up to evaluations.

The numbers come from the scheme (schemes/scheme.py), which makes the rules from the same numbers.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.model import Duration, Slo
from slosmith.model.rules import AlertKind
from slosmith.schemes.detection import TYPICAL, clears_after, declared_rate, fires_after
from slosmith.schemes.floors import Floor
from slosmith.schemes.scheme import Alert, Scheme, Trigger
from slosmith.schemes.tiers import AlertTier
from slosmith.vocabulary import names


class Detection(msgspec.Struct, frozen=True):
    """The reaction of an alert to a constant error ratio, with no errors before it.

    Seconds are multiples of the evaluation interval, because rules are evaluated at these times only.
    """

    situation: str
    error_ratio: Decimal
    fires_after_seconds: Decimal | None
    """None: it never fires."""
    clears_after_seconds: Decimal | None
    """Seconds from the end of the errors, for errors that last at least the short window."""


class Traffic(msgspec.Struct, frozen=True):
    """The reaction of an alert with a number of events."""

    traffic: str
    events_per_second: Decimal
    detection: tuple[Detection, ...]


class Tier(msgspec.Struct, frozen=True):
    """A pair of windows that makes an alert fire, with the values of the catalogue and the values in the rules. It is a
    tier of our rules, or a pair of an alert of Sloth's rules.
    """

    tier: str
    severity: str
    severity_label: str
    long_seconds: Decimal
    short_seconds: Decimal
    threshold_ratio: Decimal
    """With 1 or more, it can never fire. This happens with Sloth's rules, which do not clamp thresholds."""
    burn_rate_factor: Decimal
    budget_share: Decimal
    """The share of the rolling budget that is spent when it fires."""
    catalogue_budget_share: Decimal
    clamped: bool
    minimum_bad_events: Decimal
    """The fewest with which it can fire."""
    minimum_is_adaptive: bool
    detection: tuple[Detection, ...]
    """With the declared traffic; without one, with so many events that only the ratio counts."""
    typical: tuple[Traffic, ...]
    """For typical traffic, if none is declared. Empty for alerts that count no events."""
    hold_seconds: Decimal
    """The alert's ``for``, which is part of the times."""
    keep_seconds: Decimal
    """The alert's ``keep_firing_for``, which is part of the time until it clears."""


class CombinedAlert(msgspec.Struct, frozen=True):
    """An alert with several pairs of windows, such as Sloth's. It fires with the first pair and clears with
    the last.
    """

    name: str
    severity: str
    severity_label: str
    pairs: tuple[str, ...]
    """Names of its pairs: :attr:`Tier.tier`."""
    detection: tuple[Detection, ...]


def explain_tiers(slo: Slo, scheme: Scheme, interval: Duration) -> tuple[Tier, ...]:
    """Every pair of windows that can make an alert fire. ``interval`` is the time between two evaluations."""
    floor = scheme.floor(slo)
    return tuple(
        _tier(slo, scheme, alert, pair, floor, interval)
        for alert in scheme.alerts(slo)
        for pair in (alert.trigger.pairs if alert.trigger is not None else ())
    )


def explain_combined(slo: Slo, scheme: Scheme, interval: Duration) -> tuple[CombinedAlert, ...]:
    """The alerts with several pairs of windows. Empty if each pair has an alert of its own."""
    return tuple(
        CombinedAlert(
            name=alert.name,
            severity=alert.severity,
            severity_label=severity_label(alert),
            pairs=tuple(pair.name for pair in alert.trigger.pairs),
            detection=_detection(slo, scheme, alert, interval, declared_rate(slo)),
        )
        for alert in scheme.alerts(slo)
        if alert.kind is AlertKind.COMBINED and alert.trigger is not None
    )


def _tier(slo: Slo, scheme: Scheme, alert: Alert, tier: AlertTier, floor: Floor, interval: Duration) -> Tier:
    rate = declared_rate(slo)
    one = msgspec.structs.replace(alert, trigger=Trigger(alert.severity, (tier,)))
    return Tier(
        tier=tier.name,
        severity=tier.severity,
        severity_label=severity_label(alert),
        long_seconds=tier.long.seconds,
        short_seconds=tier.short.seconds,
        threshold_ratio=tier.threshold_ratio,
        burn_rate_factor=tier.factor,
        budget_share=tier.budget_share,
        catalogue_budget_share=tier.catalogue_budget_share,
        clamped=tier.clamped,
        minimum_bad_events=floor.fewest,
        minimum_is_adaptive=floor.adaptive,
        detection=_detection(slo, scheme, one, interval, rate),
        typical=tuple(
            Traffic(said, per_second, _detection(slo, scheme, one, interval, per_second))
            for per_second, said in (TYPICAL if floor and rate is None else ())
        ),
        hold_seconds=Decimal(0) if alert.hold is None else alert.hold.seconds,
        keep_seconds=Decimal(0) if alert.keep is None else alert.keep.seconds,
    )


def severity_label(alert: Alert) -> str:
    """The value of the alert's ``severity`` label. If it has none, the name of the severity."""
    return dict(alert.labels).get(names.SEVERITY) or alert.severity


def _detection(
    slo: Slo, scheme: Scheme, alert: Alert, interval: Duration, rate: Decimal | None
) -> tuple[Detection, ...]:
    situations = (
        ("100%", Decimal(1)),
        ("50%", Decimal("0.5")),
        ("10%", Decimal("0.1")),
        ("2x budget", min(2 * slo.objective.error_budget_ratio, Decimal(1))),
    )

    return tuple(
        Detection(
            said, ratio, fires_after(slo, scheme, alert, ratio, interval, rate), clears_after(alert, ratio, interval)
        )
        for said, ratio in situations
    )
