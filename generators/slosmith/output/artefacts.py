"""The input of targets: all artefacts of one service, and the artefacts that exist once for a workspace."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import Self

import msgspec

from slosmith.model import Service, Workspace
from slosmith.model.rule_tests import TestFile, TestGroup
from slosmith.model.rules import RecordingKind, RuleFile, RuleGroup
from slosmith.schemes.calendars import compile_calendars
from slosmith.schemes.registry import scheme
from slosmith.settings import Project
from slosmith.vocabulary.provenance import Source, spec_name

Files = dict[str, str]
"""Relative path below the target's folder -> text."""


class ServiceArtefacts:
    """All artefacts of one service. Each part is compiled when a target first reads it."""

    def __init__(self, service: Service, project: Project, specs: str) -> None:
        self.service = service
        self.project = project
        self.source = Source(spec_name(specs, service.origin.file), project.command)

    @cached_property
    def rules(self) -> RuleFile:
        """Recording and alerting rules."""
        return compile_rules(self.service, self.project)

    @property
    def tested(self) -> bool:
        """Whether there are unit tests: alerts without the recordings that they read cannot be tested, and a project
        may have them made on demand.
        """
        return self.project.write_only != "alerts" and self.project.unit_tests == "beside_rules"

    @cached_property
    def tests(self) -> TestFile:
        """Unit tests of the rules; empty if these cannot be tested."""
        if not self.tested:
            order = tuple(group.name for group in self.rules.groups)
            return TestFile(f"{self.rules.name}.yaml", self.project.evaluation_interval, order, ())
        return self.tests_of(self.rules)

    def part(self, service: Service) -> Self:
        """The artefacts of ``service``, a part of this one."""
        return type(self)(service, self.project, "")

    def tests_of(self, rules: RuleFile) -> TestFile:
        """Unit tests of ``rules``: the rules of the service, or a target's version of them with other texts."""
        return compile_tests(self.service, self.project, rules)


class OutlinedArtefacts(ServiceArtefacts):
    """Artefacts for comparisons: the unit tests are an outline, which differs if the rules differ. Unit tests are made
    from nothing but the rules, and making them takes most of the time of a compiler run.
    """

    def tests_of(self, rules: RuleFile) -> TestFile:
        digest = sha256(msgspec.json.encode(_without_comments(rules))).hexdigest()
        interval = self.project.evaluation_interval
        group = TestGroup(digest, interval, (), ())
        return TestFile(f"{rules.name}.yaml", interval, tuple(each.name for each in rules.groups), (group,))


def _without_comments(rules: RuleFile) -> RuleFile:
    def bare(group: RuleGroup) -> RuleGroup:
        kept = tuple(msgspec.structs.replace(rule, comment=()) for rule in group.rules)
        return msgspec.structs.replace(group, rules=kept, comment=())

    return msgspec.structs.replace(rules, groups=tuple(bare(group) for group in rules.groups), comment=())


def compile_rules(service: Service, project: Project) -> RuleFile:
    """The rules of ``service``, in the project's scheme."""
    rules = scheme(project.rules).compile_service(service, project.evaluation_interval)
    return _alerts_of(rules) if project.write_only == "alerts" else rules


def _alerts_of(rules: RuleFile) -> RuleFile:
    """The rules without recordings, and without the comments of groups about recordings."""
    groups = [msgspec.structs.replace(group, rules=group.alerts, comment=()) for group in rules.groups]
    comment = (*rules.comment, "Alerts only (`write_only: alerts`). Another server records what they read.")
    return msgspec.structs.replace(rules, groups=tuple(group for group in groups if group.rules), comment=comment)


def compile_tests(service: Service, project: Project, rules: RuleFile) -> TestFile:
    """Unit tests of ``rules``: the rules of ``service``, or a target's version of them with other texts of alerts."""
    return scheme(project.rules).compile_tests(service, rules)


def compile_long_tests(service: Service, project: Project, rules: RuleFile) -> TestFile | None:
    """Tests of ranges of ``rules`` that are too long for unit tests of a consumer; None if there are none."""
    if project.write_only == "alerts":
        return None
    return scheme(project.rules).compile_long_tests(service, rules)


class SharedArtefacts:
    """All artefacts that exist once for a workspace."""

    def __init__(self, workspace: Workspace, project: Project, specs: str) -> None:
        self.workspace = workspace
        self.project = project
        self.source = Source(f"{specs}/", project.command)

    @cached_property
    def calendars(self) -> RuleFile:
        """Start and end of the calendars that an SLO uses. Empty if no rule needs calendars."""
        clock = (
            self.project.write_only != "alerts"
            and RecordingKind.CALENDAR_CLOCK in scheme(self.project.rules).recordings
        )
        slos = self.workspace.slos() if clock else ()
        used = {slo.period.calendar for slo in slos if slo.period.calendar is not None}
        ordered = sorted(used, key=lambda calendar: calendar.name)
        return compile_calendars(ordered, self.project.evaluation_interval)
