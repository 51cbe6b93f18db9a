"""Counts the events in two ways: plainly, and smeared like a 5m rate.

``plain`` is the truth: the events between two times. Prometheus smears it: a 5m rate that is sampled every minute
contains an event for about four minutes, so the edges of every window are up to five minutes late. ``smeared`` counts
each event with the share of the window's rates that contain it. Hour tiles of counters contain the increases of sixty
scrapes. Both are computed from the events. Neither reads a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate

import msgspec

from tests.truth.traffic import Span, Stream

PlainCount = Callable[[int, int], tuple[float, float]]
"""(evaluation, lag in minutes) -> bad and total events."""

SmearedCount = Callable[[int], tuple[float, float]]

_DAY = 1440
"""Minutes."""

_SEEN_BY_A_RATE = 4
"""Increases between the five scrapes that lie in five minutes; rate() extrapolates them to the whole five."""


class Counted:
    """Events of one kind (all, or bad) of an SLO, at the minutes at which its rules are evaluated.

    Evaluation j is at span.start + 60 j + offset. The first one is ``first``. Before it nothing was recorded.
    ``closed``: Prometheus 2 counts the step of a subquery exactly at the start of its range, Prometheus 3 does not.
    ``seen``: the number of minutes whose events a recorded 5m rate contains; 5 if samples are counted, not increases.
    """

    def __init__(
        self,
        span: Span,
        streams: Iterable[Stream],
        offset: int,
        first: int,
        *,
        closed: bool,
        seen: int = _SEEN_BY_A_RATE,
    ) -> None:
        if not 0 < offset < 60:
            raise ValueError("evaluations are some seconds into the minute")
        self.span, self.offset, self.first, self.closed = span, offset, first, closed
        self._seen = seen
        self._plain = [0.0] * (span.minutes + 1)
        self._scraped = [0] * (span.minutes + 1)
        self._born = 0  # the first evaluation with a scrape
        rates = [0.0] * (span.minutes + 1)
        for stream in streams:
            self._add(stream, rates)
        self._rates = _sums(rates)
        self._tiles = _sums([self._tile(hour) for hour in range(span.minutes // 60 + 1)])

    def _add(self, stream: Stream, rates: list[float]) -> None:
        if stream.offset == self.offset:
            raise ValueError("a scrape at the very moment of an evaluation: in or out is the version's choice")
        seen = [0, *accumulate(stream.counts)]
        # the part of the next scraped increase that has happened before the evaluation of the rules
        late = (self.offset - stream.offset) % 60 / 60
        shift = 0 if self.offset >= stream.offset else -1
        self._born = max(self._born, -shift)
        for j in range(self.span.minutes):
            scraped = j + shift
            if scraped < 0:
                continue
            following = stream.counts[scraped + 1] if scraped + 1 < len(stream.counts) else 0
            self._plain[j] += seen[scraped + 1] + late * following
            self._scraped[j] += seen[scraped + 1]
            if j >= self.first:
                rates[j] += (seen[scraped + 1] - seen[scraped + 1 - self._seen]) / (60 * self._seen)
        self._plain[self.span.minutes] = self._plain[self.span.minutes - 1]

    # --- plain ---

    def plain(self, j: int, window: int, lag: int = 0) -> float:
        """Events in the ``window`` minutes that end ``lag`` minutes before the evaluation j."""
        return self._between(j - window, j, lag)

    def plain_hours(self, first: int, last: int, lag: int = 0) -> float:
        """Events in the whole hours first+1 ... last since the start of the span."""
        return self._between(self._at_or_before(60 * first), self._at_or_before(60 * last), lag)

    def _between(self, start: int, end: int, lag: int) -> float:
        # nothing counts before the minute of the first evaluation
        born = self.first - 1
        return self._plain[max(end, born) - lag] - self._plain[max(start, born) - lag]

    # --- smeared ---

    def rate(self, j: int) -> float:
        """Events a second in the 5m rate at the evaluation j."""
        return self._rates[j + 1] - self._rates[j]

    def smeared(self, j: int, window: int) -> float:
        """The events of the rates that were recorded in the ``window`` minutes before the evaluation j."""
        return 60 * (self._rates[j + 1] - self._rates[max(j + 1 - window, 0)])

    def smeared_hours(self, first: int, last: int) -> float:
        """Events of the tiles of the hours first+1 ... last."""
        return self._tiles[last + 1] - self._tiles[max(first + 1, 0)]

    def last_hour(self, j: int) -> int:
        """The last full hour at the evaluation j, counted from the start of the span."""
        return (60 * j + self.offset) // 3600

    def first_hour(self, j: int, days: int) -> int:
        """The hour before the first tile that a period of ``days`` reads at the evaluation j."""
        seconds = 60 * j + self.offset - 86400 * days
        return -(-seconds // 3600) - 1 if self.closed else seconds // 3600

    def _tile(self, hour: int) -> float:
        j = self._at_or_before(60 * hour)
        if self._seen == _SEEN_BY_A_RATE:  # a counter: the increases of the hour
            return float(self._scraped[j] - self._scraped[max(j - 60, self._born)]) if j >= self.first else 0.0
        # an average over the existing samples
        first = max(j - 59, self.first)
        return 3600 * (self._rates[j + 1] - self._rates[first]) / (j + 1 - first) if j >= first else 0.0

    def _at_or_before(self, minute: int) -> int:
        # rules are evaluated some seconds into the minute
        return minute - 1


def _sums(values: Sequence[float]) -> list[float]:
    return list(accumulate(values, initial=0.0))


class Truth(msgspec.Struct, frozen=True):
    """Total and bad events of one SLO. Every method gives (bad, total)."""

    total: Counted
    bad: Counted

    def rate(self, j: int) -> tuple[float, float]:
        """Events a second in the 5m rates."""
        return self.bad.rate(j), self.total.rate(j)

    def plain(self, window: int, j: int, lag: int = 0) -> tuple[float, float]:
        """In the ``window`` minutes that end ``lag`` minutes before the evaluation j."""
        return self.bad.plain(j, window, lag), self.total.plain(j, window, lag)

    def smeared(self, window: int, j: int) -> tuple[float, float]:
        """In the rates that were recorded in the ``window`` minutes before the evaluation j."""
        return self.bad.smeared(j, window), self.total.smeared(j, window)

    def hours(self, first: int, last: int, lag: int = 0) -> tuple[float, float]:
        """Plain count of the whole hours first+1 ... last since the start of the span."""
        if last <= first:
            return 0.0, 0.0
        return self.bad.plain_hours(first, last, lag), self.total.plain_hours(first, last, lag)

    def tiles(self, first: int, last: int) -> tuple[float, float]:
        """The same from the tiles."""
        if last <= first:
            return 0.0, 0.0
        return self.bad.smeared_hours(first, last), self.total.smeared_hours(first, last)

    def counts(self, window: int) -> tuple[PlainCount, SmearedCount]:
        """The plain and the smeared count of a window of this number of minutes. Windows of a day and longer are whole
        hours.
        """
        if window >= _DAY:
            return partial(self.days, window // _DAY), partial(self.tiles_of_days, window // _DAY)
        return partial(self.plain, window), partial(self.smeared, window)

    def days(self, days: int, j: int, lag: int = 0) -> tuple[float, float]:
        """Plain count of this number of days, in whole hours, up to the last full hour."""
        last = self.total.last_hour(j)
        return self.hours(last - 24 * days, last, lag)

    def seen_hours(self, first: int, last: int) -> int:
        """The number of tiles of the hours first+1 ... last. The first evaluations are in the hour that ends with the
        first tile.
        """
        return max(last - max(first, self.total.first // 60), 0)

    def coverage(self, days: int, j: int) -> float:
        """The seen share of a rolling period."""
        return self.seen_hours(self.total.first_hour(j, days), self.total.last_hour(j)) / (24 * days)

    def tiles_of_days(self, days: int, j: int) -> tuple[float, float]:
        """From the tiles that a period of ``days`` reads at the evaluation j."""
        return self.tiles(self.total.first_hour(j, days), self.total.last_hour(j))
