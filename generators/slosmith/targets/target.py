"""What a target is given and what it gives back. A target arranges; it computes nothing about SLOs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from slosmith.model import Service, Workspace
from slosmith.model.rules import RuleFile
from slosmith.problems.finding import Finding
from slosmith.schemes.calendars import compile_calendars
from slosmith.schemes.weighted.compile import compile_service
from slosmith.settings import Project

if TYPE_CHECKING:
    from slosmith.model.rule_tests import TestFile

Files = dict[str, str]
"""Relative path below the target's folder -> text."""


class ServiceArtefacts:
    """All that is compiled from one service. Each part is compiled when a target first asks for it."""

    def __init__(self, service: Service, project: Project, specs: str) -> None:
        self.service = service
        self.project = project
        self.source = f"{specs}/{service.origin.file}"

    @cached_property
    def rules(self) -> RuleFile:
        """Recording and alerting rules."""
        return compile_rules(self.service, self.project)

    @cached_property
    def tests(self) -> TestFile:
        """Unit tests of the rules."""
        return compile_tests(self.service, self.project, self.rules)


def compile_rules(service: Service, project: Project) -> RuleFile:
    """The rules of ``service``, in the project's mode."""
    if project.rules == "sloth":
        from slosmith.schemes.sloth.rules import compile_service as compile_sloth

        return compile_sloth(service, project.evaluation_interval)
    return compile_service(service, project.evaluation_interval)


def compile_tests(service: Service, project: Project, rules: RuleFile) -> TestFile:
    """Unit tests of ``rules``, which are those of ``service``, or a target's version of them with other alert texts."""
    # imported when asked for: a project may do without
    if project.rules == "sloth":
        from slosmith.schemes.sloth.tests import compile_tests as compile_sloth_tests

        return compile_sloth_tests(service, rules)
    from slosmith.schemes.weighted.tests.compile import compile_tests as compile_weighted_tests

    return compile_weighted_tests(service, rules)


class SharedArtefacts:
    """All that is compiled once for a whole workspace."""

    def __init__(self, workspace: Workspace, project: Project, specs: str) -> None:
        self.workspace = workspace
        self.project = project
        self.source = f"{specs}/"

    @cached_property
    def calendars(self) -> RuleFile:
        """Start and end of the calendars that some SLO uses. Sloth's rules know no calendar."""
        slos = self.workspace.slos() if self.project.rules == "weighted" else ()
        used = {slo.period.calendar for slo in slos if slo.period.calendar is not None}
        ordered = sorted(used, key=lambda calendar: calendar.name)
        return compile_calendars(ordered, self.project.evaluation_interval)


class Target(Protocol):
    """A module of this package. Its functions are pure; paths they return are relative to the target's folder."""

    Settings: type[msgspec.Struct]
    """What slosmith.yaml may say under ``targets.<name>``; unknown fields are refused."""

    service_files: Callable[[ServiceArtefacts, Any], Files]
    """The files of one service, by its settings."""

    shared_files: Callable[[SharedArtefacts, Any], Files]
    """The files that exist once."""


class Configured(msgspec.Struct, frozen=True):
    """A target that the project turned on, with its settings."""

    name: str
    target: Target
    settings: Any

    def service_files(self, artefacts: ServiceArtefacts) -> Files:
        """Files of one service, their paths beginning with the target's folder."""
        return self._inside(self.target.service_files(artefacts, self.settings))

    def shared_files(self, artefacts: SharedArtefacts) -> Files:
        """Files that exist once, their paths beginning with the target's folder."""
        return self._inside(self.target.shared_files(artefacts, self.settings))

    def warnings(self, artefacts: SharedArtefacts) -> tuple[Finding, ...]:
        """What the consumer may stumble over though the files are right. A target says so in a function ``warnings``
        with the arguments of ``shared_files``; most have none.
        """
        find = getattr(self.target, "warnings", None)
        return tuple(find(artefacts, self.settings)) if find is not None else ()

    def _inside(self, files: Mapping[str, str]) -> Files:
        return {f"{self.name}/{path}": text for path, text in files.items()}
