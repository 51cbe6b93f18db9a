"""Model -> Grafana dashboards: facts to the jsonnet library, JSON back. Pure: the same SLOs give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from slosmith.dashboards.facts import fleet_facts, service_facts, settings_facts, vocabulary
from slosmith.dashboards.settings import DashboardSettings
from slosmith.dashboards.uids import FLEET
from slosmith.engines.error import EngineError
from slosmith.engines.jsonnet import JsonnetError, evaluate
from slosmith.model import Service, Workspace
from slosmith.problems.problem import InputError, Problem

BATCH = 50
"""Services in one evaluation: starting the engine is paid once for all of them, memory stays small."""

PROGRAM = "main.jsonnet"
EXTENSION = "extension.libsonnet"
EXTENSION_PROBLEM = "DSH101"


class Dashboard(msgspec.Struct, frozen=True):
    """A Grafana dashboard. ``name`` is a file's stem, ``json_text`` the file: keys sorted, newline at the end."""

    uid: str
    name: str
    title: str
    json_text: str


def compile_dashboards(workspace: Workspace, settings: DashboardSettings | None = None) -> list[Dashboard]:
    """The fleet's dashboard and one for each service, sorted by name.

    Raises InputError for an extension that does not evaluate, EngineError when jsonnet is not installed.
    """
    chosen = settings or DashboardSettings()
    dashboards = [fleet_dashboard(workspace, chosen)]
    for start in range(0, len(workspace.services), BATCH):
        dashboards += service_dashboards(workspace.services[start : start + BATCH], chosen)
    return sorted(dashboards, key=lambda dashboard: dashboard.name)


def service_dashboard(service: Service, settings: DashboardSettings | None = None) -> Dashboard:
    """The dashboard of one service. Raises like :func:`compile_dashboards`."""
    return service_dashboards([service], settings)[0]


def service_dashboards(services: Sequence[Service], settings: DashboardSettings | None = None) -> list[Dashboard]:
    """The dashboards of several services, in their order, by one evaluation."""
    facts = [service_facts(service) for service in services]
    found = _evaluate(settings or DashboardSettings(), facts, None)
    return [_dashboard(found[each["uid"]], each["uid"]) for each in facts]


def fleet_dashboard(workspace: Workspace, settings: DashboardSettings | None = None) -> Dashboard:
    """The dashboard of all services. Raises like :func:`compile_dashboards`."""
    return _dashboard(_evaluate(settings or DashboardSettings(), [], fleet_facts(workspace))[FLEET], FLEET)


def _dashboard(content: dict[str, Any], uid: str) -> Dashboard:
    text = msgspec.json.format(msgspec.json.encode(content, order="sorted"), indent=2).decode()
    return Dashboard(uid, uid, content["title"], text + "\n")


@cache
def library() -> dict[str, str]:
    """The jsonnet library that stands beside this module: import path -> text."""
    folder = resources.files("slosmith.dashboards").joinpath("lib")
    return {file.name: file.read_text("utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name)}


def _evaluate(settings: DashboardSettings, services: list[dict[str, Any]], fleet: dict[str, Any] | None) -> Any:
    files = library()
    try:
        return evaluate(
            files[PROGRAM],
            name=PROGRAM,
            values={
                "names": vocabulary(),
                "settings": settings_facts(settings),
                "services": services,
                "fleet": fleet,
            },
            files={**dict(settings.extension_files), **files, EXTENSION: settings.extension or "{}"},
        )
    except JsonnetError as error:
        if not settings.extension:
            raise EngineError(f"the dashboard library does not evaluate: {error}") from error
        ours = error.file == EXTENSION
        problem = Problem(
            code=EXTENSION_PROBLEM,
            message=f"the dashboard extension does not evaluate: {error.message if ours else error}",
            hint="an extension is one object, which is added to the library: { name:: value }",
            file=settings.extension_name,
            line=error.line if ours else 0,
            column=error.column if ours else 0,
        )
        raise InputError([problem]) from error
