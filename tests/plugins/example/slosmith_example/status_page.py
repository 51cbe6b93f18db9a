"""Objectives for a status page: a JSON file for each service, and a file that lists all services."""

from __future__ import annotations

import msgspec

from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.target import no_warnings
from slosmith.output.yaml_text import json_text
from slosmith.vocabulary.numbers import percent_exact
from slosmith.vocabulary.provenance import header

PURPOSE = "Objectives of every service, for the status page"
PAGE = "https://status.example.org/about"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings in slosmith.yaml under `targets: {status_page: ...}`."""

    title: str = "Status"


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """`<service>.json`: the objectives of a service, as percentages."""
    service = artefacts.service
    content = {
        "description": header(artefacts.source),
        "service": service.name,
        "objectives": {slo.name: percent_exact(slo.objective.target_ratio) for slo in service.slos},
    }
    return {f"{service.name}.json": json_text(content)}


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """`index.json`: the title of the page, and all services."""
    services = [service.name for service in artefacts.workspace.services]
    content = {"description": header(artefacts.source), "title": settings.title, "services": services}
    return {"index.json": json_text(content)}


warnings = no_warnings
