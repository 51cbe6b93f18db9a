"""A service and its rules -> the unit tests of its rule file. Pure: the same service always gives the same tests."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.model import Duration, Service
from slosmith.model.rule_tests import TestFile
from slosmith.model.rules import RuleFile
from slosmith.ruletests.untestable import testable
from slosmith.schemes.weighted.tests.accounts import longest_look_back, tile_windows
from slosmith.schemes.weighted.tests.alert_tests import tier_groups
from slosmith.schemes.weighted.tests.budget_tests import budgets_group
from slosmith.schemes.weighted.tests.decoys import decoys_group
from slosmith.schemes.weighted.tests.raw import raw_groups
from slosmith.schemes.weighted.tests.recording_tests import recorded_history, recordings_group
from slosmith.schemes.weighted.tests.subject import Subject, subjects
from slosmith.schemes.weighted.tests.tier_tests import history_needed

_HOUR_MS = 3_600_000

_TICKS_A_PERIOD = 10
"""Maximum number of evaluations in the longest period. Each of them evaluates every rule."""


def compile_tests(service: Service, rules: RuleFile) -> TestFile:
    """Unit tests for ``rules``, the rules of ``service``."""
    slos, silent = testable(service.slos)
    tested = subjects(slos, rules)
    evaluation_interval = _evaluation_interval(tested)
    raw, notes = raw_groups(tested, evaluation_interval) if tested else ((), ())
    groups = (
        (
            *raw,
            recordings_group(tested, evaluation_interval),
            budgets_group(tested, evaluation_interval),
            decoys_group(tested, evaluation_interval),
            *tier_groups(tested, evaluation_interval),
        )
        if tested
        else ()
    )
    return TestFile(
        rule_file=f"{rules.name}.yaml",
        evaluation_interval=evaluation_interval,
        group_order=tuple(group.name for group in rules.groups),
        groups=groups,
        comment=(
            "Unit tests of the rule file that is named below. Run them in this folder: promtool test rules FILE",
            *silent,
            *notes,
        ),
    )


def _evaluation_interval(subjects: Sequence[Subject]) -> Duration:
    """The time between two evaluations: whole hours, because rules read tiles at full hours, and longer than every
    window of an alert or recording.
    """
    needed = (
        max(history_needed(subject.tiers).milliseconds, recorded_history(subject).milliseconds) for subject in subjects
    )
    longest = max(needed, default=0)
    hours = max(-(-longest // _HOUR_MS), -(-longest_look_back(subjects) // _TICKS_A_PERIOD), 24)
    periods = {hours for subject in subjects for hours in tile_windows(subject)}
    # no period begins exactly at an evaluation, because Prometheus versions count differently there
    while any(period % hours == 0 and period < _TICKS_A_PERIOD * hours for period in periods):
        hours += 1
    return Duration(hours * _HOUR_MS)
