"""Recordings of error budgets (of the rolling period and of the calendar period) and of metadata for dashboards."""

from __future__ import annotations

from textwrap import indent

from slosmith.model import Calendar
from slosmith.model.rules import RecordingKind, RecordingRule
from slosmith.schemes.calendars import one, period_lengths, selector
from slosmith.schemes.chain import Chain
from slosmith.schemes.tiers import FIVE_MINUTES
from slosmith.schemes.weighted.ranges import known_tile, tiles_of
from slosmith.schemes.weighted.recordings import HOUR, divide
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import EXACT, plain


def objective(chain: Chain) -> list[RecordingRule]:
    """The objective, which the alert about missing data reads, and the burn rate of the last five minutes."""
    return [
        _stated(chain, names.OBJECTIVE_RATIO, plain(chain.slo.objective.target_ratio)),
        _burn_rate(chain, names.CURRENT_BURN_RATE, names.error_ratio(FIVE_MINUTES)),
    ]


def metadata(chain: Chain) -> list[RecordingRule]:
    """Other values of the spec and the info series, with Sloth's names and without the label of a window."""
    slo = chain.slo
    rules = [
        _stated(chain, names.ERROR_BUDGET, plain(slo.objective.error_budget_ratio)),
        _stated(chain, names.PERIOD_DAYS, plain(slo.period.rolling.seconds / 86400)),
    ]
    if slo.objective.aspirational_ratio is not None:
        aspirational = plain(slo.objective.aspirational_ratio)
        rules.append(_stated(chain, names.ASPIRATIONAL_RATIO, aspirational, RecordingKind.ASPIRATIONAL))
    return [*rules, chain.recording(RecordingKind.METADATA, names.INFO, "vector(1)", _info_labels(chain))]


def rolling(chain: Chain) -> list[RecordingRule]:
    """The budget of the rolling period. What was not seen spent nothing: the burn rate of a young SLO counts only for
    the share of the period in which the SLO existed.

    What is left reads the events, and not the burn rate that was computed from them. A ruler that sees its recordings
    one evaluation later (docs/targets/rulers.md) would add a delay for each step.
    """
    hours = plain(EXACT.divide(chain.slo.period.rolling.seconds, HOUR.seconds))
    range_ = tiles_of(chain.slo.period.rolling)
    # at a full hour to the millisecond, Prometheus 2 reads one hour more than the period has
    seen = f"clamp_max(\n  sum_over_time((\n{indent(_seen_hour(chain), '    ')}\n  ){range_}) / {hours},\n  1\n)"
    ratio = divide(chain.one(names.PERIOD_BAD), chain.one(names.PERIOD_TOTAL))
    left = f"1 - {ratio} / {_budget(chain)} * {chain.one(names.COVERAGE)}"
    return [
        _burn_rate(chain, names.PERIOD_BURN_RATE, names.error_ratio(chain.slo.period.rolling)),
        chain.recording(RecordingKind.COVERAGE, names.COVERAGE, seen, chain.base_labels),
        chain.recording(RecordingKind.BUDGET, names.PERIOD_BUDGET_REMAINING, left, chain.labels),
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
        chain.recording(
            RecordingKind.CALENDAR_EVENTS, recorded, _masked_sum(known_tile(chain, tile), period), base_labels
        )
        for recorded, tile in ((names.CALENDAR_TOTAL, names.TOTAL_HOUR), (names.CALENDAR_BAD, names.BAD_HOUR))
    ]
    ratio = divide(chain.calendar_series(names.CALENDAR_BAD), chain.calendar_series(names.CALENDAR_TOTAL))
    start, end = one(selector(names.CALENDAR_START, period)), one(selector(names.CALENDAR_END, period))
    hours = f"floor((vector(time()) - on () {start}) / {HOUR.whole_seconds})"
    seen = f"{_masked_sum(_seen_hour(chain), period)}\n/ on () group_left ()\n{hours}"
    ratio_of_events = divide(chain.one_calendar(names.CALENDAR_BAD), chain.one_calendar(names.CALENDAR_TOTAL))
    spent = (
        f"{ratio_of_events} / {_budget(chain)}\n"
        f"* on () group_left ()\n"
        f"((vector(time()) - on () {start}) / on () ({end} - {start}))"
    )
    left = f"1 - (\n{indent(spent, '  ')}\n)"
    return [
        *counts,
        chain.recording(RecordingKind.CALENDAR_RATIO, names.CALENDAR_ERROR_RATIO, ratio, labels),
        chain.recording(RecordingKind.CALENDAR_COVERAGE, names.CALENDAR_COVERAGE, seen, base_labels),
        chain.recording(RecordingKind.CALENDAR_BUDGET, names.CALENDAR_BUDGET_SPENT, spent, labels),
        chain.recording(RecordingKind.CALENDAR_BUDGET, names.CALENDAR_BUDGET_REMAINING, left, labels),
    ]


def _stated(chain: Chain, name: str, value: str, kind: RecordingKind = RecordingKind.METADATA) -> RecordingRule:
    return chain.recording(kind, name, f"vector({value})", chain.labels)


def _burn_rate(chain: Chain, name: str, ratio: str) -> RecordingRule:
    return chain.recording(RecordingKind.BURN_RATE, name, f"{chain.one(ratio)} / {_budget(chain)}", chain.labels)


def _budget(chain: Chain) -> str:
    """The error budget as a number: no rule waits for the group that records it."""
    return plain(chain.slo.objective.error_budget_ratio)


def _seen_hour(chain: Chain) -> str:
    """The seen share of the hour that ends at a step. A tile without this share counts as a whole hour: it was recorded
    before rules recorded the share, or the evaluation at the full hour was lost.
    """
    by = f"by ({chain.on})"
    # aggregations drop the name of the metric, so that a subquery has one series; a number in a subquery would be a
    # sample for each step, and promtool accepts 10,000
    seen, known = chain.series(names.COVERAGE_HOUR), chain.series(names.TOTAL_HOUR)
    return f"max {by} ({seen})\nor\ngroup {by} ({known} offset 5m)"


def _masked_sum(tiles: str, period: Calendar) -> str:
    """The sum of the tiles that end inside the current period of the calendar."""
    start = one(f"{selector(names.CALENDAR_START, period)} @ end()")
    longest = tiles_of(period_lengths(period)[1])
    masked = f"(\n{indent(tiles, '  ')}\n)\nand on () (vector(time()) > on () {start})"
    return f"sum_over_time((\n{indent(masked, '  ')}\n){longest})"


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
