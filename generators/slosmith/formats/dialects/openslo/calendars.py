"""Converts OpenSLO's calendar-aligned windows to our calendars and back. Times are UTC, or have a fixed offset from it.

Windows of months begin on the same days every year; windows of days and weeks all have the same length.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import msgspec

from slosmith.formats.dialects.foreign import UnusableError, not_supported
from slosmith.formats.values import Node
from slosmith.model import DAY, HOUR, Calendar, Duration

ROLLING_DAYS = {1: 30, 2: 61, 3: 91, 4: 122, 6: 182, 12: 365}
"""Months of a calendar period -> days of the rolling window that alerts look at: the period's usual length."""

_DAY, _HOUR = DAY.whole_seconds, HOUR.whole_seconds
_NAMES = {1: "month", 3: "quarter", 12: "year"}
_UTC = ("UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Z")
_FIXED_ZONE = re.compile(r"Etc/GMT([+-])(\d|1[0-4])", re.ASCII)
"""Zones without daylight saving time. The sign is that of POSIX: ``Etc/GMT+5`` is five hours behind UTC."""
_START = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?Z?)?", re.ASCII)
_MONDAY = date(1970, 1, 5)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Start(msgspec.Struct, frozen=True):
    """The start of a window: the day as written, and seconds from its midnight in UTC (negative for some zones)."""

    day: date
    offset: int = 0


def calendar_of(calendar: Node, months: int | None) -> Start:
    """The start of a window with ``calendar`` and a length of ``months`` (None: of days). Raises UnusableError."""
    failed = False
    zone = _zone(calendar)
    match = _START.fullmatch(calendar.text("startTime"))
    try:
        start = datetime(*(int(part or 0) for part in match.groups()), tzinfo=UTC) if match is not None else None  # type: ignore[misc, arg-type]
    except ValueError:
        start = None
    if start is None:
        calendar.report("SCH212", f"there is no time {calendar.text('startTime')[:30]}", ("startTime",),
                        "write it as YYYY-MM-DD hh:00:00")  # fmt: skip
        raise UnusableError
    if start.minute or start.second:
        message = f"windows must begin on the hour, not at {start:%H:%M:%S}: budgets are counted by the hour"
        not_supported(calendar, ("startTime",), message, f"write {start:%H}:00:00")
        failed = True
    if months is not None and start.day > 28 and (months < 12 or (start.month, start.day) == (2, 29)):
        what = "month" if months < 12 else "year"
        not_supported(calendar, ("startTime",), f"not every {what} has this day", "begin on a day up to the 28th")
        failed = True
    if failed or zone is None:
        raise UnusableError
    return Start(start.date(), start.hour * _HOUR + zone)


def _zone(calendar: Node) -> int | None:
    """Seconds from UTC's midnight to the zone's; None if the offset is not fixed (reported)."""
    zone = str(calendar.values.get("timeZone", "UTC"))
    if zone in _UTC:
        return 0
    fixed = _FIXED_ZONE.fullmatch(zone)
    if fixed is not None:
        return int(f"{fixed[1]}{fixed[2]}") * _HOUR
    message = f"calendar windows must begin at a time in UTC, not in '{zone[:40]}'"
    hint = "write UTC, or Etc/GMT+5 for five hours behind UTC: PromQL has no time zones and no daylight saving time"
    not_supported(calendar, ("timeZone",), message, hint)
    return None


def monthly(months: int, start: Start | None) -> tuple[Calendar, bool]:
    """The calendar of windows of ``months`` (from January if no start is set), and whether it is one of our own."""
    found = start or Start(date(1970, 1, 1))
    day = found.day.day
    starts = tuple(sorted(((found.day.month - 1 + step) % 12 + 1, day) for step in range(0, 12, months)))
    name = _NAMES.get(months, f"{months}-months")
    if not found.offset and starts[0] == (1, 1) and months in _NAMES:
        return Calendar(name, starts), True
    if not found.offset and starts == ((3, 1), (6, 1), (9, 1), (12, 1)):
        return Calendar("slo-quarter", starts), True
    first, _ = starts[0]
    name += f"-{first:02}-{day:02}" if months > 1 else f"-{day:02}"
    return Calendar(name + _hours(found.offset), starts, offset=found.offset), False


def of_one_length(every: Duration, start: Start | None) -> Calendar:
    """The calendar of windows of days; without a start, days begin at midnight and weeks on Monday."""
    seconds = every.whole_seconds
    found = start or Start(_MONDAY)
    offset = ((found.day - date(1970, 1, 1)).days * _DAY + found.offset) % seconds
    if seconds == _DAY:
        name = "day" + _hours(offset)
    elif seconds == 7 * _DAY:
        first = date(1970, 1, 1) + timedelta(days=offset // _DAY)
        name = f"week-{_WEEKDAYS[first.weekday()]}" + _hours(offset % _DAY)
    else:
        first = date(1970, 1, 1) + timedelta(days=offset // _DAY)
        name = f"{every.in_days}-{first}" + _hours(offset % _DAY)
    return Calendar(name, every=every, offset=offset)


def _hours(offset: int) -> str:
    return f"-{'minus-' if offset < 0 else ''}{abs(offset) // _HOUR:02}h" if offset else ""


# --- and back


def rolling_of_calendar(calendar: Calendar) -> Duration | None:
    """The rolling period for a calendar of equal periods; None for calendars that OpenSLO cannot express."""
    if calendar.every is not None:
        return calendar.every
    months = _equal_months(calendar)
    return Duration.from_seconds(ROLLING_DAYS[months] * _DAY) if months is not None else None


def calendar_window(calendar: Calendar) -> tuple[str, dict[str, str]] | None:
    """Duration and ``calendar`` of OpenSLO's window for a calendar of equal periods; None for others."""
    if calendar.every is not None:
        return _duration(calendar.every), _written(datetime(1970, 1, 1, tzinfo=UTC), calendar.offset)
    months = _equal_months(calendar)
    if months is None:
        return None
    unit = {1: "1M", 3: "1Q", 12: "1Y"}.get(months, f"{months}M")
    # any year: only the day of the year matters
    return unit, _written(datetime(2024, *calendar.starts[0], tzinfo=UTC), calendar.offset)


def _written(day: datetime, offset: int) -> dict[str, str]:
    """The start: ``day`` and ``offset`` seconds. An offset outside the day is written as another zone."""
    if day.year > 1970 and not 0 <= offset < _DAY:
        hours = offset // _HOUR
        behind = max(-14, min(hours, 0)) or hours - 23
        local = day + timedelta(hours=hours - behind)
        return {"startTime": f"{local:%Y-%m-%d %H:%M:%S}", "timeZone": f"Etc/GMT{behind:+d}"}
    return {"startTime": f"{day + timedelta(seconds=offset):%Y-%m-%d %H:%M:%S}", "timeZone": "UTC"}


def _duration(every: Duration) -> str:
    hours = every.whole_seconds // _HOUR
    return f"{hours // 168}w" if hours % 168 == 0 else f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"


def _equal_months(calendar: Calendar) -> int | None:
    months, rest = divmod(12, len(calendar.starts))
    first, day = calendar.starts[0]
    expected = tuple(sorted(((first - 1 + step) % 12 + 1, day) for step in range(0, 12, months or 1)))
    return months if not rest and day <= 28 and expected == calendar.starts else None
