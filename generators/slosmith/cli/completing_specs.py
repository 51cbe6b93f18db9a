"""Names of specs that a shell completes: of SLOs, services, classes, sites, teams and templates.

Where specs cannot be read there are fewer names.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from slosmith.cli.completing import completing
from slosmith.cli.options import nearest_specs

if TYPE_CHECKING:
    from slosmith.workspace import LoadedWorkspace

_MOST_BYTES = 1_000_000
"""Larger specs (about 5,000 SLOs) take more than a second to read: then the names of their files are used."""


def _specs(ctx: typer.Context) -> Path | None:
    given = ctx.params.get("specs")
    return Path(given) if given is not None else nearest_specs()


def _stems(ctx: typer.Context, folder: str) -> list[str]:
    """The names of files: a spec has the name of its file."""
    specs = _specs(ctx)
    return [path.stem for path in (specs / folder).rglob("*.y*ml")] if specs is not None else []


def _loaded(ctx: typer.Context) -> LoadedWorkspace | None:
    """The specs, if they can be read in time and have no errors."""
    specs = _specs(ctx)
    if specs is None or sum(path.stat().st_size for path in specs.rglob("*.y*ml")) > _MOST_BYTES:
        return None
    from slosmith import api

    found = api.load(specs)
    return found if found.workspace is not None else None


def _services(ctx: typer.Context) -> Iterable[str]:
    loaded = _loaded(ctx)
    return [service.name for service in loaded.services] if loaded is not None else _stems(ctx, "services")


def _slos(ctx: typer.Context) -> Iterable[str]:
    loaded = _loaded(ctx)
    if loaded is None:
        return _stems(ctx, "services")
    return [*(service.name for service in loaded.services), *(slo.id for slo in loaded.slos)]


def _classes(ctx: typer.Context) -> Iterable[str]:
    return _stems(ctx, "classes")


def _sites(ctx: typer.Context) -> Iterable[str]:
    loaded = _loaded(ctx)
    return [slo.site for slo in loaded.slos if slo.site is not None] if loaded is not None else []


def _teams(ctx: typer.Context) -> Iterable[str]:
    loaded = _loaded(ctx)
    return [slo.team for slo in loaded.slos] if loaded is not None else []


def _templates(ctx: typer.Context) -> Iterable[str]:
    from slosmith.sli.library import library

    return [*library().templates, *_stems(ctx, "templates")]


services = completing(_services)
slos = completing(_slos)
classes = completing(_classes)
sites = completing(_sites)
teams = completing(_teams)
templates = completing(_templates)
