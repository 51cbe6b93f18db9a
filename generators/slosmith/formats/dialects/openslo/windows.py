"""OpenSLO's time windows -> a rolling period, and a reporting calendar for windows that are aligned to one."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from slosmith.formats.declarations import CalendarDeclaration, PeriodDeclaration
from slosmith.formats.dialects.foreign import UnusableError, cannot_say
from slosmith.formats.values import Node
from slosmith.model import Calendar, Duration

DEFAULT = Duration.parse("28d")
"""The rolling period where neither the SLO nor the project says one."""

_DAY_MS = 86_400_000
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_ROLLING_DAYS = {1: 30, 2: 61, 3: 91, 4: 122, 6: 182, 12: 365}
"""Months of a calendar period -> days of the rolling window that alerts look at: the period's usual length."""

_NAMES = {1: "month", 3: "quarter", 12: "year"}
_LETTERS = {"Minute": "m", "Hour": "h", "Day": "d", "Week": "w", "Month": "M", "Quarter": "Q", "Year": "Y"}
_UTC = ("UTC", "Etc/UTC", "Etc/GMT", "GMT", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Z")
_START = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)Z?)?", re.ASCII)


class _Length(msgspec.Struct, frozen=True):
    count: int
    unit: str
    field: str

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def read_window(spec: Node, field: str) -> tuple[PeriodDeclaration | None, CalendarDeclaration | None]:
    """The period of the SLO, and its calendar where none of ours is like it; None where the SLO has no window.

    Raises UnusableError after reporting what cannot be had.
    """
    windows = spec.items(field)
    if not windows:
        return None, None
    window = windows[0]
    length = _length(window)
    rolling = window.values.get("isRolling", "calendar" not in window)
    if rolling and "calendar" in window:
        message = "a rolling window has no calendar"
        window.report("SCH209", message, ("calendar",), "remove it, or say `isRolling: false`", on_key=True)
        raise UnusableError
    paths = {"rolling": (*window.origin.path, length.field), "calendar": (*window.origin.path, "calendar")}
    if rolling:
        return PeriodDeclaration(origin=window.origin, paths=paths, rolling=_rolling(window, length)), None
    months = _months(window, length)
    month, day = _start(window, months)
    starts = tuple(sorted(((month - 1 + step) % 12 + 1, day) for step in range(0, 12, months)))
    calendar = Calendar(_calendar_name(months, starts), starts, "")
    own = CalendarDeclaration(origin=window.at("calendar"), calendar=calendar) if _is_new(months, starts) else None
    period = PeriodDeclaration(
        origin=window.origin, paths=paths, rolling=Duration(_ROLLING_DAYS[months] * _DAY_MS), calendar=calendar.name
    )
    return period, own


def rolling_of_calendar(calendar: Calendar) -> Duration | None:
    """The rolling period that goes with a calendar of equal periods; None for calendars that OpenSLO cannot have."""
    months = _equal_months(calendar)
    return Duration(_ROLLING_DAYS[months] * _DAY_MS) if months is not None else None


def _equal_months(calendar: Calendar) -> int | None:
    months, rest = divmod(12, len(calendar.starts))
    first, day = calendar.starts[0]
    expected = tuple(sorted(((first - 1 + step) % 12 + 1, day) for step in range(0, 12, months or 1)))
    return months if not rest and day <= 28 and expected == calendar.starts else None


def calendar_window(calendar: Calendar) -> tuple[str, str] | None:
    """Duration and start of OpenSLO's window for a calendar of equal periods; None for others."""
    months = _equal_months(calendar)
    if months is None:
        return None
    unit = {1: "1M", 3: "1Q", 12: "1Y"}.get(months, f"{months}M")
    month, day = calendar.starts[0]
    # any year will do: only the day of the year counts
    return unit, f"2024-{month:02}-{day:02} 00:00:00"


