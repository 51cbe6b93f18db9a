"""Low traffic: a burn-rate alert asks for a minimum of bad events, however high their share."""

from __future__ import annotations

from decimal import Decimal

from slosmith.rules import names
from slosmith.ruletests.agenda import ENOUGH, FEWER, SINGLE
from slosmith.ruletests.evaluate import Events, fires, intervals
from slosmith.ruletests.expect import firing
from slosmith.ruletests.scenes import MINUTE
from slosmith.ruletests.series import History, Timeline, constant
from slosmith.ruletests.subject import Subject, minimum_bad_events
from slosmith.ruletests.types import QueryTest

_PAST = Decimal("1.04")
"""Idle time before the longest window, as a share of it: a longer one would be thinned out by it."""


def few_events(subject: Subject, timeline: Timeline) -> list[QueryTest]:
    """Feeds, after a long idle time, a single failure; just more than the minimum; more events than that, of which
    just fewer have failed - and nothing else, so every window's ratio is (nearly) 1.
    """
    minimum = minimum_bad_events(subject)
    if not minimum or not subject.tiers:
        return []
    just_over, just_under = minimum * Decimal("1.01"), minimum * Decimal("0.99")
    # a longer range sees the tick before, so what should fire comes first
    cases = [
        (ENOUGH, just_over, just_over, f"all events fail, just more than {minimum:f}"),
        (FEWER, minimum * Decimal("1.02"), just_under, f"nearly all events fail, but just fewer than {minimum:f}"),
    ]
    if minimum > 1:
        cases.insert(0, (SINGLE, Decimal(1), Decimal(1), "the only request in a long time fails"))
    longest = max(intervals(tier.long, MINUTE) for tier in subject.tiers)
    labels = [dict(rule.labels)[names.TIER] for rule in subject.burn_rate]
    queries = []
    for tick, events, errors, said in cases:
        total, bad = (_five_minutes(count, longest, subject.every) for count in (events, errors))
        subject.feed_events(timeline, tick, total, bad)
        verdicts = [fires(tier, minimum, Events(total, bad, subject.every), MINUTE) for tier in subject.tiers]
        fired = [label for label, verdict in zip(labels, verdicts, strict=True) if verdict]
        known = [label for label, verdict in zip(labels, verdicts, strict=True) if verdict is not None]
        expected = [((names.TIER, label), *subject.groups[0]) for label in fired]
        comment = f"{subject.slo.id}: {said}: {'fires' if fired else 'silent'}"
        queries.append(firing(subject.slo, subject.burn_rate[0].alert, known, timeline.at(tick), expected, comment))
    return queries


def _five_minutes(count: Decimal, longest: int, every: int) -> History:
    """``count`` events in the last five minutes, nothing for ``longest`` minutes before: five samples, each of which
    stands for ``every`` seconds.
    """
    rate = Decimal(f"{float(count) / (5 * every):.12g}")
    return (*constant(0, 5, int(longest * _PAST) + 10), *constant(rate, 0, 4))
