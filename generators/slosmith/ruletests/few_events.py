"""Low traffic: a burn-rate alert asks for a minimum of bad events, however high their share."""

from __future__ import annotations

from decimal import Decimal

from slosmith.rules import names
from slosmith.ruletests.agenda import ENOUGH, FEWER, SINGLE
from slosmith.ruletests.evaluate import Events, fires, intervals
from slosmith.ruletests.expect import firing
from slosmith.ruletests.scenes import MINUTE
from slosmith.ruletests.series import Timeline, constant
from slosmith.ruletests.subject import Subject, minimum_bad_events
from slosmith.ruletests.types import QueryTest

_PAST = Decimal("1.04")
"""Idle time before the longest window, as a share of it: a longer one would be thinned out by it."""


def few_events(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """Feeds, after a long idle time, a single failure; just fewer than the minimum; just more - and nothing else, so
    every window's ratio is 1.
    """
    minimum = minimum_bad_events(subject)
    if not minimum or not subject.tiers:
        return []
    cases = [
        (FEWER, minimum * Decimal("0.99"), f"all events fail, but just fewer than {minimum:f}"),
        (ENOUGH, minimum * Decimal("1.01"), f"all events fail, just more than {minimum:f}"),
    ]
    if minimum > 1:
        cases.insert(0, (SINGLE, Decimal(1), "the only request in a long time fails"))
    longest = max(intervals(tier.long, MINUTE) for tier in subject.tiers)
    labels = [dict(rule.labels)[names.TIER] for rule in subject.burn_rate]
    queries = []
    for tick, count, said in cases:
        # an event is 1/300 a second in the 5m rate, for five minutes
        rate = Decimal(f"{float(count) / 300:.12g}")
        history = (*constant(0, 5, int(longest * _PAST) + 10), *constant(rate, 0, 4))
        subject.feed_events(timeline, tick, history, history)
        verdicts = [fires(tier, minimum, Events(history, history), MINUTE) for tier in subject.tiers]
        fired = [label for label, verdict in zip(labels, verdicts, strict=True) if verdict]
        known = [label for label, verdict in zip(labels, verdicts, strict=True) if verdict is not None]
        expected = [((names.TIER, label), *subject.groups[0]) for label in fired]
        comment = f"{subject.slo.id}: {said}: {'fires' if fired else 'silent'}"
        queries.append(firing(subject.slo, subject.burn_rate[0].alert, known, timeline.at(tick), expected, comment))
    return queries
