"""Dashboards as JSON files: one a service, named by its UID, and one for the fleet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from slosmith.problems.finding import Finding, FindingsError, at
from slosmith.settings import Project
from slosmith.targets.target import Files, ServiceArtefacts, SharedArtefacts

if TYPE_CHECKING:
    from slosmith.dashboards import DashboardSettings


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a project may choose about its dashboards; the defaults are those of the dashboards themselves."""

    datasource: str | None = None
    title: str | None = None
    time_from: str | None = None
    refresh: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] | None = None
    extension: str | None = None
    """A jsonnet object that changes what is drawn: docs/dashboards.md."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """The dashboard of a service."""
    # imported here, not above: other targets do not need jsonnet
    from slosmith.dashboards import service_dashboard

    with _extension_as_written(artefacts.project, settings):
        dashboard = service_dashboard(artefacts.service, _chosen(settings), artefacts.source)
    return {f"{dashboard.name}.json": dashboard.json_text}


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """The dashboard of the fleet."""
    from slosmith.dashboards import fleet_dashboard

    with _extension_as_written(artefacts.project, settings):
        dashboard = fleet_dashboard(artefacts.workspace, _chosen(settings), artefacts.source)
    return {f"{dashboard.name}.json": dashboard.json_text}


@contextmanager
def _extension_as_written(project: Project, settings: Settings) -> Iterator[None]:
    """What is wrong with an extension, as a finding on its place in the project's settings."""
    from slosmith.dashboards import ExtensionError

    try:
        yield
    except ExtensionError as error:
        lines = (settings.extension or "").splitlines(keepends=True)
        offset = sum(len(line) for line in lines[: error.line - 1]) + error.column - 1
        finding = Finding(
            code="TGT405",
            message=f"the extension of the dashboards does not evaluate: {error.message}",
            origin=at(project.origin, "targets", "grafana", "extension"),
            hint="an extension is one object, which is added to the library: { name:: value }",
            span=(offset, 1) if error.line else None,
        )
        raise FindingsError([finding]) from error


def _chosen(settings: Settings) -> DashboardSettings:
    from slosmith.dashboards import DashboardSettings

    written = {name: value for name, value in msgspec.structs.asdict(settings).items() if value is not None}
    return msgspec.convert(written, DashboardSettings)
