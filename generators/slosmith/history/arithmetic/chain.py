"""Whole chains of rules over whole histories: what each evaluation would have recorded, and which alerts were firing.

Each rule is evaluated at all instants at once. That needs an order in which every rule comes after those that it reads;
which of their samples it sees at an instant depends on their places in the files, as in Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

import msgspec
import numpy as np

from slosmith.history.arithmetic.alerting import states
from slosmith.history.arithmetic.dialect import PROMETHEUS_2, Dialect
from slosmith.history.arithmetic.error import UnsupportedError
from slosmith.history.arithmetic.evaluator import Evaluator
from slosmith.history.arithmetic.grid import Flags, Floats, Grid, Kinds
from slosmith.history.arithmetic.rulefiles import MINUTE, Group, Rule
from slosmith.history.arithmetic.samples import NOTHING, SAMPLE, STALE, Samples, Series
from slosmith.history.arithmetic.store import Place, Store, Stored, could_pick
from slosmith.history.arithmetic.vectors import NAME, Element, Vector, merged, replaced, without_name
from slosmith.model import Labels
from slosmith.promql import parse
from slosmith.promql.ast import VectorSelector, walk

_OF_ALERTS = ("ALERTS", "ALERTS_FOR_STATE")


class AlertHistory(msgspec.Struct, frozen=True):
    """One alert: its labels, and after each evaluation of its group its state (:mod:`.alerting`) and value.

    ``values`` count where the expression gave the alert. In an evaluation that was missed, the state is the one before.
    """

    rule: Rule
    group: str
    labels: Labels
    grid: Grid
    states: Kinds
    values: Floats


class Outcome(msgspec.Struct, frozen=True):
    """What the rules made of a history."""

    recorded: tuple[Series, ...]
    alerts: tuple[AlertHistory, ...]
    samples_read: dict[tuple[str, str], int] = {}
    """Samples that the last evaluation of each rule read, by group and name, where they were asked for."""


def evaluate(
    groups: Sequence[Group],
    scraped: Iterable[Series],
    start: int,
    end: int,
    *,
    dialect: Dialect = PROMETHEUS_2,
    missed: Sequence[tuple[int, int]] = (),
    late: bool = False,
    subquery_step: int = MINUTE,
    count_samples: bool = False,
) -> Outcome:
    """Evaluate ``groups``, in this order, over ``scraped`` series from ``start`` to ``end`` (milliseconds, included).

    No rule was evaluated in the spans ``missed`` (from, to; ``to`` is not included). With ``late``, what a rule
    recorded is seen from the next evaluation on. ``subquery_step`` is Prometheus' global evaluation interval.
    ``count_samples`` counts what the last evaluation of each rule reads.

    Raises PromqlError, UnsupportedError for what is not evaluated here, and FailedEvaluationError for an evaluation
    that fails in Prometheus.
    """
    store = Store(scraped)
    evaluator = Evaluator(store, dialect, subquery_step, late=late)
    recorded: list[Series] = []
    alerts: list[AlertHistory] = []
    read: dict[tuple[str, str], int] = {}
    for place in _order(groups):
        group, rule = groups[place[0]], groups[place[0]].rules[place[1]]
        grid = Grid.between(start + group.phase, end, group.interval)
        held = _evaluated(grid, missed)
        vector = _labelled(evaluator, rule, grid, place)
        for element in vector.elements:
            if rule.alert:
                alerts.append(_alert(rule, group, element, grid, held))
            elif (element.present & held).any():
                samples = Samples.recorded(grid, element.values, _kinds(element.present, held))
                recorded.append(Series(element.labels, samples))
                store.add(Stored(recorded[-1], place))
        if count_samples and grid.count:
            key = group.name, rule.name
            read[key] = read.get(key, 0) + evaluator.count(rule.expr, grid.end, place)
    return Outcome(tuple(recorded), tuple(alerts), read)


def _labelled(evaluator: Evaluator, rule: Rule, grid: Grid, place: Place) -> Vector:
    value = evaluator.evaluate(rule.expr, grid, place)
    if not isinstance(value, Vector):  # Prometheus records a scalar as a vector of one
        value = Vector((Element((), value.values, np.ones(grid.count, dtype=np.bool_)),))
    name = () if rule.alert else ((NAME, rule.record),)
    own = (*rule.labels, *((("alertname", rule.alert),) if rule.alert else name))
    labelled = (Element(replaced(without_name(e.labels), own), e.values, e.present) for e in value.elements)
    return merged(labelled, grid, f"{rule.name}: {rule.expr}")


def _kinds(present: Flags, held: Flags) -> Kinds:
    """A sample where the series is there, a marker at the first evaluation without it."""
    kinds = np.where(present & held, SAMPLE, NOTHING).astype(np.uint8)
    places = np.flatnonzero(held)
    there = present[places]
    gone = places[1:][there[:-1] & ~there[1:]]
    kinds[gone] = STALE
    return kinds


def _alert(rule: Rule, group: Group, element: Element, grid: Grid, held: Flags) -> AlertHistory:
    places = np.flatnonzero(held)
    found = states(element.present[places], grid.times[places], rule.hold, rule.keep)
    if len(places) < grid.count:
        before = np.cumsum(held) - 1
        found = np.where(before >= 0, found[np.maximum(before, 0)] if len(found) else 0, 0).astype(np.uint8)
    return AlertHistory(rule, group.name, element.labels, grid, found, element.values)


def _evaluated(grid: Grid, missed: Sequence[tuple[int, int]]) -> Flags:
    held = np.ones(grid.count, dtype=np.bool_)
    for first, last in missed:
        held &= (grid.times < first) | (grid.times >= last)
    return held


def _order(groups: Sequence[Group]) -> list[Place]:
    """The rules' places, each after those that it reads. Raises UnsupportedError where rules read each other."""
    places = [(number, index) for number, group in enumerate(groups) for index in range(len(group.rules))]
    by_name: dict[str, list[Place]] = {}
    for place in places:
        rule = groups[place[0]].rules[place[1]]
        if rule.record:
            by_name.setdefault(rule.record, []).append(place)
    sorter: TopologicalSorter[Place] = TopologicalSorter()
    for place in places:
        sorter.add(place, *_read_by(groups, place, by_name))
    try:
        return list(sorter.static_order())
    except CycleError as error:
        names = " -> ".join(groups[number].rules[index].name for number, index in error.args[1])
        raise UnsupportedError(f"rules that read each other: {names}") from None


def _read_by(groups: Sequence[Group], place: Place, by_name: dict[str, list[Place]]) -> list[Place]:
    rule = groups[place[0]].rules[place[1]]
    found = []
    for node in walk(parse(rule.expr).node):
        if not isinstance(node, VectorSelector):
            continue
        if any(could_pick(node, name, ()) for name in _OF_ALERTS):
            raise UnsupportedError(f"rules that read the states of alerts are not evaluated: {rule.expr}")
        for name in [node.metric] if node.metric else by_name:
            for writer in by_name.get(name, ()):
                if could_pick(node, name, groups[writer[0]].rules[writer[1]].labels):
                    found.append(writer)
    return found
