"""Evaluations that were missed, that come at other moments, and rulers that see their results late."""

from __future__ import annotations

import numpy as np

from slosmith.history.arithmetic import (
    FIRING,
    PENDING,
    PROMETHEUS_2,
    Grid,
    Group,
    Outcome,
    Rule,
    Samples,
    Series,
    evaluate,
)
from slosmith.history.arithmetic.evaluator import Evaluator
from slosmith.history.arithmetic.samples import NOTHING, SAMPLE, STALE
from slosmith.history.arithmetic.store import Store, Stored
from slosmith.history.arithmetic.vectors import Vector

MINUTE = 60_000
UP = Series((("__name__", "up"),), Samples.scraped(np.arange(60) * MINUTE, np.arange(60, dtype=np.float64)))
HALF = Series((("__name__", "half"),), Samples.scraped(np.arange(30) * MINUTE, np.ones(30)))


def recorded(outcome: Outcome, name: str) -> Samples:
    return next(each.samples for each in outcome.recorded if dict(each.labels)["__name__"] == name)


def values(samples: Samples) -> list[float | None]:
    kinds = samples.kinds if samples.kinds is not None else np.full(len(samples.times), SAMPLE)
    return [value if kind == SAMPLE else None for value, kind in zip(samples.values.tolist(), kinds, strict=True)]


def test_missed_evaluations_record_nothing_and_end_nothing() -> None:
    rules = (
        Rule(record="copy", expr="up"),
        Rule(record="seen", expr="count_over_time(copy[10m])"),
        Rule(record="instant", expr="copy offset 1m"),
    )
    outcome = evaluate([Group("g", rules)], [UP], 0, 59 * MINUTE, missed=[(20 * MINUTE, 30 * MINUTE)])
    copy = recorded(outcome, "copy")
    assert values(copy)[18:32] == [18.0, 19.0, *[None] * 10, 30.0, 31.0]
    assert copy.kinds is not None
    assert set(copy.kinds[20:30].tolist()) == {NOTHING}
    # at minute 30 the range holds the sample of the minute itself and none from 21 to 29, but 2.42 has the one at 20
    assert values(recorded(outcome, "seen"))[30] == 1.0
    assert values(recorded(outcome, "seen"))[19] == 11.0
    # minute 29 was not recorded, and 19 is too long ago
    assert values(recorded(outcome, "instant"))[30] is None


def test_a_short_pause_is_bridged_by_the_lookback() -> None:
    rules = (Rule(record="copy", expr="up"), Rule(record="later", expr="copy offset 1m"))
    outcome = evaluate([Group("g", rules)], [UP], 0, 59 * MINUTE, missed=[(20 * MINUTE, 23 * MINUTE)])
    assert values(recorded(outcome, "later"))[23] == 19.0


def test_a_marker_ends_what_was_recorded() -> None:
    rules = (Rule(record="copy", expr="half"), Rule(record="later", expr="copy offset 1m"))
    outcome = evaluate([Group("g", rules)], [HALF], 0, 59 * MINUTE)
    copy = recorded(outcome, "copy")
    assert copy.kinds is not None
    assert int(np.argmax(copy.kinds == STALE)) == 35  # scraped last at 29, seen for five minutes
    assert values(recorded(outcome, "later"))[35:37] == [1.0, None]


def test_alerts_hold_through_missed_evaluations() -> None:
    rules = (Rule(alert="A", expr="up >= 10", hold=15 * MINUTE),)
    (alert,) = evaluate([Group("g", rules)], [UP], 0, 59 * MINUTE, missed=[(20 * MINUTE, 30 * MINUTE)]).alerts
    assert alert.states[[9, 10, 19, 25, 29, 30]].tolist() == [0, PENDING, PENDING, PENDING, PENDING, FIRING]


def test_groups_at_other_moments_see_what_is_there() -> None:
    groups = [
        Group("slow", (Rule(record="of_fast", expr="fast"),), interval=2 * MINUTE, phase=30_000),
        Group("fast", (Rule(record="fast", expr="up"), Rule(record="of_slow", expr="slow")), interval=MINUTE),
        Group("last", (Rule(record="slow", expr="up * 10"),), interval=2 * MINUTE),
    ]
    outcome = evaluate(groups, [UP], 0, 20 * MINUTE)
    assert values(recorded(outcome, "of_fast")) == [float(minute) for minute in range(0, 20, 2)]
    # at even minutes the slow group comes after the fast one
    assert values(recorded(outcome, "of_slow"))[:6] == [None, 0.0, 0.0, 20.0, 20.0, 40.0]


def test_a_ruler_that_sees_its_results_late() -> None:
    rules = (
        Rule(record="copy", expr="up"),
        Rule(record="twice", expr="copy * 2"),
        Rule(record="total", expr="sum_over_time(copy[2m59s])"),
    )
    outcome = evaluate([Group("g", rules)], [UP], 0, 59 * MINUTE, late=True)
    assert values(recorded(outcome, "twice"))[:4] == [None, 0.0, 2.0, 4.0]
    assert values(recorded(outcome, "total"))[10] == 8 + 9
    at_once = evaluate([Group("g", rules)], [UP], 0, 59 * MINUTE)
    assert values(recorded(at_once, "total"))[10] == 8 + 9 + 10


def test_a_late_ruler_step_by_step() -> None:
    """Each evaluation by itself, over the samples that were recorded before it."""
    rules = (
        Rule(record="tile", expr="sum_over_time(copy[9m59s])"),
        Rule(record="copy", expr="up % 7"),
        Rule(record="period", expr="sum_over_time((tile or tile offset 5m)[30m:10m])"),
        Rule(record="most", expr="max_over_time(period[20m:4m]) - min_over_time(copy[12m:3m])"),
    )
    outcome = evaluate([Group("g", rules)], [UP], 0, 59 * MINUTE, late=True)
    seen: dict[str, list[tuple[int, float]]] = {rule.record: [] for rule in rules}
    for instant in range(0, 60 * MINUTE, MINUTE):
        store = Store([UP])
        for name, samples in seen.items():
            if samples:
                times, numbers = (np.array(part) for part in zip(*samples, strict=True))
                store.add(Stored(Series((("__name__", name),), Samples(times.astype(np.int64), numbers))))
        for rule in rules:
            value = Evaluator(store, PROMETHEUS_2, MINUTE).evaluate(rule.expr, Grid(instant, 1, 1))
            assert isinstance(value, Vector)
            seen[rule.record] += [(instant, float(each.values[0])) for each in value.elements if each.present[0]]
    for rule in rules:
        expected = dict(seen[rule.record])
        assert values(recorded(outcome, rule.record)) == [expected.get(i * MINUTE) for i in range(60)], rule.record
    assert len(seen["most"]) > 40


def test_samples_are_counted_as_prometheus_counts_them() -> None:
    rules = (
        Rule(record="instant", expr="up + half"),
        Rule(record="range", expr="sum_over_time(up[9m59s])"),
        Rule(record="steps", expr="sum_over_time(up[10m:2m])"),
    )
    outcome = evaluate([Group("g", rules)], [UP, HALF], 0, 28 * MINUTE, count_samples=True)
    # of a subquery, the results at its six steps (tests/explanation/test_cost.py asks Prometheus)
    assert outcome.samples_read == {("g", "instant"): 2, ("g", "range"): 10, ("g", "steps"): 6}
