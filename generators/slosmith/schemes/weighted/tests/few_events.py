"""Low traffic: a burn-rate alert needs a minimum of bad events, even if their share is high."""

from __future__ import annotations

from decimal import Decimal

from slosmith.model import Duration
from slosmith.model.rule_tests import QueryTest
from slosmith.ruletests.expect import firing
from slosmith.ruletests.scenes import MINUTE
from slosmith.ruletests.series import History, Timeline, constant
from slosmith.ruletests.spans import fits
from slosmith.schemes.tiers import minimum_bad_events
from slosmith.schemes.weighted.tests.agenda import ENOUGH, FEWER, SINGLE
from slosmith.schemes.weighted.tests.evaluate import Events, fires, intervals
from slosmith.schemes.weighted.tests.subject import Subject

_SHORTEST_WITH_EDGES = Duration(420_000)
"""Shorter windows have no room for both older and newer bad events: the newer ones take five samples."""


def few_events(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """Three scenarios: a single bad event; just more bad events than the minimum; just fewer. There are (nearly) no
    good events, so the ratio of every window is (nearly) 1.
    """
    minimum = minimum_bad_events(subject.slo)
    if not minimum or not subject.tiers:
        return []
    just_over, just_under = minimum * Decimal("1.01"), minimum * Decimal("0.99")
    cases = [
        (ENOUGH, just_over, just_over, f"all events are bad, just more than {minimum:f}"),
        (FEWER, minimum * Decimal("1.02"), just_under, f"nearly all events are bad, but just fewer than {minimum:f}"),
    ]
    if minimum > 1:
        cases.insert(0, (SINGLE, Decimal(1), Decimal(1), "a single event, which is bad"))
    return [
        _asked(subject, timeline, evaluation, _spread(events, 0, 4, subject), _spread(errors, 0, 4, subject), said)
        for evaluation, events, errors, said in cases
    ]


def edges(subject: Subject, timeline: Timeline, first: int) -> list[QueryTest]:
    """Two scenarios for each long window, from the evaluation ``first`` on. In the first, the window has just enough
    bad events, and most of them are at its start. In the second, it has just too few, and more of them are before its
    start.
    """
    minimum = minimum_bad_events(subject.slo)
    if not minimum:
        return []
    queries = []
    windows = sorted({tier.long for tier in subject.tiers if tier.long >= _SHORTEST_WITH_EDGES and fits(tier.long)})
    for number, window in enumerate(windows):
        end = intervals(window, MINUTE)
        for second, newer, older, at, said in (
            (0, "0.02", "0.99", end - 2, f"just enough bad events, most of them at the start of {window}"),
            (1, "0.99", "1", end + 1, f"just too few bad events in {window}, and more before it"),
        ):
            old = _spread(minimum * Decimal(older), at, at + 1, subject)
            history = (*old, *_spread(minimum * Decimal(newer), 0, 4, subject))
            queries.append(_asked(subject, timeline, first + 2 * number + second, history, history, said))
    return queries


def _spread(count: Decimal, newest: int, oldest: int, subject: Subject) -> History:
    """``count`` events, spread over the samples between two offsets. Each sample counts for one evaluation interval."""
    rate = Decimal(f"{float(count) / ((oldest - newest + 1) * subject.every):.12g}")
    return constant(rate, newest, oldest)


def _asked(subject: Subject, timeline: Timeline, evaluation: int, total: History, bad: History, said: str) -> QueryTest:
    """Adds the events to the input, and a query: which tiers fire."""
    subject.feed_events(timeline, evaluation, total, bad)
    events, minimum = Events(total, bad, subject.every), minimum_bad_events(subject.slo)
    verdicts = [fires(tier, minimum, events, MINUTE) for tier in subject.tiers]
    fired = [rule for rule, verdict in zip(subject.burn_rate, verdicts, strict=True) if verdict]
    known = [rule for rule, verdict in zip(subject.burn_rate, verdicts, strict=True) if verdict is not None]
    comment = f"{said}: {', '.join(rule.tier for rule in fired) + ' fire' if fired else 'no alert fires'}"
    return firing(subject.slo, subject.burn_rate, known, fired, timeline.at(evaluation), comment)
