"""Runs generated rules on the past data of a server. Each rule runs after the rules that it reads.

Prometheus evaluates rules only in the present. For the past, only queries are possible. So this module sends the
expression of each rule as a range query, at the times of its evaluations, and writes the result back with the name and
labels of the rule. Some rules are needed at a few times only, and are evaluated at these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from slosmith.model.rules import AlertingRule, AlertKind, RecordingRule, Rule
from slosmith.vocabulary import names
from tests.prometheus_api import PrometheusApi, Series
from tests.truth import remote_write
from tests.truth.remote_write import STALE

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_PINNED = "@ end()"
"""In a rule it is the time of evaluation; in a range query it would be the end of the range."""

BASE = (names.TOTAL_RATE, names.BAD_RATE)
TILES = (names.TOTAL_HOUR, names.BAD_HOUR, names.COVERAGE_HOUR)


class Times(msgspec.Struct, frozen=True):
    """The times at which an SLO's rules are evaluated, in Unix seconds: (start, end, step) ranges, and single times."""

    base: Sequence[tuple[int, int, int]]
    tiles: Sequence[tuple[int, int, int]]
    ranges: Sequence[tuple[int, int, int]]
    """For everything that is made of base and tiles."""
    instants: Sequence[int] = ()
    """For what depends on the time of evaluation; each must lie in ``ranges`` too."""


class Recorder:
    """Reads raw series from ``raw``, and recordings from ``recorded``, which must give raw series too. It writes
    recordings to ``recorded``.
    """

    def __init__(self, raw: PrometheusApi, recorded: PrometheusApi) -> None:
        self.raw, self.recorded = raw, recorded
        self.samples = 0

    def run(self, chains: Sequence[tuple[Sequence[Rule], Times]]) -> None:
        """Records the rules of every chain. Alerts become ALERTS series while their condition is true: `for` and
        `keep_firing_for` do not count. All chains run one stage at a time, because a rule may read a rule of another
        chain (a calendar)."""
        known = {rule.record for rules, _ in chains for rule in rules if isinstance(rule, RecordingRule)}
        waiting = [(rule, times, _reads(rule.expr, known)) for rules, times in chains for rule in rules]
        waiting = [item for item in waiting if item[0].kind is not AlertKind.ABSENT]
        pinned = _pinned(waiting)
        with ThreadPoolExecutor(2) as pool:
            while waiting:
                due = {name for rule, _, _ in waiting if isinstance(rule, RecordingRule) for name in (rule.record,)}
                stage = [item for item in waiting if not item[2] & due]
                if not stage:
                    raise AssertionError(f"rules that read each other: {sorted(due)}")
                waiting = [item for item in waiting if item[2] & due]
                for found in pool.map(partial(self._evaluate, pinned), stage):
                    self.samples += remote_write.write(self.recorded.url, found)

    def _evaluate(self, pinned: frozenset[str], item: tuple[Rule, Times, frozenset[str]]) -> list[Series]:
        rule, times, reads = item
        server = self.recorded if reads else self.raw
        if _PINNED in rule.expr:
            found = [series for at in times.instants for series in _instant(server, rule.expr, at)]
            return _joined(found, rule, sorted(times.instants))
        ranges = list(times.ranges)
        if _name(rule) in BASE:
            ranges = list(times.base)
        elif _name(rule) in TILES:
            ranges = list(times.tiles)
        found = [series for start, end, step in ranges for series in server.range(rule.expr, start, end, step)]
        if reads & pinned:
            # at other times, Prometheus would find a single recording only by its lookback
            return _joined(found, rule, sorted(times.instants))
        return _joined(found, rule, sorted({at for start, end, step in ranges for at in range(start, end + 1, step)}))


def ranges_of(minutes: Iterable[tuple[int, int, int]], start: int, offset: int) -> list[tuple[int, int, int]]:
    """Ranges in minutes since ``start`` (first, last, step), converted to Unix seconds, with ``offset``
    seconds added.
    """
    return [(start + 60 * first + offset, start + 60 * last + offset, 60 * step) for first, last, step in minutes]


def _name(rule: Rule) -> str:
    return rule.record if isinstance(rule, RecordingRule) else "ALERTS"


def _reads(expr: str, known: set[str]) -> frozenset[str]:
    return frozenset(_NAME.findall(expr)) & known


def _pinned(rules: Iterable[tuple[Rule, Times, frozenset[str]]]) -> frozenset[str]:
    """Recordings that exist at single times only: the pinned ones, and the rules that read them."""
    found: set[str] = set()
    while True:
        more = {
            rule.record
            for rule, _, reads in rules
            if isinstance(rule, RecordingRule) and (_PINNED in rule.expr or reads & found)
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _instant(server: PrometheusApi, expr: str, at: int) -> list[Series]:
    return [Series(sample.labels, [sample.time], [sample.value]) for sample in server.instant(expr, at)]


def _joined(found: Iterable[Series], rule: Rule, evaluated: Sequence[int]) -> list[Series]:
    """Joins pieces of the same series in order of time, with the name and labels of the rule.

    Only the times in ``evaluated`` (ascending) count. If an evaluation does not give a series any more, the series
    ends.
    """
    points: dict[tuple[tuple[str, str], ...], dict[float, float]] = {}
    for series in found:
        own = {"alertname": rule.alert, "alertstate": "firing"} if isinstance(rule, AlertingRule) else {}
        labels = {**series.labels, **dict(rule.labels), **own, "__name__": _name(rule)}
        values = points.setdefault(tuple(sorted(labels.items())), {})
        values.update(zip(series.times, series.values, strict=True))
    joined = []
    for key, values in points.items():
        ended, one = True, Series(dict(key), [], [])
        for at in evaluated:
            value = values.get(at)
            if value is not None or not ended:
                one.times.append(at)
                one.values.append(STALE if value is None else 1.0 if isinstance(rule, AlertingRule) else value)
            ended = value is None
        if one.times:
            joined.append(one)
    return joined
