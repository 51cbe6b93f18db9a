"""What checks may use beside their subject: the whole workspace, with indexes, and the date of the run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from functools import cached_property
from typing import TypeVar, cast

from slosmith.model import Service, Slo, SloClass, Workspace
from slosmith.policy.inventory import Inventory
from slosmith.schemes.registry import scheme
from slosmith.schemes.scheme import Scheme
from slosmith.settings import Project
from slosmith.sli.library import library
from slosmith.sli.template import Template, TemplateLibrary

T = TypeVar("T")


class Context:
    """Read-only. ``complete`` is False if only some files were loaded; then nothing may be reported as missing."""

    def __init__(
        self,
        workspace: Workspace,
        project: Project,
        today: date,
        *,
        complete: bool = True,
        inventory: Inventory | None = None,
        templates: TemplateLibrary | None = None,
    ) -> None:
        self.workspace, self.project, self.today = workspace, project, today
        self.complete, self.inventory = complete, inventory
        self._templates = templates
        self._memo: dict[Hashable, object] = {}

    @cached_property
    def scheme(self) -> Scheme:
        """The rule scheme whose alerts are judged."""
        return scheme(self.project.rules)

    @cached_property
    def services(self) -> Mapping[str, tuple[Service, ...]]:
        """Services by name. Several documents of other tools' formats may have one service name."""
        found: dict[str, list[Service]] = defaultdict(list)
        for service in self.workspace.services:
            found[service.name].append(service)
        return {name: tuple(services) for name, services in found.items()}

    @cached_property
    def classes(self) -> Mapping[str, SloClass]:
        """Classes by name."""
        return {slo_class.name: slo_class for slo_class in self.workspace.classes}

    @cached_property
    def _service_of_slo(self) -> Mapping[int, Service]:
        return {id(slo): service for service in self.workspace.services for slo in service.slos}

    def service_of(self, slo: Slo) -> Service:
        """The service that ``slo`` (an object of this workspace) belongs to."""
        return self._service_of_slo[id(slo)]

    def class_of(self, subject: Slo | Service) -> SloClass | None:
        """The class of an SLO or service; None without one."""
        return self.classes.get(subject.slo_class) if subject.slo_class is not None else None

    @cached_property
    def templates(self) -> TemplateLibrary:
        """The SLI templates of the project, or our own if none were given."""
        return self._templates if self._templates is not None else library()

    def template_of(self, slo: Slo) -> Template | None:
        """The SLI template that an SLO's indicator was made from; None for an indicator without a template."""
        return self.templates.get(slo.template) if slo.template else None

    def memo(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The result of ``compute``, kept under ``key``. For checks that index the whole workspace."""
        if key not in self._memo:
            self._memo[key] = compute()
        return cast(T, self._memo[key])
