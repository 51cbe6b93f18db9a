"""Tests of the long ranges in the weighted rules: windows, minimums of alerts, the periods of budgets.

`slosmith test` runs them. Everything else about these rules is tested in the file beside the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from slosmith.model import Duration, Labels, Service
from slosmith.model.rule_tests import TestFile
from slosmith.model.rules import RuleFile
from slosmith.ruletests.expect import series
from slosmith.ruletests.long_ranges import LongTest, evaluation_after, expressions, inlined, long_test_file
from slosmith.ruletests.series import History, Run, constant
from slosmith.ruletests.spans import fits, history_needed
from slosmith.ruletests.untestable import testable
from slosmith.schemes.floors import floor
from slosmith.schemes.tiers import ratio_windows
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.recordings import event_windows
from slosmith.schemes.weighted.tests.accounts import (
    HALF_HOUR,
    HOUR_MS,
    calendar_hours,
    error_ratio,
    tile_windows,
)
from slosmith.schemes.weighted.tests.evaluate import MINUTE, PER_HOUR, Events, fires, hour_tiles, recent, samples_of
from slosmith.schemes.weighted.tests.raw_ratios import divided, ratio_scenes
from slosmith.schemes.weighted.tests.subject import RECENT, Subject, subjects
from slosmith.schemes.weighted.tests.tier_tests import Omitted, Scenario, scenarios
from slosmith.schemes.weighted.tests.tiles import Tile, TileBook
from slosmith.sli.base import error_ratio_text
from slosmith.vocabulary import names

_CASE = "slosmith_case"
"""A label that no rule uses. Series that differ in it belong to the same SLO, and each gives its own result."""


def compile_long_tests(service: Service, rules: RuleFile) -> TestFile | None:
    """Tests of the long ranges of ``rules``, which must be those of ``service``; None if no range is long."""
    slos, _ = testable(service.slos)
    tested = [_Reader(subject, rules) for subject in subjects(slos, rules)]
    at = evaluation_after(history for reader in tested for history in reader.histories())
    tests = [
        *_tiers(tested, at),
        *_minimums(tested, at),
        *_tile_ranges(tested, at),
        *_raw_ratios(tested, at),
    ]
    return long_test_file(tests, at)


class _Reader:
    """An SLO and the expressions of its rules."""

    def __init__(self, subject: Subject, rules: RuleFile) -> None:
        self.subject, self.slo = subject, subject.slo
        self._expressions = {record: expr for (slo, record), expr in expressions(rules).items() if slo == self.slo.id}
        windows = ratio_windows(self.slo.alerting)
        self.tiled = [window for window in windows if subject.weighted and read_from_tiles(window)]
        """Windows that are read from hour tiles, without the rolling period."""
        self.raw = [window for window in windows if not subject.weighted and not fits(window)]
        """Long windows of a raw error ratio."""
        self.tiers = [index for index, tier in enumerate(subject.tiers) if subject.weighted and not fits(tier.long)]

    def expr(self, record: str) -> str:
        return self._expressions[record]

    def alert(self, index: int) -> str:
        """The expression of a tier's alert, with those of the error ratios and events in it."""
        read = {names.error_ratio(window) for window in ratio_windows(self.slo.alerting)}
        read |= {names.window_events(window) for window in event_windows(self.slo)}
        inner = {record: expr for record, expr in self._expressions.items() if record in read}
        return inlined(self.subject.burn_rate[index].expr, inner)

    def histories(self) -> Iterator[Duration]:
        """The lengths of the histories that the tests need before the evaluation."""
        for window in (*self.tiled, *self.raw):
            yield history_needed(window)
        hours = (*tile_windows(self.subject), calendar_hours(self.subject))
        yield Duration((max(hours) + 12) * HOUR_MS)


# --- alerts


def _tiers(readers: Sequence[_Reader], at: Duration) -> Iterator[LongTest]:
    """Every scenario of a tier with a long window, with the whole window as input."""
    for index in sorted({index for reader in readers for index in reader.tiers}):
        having = [reader for reader in readers if index in reader.tiers]
        plans = [_plan(reader.subject, index) for reader in having]
        for number, step in enumerate(zip(*plans, strict=True), 1):
            test = LongTest(f"burn rate, tier {having[0].subject.tiers[index].name}, {number}", MINUTE, at)
            for reader, scenario in zip(having, step, strict=True):
                if not isinstance(scenario, Omitted):
                    _feed(reader.subject, test, scenario.events)
                    fired = index in scenario.firing
                    if index in scenario.checked:
                        test.expect_firing(reader.alert(index), fired, f"{reader.slo.id}: {scenario.title}")
            yield test


