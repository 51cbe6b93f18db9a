"""The period of an objective, from all parts that set it."""

from __future__ import annotations

from collections.abc import Iterable

from slosmith.formats.declarations import PeriodDeclaration
from slosmith.model import Duration, Origin, Period
from slosmith.problems.nearest import suggestion
from slosmith.resolve.context import Context

DEFAULT_ROLLING = Duration.parse("28d")


def resolve_period(
    context: Context, parts: Iterable[PeriodDeclaration | None], subject: str, origins: dict[str, Origin]
) -> Period | None:
    """Rolling window and calendar, each from the first part that sets it. None for an unknown calendar (reported)."""
    declared = [part for part in parts if part is not None]
    rolling, calendar = DEFAULT_ROLLING, None
    origins["period"] = origins["calendar"] = Origin("default")
    for part in declared:
        if part.rolling is not None:
            rolling, origins["period"] = part.rolling, part.at("rolling")
            break
    for part in declared:
        if "calendar" in part.removed:
            origins["calendar"] = part.at("calendar")
            break
        if part.calendar is not None:
            calendar, origins["calendar"] = context.calendars.get(part.calendar), part.at("calendar")
            if calendar is None and "project" in context.broken:
                return None
            if calendar is None:
                message = f"there is no calendar '{part.calendar}'"
                hint = suggestion(part.calendar, context.calendars, "calendars")
                context.report("RES303", message, part.at("calendar"), hint=hint, subject=subject)
                return None
            break
    return Period(rolling, calendar)
