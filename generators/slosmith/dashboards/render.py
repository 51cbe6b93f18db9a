"""Model -> Grafana dashboards. The jsonnet library makes JSON from facts. Pure: the same SLOs give the same bytes."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec

from slosmith.dashboards.facts import Facts, fleet_facts, service_facts, settings_facts, vocabulary
from slosmith.dashboards.options import DashboardSettings
from slosmith.dashboards.stencil import Stencil, cut, json_text, plain
from slosmith.engines.error import EngineError
from slosmith.engines.jsonnet import JsonnetError, evaluate
from slosmith.model import Service, Workspace
from slosmith.schemes.registry import scheme
from slosmith.vocabulary.dashboard_uids import FLEET
from slosmith.vocabulary.names import DEFAULT_SCHEME
from slosmith.vocabulary.provenance import Source, is_header

PROGRAM = "main.jsonnet"
EXTENSION = "extension.libsonnet"


class ExtensionError(Exception):
    """The evaluation of a project's extension failed. ``line`` and ``column`` are in its text, from 1. 0: not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        self.message, self.line, self.column = message, line, column
        super().__init__(message)


class Dashboard(msgspec.Struct, frozen=True):
    """A Grafana dashboard. ``name`` is the name of its file without the ending. ``json_text`` is the content of the
    file: keys are sorted, and there is a newline at the end.
    """

    uid: str
    name: str
    title: str
    json_text: str


_ALL_SPECS = Source("all SLO specs")


def service_dashboard(
    service: Service,
    settings: DashboardSettings | None = None,
    source: Source | None = None,
    rules: str = DEFAULT_SCHEME,
) -> Dashboard:
    """The dashboard of one service. ``source`` is the place of its spec for people (default: the path of the spec in
    its folder). Raises ExtensionError if the evaluation of the extension fails, and EngineError if jsonnet is not
    installed.
    """
    chosen = settings or DashboardSettings()
    facts = service_facts(service, source or Source(service.origin.file or service.name), scheme(rules))
    # an extension of the project may look into texts
    parts = None if chosen.extension else cut(facts)
    if parts is None:
        return draw_service(facts, chosen, rules)
    shape, texts = parts
    title, content = _stencils(msgspec.json.encode(shape), chosen, rules)
    uid = str(facts["uid"])
    return Dashboard(uid, uid, title.fill(texts), content.fill([json_text(text) for text in texts]))


def fleet_dashboard(
    workspace: Workspace,
    settings: DashboardSettings | None = None,
    source: Source = _ALL_SPECS,
    rules: str = DEFAULT_SCHEME,
) -> Dashboard:
    """The dashboard of all services. ``source`` is for the header. Raises like :func:`service_dashboard`."""
    facts = fleet_facts(workspace, source, scheme(rules))
    chosen = settings or DashboardSettings()
    return _dashboard(_evaluate(chosen, rules, [], facts), FLEET, chosen)


def draw_service(facts: Facts, settings: DashboardSettings, rules: str = DEFAULT_SCHEME) -> Dashboard:
    """A service's dashboard, drawn by one evaluation of jsonnet for this service only."""
    return _dashboard(_evaluate(settings, rules, [plain(facts)], None), str(facts["uid"]), settings)


@lru_cache(maxsize=256)
def _stencils(shape: bytes, settings: DashboardSettings, rules: str) -> tuple[Stencil, Stencil]:
    """Title and JSON text of the dashboard for every service of this shape."""
    drawn = draw_service(msgspec.json.decode(shape), settings, rules)
    return Stencil.of(drawn.title), Stencil.of(drawn.json_text)


def _dashboard(drawn: Any, uid: str, settings: DashboardSettings) -> Dashboard:
    content = drawn.get(uid) if isinstance(drawn, dict) else None
    if settings.extension:
        _judge(content, uid)
    assert isinstance(content, dict)
    text = msgspec.json.format(msgspec.json.encode(content, order="sorted"), indent=2).decode()
    return Dashboard(uid, uid, content["title"], text + "\n")


def _judge(content: Any, uid: str) -> None:
    """Raises ExtensionError if the dashboard from an extension cannot be written, or cannot be replaced later."""
    if not isinstance(content, dict) or content.get("uid") != uid or not isinstance(content.get("title"), str):
        raise ExtensionError("its result is not a dashboard with the `uid` and a `title`")
    if not is_header(str(content.get("description"))):
        raise ExtensionError("it changes the dashboard's `description`, which holds the header of the file")


@cache
def library() -> dict[str, str]:
    """The jsonnet library beside this module: import path -> text."""
    folder = resources.files("slosmith.dashboards").joinpath("lib")
    return {file.name: file.read_text("utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name)}


def _evaluate(settings: DashboardSettings, rules: str, services: list[Facts], fleet: Facts | None) -> Any:
    files = library()
    try:
        return evaluate(
            files[PROGRAM],
            name=PROGRAM,
            values={
                "names": vocabulary(scheme(rules)),
                "settings": settings_facts(settings, scheme(rules)),
                "services": services,
                "fleet": fleet,
            },
            files={**dict(settings.extension_files), **files, EXTENSION: settings.extension or "{}"},
        )
    except JsonnetError as error:
        if not settings.extension:
            raise EngineError(f"the evaluation of the dashboard library fails: {error}") from error
        if error.file != EXTENSION:
            # the library failed because of a value from the extension. The engine does not give the place of the value
            raise ExtensionError(str(error)) from error
        raise ExtensionError(error.message, error.line, error.column) from error
