"""Dashboards as JSON files (one for each service, named by its UID, and one for the fleet), and Grafana's provisioning.

The provisioning file puts them into folders. The UIDs of folders are as stable as the UIDs of dashboards: links and
permissions stay valid after a new deployment.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.rule_text import head
from slosmith.output.target import no_warnings
from slosmith.output.yaml_text import document
from slosmith.problems import InputError, Problem, at
from slosmith.settings import Project
from slosmith.vocabulary.dashboard_uids import folder_uid

if TYPE_CHECKING:
    from slosmith.dashboards import DashboardSettings

PURPOSE = "Dashboards, and the provisioning file that puts them into folders"
PAGE = "targets/grafana"

PROVISIONING = "provisioning/dashboards.yaml"
"""Grafana reads such files from the folder ``dashboards`` of its provisioning folder."""

_FLEET_FOLDER = "fleet"
_UPDATE_SECONDS = 60
"""How often Grafana looks for changed files."""

_ABSOLUTE = msgspec.Meta(pattern=r"^/[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f]\Z")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of the dashboards and of their provisioning; None is the default of the dashboards themselves."""

    datasource: str | None = None
    """Name or UID of the Prometheus data source that is selected first; by default ``thanos``."""
    title: str | None = None
    """Title of the fleet's dashboard; by default ``SLOs``."""
    time_from: str | None = None
    """Start of the time range that is shown first, in Grafana's notation; by default ``now-7d``."""
    refresh: str | None = None
    """Interval at which an open dashboard loads its data again; by default ``5m``."""
    timezone: str | None = None
    """Time zone of the axes; by default ``utc``, because reporting periods begin at midnight UTC."""
    tags: tuple[str, ...] | None = None
    """Additional tags of every dashboard."""
    extension: str | None = None
    """A jsonnet object that changes the dashboards: see `slosmith docs dashboards`."""

    folders: Literal["one", "team"] = "one"
    """``one``: one folder for all dashboards. ``team``: a folder for each team, and one for the fleet's dashboard."""
    folder: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] = "SLOs"
    """Title of the folder. The title of a team's folder ends with the team's name."""
    folder_uid: Annotated[str, msgspec.Meta(pattern=r"^(?!slox?-|slosmith-fleet\Z)[A-Za-z0-9_-]{1,40}\Z")] = "slosmith"
    """UID of the folder. The UID of a team's folder is ``slos-<team>``."""
    path: Annotated[str, msgspec.Meta(pattern=r"^/[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f]\Z")] = (
        "/var/lib/grafana/dashboards/slosmith"
    )
    """Folder of these files on Grafana's machine."""
    org: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Number of the organisation in Grafana."""


def without_folders(project: Project) -> Settings:
    """The settings of the project's target grafana, if it has one, without folders. For targets that write the same
    dashboards elsewhere: only Grafana's provisioning makes folders.
    """
    written = project.targets.get("grafana") or {}
    return msgspec.structs.replace(msgspec.convert(written, Settings), folders="one")


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """The dashboard of a service."""
    # imported here, not above: other targets do not need jsonnet
    from slosmith.dashboards import service_dashboard

    with _extension_as_written(artefacts.project, settings):
        chosen, rules = dashboard_settings(settings, artefacts.project), artefacts.project.rules
        dashboard = service_dashboard(artefacts.service, chosen, artefacts.source, rules)
    return {_path(f"{dashboard.name}.json", _team_folder(artefacts.service.team), settings): dashboard.json_text}


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """The dashboard of the fleet, and the provisioning file."""
    from slosmith.dashboards import fleet_dashboard

    with _extension_as_written(artefacts.project, settings):
        chosen, rules = dashboard_settings(settings, artefacts.project), artefacts.project.rules
        dashboard = fleet_dashboard(artefacts.workspace, chosen, artefacts.source, rules)
    providers = _providers(artefacts, settings)
    comment = head(
        artefacts.source,
        [
            "Copy this file into the folder `dashboards` of Grafana's provisioning folder.",
            "Copy the dashboards (JSON files) into:",
        ],
    )
    comment += sorted(provider["options"]["path"] for provider in providers)
    return {
        _path(f"{dashboard.name}.json", _FLEET_FOLDER, settings): dashboard.json_text,
        PROVISIONING: document({"apiVersion": 1, "providers": providers}, comment=comment),
    }


warnings = no_warnings


def dashboard_settings(settings: Settings, project: Project) -> DashboardSettings:
    """The settings of the dashboards themselves."""
    from slosmith.dashboards import DashboardSettings

    written = {
        name: value
        for name, value in msgspec.structs.asdict(settings).items()
        if value is not None and name in DashboardSettings.__struct_fields__
    }
    chosen = msgspec.convert(written, DashboardSettings)
    return msgspec.structs.replace(chosen, evaluation_interval=str(project.evaluation_interval))


def _providers(artefacts: SharedArtefacts, settings: Settings) -> list[dict[str, Any]]:
    if settings.folders == "one":
        return [_provider(settings, settings.folder, settings.folder_uid, "")]
    teams = sorted({service.team for service in artefacts.workspace.services})
    providers = [_provider(settings, settings.folder, settings.folder_uid, _FLEET_FOLDER)]
    return providers + [
        # Grafana expands $NAME and $__file{...} in this file; $$ is a dollar sign
        _provider(settings, f"{settings.folder}: {team.replace('$', '$$')}", folder_uid(team), _team_folder(team))
        for team in teams
    ]


def _provider(settings: Settings, title: str, uid: str, subfolder: str) -> dict[str, Any]:
    return {
        # Grafana knows a provider's dashboards by the provider's name: it must be as stable as the folder
        "name": uid,
        "orgId": settings.org,
        "folder": title,
        "folderUid": uid,
        "type": "file",
        # dashboards that no spec needs any more are removed
        "disableDeletion": False,
        # a change made by hand would be lost at the next deployment: it is refused instead
        "allowUiUpdates": False,
        "updateIntervalSeconds": _UPDATE_SECONDS,
        "options": {"path": f"{settings.path}/{subfolder}".rstrip("/"), "foldersFromFilesStructure": False},
    }


def _team_folder(team: str) -> str:
    """A team's subfolder: its UID, because a team's name may not be valid as the name of a folder."""
    return folder_uid(team)


def _path(name: str, subfolder: str, settings: Settings) -> str:
    return name if settings.folders == "one" else f"{subfolder}/{name}"


@contextmanager
def _extension_as_written(project: Project, settings: Settings) -> Iterator[None]:
    """Errors of an extension become problems at their place in the project's settings."""
    from slosmith.dashboards import ExtensionError

    try:
        yield
    except ExtensionError as error:
        lines = (settings.extension or "").splitlines(keepends=True)
        offset = sum(len(line) for line in lines[: error.line - 1]) + error.column - 1
        problem = Problem(
            code="TGT405",
            message=f"the extension of the dashboards does not evaluate: {error.message}",
            origin=at(project.origin, "targets", "grafana", "extension"),
            hint="write one jsonnet object, which is added to the library: { name:: value }",
            span=(offset, 1) if error.line else None,
        )
        raise InputError([problem]) from error
