"""Recorded series that no rule of an SLO may read."""

from __future__ import annotations

from slosmith.model import Slo
from slosmith.rules import names
from slosmith.rules.windows import ratio_windows
from slosmith.ruletests.expect import series
from slosmith.ruletests.series import Timeline, constant
from slosmith.ruletests.subject import Subject


def recorded_metrics(slo: Slo) -> tuple[str, ...]:
    """Every recording that some rule of the SLO reads by its identity labels, those of the calendar aside."""
    windows = (*ratio_windows(slo.alerting), slo.period.rolling)
    return (
        names.TOTAL_RATE, names.BAD_RATE, names.TOTAL_HOUR, names.BAD_HOUR, names.PERIOD_TOTAL, names.PERIOD_BAD,
        *dict.fromkeys(names.error_ratio(window) for window in windows),
        names.OBJECTIVE_RATIO, names.ERROR_BUDGET, names.PERIOD_BURN_RATE, names.PERIOD_BUDGET_REMAINING,
    )  # fmt: skip


def feed_decoys(subject: Subject, timeline: Timeline, tick: int, only: tuple[str, ...] = ()) -> None:
    """For every recording (or ``only`` some), series that are the SLO's but for one identity label each, and for the
    calendar's.
    """
    slo = subject.slo
    own = subject.base_labels(subject.groups[0])
    sets = [tuple((k, f"not-{v}" if k == label else v) for k, v in own) for label in names.IDENTITY]
    wanted = [(metric, labels) for metric in only or recorded_metrics(slo) for labels in sets]
    calendar = slo.period.calendar
    if calendar is not None and not only:
        in_calendar = [(*labels, (names.CALENDAR, calendar.name)) for labels in sets]
        in_calendar.append((*own, (names.CALENDAR, f"not-{calendar.name}")))
        metrics = (
            names.CALENDAR_TOTAL, names.CALENDAR_BAD, names.CALENDAR_ERROR_RATIO, names.CALENDAR_BUDGET_SPENT,
            names.CALENDAR_BUDGET_REMAINING,
        )  # fmt: skip
        wanted += [(metric, labels) for metric in metrics for labels in in_calendar]
    for metric, labels in wanted:
        # of a budget that is overspent, of all else a lot
        value = -7 if metric in (names.PERIOD_BUDGET_REMAINING, names.CALENDAR_BUDGET_REMAINING) else 7
        timeline.feed(series(metric, labels), tick, constant(value, 0, 0))