def _plan(subject: Subject, index: int) -> tuple[Scenario | Omitted, ...]:
    return scenarios(subject.tiers, index, floor(subject.slo), subject.every, times=False)


def _feed(subject: Subject, test: LongTest, events: Events) -> None:
    """The rates as far as windows read them, and all tiles: no rule is evaluated, so none records the newest."""
    subject.feed_events(test.timeline, 1, recent(events.total, RECENT), recent(events.bad, RECENT))
    total, bad = (hour_tiles(history, subject.every) for history in (events.total, events.bad))
    subject.feed_tiles(test.timeline, 1, total, bad)


def _minimums(readers: Sequence[_Reader], at: Duration) -> Iterator[LongTest]:
    """The floor of bad events of a tier with a long window: just enough of them, most of them at the start of the
    window; and just too few, with more of them before the window begins.
    """
    for place in ("inside", "before"):
        for index in sorted({index for reader in readers for index in reader.tiers}):
            having = [reader for reader in readers if index in reader.tiers and floor(reader.slo)]
            if having:
                name = f"minimum of tier {having[0].subject.tiers[index].name}, events {place} the window"
                test = LongTest(name, MINUTE, at)
                for reader in having:
                    _ask_minimum(reader, index, test, inside=place == "inside")
                yield test


def _ask_minimum(reader: _Reader, index: int, test: LongTest, *, inside: bool) -> None:
    subject, tier, least = reader.subject, reader.subject.tiers[index], floor(reader.slo)
    minimum = least.below(tier.threshold_ratio).alone  # all events are bad
    end = samples_of(tier.long)
    # the hour at the start of the window is left out, because Prometheus versions differ in what they read there
    old = _spread(minimum * Decimal("0.99"), end - 2, end - 1, subject.every)
    if not inside:
        old = _spread(minimum, end + PER_HOUR + 1, end + PER_HOUR + 1, subject.every)
    history = (*old, *_spread(minimum * Decimal("0.02" if inside else "0.99"), 0, 4, subject.every))
    events = Events(history, history, subject.every)
    _feed(subject, test, events)
    fired = fires(tier, least, events)
    if fired is None:
        return
    said = (
        f"just enough bad events, most of them at the start of {tier.long}: fires"
        if inside
        else f"just too few bad events in {tier.long}, and more before it: does not fire"
    )
    test.expect_firing(reader.alert(index), fired, f"{reader.slo.id}: {said}")


def _spread(count: Decimal, newest: int, oldest: int, every: int) -> History:
    rate = Decimal(f"{float(count) / ((oldest - newest + 1) * every):.12g}")
    return constant(rate, newest, oldest)


# --- ranges over hour tiles


def _tile_ranges(readers: Sequence[_Reader], at: Duration) -> Iterator[LongTest]:
    """Periods and windows from their start: busy hours, an outage in a quiet one, and errors on both sides of every
    start. And windows in which nothing happens.
    """
    test = LongTest("whole periods", HALF_HOUR, at)
    idle = LongTest("periods without traffic", HALF_HOUR, at)
    now = at.milliseconds // HOUR_MS
    starts: dict[str, int] = {}
    for reader in readers:
        calendar = reader.slo.period.calendar
        if calendar is not None:
            starts.setdefault(calendar.name, _calendar_start(reader.subject))
    for calendar_name, hours in starts.items():
        start = series(names.CALENDAR_START, ((names.CALENDAR, calendar_name),))
        test.timeline.feed(start, 1, constant((now - hours) * 3600, 0, 0))
    for reader in readers:
        book = _book(reader.subject, now, starts)
        _feed_book(reader.subject, test, book, now)
        _ask_tiles(reader, test, book, now, starts)
        _ask_idle(reader, idle)
    yield from (test, idle)


def _calendar_start(subject: Subject) -> int:
    """Hours since the start of the calendar period: nearly the whole of it, and no other range begins near it."""
    hours = calendar_hours(subject)
    return hours - 1 if hours not in tile_windows(subject) else hours - 8


def _book(subject: Subject, now: int, starts: dict[str, int]) -> TileBook:
    tiles: dict[int, Tile] = {0: (120_000, 240), 3: (90_000, 45), 5: (300, 270), 6: (20, 20)}
    calendar = subject.slo.period.calendar
    edges = {*tile_windows(subject), *([starts[calendar.name]] if calendar is not None else [])}
    for index, hours in enumerate(sorted(edges), 1):
        tiles[hours - 1] = (700 + index, 100 * index)
        tiles[hours + 1] = (40_000 + index, 9000 * index)
    book = TileBook()
    for ago, tile in tiles.items():
        if ago not in edges:  # Prometheus versions differ in what they read at the start of a range
            book.add(now - ago, tile)
    return book


