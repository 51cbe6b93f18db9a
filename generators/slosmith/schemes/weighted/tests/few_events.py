"""Low traffic: a burn-rate alert needs enough bad events, even if their share is high."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.model import Duration
from slosmith.model.rule_tests import QueryTest
from slosmith.ruletests.expect import states_of
from slosmith.ruletests.series import History, Timeline, constant
from slosmith.ruletests.spans import fits
from slosmith.ruletests.states import FIRING
from slosmith.schemes.floors import Floor, floor
from slosmith.schemes.weighted.ranges import read_from_tiles
from slosmith.schemes.weighted.tests.agenda import AMONG_GOOD, ENOUGH, FEWER, SINGLE, TOO_FEW_AMONG_GOOD
from slosmith.schemes.weighted.tests.evaluate import PER_HOUR, Events, samples_of, verdicts
from slosmith.schemes.weighted.tests.subject import Subject
from slosmith.vocabulary.numbers import number

_SHORTEST_WITH_EDGES = Duration(420_000)
"""Shorter windows have no room for both older and newer bad events: the newer ones take five samples."""


def few_events(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """A single bad event; just more bad events than the floor; just fewer. There are (nearly) no good events, so the
    ratio of every window is (nearly) 1. If the floor grows with the events, the same among four times as many.
    """
    least = floor(subject.slo)
    if not least or not subject.tiers:
        return []
    minimum = least.alone
    just_over, just_under = minimum * Decimal("1.01"), minimum * Decimal("0.99")
    said = number(minimum)
    cases = [
        (ENOUGH, just_over, just_over, f"all events are bad, just more than {said}"),
        (FEWER, minimum * Decimal("1.02"), just_under, f"nearly all events are bad, but just fewer than {said}"),
    ]
    if least.adaptive:
        events = _busiest(subject, least)
        needed = least.needed(events)
        said = f"{number(needed)} of {number(events)} events are bad"
        cases += [
            (AMONG_GOOD, events, needed * Decimal("1.004"), f"just more than {said}"),
            (TOO_FEW_AMONG_GOOD, events, needed * Decimal("0.996"), f"just fewer than {said}"),
        ]
    if minimum > 1:
        cases.insert(0, (SINGLE, Decimal(1), Decimal(1), "a single event, which is bad"))
    return [
        _asked(subject, timeline, evaluation, _spread(events, 0, 4, subject), _spread(errors, 0, 4, subject), said)
        for evaluation, events, errors, said in cases
    ]


def edges(subject: Subject, timeline: Timeline, first: int) -> list[QueryTest]:
    """Scenarios for each long window, from the evaluation ``first`` on. In the first, the window has just enough bad
    events, and most of them are at its start. In the second, it has just too few, and more of them are before its
    start. If the floor grows with the events, the same with good events: just too few bad events for the good ones at
    its start, and just enough, with more good events before its start.
    """
    least = floor(subject.slo)
    if not least:
        return []
    minimum, each = least.alone, 4 if least.adaptive else 2
    queries = []
    windows = sorted({tier.long for tier in subject.tiers if tier.long >= _SHORTEST_WITH_EDGES and fits(tier.long)})
    for place, window in enumerate(windows):
        end = samples_of(window)
        for second, newer, older, at, said in (
            (0, "0.02", "0.99", end - 2, f"just enough bad events, most of them at the start of {window}"),
            (1, "0.99", "1", _beyond(window), f"just too few bad events in {window}, and more before it"),
        ):
            old = _spread(minimum * Decimal(older), at, at + 1, subject)
            history = (*old, *_spread(minimum * Decimal(newer), 0, 4, subject))
            queries.append(_asked(subject, timeline, first + each * place + second, history, history, said))
        if least.adaptive:
            queries += _good_edges(subject, timeline, first + each * place + 2, window)
    return queries


def _good_edges(subject: Subject, timeline: Timeline, evaluation: int, window: Duration) -> list[QueryTest]:
    least, end, beyond = floor(subject.slo), samples_of(window), _beyond(window)
    events = _busiest(subject, least)
    queries = []
    for second, margin, before, said in (
        (0, "0.996", Decimal(0), f"just too few bad events for the good ones, which are at the start of {window}"),
        (1, "1.004", 3 * events, f"just enough bad events for the good ones in {window}, and more of those before it"),
    ):
        errors = least.needed(events) * Decimal(margin)
        good = (*_spread(before, beyond, beyond + 1, subject), *_spread(events - errors, end - 2, end - 1, subject))
        bad = _spread(errors, 0, 4, subject)
        none = tuple(msgspec.structs.replace(run, value=0, step=0) for run in good)
        queries.append(_asked(subject, timeline, evaluation + second, (*good, *bad), (*none, *bad), said))
    return queries


def _beyond(window: Duration) -> int:
    """An offset before the start of the window. Prometheus versions differ in whether a window has the hour just before
    its start.
    """
    return samples_of(window) + (PER_HOUR if read_from_tiles(window) else 0) + 1


def _busiest(subject: Subject, least: Floor) -> Decimal:
    """A number of events in a window, as high as possible, whose share of needed bad events is above every threshold:
    where the number of all events changes the needed number most.
    """
    highest = Decimal("1.05") * max(tier.threshold_ratio for tier in subject.tiers)
    low, high = Decimal(0), Decimal(1_000_000)
    for _ in range(40):
        middle = (low + high) / 2
        enough = least.needed(middle) >= min(highest, Decimal("0.99")) * middle
        low, high = (middle, high) if enough else (low, middle)
    return low


def _spread(count: Decimal, newest: int, oldest: int, subject: Subject) -> History:
    """``count`` events, spread over the samples between two offsets. Each sample counts for one evaluation interval."""
    rate = Decimal(f"{float(count) / ((oldest - newest + 1) * subject.every):.12g}")
    return constant(rate, newest, oldest)


def _asked(subject: Subject, timeline: Timeline, evaluation: int, total: History, bad: History, said: str) -> QueryTest:
    """Adds the events to the input, and a query: which tiers fire."""
    subject.feed_with_tiles(timeline, evaluation, total, bad)
    seen, least = Events(total, bad, subject.every), floor(subject.slo)
    states = subject.states([verdicts(tier, least, seen) for tier in subject.tiers])
    alerts = [rule.tier if state == FIRING else f"{rule.tier} ({state})" for rule, state in states if state]
    comment = f"{said}: {', '.join(alerts) + ' fire' if alerts else 'no alert fires'}"
    return states_of(subject.slo, subject.burn_rate, states, timeline.at(evaluation), comment)
