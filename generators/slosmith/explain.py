"""What an SLO means in numbers: budgets in events and minutes, when each alert fires, where each value came from.

Pure arithmetic over the model. Durations are exact seconds, ratios 0..1, events may be fractions of one. Formulas: SRE
Workbook, chapter 5; they are the ones that the rules are made from (rules/windows.py), not copies.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.model import Origin, Slo
from slosmith.rules.calendars import period_days
from slosmith.rules.numbers import percent_exact, plain
from slosmith.rules.windows import AlertTier, tiers

DAY = Decimal(86400)
_PER = (Decimal(1000), Decimal(1_000_000))


class PeriodBudget(msgspec.Struct, frozen=True):
    """The budget of one period: how long everything may fail, and how many events may, if the traffic is declared."""

    period: str
    days: Decimal
    outage_seconds: Decimal
    """Full outage that spends the whole budget, at steady traffic."""
    events: Decimal | None = None
    bad_events: Decimal | None = None


class Detection(msgspec.Struct, frozen=True):
    """How a tier reacts to a constant error ratio that begins when everything was clean."""

    situation: str
    error_ratio: Decimal
    fires_after_seconds: Decimal | None
    """None: it never fires."""
    clears_after_seconds: Decimal | None
    """Counted from the end of the errors, for errors that lasted at least the short window."""


class Tier(msgspec.Struct, frozen=True):
    """One alert tier, with what the catalogue asked for and what it became."""

    tier: str
    severity: str
    severity_label: str
    long_seconds: Decimal
    short_seconds: Decimal
    threshold_ratio: Decimal
    burn_rate_factor: Decimal
    budget_share: Decimal
    """Of the rolling budget, spent when it fires."""
    catalogue_budget_share: Decimal
    clamped: bool
    minimum_bad_events: Decimal
    detection: tuple[Detection, ...]


class Value(msgspec.Struct, frozen=True):
    """A resolved value as text, and the origin of it."""

    field: str
    value: str
    kind: str
    file: str
    path: tuple[str | int, ...] = ()
    document: int = 0
    line: int = 0
    """From 1; 0 where it is not written in a file."""


class Explanation(msgspec.Struct, frozen=True):
    """Everything `slosmith explain` tells about one SLO."""

    service: str
    slo: str
    id: str
    objective: str
    """In words."""
    target_ratio: Decimal
    aspirational_ratio: Decimal | None
    error_budget_ratio: Decimal
    bad_events_per: dict[str, Decimal]
    """Events -> how many of them may be bad."""
    budgets: tuple[PeriodBudget, ...]
    alerts: tuple[Tier, ...]
    absent_after_seconds: Decimal | None
    """How long the SLI may be missing before the absence alert; None: no such alert."""
    exhaustion: bool
    """Whether a ticket says that a budget is spent."""
    values: tuple[Value, ...]


def explain(slo: Slo) -> Explanation:
    """The numbers of one SLO. Lines of origins are left at 0: the caller knows the texts."""
    budget = slo.objective.error_budget_ratio
    alerting = slo.alerting
    return Explanation(
        service=slo.service,
        slo=slo.name,
        id=slo.id,
        objective=objective_in_words(slo),
        target_ratio=slo.objective.target_ratio,
        aspirational_ratio=slo.objective.aspirational_ratio,
        error_budget_ratio=budget,
        bad_events_per={f"{count:f}": count * budget for count in _PER},
        budgets=_budgets(slo),
        alerts=tuple(_tier(slo, tier) for tier in tiers(slo)),
        absent_after_seconds=alerting.absent_for.seconds if alerting is not None and alerting.absence else None,
        exhaustion=alerting is not None and alerting.exhaustion,
        values=_values(slo),
    )


def objective_in_words(slo: Slo) -> str:
    """The promise as a sentence."""
    place = f" in {slo.site}" if slo.site else ""
    threshold = slo.objective.threshold_said
    promise = f"are answered within {threshold}" if threshold else "are good"
    sentence = (
        f"{percent_exact(slo.objective.target_ratio)} of the events of {slo.service} ({slo.indicator_name}{place}) "
        f"{promise}, in any {slo.period.rolling.in_days}"
    )
    if slo.period.calendar is not None:
        sentence += f", and in every reporting period ({slo.period.calendar.name})"
    if slo.group_by:
        sentence += f", for each {', '.join(slo.group_by)}"
    return sentence + "."


def _budgets(slo: Slo) -> tuple[PeriodBudget, ...]:
    budgets = [_budget(slo, f"rolling {slo.period.rolling.in_days}", slo.period.rolling.seconds / DAY)]
    if slo.period.calendar is not None:
        name = slo.period.calendar.name
        shortest, longest = period_days(slo.period.calendar)
        if shortest == longest:
            budgets.append(_budget(slo, f"{name} ({shortest}d)", Decimal(shortest)))
        else:
            budgets.append(_budget(slo, f"shortest {name} ({shortest}d)", Decimal(shortest)))
            budgets.append(_budget(slo, f"longest {name} ({longest}d)", Decimal(longest)))
    return tuple(budgets)


def _budget(slo: Slo, name: str, days: Decimal) -> PeriodBudget:
    budget = slo.objective.error_budget_ratio
    events = None if slo.expected_events_per_day is None else slo.expected_events_per_day * days
    return PeriodBudget(
        period=name,
        days=days,
        outage_seconds=days * DAY * budget,
        events=events,
        bad_events=None if events is None else events * budget,
    )


def _tier(slo: Slo, tier: AlertTier) -> Tier:
    assert slo.alerting is not None  # an SLO that never alerts has no tiers
    twice = min(2 * slo.objective.error_budget_ratio, Decimal(1))
    situations = (
        ("100%", Decimal(1)),
        ("50%", Decimal("0.5")),
        ("10%", Decimal("0.1")),
        ("2x budget", twice),
    )
    return Tier(
        tier=tier.name,
        severity=tier.severity,
        severity_label=slo.alerting.severity_label(tier.severity),
        long_seconds=tier.long.seconds,
        short_seconds=tier.short.seconds,
        threshold_ratio=tier.threshold_ratio,
        burn_rate_factor=tier.factor,
        budget_share=tier.budget_share,
        catalogue_budget_share=tier.catalogue_budget_share,
        clamped=tier.clamped,
        minimum_bad_events=slo.alerting.minimum_bad_events,
        detection=tuple(
            Detection(said, ratio, tier.detection_seconds(ratio), tier.reset_seconds(ratio))
            for said, ratio in situations
        ),
    )


_ALWAYS = (
    "target", "threshold", "aspirational", "indicator", "period", "calendar", "team", "catalogue", "max_error_ratio",
    "minimum_bad_events", "absent_for", "runbook", "dashboard", "documentation",
)  # fmt: skip
"""What is listed even if nothing but a default gave it."""


def _values(slo: Slo) -> tuple[Value, ...]:
    origins = dict(slo.origins)
    fields = [*_ALWAYS, *sorted(origins.keys() - set(_ALWAYS))]
    values = []
    for field in fields:
        text = _text(_resolved(slo, field))
        if text:
            origin = origins.get(field, Origin("default"))
            values.append(Value(field, text, origin.kind, origin.file, origin.path, origin.document))
    return tuple(values)


def _resolved(slo: Slo, field: str) -> object:
    """The value that ``field`` of the origins names."""
    special: dict[str, object] = {
        "target": percent_exact(slo.objective.target_ratio),
        "aspirational": slo.objective.aspirational_ratio and percent_exact(slo.objective.aspirational_ratio),
        "threshold": slo.objective.threshold,
        "measured_threshold": slo.objective.measured_threshold,
        "indicator": type(slo.indicator).__struct_config__.tag,
        "period": slo.period.rolling.in_days,
        "calendar": slo.period.calendar and slo.period.calendar.name,
        "class": slo.slo_class,
    }
    if field in special:
        return special[field]
    for holder in (slo, slo.alerting):
        if holder is not None and field in holder.__struct_fields__:
            return getattr(holder, field)
    return None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return ", ".join(f"{item[0]}={item[1]}" if isinstance(item, tuple) else str(item) for item in value)
    return str(value)
