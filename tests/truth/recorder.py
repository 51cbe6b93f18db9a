"""Runs generated rules over a server's past: each rule after those whose recordings it reads.

Prometheus evaluates rules as time passes; nothing but a query can evaluate them over what lies behind. So every rule's
expression is asked as a range query at the times at which it would have been evaluated, and its result is written back
under the rule's name and labels. Rules that only few instants are wanted of are evaluated at those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from slosmith.engines.prometheus_api import PrometheusApi, Series
from slosmith.model.rules import AlertingRule, RecordingRule, Rule
from slosmith.vocabulary import names
from tests.truth import remote_write
from tests.truth.remote_write import STALE

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_PINNED = "@ end()"
"""In a rule it is the time of evaluation; in a range query it would be the end of the range."""

BASE = (names.TOTAL_RATE, names.BAD_RATE)
TILES = (names.TOTAL_HOUR, names.BAD_HOUR)


class Times(msgspec.Struct, frozen=True):
    """When an SLO's rules are evaluated, Unix seconds: (start, end, step) ranges, and single instants."""

    base: Sequence[tuple[int, int, int]]
    tiles: Sequence[tuple[int, int, int]]
    ranges: Sequence[tuple[int, int, int]]
    """For everything that is made of base and tiles."""
    instants: Sequence[int] = ()
    """For what depends on the time of evaluation; each must lie in ``ranges`` too."""


class Recorder:
    """Reads raw series from ``raw`` and recordings from ``recorded``, and writes to the latter."""

    def __init__(self, raw: PrometheusApi, recorded: PrometheusApi) -> None:
        self.raw, self.recorded = raw, recorded
        self.samples = 0

    def run(self, chains: Sequence[tuple[Sequence[Rule], Times]]) -> None:
        """Record every chain's rules; alerts without ``for`` become ALERTS series. One stage at a time over all chains,
        because a rule may read another chain's (the calendars')."""
        known = {rule.record for rules, _ in chains for rule in rules if isinstance(rule, RecordingRule)}
        waiting = [(rule, times, _reads(rule.expr, known)) for rules, times in chains for rule in rules]
        waiting = [item for item in waiting if not (isinstance(item[0], AlertingRule) and item[0].hold)]
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
            # elsewhere a recording of an instant would only be seen through the lookback
            return _joined(found, rule, sorted(times.instants))
        return _joined(found, rule, sorted({at for start, end, step in ranges for at in range(start, end + 1, step)}))


def ranges_of(minutes: Iterable[tuple[int, int, int]], start: int, offset: int) -> list[tuple[int, int, int]]:
    """Ranges in minutes since ``start`` (first, last, step) as Unix seconds, ``offset`` seconds into the minute."""
    return [(start + 60 * first + offset, start + 60 * last + offset, 60 * step) for first, last, step in minutes]


def _name(rule: Rule) -> str:
    return rule.record if isinstance(rule, RecordingRule) else "ALERTS"


def _reads(expr: str, known: set[str]) -> frozenset[str]:
    return frozenset(_NAME.findall(expr)) & known


def _pinned(rules: Iterable[tuple[Rule, Times, frozenset[str]]]) -> frozenset[str]:
    """Recordings that exist at the instants alone: the pinned ones and what is made of them."""
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
    """Pieces of the same series in one, in order of time, under the rule's name and labels.

    Only what was ``evaluated`` (times, ascending) counts. Where an evaluation gives a series no more, it ends.
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
