"""Dashboards as JSON files: one a service, named by its UID, and one for the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

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


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """The dashboard of a service."""
    # imported here, not above: other targets do not need jsonnet
    from slosmith.dashboards import service_dashboard

    dashboard = service_dashboard(artefacts.service, _chosen(settings))
    return {f"{dashboard.name}.json": dashboard.json_text}


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """The dashboard of the fleet."""
    from slosmith.dashboards import fleet_dashboard

    dashboard = fleet_dashboard(artefacts.workspace, _chosen(settings))
    return {f"{dashboard.name}.json": dashboard.json_text}


def _chosen(settings: Settings) -> DashboardSettings:
    from slosmith.dashboards import DashboardSettings

    written = {name: value for name, value in msgspec.structs.asdict(settings).items() if value is not None}
    return msgspec.convert(written, DashboardSettings)
