"""When a calendar period starts and ends, in PromQL, from the clock alone (UTC).

Each start is a candidate: its second in this year, counted from 1 January. The period began at the latest candidate
that is not in the future, and ends at the earliest that is. 1 January is found by subtracting the day of the year, and
29 February by asking how long this year's February is, so leap years are right by construction (also 2100).
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
    """The one shared rule file: start and end of every calendar's current period, once for all SLOs."""
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
    """The periods that begin in ``year``, and the one that is open on its 1 January: a leap February lies in either."""
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
    # last year's last start: days between it and 1 January never contain 29 February unless it lies before March
    began.append(f"{_last_year(*starts[-1])} <= {now}")
    ends = [f"{_second(month, day)} > {now}" for month, day in starts]
    ends.append(f"{_next_year(*starts[0])} > {now}")
    if calendar.offset:
        said += f", {calendar.offset // 3600} hours after midnight"
    start, end = (_moved("\nor\n".join(candidates), calendar.offset) for candidates in (began, ends))
    return _start_and_end(start, end, labels, f"{calendar.name}: periods begin on {said}.")


def _moved(expression: str, offset: int) -> str:
    """What ``expression`` makes of the clock, for days that begin ``offset`` seconds after midnight."""
    if not offset:
        return expression
    clock = f"(vector(time()) {'-' if offset > 0 else '+'} {abs(offset)})"
    # no argument is the clock
    moved = expression.replace("vector(time())", clock).replace("day_of_year()", f"day_of_year{clock}")
    return f"(\n{indent(moved, '  ')}\n) {'+' if offset > 0 else '-'} {abs(offset)}"


def _of_one_length(calendar: Calendar, length: Duration, labels: Labels) -> tuple[RecordingRule, RecordingRule]:
    """The clock, rounded down to a beginning: periods of one length since 1970."""
    seconds = length.whole_seconds
    # added, not subtracted: what remains of a negative number is negative
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
    # 306 days before 1 January is 1 March: a start before that has last year's February behind it
    leap = f" - 86400 * (days_in_month({_THIS_YEAR} - {306 * _DAY + _DAY}) - 28)" if month <= 2 else ""
    return f"{_THIS_YEAR} - {days * _DAY}{leap}"


def _next_year(month: int, day: int) -> str:
    # next 1 January is 365 days and this year's leap day away; a start after February also has next year's
    first = f"({_THIS_YEAR} + {365 * _DAY} + 86400 * {_LEAP.format(year=_THIS_YEAR)})"
    return _from(first, month, day)


def selector(metric: str, calendar: Calendar) -> str:
    """A calendar's start or end series."""
    return f"{metric}{{{names.CALENDAR}={quote(calendar.name)}}}"


def one(series: str) -> str:
    """One series of ``series``, a calendar's start or end, whoever recorded it: above several Prometheis (Thanos) each
    may have one under its own external labels, and two would match many-to-many. They are equal: a clock's time.
    """
    return f"max by ({names.CALENDAR}) ({series})"
