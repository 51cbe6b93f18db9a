"""OpenSLO's time windows -> a rolling period, and a reporting calendar for windows that are aligned to one."""

from __future__ import annotations

import msgspec

from slosmith.formats.declarations import CalendarDeclaration, PeriodDeclaration
from slosmith.formats.dialects.foreign import UnusableError, not_supported
from slosmith.formats.dialects.openslo.calendars import ROLLING_DAYS, Start, calendar_of, monthly, of_one_length
from slosmith.formats.values import Node
from slosmith.model import DAY, HOUR, MINUTE, Calendar, Duration

DEFAULT = Duration.parse("28d")
"""The rolling period if neither the SLO nor the project sets one."""

_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY, "w": Duration(7 * DAY.milliseconds)}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_LETTERS = {"Minute": "m", "Hour": "h", "Day": "d", "Week": "w", "Month": "M", "Quarter": "Q", "Year": "Y"}
_LONGEST_DAYS = 366


class _Length(msgspec.Struct, frozen=True):
    count: int
    unit: str
    field: str

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def read_window(spec: Node, field: str) -> tuple[PeriodDeclaration | None, CalendarDeclaration | None]:
    """The period of the SLO, and its calendar if it is not one of our own; None if the SLO has no window.

    Raises UnusableError for what is not supported (reported).
    """
    windows = spec.items(field)
    if not windows:
        return None, None
    window = windows[0]
    length = _length(window)
    rolling = window.values.get("isRolling", "calendar" not in window)
    if rolling and "calendar" in window:
        message = "a rolling window has no calendar"
        window.report("SCH209", message, ("calendar",), "remove it, or write `isRolling: false`", on_key=True)
        raise UnusableError
    paths = {"rolling": (*window.origin.path, length.field), "calendar": (*window.origin.path, "calendar")}
    if rolling:
        return PeriodDeclaration(origin=window.origin, paths=paths, rolling=_rolling(window, length)), None
    usual, calendar, is_ours = _calendar(window, length)
    own = None if is_ours else CalendarDeclaration(origin=window.at("calendar"), calendar=calendar)
    return PeriodDeclaration(origin=window.origin, paths=paths, rolling=usual, calendar=calendar.name), own


def _length(window: Node) -> _Length:
    if "count" in window:
        return _Length(int(window.values["count"]), _LETTERS[window.values["unit"]], "count")
    text = window.text("duration")
    return _Length(int(text[:-1]), text[-1], "duration")


def _rolling(window: Node, length: _Length) -> Duration:
    if length.unit in _MONTHS:
        days = 30 * length.count * _MONTHS[length.unit]
        hint = f"write the days, such as {min(days, 365)}d; or align the window with `calendar:`"
        message = f"a rolling window of {length} has no fixed length"
        not_supported(window, (length.field,), f"{message}: months have 28 to 31 days", hint)
        raise UnusableError
    return _fixed(window, length, "a rolling window", HOUR)


def _fixed(window: Node, length: _Length, what: str, shortest: Duration) -> Duration:
    """The length of a window in minutes to weeks: whole hours, from ``shortest`` to a year."""
    duration = Duration(length.count * _UNITS[length.unit].milliseconds)
    if duration.milliseconds % HOUR.milliseconds or duration < shortest:
        message = f"{what} of {length} must be whole hours, at least {shortest}: budgets are counted by the hour"
        window.report("SCH215", message, (length.field,), f"such as {shortest} or 28d")
        raise UnusableError
    if duration.milliseconds > _LONGEST_DAYS * DAY.milliseconds:
        window.report("SCH215", f"{what} of {length} is too long", (length.field,), f"at most {_LONGEST_DAYS}d")
        raise UnusableError
    return duration


def _calendar(window: Node, length: _Length) -> tuple[Duration, Calendar, bool]:
    """The usual length of the window, its calendar, and whether that is one of ours."""
    if length.unit in _MONTHS:
        months = length.count * _MONTHS[length.unit]
        if months not in ROLLING_DAYS:
            message = f"calendar windows of {length} are not supported: they begin in other months every year"
            hint = "write 1M, 2M, 1Q, 4M, 6M or 1Y, which begin in the same months every year"
            not_supported(window, (length.field,), message, hint)
            raise UnusableError
        start = _start(window, months)
        return Duration(ROLLING_DAYS[months] * DAY.milliseconds), *monthly(months, start)
    every = _fixed(window, length, "a calendar window", DAY)
    return every, of_one_length(every, _start(window, None)), False


def _start(window: Node, months: int | None) -> Start | None:
    calendar = window.child("calendar")
    return calendar_of(calendar, months) if calendar is not None else None
