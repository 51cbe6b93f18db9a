"""How long the tests of a consumer's file may be, and how scenarios are kept that short."""

from __future__ import annotations

import msgspec

from slosmith.model import Duration
from slosmith.model.rule_tests import TestGroup
from slosmith.ruletests.series import Timeline

COMPACTS_ABOVE = Duration.parse("36h")
"""promtool keeps samples in Prometheus' storage, with blocks of 24 hours (util/teststorage/storage.go). Its head is
compacted in the background once its samples span more than one and a half blocks (tsdb/head.go, ``compactable``, which
``dbAppender.Commit`` in tsdb/db.go asks). Up to Prometheus 3.3 a series that is created at that moment can get lost
(prometheus/prometheus#16333). A test that spans no more than this never compacts.
"""

EVALUATED_EVERY = Duration.parse("11h")
"""How often rules are evaluated in the tests that consumers get, in whole hours, because tiles are read on the hour."""

SCENARIOS = 3
"""How many evaluations after the one at 0 a test has at most."""

LONGEST = Duration(SCENARIOS * EVALUATED_EVERY.milliseconds)
"""The longest test that a consumer gets."""

_PAST = 20
"""Healthy traffic older than a window is a twentieth of it: a longer window would be thinned out by it."""

_SPARE = Duration.parse("1h")


def history_needed(window: Duration) -> Duration:
    """How long before an evaluation what a window is tested with may begin."""
    return Duration(window.milliseconds + window.milliseconds // _PAST + _SPARE.milliseconds)


def fits(window: Duration) -> bool:
    """Whether the beginning of a window lies inside a test that a consumer gets; otherwise `slosmith test` tests it."""
    return history_needed(window) <= LONGEST


def apart(timeline: Timeline, group: TestGroup) -> tuple[TestGroup, ...]:
    """``group`` cut into test groups with a storage of their own, which contain no more than LONGEST.

    ``timeline`` has an evaluation every EVALUATED_EVERY or every LONGEST. In the first case SCENARIOS of them share a
    test group, so the result of one must not depend on the input of another. In the second case each has a group of its
    own. If its input is short, the group is short too. ``group.inputs`` is not used.
    """
    together = max(1, LONGEST.milliseconds // timeline.evaluation_interval.milliseconds)
    length = together * timeline.evaluation_interval.milliseconds
    ends = [test.at.milliseconds for test in group.queries] + [test.at.milliseconds for test in group.alerts]
    numbers = sorted({(end - 1) // length for end in ends})
    found = []
    for place, number in enumerate(numbers, 1):
        begin = number * length
        last = max(end for end in ends if (end - 1) // length == number)
        if together == 1 and timeline.begins(begin, last) >= last - EVALUATED_EVERY.milliseconds:
            begin = last - EVALUATED_EVERY.milliseconds
        found.append(_cut(timeline, group, begin, last, place, len(numbers)))
    return tuple(found)


def _cut(timeline: Timeline, group: TestGroup, begin: int, end: int, place: int, places: int) -> TestGroup:
    """What lies between two moments, in milliseconds, as if the first were time 0."""
    queries = [query for query in group.queries if begin < query.at.milliseconds <= end]
    alerts = [alert for alert in group.alerts if begin < alert.at.milliseconds <= end]
    return TestGroup(
        group.name if places == 1 else f"{group.name}, {place}",
        group.interval,
        timeline.inputs(begin, end),
        tuple(msgspec.structs.replace(query, at=Duration(query.at.milliseconds - begin)) for query in queries),
        tuple(msgspec.structs.replace(alert, at=Duration(alert.at.milliseconds - begin)) for alert in alerts),
        group.comment if place == 1 else (),
    )
