"""Recorded series: those that are gone or new, those whose history means something else, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.facts import Recording, SloFacts
from slosmith.changes.pairing import Pair
from slosmith.changes.queries import same_query
from slosmith.model import Calendar
from slosmith.model.rules import RecordingKind

_RAW = frozenset({RecordingKind.BASE, RecordingKind.TILE, RecordingKind.RATIO})
"""Kinds that are measured. A raw ratio is measured for each window."""
_KEPT = frozenset({
    RecordingKind.BASE, RecordingKind.TILE, RecordingKind.RATIO, RecordingKind.EVENTS, RecordingKind.CALENDAR_EVENTS,
    RecordingKind.CALENDAR_RATIO,
})  # fmt: skip
"""Kinds whose history the rolling budget is computed from, and the events themselves."""
_QUIET = frozenset({RecordingKind.METADATA, RecordingKind.ASPIRATIONAL})
"""Kinds that have no history: values of the spec."""


def rows(pair: Pair, today: date) -> Iterator[Row]:
    """The series of an SLO whose history breaks or changes its meaning. Dates are those of a deployment ``today``."""
    old, new = pair.before, pair.after
    if old is None or new is None:
        facts = new or old
        assert facts is not None
        if new is not None and new.recordings:
            yield _row(pair, f"{_count(new.recordings)} begin: {_whole(new, today)}")
        elif old is not None and old.recordings:
            yield _row(pair, f"{_count(old.recordings)} end: {_names(old.recordings)}")
        return
    if old.id != new.id:
        yield _row(pair, f"history breaks: {_count(new.recordings)} have another identity; {_whole(new, today)}")
        return
    one = {(each.record, each.labels): each for each in old.recordings}
    other = {(each.record, each.labels): each for each in new.recordings}
    gone = [one[key] for key in one if key not in other]
    begun = [other[key] for key in other if key not in one]
    yield from _names_changed(pair, gone, begun, new, today)
    changed = [other[key] for key in one if key in other and not same_query(one[key].expr, other[key].expr)]
    measured = [each for each in changed if each.kind in _RAW]
    if _raw_changed(old, new, measured):
        text = f"the history of {_names(measured)} means something else: {_whole(new, today)}"
        yield _row(pair, text)
    elif (start := _other_days(old, new, today)) is not None:
        yield _row(pair, f"the current reporting period changes its length: the first whole one begins on {start}")
    elif old.slo.objective.target_ratio != new.slo.objective.target_ratio:
        yield _row(
            pair, "no history breaks: burn rates and budgets use the new target at once, for the past period too"
        )


def _other_days(old: SloFacts, new: SloFacts, today: date) -> date | None:
    """The first start of a period, if the calendar of the same name has other days now. None if it has not."""
    one, other = old.slo.period.calendar, new.slo.period.calendar
    if one is None or other is None or one.name != other.name or (one.starts, one.every) == (other.starts, other.every):
        return None
    return next_start(other, today)


def _raw_changed(old: SloFacts, new: SloFacts, measured: list[Recording]) -> bool:
    """Whether what is measured has changed, and not only the windows or a budget in an expression."""
    if not measured:
        return False
    return any(
        not same_query(
            old.facts[name].text if name in old.facts else "", new.facts[name].text if name in new.facts else ""
        )
        for name in ("total", "bad", "error_ratio")
    )


def _names_changed(
    pair: Pair, gone: list[Recording], begun: list[Recording], new: SloFacts, today: date
) -> Iterator[Row]:
    relabelled = sorted({each.record for each in gone} & {each.record for each in begun} - _quiet_names(gone))
    if relabelled:
        yield _row(
            pair, f"{_listed(relabelled)} have other labels: queries that match on the old ones find nothing new"
        )
    ended = [each for each in gone if each.record not in {other.record for other in begun}]
    started = [each for each in begun if each.record not in {other.record for other in gone}]
    if ended:
        yield _row(pair, f"history ends: {_names(ended)}")
    if started:
        kept = any(each.kind in _KEPT for each in started)
        yield _row(pair, f"history begins: {_names(started)}" + (f"; {_whole(new, today)}" if kept else ""))


def _quiet_names(recordings: Iterable[Recording]) -> set[str]:
    return {each.record for each in recordings if each.kind in _QUIET}


def _whole(side: SloFacts, today: date) -> str:
    """When budgets are whole again."""
    rolling = side.slo.period.rolling
    day = today + timedelta(seconds=rolling.whole_seconds)
    text = f"the rolling budget is whole {rolling.in_days} after deployment ({day})"
    calendar = side.slo.period.calendar
    start = None if calendar is None else next_start(calendar, today)
    return text if calendar is None or start is None else f"{text}, that of {calendar.name} from {start} on"


def next_start(calendar: Calendar, today: date) -> date | None:
    """The first day, after ``today``, on which a reporting period begins. None if no date can be named."""
    if not calendar.starts:
        return None
    days = [date(year, month, day) for year in (today.year, today.year + 1) for month, day in calendar.starts]
    return min(day for day in days if day > today)


def _row(pair: Pair, text: str) -> Row:
    return Row(area=Area.SERIES, what=text, slos=(pair.id,))


def _count(recordings: Iterable[Recording]) -> str:
    count = len({(each.record, each.labels) for each in recordings})
    return f"{count} series"


def _names(recordings: Iterable[Recording]) -> str:
    return _listed(sorted({each.record for each in recordings}))


_MOST = 4


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
