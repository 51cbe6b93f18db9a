"""An SLO in numbers: budgets in events and minutes, the times at which alerts fire, and the origins of values.

This module only computes, from the model. Durations are exact seconds, ratios are 0..1, and numbers of events may have
fractions. Source of the formulas: SRE Workbook, chapter 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from slosmith.explanation.detection import CombinedAlert, Tier, explain_combined, explain_tiers, severity_label
from slosmith.model import DAY, MINUTE, Duration, Origin, Slo
from slosmith.model.rules import AlertKind, RecordingKind
from slosmith.schemes.calendars import period_lengths
from slosmith.schemes.first_page import FirstPage, first_page
from slosmith.schemes.floors import floor
from slosmith.schemes.registry import scheme
from slosmith.schemes.scheme import Scheme
from slosmith.vocabulary import names, sentences
from slosmith.vocabulary.names import DEFAULT_SCHEME
from slosmith.vocabulary.numbers import percent_exact, plain

if TYPE_CHECKING:
    from slosmith.formats.sources import Sources

_PER = (Decimal(1000), Decimal(1_000_000))


class PeriodBudget(msgspec.Struct, frozen=True):
    """The budget of one period: the time in which all events may fail and, if the traffic is declared, the number of
    events that may fail.
    """

    period: str
    days: Decimal
    outage_seconds: Decimal
    """Length of the full outage that spends the whole budget, at even traffic."""
    events: Decimal | None = None
    bad_events: Decimal | None = None


class Value(msgspec.Struct, frozen=True):
    """A resolved value as text, and its origin."""

    field: str
    value: str
    kind: str
    file: str
    path: tuple[str | int, ...] = ()
    document: int = 0
    line: int = 0
    """The line, from 1. 0 if the value is not in a file."""


class Explanation(msgspec.Struct, frozen=True):
    """Everything that `slosmith explain` prints about one SLO."""

    service: str
    slo: str
    id: str
    rules: str
    """The scheme of the rules: ``weighted``, ``sloth``, ..."""
    objective: str
    """In words."""
    target_ratio: Decimal
    aspirational_ratio: Decimal | None
    error_budget_ratio: Decimal
    counts_events: bool
    """Whether the indicator counts events. A ratio without events has no budget in events."""
    bad_events_per: dict[str, Decimal]
    """Number of events -> how many of them may be bad. Empty if the indicator counts no events."""
    budgets: tuple[PeriodBudget, ...]
    coverage: tuple[str, ...]
    """The series that say which share of each budget's period was seen, of the rolling period first. Empty: the rules
    record none.
    """
    evaluation_interval_seconds: Decimal
    """Seconds between two evaluations. Alerts change at evaluations only."""
    alerts: tuple[Tier, ...]
    combined: tuple[CombinedAlert, ...]
    """Alerts with several of the pairs in ``alerts``, such as Sloth's. Empty if each pair has an alert of its own."""
    delay: str
    """A delay that is not part of the times of the alerts, in words. Empty: there is none."""
    first_page: FirstPage | None
    """The first page of a full outage. None: no full outage makes an alert page."""
    budget_gone_before_page: bool
    """Whether a full outage can spend the whole rolling budget before the first page comes."""
    absent_after_seconds: Decimal | None
    """Seconds that the SLI may be missing before the absence alert fires. None: there is no such alert."""
    absent_severity: str
    """``page`` or ``ticket``. Empty: there is no such alert."""
    absent_severity_label: str
    """The value of the absence alert's ``severity`` label. Empty: there is no such alert."""
    exhaustion: bool
    """Whether there are alerts about a spent budget."""
    notes: tuple[str, ...]
    """Limits of the rules: what the spec has and the rules do not, and how to read their numbers."""
    values: tuple[Value, ...]


def explain(slo: Slo, rules: str = DEFAULT_SCHEME, interval: Duration = MINUTE) -> Explanation:
    """The numbers of one SLO, with its alerts in the scheme ``rules``, evaluated every ``interval``. The lines of
    origins are 0. :func:`located` adds them, because only the caller has the texts of the files.
    """
    budget = slo.objective.error_budget_ratio
    made = scheme(rules)
    alerts = {alert.kind: alert for alert in made.alerts(slo)}
    absent = alerts.get(AlertKind.ABSENT)
    counts = slo.counts_events
    page = first_page(slo, made, interval)
    return Explanation(
        service=slo.service,
        slo=slo.name,
        id=slo.id,
        rules=rules,
        objective=objective_in_words(slo),
        target_ratio=slo.objective.target_ratio,
        aspirational_ratio=slo.objective.aspirational_ratio,
        error_budget_ratio=budget,
        counts_events=counts,
        bad_events_per={f"{count:f}": count * budget for count in _PER} if counts else {},
        budgets=period_budgets(slo),
        coverage=tuple(_coverage(slo, made)),
        evaluation_interval_seconds=interval.seconds,
        alerts=explain_tiers(slo, made, interval),
        combined=explain_combined(slo, made, interval),
        delay=made.delay,
        first_page=page,
        budget_gone_before_page=page is not None and page.too_late,
        absent_after_seconds=None if absent is None else (absent.hold or Duration(0)).seconds,
        absent_severity="" if absent is None else absent.severity,
        absent_severity_label="" if absent is None else severity_label(absent),
        exhaustion=AlertKind.EXHAUSTED in alerts,
        notes=tuple(_notes(slo, made)),
        values=_values(slo, made),
    )