def _length(window: Node) -> _Length:
    if "count" in window:
        return _Length(int(window.values["count"]), _LETTERS[window.values["unit"]], "count")
    text = window.text("duration")
    return _Length(int(text[:-1]), text[-1], "duration")


def _rolling(window: Node, length: _Length) -> Duration:
    if length.unit in _MONTHS:
        days = 30 * length.count * _MONTHS[length.unit]
        hint = f"write the days, such as {min(days, 365)}d; or align the window with `calendar:`"
        message = f"a rolling window of {length} is not always as long"
        cannot_say(window, (length.field,), f"{message}: months have 28 to 31 days", hint)
        raise UnusableError
    duration = Duration.from_seconds(length.count * _SECONDS[length.unit])
    days, rest = divmod(duration.milliseconds, _DAY_MS)
    if rest:
        window.report("SCH215", f"a rolling window of {length} is not whole days", (length.field,), "such as 28d")
        raise UnusableError
    if days > 366:
        window.report("SCH215", f"a rolling window of {length} is too long", (length.field,), "at most 366d")
        raise UnusableError
    return duration


def _months(window: Node, length: _Length) -> int:
    if length.unit not in _MONTHS:
        message = f"calendar windows of {length} cannot be had: they do not begin on the same days every year"
        cannot_say(window, (length.field,), message, "M, Q and Y can: 1M, 1Q, 1Y; or make it a rolling window")
        raise UnusableError
    months = length.count * _MONTHS[length.unit]
    if months not in _ROLLING_DAYS:
        message = f"calendar windows of {length} cannot be had: they do not begin on the same days every year"
        cannot_say(window, (length.field,), message, "1M, 2M, 1Q, 4M, 6M and 1Y can")
        raise UnusableError
    return months


def _start(window: Node, months: int) -> tuple[int, int]:
    """Month and day of a window's start; without a calendar, periods begin with the year."""
    calendar = window.child("calendar")
    if calendar is None:
        return 1, 1
    failed = False
    zone = calendar.values.get("timeZone", "UTC")
    if zone not in _UTC:
        message = f"calendar windows begin at midnight UTC here, not in '{str(zone)[:40]}'"
        hint = "write UTC: calendars are computed in PromQL, which knows UTC only; the window moves by the difference"
        cannot_say(calendar, ("timeZone",), message, hint)
        failed = True
    match = _START.fullmatch(calendar.text("startTime"))
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])) if match is not None else None
    except ValueError:
        day = None
    if match is None or day is None:
        calendar.report("SCH212", f"there is no time {calendar.text('startTime')[:30]}", ("startTime",),
                        "write it as YYYY-MM-DD 00:00:00")  # fmt: skip
        raise UnusableError
    if (match[4] or "00:00:00").replace("00", "").strip(":"):
        cannot_say(calendar, ("startTime",), f"windows begin at midnight here, not at {match[4]}", "write 00:00:00")
        failed = True
    if day.day > 28:
        what = "month" if months < 12 else "year"
        if months < 12 or (day.month, day.day) == (2, 29):
            cannot_say(calendar, ("startTime",), f"not every {what} has this day", "begin on a day up to the 28th")
            failed = True
    if failed:
        raise UnusableError
    return day.month, day.day


def _is_new(months: int, starts: tuple[tuple[int, int], ...]) -> bool:
    """Whether none of our own calendars is this one."""
    return _calendar_name(months, starts) not in {*_NAMES.values(), "slo-quarter"}


def _calendar_name(months: int, starts: tuple[tuple[int, int], ...]) -> str:
    name = _NAMES.get(months, f"{months}-months")
    if starts[0] == (1, 1) and months in _NAMES:
        return name
    if months == 3 and starts == ((3, 1), (6, 1), (9, 1), (12, 1)):
        return "slo-quarter"
    month, day = starts[0]
    return f"{name}-{month:02}-{day:02}" if months > 1 else f"{name}-{day:02}"
