"""Start and end of a calendar's current period, as PromQL that reads nothing but the clock (UTC).

Every start of the calendar is a candidate, as seconds since 1 January of this year. The period began at the latest
candidate that is not in the future. It ends at the earliest candidate in the future. The expression finds 1 January
with the day of the year, and leap years with the length of February. So all leap years are right, and 2100 too.
"""

from __future__ import annotations

import calendar as civil
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from textwrap import indent

from slosmith.model import Calendar, Duration, Labels
from slosmith.model.rules import RecordingKind, RecordingRule, RuleFile, RuleGroup
from slosmith.promql import quote
from slosmith.vocabulary import names

_DAY = 86400
_MIDNIGHT = "(vector(time()) - vector(time()) % 86400)"
_THIS_YEAR = f"({_MIDNIGHT} - 86400 * (day_of_year() - 1))"
_LEAP = "(days_in_month({year} + 31 * 86400) - 28)"
_COMMON_YEAR, _LEAP_YEAR = 2025, 2024


def compile_calendars(calendars: Sequence[Calendar], interval: Duration) -> RuleFile:
    """The rule file that all SLOs share: start and end of the current period of every calendar."""
    rules = tuple(rule for calendar in calendars for rule in _rules(calendar))
    comment = ("Start and end of the current reporting period of every calendar, as Unix time (UTC).",)
    groups = (RuleGroup(names.CALENDAR_GROUP, interval, rules, comment),) if rules else ()
    return RuleFile("calendars", groups, ("Reporting calendars, shared by all SLOs.",))


@lru_cache(maxsize=64)
def period_lengths(calendar: Calendar) -> tuple[Duration, Duration]:
    """The calendar's shortest and longest period."""
    if calendar.every is not None:
        return calendar.every, calendar.every
    days = [
        (following - start).days for year in (_COMMON_YEAR, _LEAP_YEAR) for start, following in _periods(calendar, year)
    ]
    return Duration.from_seconds(min(days) * _DAY), Duration.from_seconds(max(days) * _DAY)


def _periods(calendar: Calendar, year: int) -> list[tuple[date, date]]:
    """The periods that begin in ``year``, and the period that contains 1 January. One of them contains 29 February."""
    starts = [date(year, month, day) for month, day in calendar.starts]
    opening = date(year - 1, *calendar.starts[-1])
    closing = date(year + 1, *calendar.starts[0])
    return list(zip([opening, *starts], [*starts, closing], strict=True))


def _rules(calendar: Calendar) -> tuple[RecordingRule, RecordingRule]:
    labels = ((names.CALENDAR, calendar.name),)
    if calendar.every is not None:
        return _of_one_length(calendar, calendar.every, labels)
    starts = calendar.starts
    said = ", ".join(f"{day} {civil.month_abbr[month]}" for month, day in starts)
    now = "vector(time())"
    began = [f"{_second(month, day)} <= {now}" for month, day in reversed(starts)]
    # the last start of last year: 29 February is between it and 1 January only if the start is before March
    began.append(f"{_last_year(*starts[-1])} <= {now}")
    ends = [f"{_second(month, day)} > {now}" for month, day in starts]
    ends.append(f"{_next_year(*starts[0])} > {now}")
    if calendar.offset:
        said += f", {calendar.offset // 3600} hours after midnight"
    start, end = (_moved("\nor\n".join(candidates), calendar.offset) for candidates in (began, ends))
    return _start_and_end(start, end, labels, f"{calendar.name}: periods begin on {said}.")


def _moved(expression: str, offset: int) -> str:
    """``expression`` for days that begin ``offset`` seconds after midnight."""
    if not offset:
        return expression
    clock = f"(vector(time()) {'-' if offset > 0 else '+'} {abs(offset)})"
    # a function of time without an argument reads the clock
    moved = expression.replace("vector(time())", clock).replace("day_of_year()", f"day_of_year{clock}")
    return f"(\n{indent(moved, '  ')}\n) {'+' if offset > 0 else '-'} {abs(offset)}"


def _of_one_length(calendar: Calendar, length: Duration, labels: Labels) -> tuple[RecordingRule, RecordingRule]:
    """Periods of one length since 1970: the clock, rounded down to the start of a period."""
    seconds = length.whole_seconds
    # added, not subtracted: in PromQL the remainder of a negative number is negative
    since = f"((vector(time()) + {-calendar.offset % seconds}) % {seconds})"
    first = datetime.fromtimestamp(calendar.offset, UTC)
    comment = f"{calendar.name}: a period begins every {length.in_days}, one of them on {first:%Y-%m-%d %H}:00."
    start = f"vector(time()) - {since}"
    return _start_and_end(start, f"{start} + {seconds}", labels, comment)


def _start_and_end(start: str, end: str, labels: Labels, comment: str) -> tuple[RecordingRule, RecordingRule]:
    kind = RecordingKind.CALENDAR_CLOCK
    return (
        RecordingRule(kind, None, names.CALENDAR_START, start, labels, (comment,)),
        RecordingRule(kind, None, names.CALENDAR_END, end, labels),
    )


def _second(month: int, day: int) -> str:
    """Unix time of a month's day in the current year."""
    return _from(_THIS_YEAR, month, day)


def _from(year: str, month: int, day: int) -> str:
    days = (date(_COMMON_YEAR, month, day) - date(_COMMON_YEAR, 1, 1)).days
    leap = f" + 86400 * {_LEAP.format(year=year)}" if month > 2 else ""
    return f"{year} + {days * _DAY}{leap}"


def _last_year(month: int, day: int) -> str:
    days = (date(_COMMON_YEAR + 1, 1, 1) - date(_COMMON_YEAR, month, day)).days
    # 306 days before 1 January is 1 March. For an earlier start, the length of last year's February counts
    leap = f" - 86400 * (days_in_month({_THIS_YEAR} - {306 * _DAY + _DAY}) - 28)" if month <= 2 else ""
    return f"{_THIS_YEAR} - {days * _DAY}{leap}"


def _next_year(month: int, day: int) -> str:
    # the next 1 January is 365 days after this one, plus a leap day of this year. A start after February also needs
    # the leap day of next year
    first = f"({_THIS_YEAR} + {365 * _DAY} + 86400 * {_LEAP.format(year=_THIS_YEAR)})"
    return _from(first, month, day)


def selector(metric: str, calendar: Calendar) -> str:
    """The selector of a calendar's start or end."""
    return f"{metric}{{{names.CALENDAR}={quote(calendar.name)}}}"


def one(series: str) -> str:
    """``series``, the start or end of a calendar, as a single series. In Thanos there may be one from each Prometheus
    server, with different external labels. A join with several series would fail (many-to-many). They all have the same
    value, because they depend on the clock only.
    """
    return f"max by ({names.CALENDAR}) ({series})"