def located(explanation: Explanation, sources: Sources) -> Explanation:
    """The explanation with the lines of values, and with the same file names as in problems."""

    def locate(value: Value) -> Value:
        span = sources.span(Origin("default", value.file, value.path, value.document)) if value.file else None
        return msgspec.structs.replace(value, file=sources.shown(value.file), line=span.line if span else 0)

    return msgspec.structs.replace(explanation, values=tuple(locate(value) for value in explanation.values))


def objective_in_words(slo: Slo) -> str:
    """The objective as a sentence."""
    place = f" in {slo.site}" if slo.site else ""
    text = f"{slo.service} ({slo.indicator_name}{place}): {sentences.objective(slo)}."
    if not slo.counts_events:
        text += " This is the mean over time of a ratio that counts no events."
    return f"{text} One SLO for each {', '.join(slo.group_by)}." if slo.group_by else text


def period_budgets(slo: Slo) -> tuple[PeriodBudget, ...]:
    """The budget of the rolling period, and those of the shortest and the longest reporting period."""
    budgets = [_budget(slo, f"rolling {slo.period.rolling.in_days}", slo.period.rolling.seconds / DAY.seconds)]
    if slo.period.calendar is not None:
        name = slo.period.calendar.name
        shortest, longest = period_lengths(slo.period.calendar)
        if shortest == longest:
            budgets.append(_budget(slo, f"{name} ({shortest.in_days})", shortest.seconds / DAY.seconds))
        else:
            budgets.append(_budget(slo, f"shortest {name} ({shortest.in_days})", shortest.seconds / DAY.seconds))
            budgets.append(_budget(slo, f"longest {name} ({longest.in_days})", longest.seconds / DAY.seconds))
    return tuple(budgets)


def _coverage(slo: Slo, scheme: Scheme) -> Iterator[str]:
    if RecordingKind.COVERAGE in scheme.recordings:
        yield names.COVERAGE
    if slo.period.calendar is not None and RecordingKind.CALENDAR_COVERAGE in scheme.recordings:
        yield names.CALENDAR_COVERAGE


def _budget(slo: Slo, name: str, days: Decimal) -> PeriodBudget:
    budget = slo.objective.error_budget_ratio
    per_day = slo.expected_events_per_day if slo.counts_events else None
    events = per_day * days if per_day is not None else None
    return PeriodBudget(
        period=name,
        days=days,
        outage_seconds=days * DAY.seconds * budget,
        events=events,
        bad_events=None if events is None else events * budget,
    )


_ALWAYS = (
    "target", "threshold", "aspirational", "indicator", "period", "calendar", "team", "catalogue", "max_error_ratio",
    "minimum_bad_events", "absent_for", "absent_severity", "runbook", "dashboard", "documentation",
)  # fmt: skip
"""Values that are listed even if they are defaults."""


def _notes(slo: Slo, scheme: Scheme) -> list[str]:
    notes = [scheme.about] if scheme.about else []
    if scheme.counts_events and not slo.counts_events:
        notes.append("The indicator is a ratio without event counts. Ratios of longer periods are averages over time.")
    if slo.period.calendar is not None and RecordingKind.CALENDAR_BUDGET not in scheme.recordings:
        notes.append(f"They record nothing for the reporting period ({slo.period.calendar.name}).")
    if slo.objective.aspirational_ratio is not None and RecordingKind.ASPIRATIONAL not in scheme.recordings:
        notes.append("They do not record the aspirational target.")
    if slo.alerting is not None:
        minimum = bool(floor(slo))
        wanted = (
            (minimum and not scheme.has_minimum, "no minimum of bad events"),
            (slo.alerting.absence and AlertKind.ABSENT not in scheme.alert_kinds, "no alert about missing data"),
            (
                slo.alerting.exhaustion and AlertKind.EXHAUSTED not in scheme.alert_kinds,
                "no alert about a spent budget",
            ),
        )
        missing = [text for lacking, text in wanted if lacking]
        if missing:
            notes.append(f"They have {', '.join(missing)}.")
    return notes


def _unused(slo: Slo, scheme: Scheme) -> set[str]:
    """The values that have no effect on the rules."""
    found = set()
    if not scheme.clamps:
        found.add("max_error_ratio")
    if not scheme.has_minimum or not slo.counts_events:
        found.add("minimum_bad_events")
    if AlertKind.ABSENT not in scheme.alert_kinds:
        found |= {"absent_for", "absent_name", "absent_severity", "absence"}
    if AlertKind.EXHAUSTED not in scheme.alert_kinds:
        found |= {"exhausted_name", "exhaustion"}
    return found


def _values(slo: Slo, scheme: Scheme) -> tuple[Value, ...]:
    origins = dict(slo.origins)
    unused = _unused(slo, scheme)
    fields = [*_ALWAYS, *sorted(origins.keys() - set(_ALWAYS))]
    values = []
    for field in fields:
        text = "" if field in unused else _text(_resolved(slo, field))
        if text:
            origin = origins.get(field, Origin("default"))
            values.append(Value(field, text, origin.kind, origin.file, origin.path, origin.document))
    return tuple(values)


def _resolved(slo: Slo, field: str) -> object:
    """The value of ``field``, a name in the SLO's origins."""
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