def _feed_book(subject: Subject, test: LongTest, book: TileBook, now: int) -> None:
    subject.feed_tiles(test.timeline, 1, *book.histories(now, 2))
    share: History = tuple(Run(2 * (now - hour), 2 * (now - hour), Decimal("0.5")) for hour in book.hours())
    for group in subject.groups:
        test.timeline.feed(subject.recorded(names.COVERAGE_HOUR, group), 1, share)


def _ask_tiles(reader: _Reader, test: LongTest, book: TileBook, now: int, starts: dict[str, int]) -> None:
    subject, slo = reader.subject, reader.slo

    def values(metric: str, tile: Tile, part: int, *more: tuple[str, str]) -> None:
        found = [
            (subject.base_labels(group, **dict(more)), Fraction(0 if index and part else tile[part]))
            for index, group in enumerate(subject.groups)
        ]
        test.expect(reader.expr(metric), found, f"{slo.id}: {metric}")

    def seen(metric: str, hours: int, longest: int) -> None:
        """Half of each hour that has a tile."""
        known = Fraction(sum(hour > now - min(hours, longest) for hour in book.hours()), 2)
        found = [(subject.base_labels(group), known / hours) for group in subject.groups]
        test.expect(reader.expr(metric), found, f"{slo.id}: {metric}")

    hours = slo.period.rolling.milliseconds // HOUR_MS
    seen(names.COVERAGE, hours, hours)
    rolling = book.since(now - slo.period.rolling.milliseconds // HOUR_MS, now, now)
    values(names.PERIOD_TOTAL, rolling, 0)
    values(names.PERIOD_BAD, rolling, 1)
    for window in reader.tiled:
        hours = -(-window.milliseconds // HOUR_MS)
        ratio = error_ratio(book.since(now - hours, now, now))
        found = [
            (subject.base_labels(group), Fraction(0) if index else ratio) for index, group in enumerate(subject.groups)
        ]
        test.expect(reader.expr(names.error_ratio(window)), found, f"{slo.id}: {window}")
    calendar = slo.period.calendar
    if calendar is not None:
        current = book.since(now - starts[calendar.name], now, calendar_hours(subject))
        values(names.CALENDAR_TOTAL, current, 0)
        values(names.CALENDAR_BAD, current, 1)
        seen(names.CALENDAR_COVERAGE, starts[calendar.name], calendar_hours(subject))


def _ask_idle(reader: _Reader, test: LongTest) -> None:
    """The error ratio is 0 without traffic, as long as there was a tile in the window."""
    subject = reader.subject
    cases = [
        (f"{place} {window}", hours)
        for window in reader.tiled
        for place, hours in (
            ("inside", window.milliseconds // HOUR_MS - 1),
            ("before", window.milliseconds // HOUR_MS + 1),
        )
    ]
    for case, hours in cases:
        for group in subject.groups:
            for metric in (names.TOTAL_HOUR, names.BAD_HOUR):
                run: History = (Run(2 * hours, 2 * hours, 0),)
                test.timeline.feed(subject.recorded(metric, (*group, (_CASE, case))), 1, run)
    for window in reader.tiled:
        seen = [
            (subject.base_labels((*group, (_CASE, case))), Fraction(0))
            for case, hours in cases
            for group in subject.groups
            if hours < window.milliseconds // HOUR_MS
        ]
        test.expect(reader.expr(names.error_ratio(window)), seen, f"{reader.slo.id}: {window}")


# --- raw error ratios


def _raw_ratios(readers: Sequence[_Reader], at: Duration) -> Iterator[LongTest]:
    """Long windows of a raw error ratio, which read raw series."""
    for reader in readers:
        slo = reader.slo
        if not reader.raw or slo.counts_events or slo.group_by:
            continue
        ratio = divided(error_ratio_text(slo.indicator))
        if ratio is None or not all(selector.metric for selector in (*ratio.total, *ratio.marked)):
            continue
        scenes = ratio_scenes(ratio, ratio_windows(slo.alerting), whole=True)
        if not scenes:
            continue
        test = LongTest(f"raw series of {slo.name}", MINUTE, at)
        for one, history in scenes[0].fed:
            test.timeline.feed(series(one.metric, one.labels), 1, history)
        none: Labels = ()
        for window, value in scenes[0].ratios:
            if window in reader.raw:
                test.expect(reader.expr(names.error_ratio(window)), [(none, value)], f"{slo.id}: {window}")
        yield test
