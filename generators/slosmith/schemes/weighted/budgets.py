"""Recordings of error budgets (of the rolling period and of the calendar period) and of metadata for dashboards."""

from __future__ import annotations

from slosmith.model import Calendar
from slosmith.model.rules import RecordingKind, RecordingRule
from slosmith.schemes.calendars import one, period_lengths, selector
from slosmith.schemes.chain import Chain
from slosmith.schemes.tiers import FIVE_MINUTES
from slosmith.schemes.weighted.recordings import divide
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import plain


def metadata(chain: Chain) -> list[RecordingRule]:
    """Objective, budget, burn rates and the info series, with Sloth's names and without the label of a window."""
    slo = chain.slo
    objective = slo.objective

    def stated(name: str, value: str, kind: RecordingKind = RecordingKind.METADATA) -> RecordingRule:
        return chain.recording(kind, name, f"vector({value})", chain.labels)

    def burn_rate(name: str, ratio: str) -> RecordingRule:
        budget = chain.one_identity(names.ERROR_BUDGET)
        expr = f"{chain.one(ratio)}\n/ on ({chain.on_identity}) group_left ()\n{budget}"
        return chain.recording(RecordingKind.BURN_RATE, name, expr, chain.labels)

    rules = [
        stated(names.OBJECTIVE_RATIO, plain(objective.target_ratio)),
        stated(names.ERROR_BUDGET, plain(objective.error_budget_ratio)),
        stated(names.PERIOD_DAYS, plain(slo.period.rolling.seconds / 86400)),
    ]
    if objective.aspirational_ratio is not None:
        aspirational = plain(objective.aspirational_ratio)
        rules.append(stated(names.ASPIRATIONAL_RATIO, aspirational, RecordingKind.ASPIRATIONAL))
    left = f"1 - {chain.one(names.PERIOD_BURN_RATE)}"
    return [
        *rules,
        burn_rate(names.CURRENT_BURN_RATE, names.error_ratio(FIVE_MINUTES)),
        burn_rate(names.PERIOD_BURN_RATE, names.error_ratio(slo.period.rolling)),
        chain.recording(RecordingKind.BUDGET, names.PERIOD_BUDGET_REMAINING, left, chain.labels),
        chain.recording(RecordingKind.METADATA, names.INFO, "vector(1)", _info_labels(chain)),
    ]


def calendar(chain: Chain) -> list[RecordingRule]:
    """The attainment of the calendar period so far, and the spent part of its budget. Empty without a calendar.

    Only hour tiles that end inside the current period count. In the subquery, ``time()`` is the time of the step.
    ``@ end()`` reads the start of the period at the time of the evaluation. The comparison keeps the later tiles.
    """
    period = chain.slo.period.calendar
    if period is None:
        return []
    own = ((names.CALENDAR, period.name),)
    base_labels = tuple(sorted((*chain.base_labels, *own)))
    labels = tuple(sorted((*chain.labels, *own)))
    counts = [
        chain.recording(RecordingKind.CALENDAR_EVENTS, recorded, _masked_sum(chain, tile, period), base_labels)
        for recorded, tile in ((names.CALENDAR_TOTAL, names.TOTAL_HOUR), (names.CALENDAR_BAD, names.BAD_HOUR))
    ]
    ratio = divide(chain.calendar_series(names.CALENDAR_BAD), chain.calendar_series(names.CALENDAR_TOTAL))
    start, end = one(selector(names.CALENDAR_START, period)), one(selector(names.CALENDAR_END, period))
    spent = (
        f"{chain.one_calendar(names.CALENDAR_ERROR_RATIO)}\n"
        f"/ on ({chain.on_identity}) group_left ()\n"
        f"{chain.one_identity(names.ERROR_BUDGET)}\n"
        f"* on () group_left ()\n"
        f"((vector(time()) - on () {start}) / on () ({end} - {start}))"
    )
    left = f"1 - {chain.one_calendar(names.CALENDAR_BUDGET_SPENT)}"
    return [
        *counts,
        chain.recording(RecordingKind.CALENDAR_RATIO, names.CALENDAR_ERROR_RATIO, ratio, labels),
        chain.recording(RecordingKind.CALENDAR_BUDGET, names.CALENDAR_BUDGET_SPENT, spent, labels),
        chain.recording(RecordingKind.CALENDAR_BUDGET, names.CALENDAR_BUDGET_REMAINING, left, labels),
    ]


def _masked_sum(chain: Chain, tile: str, period: Calendar) -> str:
    start = one(f"{selector(names.CALENDAR_START, period)} @ end()")
    longest = period_lengths(period)[1].in_days
    return f"sum_over_time((\n  {chain.series(tile)}\n  and on () (vector(time()) > on () {start})\n)[{longest}:1h])"


def _info_labels(chain: Chain) -> tuple[tuple[str, str], ...]:
    slo = chain.slo
    known = {
        names.VERSION: "slosmith/v1",
        names.MODE: "slosmith",
        names.SPEC: slo.dialect,
        names.OBJECTIVE: plain(slo.objective.target_ratio * 100),
        names.TEAM: slo.team,
        names.INDICATOR: slo.indicator_name,
        names.CLASS: slo.slo_class or "",
        names.SITE: slo.site or "",
    }
    labels = {name: value for name, value in known.items() if value}
    return tuple(sorted({**dict(slo.info_labels), **labels, **dict(chain.labels)}.items()))
