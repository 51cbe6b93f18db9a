"""A world that was scraped and recorded: both servers, the counted events and the recordings."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from slosmith.model import Duration
from slosmith.schemes.calendars import compile_calendars
from slosmith.schemes.weighted.service_rules import compile_slo
from slosmith.vocabulary import names
from tests.prometheus_api import PrometheusApi
from tests.truth import exposition, lift_wing, server
from tests.truth.counting import Counted, Truth
from tests.truth.lift_wing import QUARTER_STARTS, SPAN, Traffic, World
from tests.truth.recorder import Recorder, Times, ranges_of

FIRST = 60
"""The minute of the first evaluation, so that the first tile is of a whole hour."""

LAST = SPAN.minutes - 1
"""The minute of the last evaluation."""

EVERYWHERE = 61
"""Every so many minutes everything is compared, over the whole span; prime, so that no hour or day is favoured."""

HEAD_IN_ONE_PIECE = ("--storage.tsdb.min-block-duration=3000d", "--storage.tsdb.max-block-duration=3000d")
"""Then what is written may be of any time, in any order of series, and is never compacted."""

MINUTE = Duration(60_000)


class Recorded:
    """A world, the server with its raw series, and the server with its recordings."""

    def __init__(self, world: World, raw: PrometheusApi, recorded: PrometheusApi) -> None:
        self.world, self.raw, self.recorded = world, raw, recorded
        self.closed = raw.version() < (3,)
        self.truths: dict[str, Truth] = {}

    def truth(self, slo_id: str) -> Truth:
        """The counts of an SLO, computed once."""
        if slo_id not in self.truths:
            traffic = self.world.traffic[slo_id]
            total, bad = (
                Counted(SPAN, streams, traffic.evaluated, FIRST, closed=self.closed)
                for streams in (traffic.total, traffic.bad)
            )
            self.truths[slo_id] = Truth(total, bad)
        return self.truths[slo_id]

    def values(self, metric: str, slo_id: str, **labels: str) -> dict[int, float]:
        """A stored recording, by evaluation (minutes since the start)."""
        wanted = {names.ID: slo_id, **labels}
        inner = ", ".join(f'{name}="{value}"' for name, value in wanted.items())
        found: dict[int, float] = {}
        for series in self.recorded.samples(f"{metric}{{{inner}}}", SPAN.start, SPAN.end):
            minutes = [(round(at) - SPAN.start) // 60 for at in series.times]
            assert not found.keys() & set(minutes), f"more than one series of {metric} for {slo_id}"
            found.update(zip(minutes, series.values, strict=True))
        return dict(sorted(found.items()))


@contextlib.contextmanager
def record_lift_wing(promtool: Path, prometheus: Path, folder: Path, everything: bool = True) -> Iterator[Recorded]:
    """Lift Wing's winter, loaded and recorded. ``everything`` as for :func:`tests.truth.lift_wing.world`."""
    clock = _Stopwatch()
    world = lift_wing.world(everything)
    clock.lap("traffic drawn")
    count = exposition.load(promtool, world.series, folder / "raw")
    clock.lap(f"{count} raw samples loaded as blocks")
    with (
        server.running(prometheus, folder / "raw") as raw,
        server.running(
            prometheus,
            folder / "recorded",
            "--web.enable-remote-write-receiver",
            *HEAD_IN_ONE_PIECE,
            configuration=server.also_reading(raw),
        ) as recorded,
    ):
        recorder = Recorder(raw, recorded)
        chains = [
            ([rule for group in compile_slo(item.slo) for rule in group.rules], times_of(item))
            for item in world.traffic.values()
        ]
        calendars = compile_calendars(world.calendars, MINUTE)
        boundaries = [(minute - 1, minute, 1) for minute in calendar_minutes()]
        times = Times((), (), ranges_of([(0, LAST, 60), *boundaries], SPAN.start, 0))
        recorder.run([*chains, *((group.rules, times) for group in calendars.groups)])
        clock.lap(f"{recorder.samples} samples recorded")
        yield Recorded(world, raw, recorded)


def times_of(traffic: Traffic) -> Times:
    def at(*minutes: tuple[int, int, int]) -> list[tuple[int, int, int]]:
        return ranges_of(minutes, SPAN.start, traffic.evaluated)

    # the last evaluation before each full hour, and every five minutes, so there is a tile at any time
    return Times(
        base=at((FIRST, LAST, 1)),
        tiles=at((FIRST + 4, LAST, 5)),
        ranges=at(*detail_ranges(traffic)),
        instants=[SPAN.start + 60 * minute + traffic.evaluated for minute in calendar_minutes()],
    )


def detail_ranges(traffic: Traffic) -> list[tuple[int, int, int]]:
    """The times of all recordings: few times everywhere, and every minute in the SLO's own time of interest, near the
    boundaries, and at the end (for dashboards)."""
    boundaries = [SPAN.minute(start) for start in QUARTER_STARTS if SPAN.start < start < SPAN.end]
    minutely = [*traffic.detail, *((minute - 70, minute + 130) for minute in boundaries), (LAST - 180, LAST)]
    return [(FIRST + 5, LAST, EVERYWHERE), *((first, last, 1) for first, last in minutely)]


def calendar_minutes() -> list[int]:
    """The times at which the calendar budgets are compared: near the boundaries, and about every second day."""
    found = set(range(FIRST + 5, LAST, EVERYWHERE * 41))
    for start in QUARTER_STARTS:
        minute = SPAN.minute(start)
        if 0 < minute < LAST:
            found.update(minute + after for after in (-61, -60, -59, -2, -1, 0, 1, 2, 5, 30, 59, 60, 61, 62, 120, 121))
    return sorted(found | {LAST})


class _Stopwatch:
    def __init__(self) -> None:
        self._last = time.monotonic()

    def lap(self, what: str) -> None:
        now = time.monotonic()
        print(f"truth: {what} in {now - self._last:.1f} s", file=sys.stderr)
        self._last = now
