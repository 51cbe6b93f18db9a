"""A service and its rules -> the unit tests of its rule file. Pure: the same service gives the same tests."""

from __future__ import annotations

from slosmith.model import Duration, Service
from slosmith.rules.types import RuleFile
from slosmith.ruletests.alerts import tier_groups
from slosmith.ruletests.recordings import recordings_group
from slosmith.ruletests.subject import Subject, subject
from slosmith.ruletests.tiers import history_needed
from slosmith.ruletests.types import TestFile

_HOUR_MS = 3_600_000


def compile_tests(service: Service, rules: RuleFile) -> TestFile:
    """Unit tests for ``rules``, which have to be those of ``service`` (one group an SLO, in the same order)."""
    subjects = [subject(slo, group) for slo, group in zip(service.slos, rules.groups, strict=True)]
    tick = _tick(subjects)
    return TestFile(
        rule_file=f"{rules.name}.yaml",
        evaluation_interval=tick,
        group_order=tuple(group.name for group in rules.groups),
        groups=(recordings_group(subjects, tick), *tier_groups(subjects, tick)) if subjects else (),
        comment=("Unit tests of the rules beside it: promtool test rules, in this folder.",),
    )


def _tick(subjects: list[Subject]) -> Duration:
    """The distance of evaluations: whole hours (tiles are read on the hour), longer than any alert looks back."""
    longest = max((history_needed(subject.tiers).milliseconds for subject in subjects), default=0)
    return Duration(-(-max(longest, 2 * _HOUR_MS) // _HOUR_MS) * _HOUR_MS)
