"""Start and end of calendar periods, computed by promtool and compared with Python's calendar."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from slosmith.model import Calendar, Duration
from slosmith.model.rules import RecordingRule
from slosmith.schemes.calendars import compile_calendars, period_lengths
from slosmith.vocabulary import names
from tests.sampling import Sample

QUARTER = Calendar("slo-quarter", ((3, 1), (6, 1), (9, 1), (12, 1)))
MONTH = Calendar("month", tuple((month, 1) for month in range(1, 13)))
YEAR = Calendar("year", ((1, 1),))
FISCAL = Calendar("fiscal-year", ((2, 1),))
LATE_FEBRUARY = Calendar("late-february", ((2, 28),))
UNEVEN = Calendar("uneven", ((1, 15), (2, 20), (10, 7)))
MORNINGS = Calendar("month-6h", MONTH.starts, offset=6 * 3600)
EAST = Calendar("quarter-east", QUARTER.starts, offset=-2 * 3600)
DAY = Calendar("day", every=Duration.parse("1d"))
WEEK = Calendar("week", every=Duration.parse("7d"), offset=4 * 86_400 + 9 * 3600)
SPRINT = Calendar("sprint", every=Duration.parse("14d"), offset=11 * 86_400)
CALENDARS = (QUARTER, MONTH, YEAR, FISCAL, LATE_FEBRUARY, UNEVEN, MORNINGS, EAST, DAY, WEEK, SPRINT)

HOUR = Duration(3_600_000)


def bounds(calendar: Calendar, now: datetime) -> tuple[datetime, datetime]:
    if calendar.every is not None:
        length = timedelta(seconds=calendar.every.whole_seconds)
        first = datetime(1960, 1, 1, tzinfo=UTC)
        first += (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.offset) - first) % length
        start = first + (now - first) // length * length
        return start, start + length
    starts = [
        datetime(year, month, day, tzinfo=UTC) + timedelta(seconds=calendar.offset)
        for year in range(now.year - 2, now.year + 3)
        for month, day in calendar.starts
    ]
    return max(start for start in starts if start <= now), min(start for start in starts if start > now)


def instants(calendar: Calendar) -> list[datetime]:
    """Every start of the calendar, one second before it, and the night after it, in ordinary, leap and
    century years.
    """
    found = set()
    for year in (1972, 1973, 2000, 2026, 2028, 2100, 2101):
        for month, day in calendar.starts or ((1, 5), (6, 30)):
            start = datetime(year, month, day, tzinfo=UTC) + timedelta(seconds=calendar.offset)
            start = bounds(calendar, start)[0]
            found |= {start + timedelta(seconds=seconds) for seconds in (-1, 0, 40_000)}
        for day in ((2, 28), (3, 1), (12, 31)):
            found |= {datetime(year, *day, 23, 59, 59, tzinfo=UTC), datetime(year, *day, 12, tzinfo=UTC)}
        if year % 4 == 0 and year != 2100:
            found.add(datetime(year, 2, 29, 15, 30, tzinfo=UTC))
    return sorted(found)


def run_promtool(promtool: Path, folder: Path, expressions: list[tuple[str, int, float]]) -> str:
    cases = [
        {"expr": expr, "eval_time": f"{second}s", "exp_samples": [{"labels": "{}", "value": value}]}
        for expr, second, value in expressions
    ]
    (folder / "rules.yaml").write_text("groups: []\n")
    test = {
        "rule_files": ["rules.yaml"],
        # one rule evaluation every century: the expressions are evaluated at their own times
        "evaluation_interval": "36500d",
        "tests": [{"interval": "1m", "input_series": [], "promql_expr_test": cases}],
    }
    (folder / "test.yaml").write_text(yaml.safe_dump(test, width=100_000))
    done = subprocess.run(
        [promtool, "test", "rules", "test.yaml"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.prometheus
@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.name)
def test_start_and_end_are_the_civil_calendars(
    calendar: Calendar, sample: Sample, promtool: Path, tmp_path: Path
) -> None:
    """`make test` tests only some times of a calendar with many starts."""
    (group,) = compile_calendars([calendar], HOUR).groups
    start_rule, end_rule = group.rules
    assert isinstance(start_rule, RecordingRule)
    assert (start_rule.record, end_rule.record) == (names.CALENDAR_START, names.CALENDAR_END)  # type: ignore[union-attr]
    expected = []
    every = instants(calendar)
    for now in sample.of(every, str, one_in=3, at_least=100):
        start, end = bounds(calendar, now)
        second = int(now.timestamp())
        expected += [(start_rule.expr, second, start.timestamp()), (end_rule.expr, second, end.timestamp())]
    assert len(expected) > 70
    assert run_promtool(promtool, tmp_path, expected) == ""


@pytest.mark.prometheus
def test_a_wrong_start_is_caught(promtool: Path, tmp_path: Path) -> None:
    """The comparison above detects an error: 1 June instead of 1 March fails."""
    other = Calendar("slo-quarter", ((6, 1), (9, 1), (12, 1)))
    (group,) = compile_calendars([other], HOUR).groups
    now = datetime(2026, 4, 1, tzinfo=UTC)
    wrong = [(group.rules[0].expr, int(now.timestamp()), bounds(QUARTER, now)[0].timestamp())]
    assert "exp" in run_promtool(promtool, tmp_path, wrong)


def test_lengths() -> None:
    def days(calendar: Calendar) -> tuple[int, ...]:
        return tuple(length.whole_seconds // 86_400 for length in period_lengths(calendar))

    assert days(QUARTER) == (90, 92)
    assert days(MONTH) == (28, 31)
    assert days(YEAR) == (365, 366)
    assert days(FISCAL) == (365, 366)
    assert days(SPRINT) == (14, 14)


def test_calendars_are_one_group_and_none_is_an_empty_file() -> None:
    file = compile_calendars(CALENDARS, HOUR)
    assert len(file.groups) == 1
    assert len(file.groups[0].rules) == 2 * len(CALENDARS)
    assert compile_calendars((), HOUR).groups == ()
