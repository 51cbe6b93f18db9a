"""Where declarations belong in a specs folder, and which declaration an unreadable file has by its place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from slosmith.formats import files
from slosmith.formats.declarations import (
    AnyDeclaration,
    BrokenDeclaration,
    CalendarDeclaration,
    CatalogueDeclaration,
    ClassDeclaration,
    PartDeclaration,
    ProjectDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.sources import STANDARD_INPUT
from slosmith.model import Origin
from slosmith.problems import Problem

_FOLDER_KINDS: dict[str, tuple[type[AnyDeclaration], ...]] = {
    "services": (ServiceDeclaration,),
    "classes": (ClassDeclaration,),
    "catalogues": (CatalogueDeclaration,),
}
_KIND_NAMES: dict[type[AnyDeclaration], tuple[str, str]] = {
    ServiceDeclaration: ("a service", "services/"),
    ClassDeclaration: ("a class", "classes/"),
    CatalogueDeclaration: ("an alert catalogue", "catalogues/"),
    CalendarDeclaration: ("calendars", "slosmith.yaml, under `calendars:`"),
    ProjectDeclaration: ("the project's settings", "slosmith.yaml"),
}


def unreadable(name: str) -> list[AnyDeclaration]:
    """The declaration that a file probably has, from its folder and name, if it cannot be read."""
    if name == files.PROJECT_FILE:
        return [BrokenDeclaration(origin=Origin("project", name), kind="project", name=None)]
    kinds: dict[str, Literal["service", "class", "catalogue"]] = {
        "services": "service",
        "classes": "class",
        "catalogues": "catalogue",
    }
    kind = kinds.get(name.split("/")[0])
    return [BrokenDeclaration(origin=Origin("default", name), kind=kind, name=Path(name).stem)] if kind else []


def misplaced(path: str, declared: list[AnyDeclaration], prefix: str) -> Iterable[Problem]:
    """Declarations in the wrong folder, and names that differ from the file's. ``prefix``: path of the specs folder."""
    folder = path.split("/")[0] if "/" in path else ""
    allowed = _FOLDER_KINDS.get(folder)
    for found in declared:
        place = Origin(found.origin.kind, found.origin.file, ("kind",), found.origin.document)
        if isinstance(found, BrokenDeclaration | PartDeclaration):
            continue
        what, home = _KIND_NAMES[type(found)]
        if isinstance(found, ProjectDeclaration):
            wrong = path != files.PROJECT_FILE
        elif isinstance(found, CalendarDeclaration):
            wrong = True
        else:
            wrong = path == files.PROJECT_FILE or (allowed is not None and not isinstance(found, allowed))
        if wrong:
            message, hint = f"this is the wrong place for {what}", f"move it to {prefix}{home}"
            yield Problem(code="RES315", message=message, hint=hint, origin=place)
    if path == STANDARD_INPUT:
        return
    if len(declared) == 1 and isinstance(declared[0], ServiceDeclaration | ClassDeclaration | CatalogueDeclaration):
        only = declared[0]
        stem = Path(path).stem
        own = not isinstance(only, ServiceDeclaration) or only.dialect.startswith("slosmith/")
        if own and only.name != stem:
            message = f"the name '{only.name}' differs from the file name '{files.as_text(stem)}'"
            hint = f"rename the file to {only.name}.yaml, or the {_KIND_NAMES[type(only)][0].split()[-1]}"
            yield Problem(code="RES314", message=message, hint=hint, origin=only.at("name"))
