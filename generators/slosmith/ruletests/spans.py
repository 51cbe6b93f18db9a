"""The maximum length of tests in files for consumers, and functions that keep scenarios below it."""

from __future__ import annotations

import msgspec

from slosmith.model import Duration
from slosmith.model.rule_tests import TestGroup
from slosmith.ruletests.series import Timeline

COMPACTS_ABOVE = Duration.parse("36h")
"""promtool uses Prometheus' storage, with blocks of 24 hours (util/teststorage/storage.go). When the samples span more
than one and a half blocks, the storage compacts in the background (tsdb/head.go, ``compactable``, called by
``dbAppender.Commit`` in tsdb/db.go). Up to Prometheus 3.3 a series that is created at that time can be lost
(prometheus/prometheus#16333). A test that is not longer than this never compacts.
"""

EVALUATED_EVERY = Duration.parse("11h")
"""Evaluation interval of tests for consumers, in whole hours, because rules read tiles at full hours."""

SCENARIOS = 3
"""Maximum number of evaluations in a test, without the one at time 0."""

LONGEST = Duration(SCENARIOS * EVALUATED_EVERY.milliseconds)
"""The longest test in a file for consumers."""

_PAST = 20
"""Length of healthy traffic before a window: a twentieth of the window. It lowers the ratio of a window that is too
long.
"""

_SPARE = Duration.parse("1h")


def history_needed(window: Duration) -> Duration:
    """The longest history of a scenario for this window."""
    return Duration(window.milliseconds + window.milliseconds // _PAST + _SPARE.milliseconds)


def fits(window: Duration) -> bool:
    """Whether a window begins inside a test for consumers. If not, `slosmith test` tests its start."""
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
    """The part of the group between two times, in milliseconds, with the first time as time 0."""
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
