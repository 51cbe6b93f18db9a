"""Unit tests of Sloth's recording rules: from raw series to the error ratio of every window.

The starts of the windows divide time into stretches. Each stretch has other rates, so every window has another ratio.
All counters are scraped at the same times. So ``rate`` extrapolates bad events and all events by the same factor, and
the ratio is the ratio of the increases.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from slosmith.model import CounterRatio, Duration, HistogramLatency, QueryRatio, Slo
from slosmith.model.rule_tests import QueryTest, TestGroup
from slosmith.promql import decoys, examples
from slosmith.ruletests.counted import Counted, counted
from slosmith.ruletests.expect import identity, label_groups, public, round_query, series
from slosmith.ruletests.scenes import Scraped, scraped
from slosmith.ruletests.series import History, Run, Timeline
from slosmith.ruletests.spans import LONGEST, fits
from slosmith.schemes.sloth.service_rules import recorded_windows
from slosmith.vocabulary import names

_HOUR = Duration(3_600_000)
_INTERVALS = tuple(Duration.parse(text) for text in ("1m", "5m", "15m", "1h", "6h", "1d"))
_MOST_SAMPLES = 8_640
"""The most samples of a window: promtool reads at most 10,000 in one query."""

_START = 10**9
"""First value of counters. It is far above 0, because near 0 ``rate`` extrapolates less."""

_MOST_EXAMPLES = 3


class Windows(msgspec.Struct, frozen=True):
    """Input for the windows of an SLO, and the error ratio of each."""

    interval: Duration
    fed: tuple[tuple[Scraped, History], ...]
    ratios: tuple[tuple[Duration, Fraction], ...]


def window_groups(slos: Sequence[Slo]) -> tuple[list[TestGroup], list[str]]:
    """A test group for each SLO, and notes on what is not tested and why."""
    groups, notes = [], []
    for slo in slos:
        made = windows_of(slo)
        if isinstance(made, str):
            notes.append(f"The raw series of {slo.id} are not tested: {made}.")
        else:
            groups.append(_group(slo, made))
    return groups, notes


def windows_of(slo: Slo, *, whole: bool = False) -> Windows | str:
    """The input for the windows of ``slo``; or the reason why there is none.

    Windows that are too long for a test of a consumer contain all samples, unless the ``whole`` of them is wanted.
    """
    what = _counted(slo)
    if isinstance(what, str):
        return what
    every = recorded_windows(slo)
    short = [window for window in every if whole or fits(window)] or [_HOUR]
    interval = next(each for each in _INTERVALS if short[-1].milliseconds <= _MOST_SAMPLES * each.milliseconds)
    short = [window for window in short if window.milliseconds >= 3 * interval.milliseconds]
    fed = _series(slo, what)
    stretches = _Stretches([window.milliseconds // interval.milliseconds for window in short])
    rates = _rates(fed, what)
    places = {window: place for place, window in enumerate(short)}
    last = len(stretches.pieces) - 1
    tested = [window for window in every if window in places or window > short[-1]]
    ratios = [(window, _ratio(what, rates, stretches, places.get(window, last))) for window in tested]
    known = tuple((window, ratio) for window, ratio in ratios if ratio is not None)
    if len(known) < len(ratios):
        return "no series can match its selectors"
    return Windows(interval, tuple((one, stretches.history(rates[one])) for one in fed), known)


def _group(slo: Slo, windows: Windows) -> TestGroup:
    timeline = Timeline(windows.interval, LONGEST)
    for one, history in windows.fed:
        timeline.feed(series(one.metric, one.labels), 1, history)
    return TestGroup(
        f"raw series of {slo.name}",
        windows.interval,
        timeline.inputs(),
        tuple(_expected(slo, window, ratio, timeline.at(1)) for window, ratio in windows.ratios),
        comment=("Some input series match the SLI's selectors. Each of the others fails one matcher.",),
    )


def _counted(slo: Slo) -> Counted | str:
    indicator = slo.indicator
    if not indicator.counts_events:
        return "a ratio in free PromQL says nothing about its events"
    if not isinstance(indicator, CounterRatio | HistogramLatency | QueryRatio):
        return "it counts time, not events"
    what = counted(indicator)
    if isinstance(what, Counted) and not all(selector.metric for selector in (*what.total, *what.marked)):
        return "a selector has no metric name"
    return what


def _series(slo: Slo, what: Counted) -> list[Scraped]:
    """Series that the selectors select, and for each matcher a series that does not match it."""
    group = label_groups(slo)[0]
    found = []
    for selector in (*what.total, *what.marked):
        labels = [*examples(selector)[:_MOST_EXAMPLES], *(labels for _, labels in decoys(selector))]
        found += [scraped(selector.metric, one, group) for one in labels]
    # a series of another group belongs to another SLO
    wanted = dict(group)
    return [one for one in dict.fromkeys(found) if all(dict(one.labels).get(key) == wanted[key] for key in wanted)]


class _Stretches:
    """Samples before the evaluation. There is no sample at the start of a window, because Prometheus versions count it
    differently.

    ``starts`` are the lengths of the windows in samples, shortest first.
    """

    def __init__(self, starts: Sequence[int]) -> None:
        self.starts = starts
        self.oldest = starts[-1] + 20
        bounds = [*starts, self.oldest + 1]
        self.pieces: list[tuple[int, int]] = []
        """The newest and the oldest offset of each stretch."""
        newest = 0
        for bound in bounds:
            self.pieces.append((newest, bound - 1))
            newest = bound + 1

    def slope(self, rate: int, index: int) -> int:
        """The increase from sample to sample in a stretch. It differs between series, so that the ratios differ."""
        return rate * (1 + index * (rate % 7 + 1) % 5)

    def history(self, rate: int) -> History:
        """A counter. Between two stretches it rises as in the newer one."""
        runs: list[Run] = []
        value, last = _START, None
        for index in range(len(self.pieces) - 1, -1, -1):
            newest, oldest = self.pieces[index]
            if oldest < newest:
                continue
            slope = self.slope(rate, index)
            if last is not None:
                value += slope * (last - oldest)
            runs.append(Run(newest, oldest, value, slope))
            value += slope * (oldest - newest)
            last = newest
        return tuple(runs)

    def increase(self, rate: int, window: int) -> int:
        """The increase between the first and the last sample inside the window with this index."""
        value_at: dict[int, int] = {}
        for run in self.history(rate):
            value_at[run.oldest] = int(run.value)
            value_at[run.newest] = int(run.value) + run.step * (run.oldest - run.newest)
        return value_at[0] - value_at[self.pieces[window][1]]


def _rates(fed: Sequence[Scraped], what: Counted) -> dict[Scraped, int]:
    """A different rate for each series. Separate series of marked events have lower rates than series of all events."""
    marked = [one for one in fed if one.picked_by(what.marked)]
    total = [one for one in fed if one.picked_by(what.total) and one not in marked]
    rest = [one for one in fed if one not in marked and one not in total]
    rates: dict[Scraped, int] = {}
    for index, one in enumerate([*marked, *rest]):
        rates[one] = 3 + 2 * index
    largest = 5 * sum(rates.values())
    for index, one in enumerate(total):
        rates[one] = largest + 11 * (index + 1)
    return rates


def _ratio(what: Counted, rates: dict[Scraped, int], stretches: _Stretches, window: int) -> Fraction | None:
    total = sum(stretches.increase(rate, window) for one, rate in rates.items() if one.picked_by(what.total))
    marked = sum(stretches.increase(rate, window) for one, rate in rates.items() if one.picked_by(what.marked))
    if not total or not marked:
        return None
    bad = max(total - marked, 0) if what.good else marked
    return Fraction(bad, total)


def _expected(slo: Slo, window: Duration, ratio: Fraction, at: Duration) -> QueryTest:
    labels = tuple(sorted((*public(slo, (names.WINDOW, str(window))), *label_groups(slo)[0])))
    selector = series(names.error_ratio(window), identity(slo))
    return round_query(selector, at, [(labels, ratio)], f"{slo.id}: {window}")
