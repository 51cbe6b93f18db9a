"""A project's own SLI templates: the files of ``templates/``. They are checked as strictly as specs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from slosmith.formats import files
from slosmith.formats.declarations import (
    AnyDeclaration,
    BrokenDeclaration,
    ClassDeclaration,
    ServiceDeclaration,
    TemplateUse,
)
from slosmith.formats.neighbours import may_hold
from slosmith.formats.reading import read_file
from slosmith.formats.schema import Schema
from slosmith.formats.sources import Sources
from slosmith.formats.yaml.document import Document
from slosmith.model import Origin
from slosmith.problems import Problem, at
from slosmith.sli.consistency import faults
from slosmith.sli.template import Template, with_standard_parameters

FOLDER = "templates"
KIND = "SLITemplate"
ANY_TEMPLATE = frozenset([""])
"""Matches all names: every file that can contain a template is read."""
SCHEMA = Schema("sli-template-v1")
_BAD_TEMPLATE = "RES323"
_START = "start with `version: slosmith/v1` and `kind: SLITemplate`"


class OwnTemplates(msgspec.Struct, frozen=True):
    """The templates of the folder. ``broken``: names of templates with problems, from their texts and file names."""

    templates: tuple[Template, ...] = ()
    broken: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def read_templates(root: Path, sources: Sources, names: frozenset[str] | None = None) -> OwnTemplates:
    """The templates below ``root``/templates, by name. A name that two templates have is broken. Never raises.

    With ``names``, only files that can contain a template of one of these names are read.
    """
    if not files.is_there(root, FOLDER) or names == frozenset():
        return OwnTemplates()
    reading = _Reading(root, sources)
    for path in files.find(root, FOLDER):
        if isinstance(path, Problem):
            # a problem of the folder itself hides every template
            reading.problems += [path] if names is None or path.origin.file == FOLDER else []
        elif names is None or _may_be_one_of(root, path, names):
            reading.file(path)
    return OwnTemplates(tuple(reading.templates.values()), frozenset(reading.broken), tuple(reading.problems))


def _may_be_one_of(root: Path, path: str, names: frozenset[str]) -> bool:
    """Whether a file may contain a template of one of the names: the file's name or its text has the name."""
    return PurePosixPath(path).stem in names or any(may_hold(root, path, KIND, name) for name in names)


def templates_used(declarations: Iterable[AnyDeclaration]) -> Iterator[str]:
    """Names of the templates that services and classes use."""
    for each in declarations:
        declaration = each.partial if isinstance(each, BrokenDeclaration) else each
        if not isinstance(declaration, ServiceDeclaration | ClassDeclaration):
            continue
        uses = (declaration.source, *(objective.indicator for objective in declaration.objectives))
        yield from (use.template for use in uses if isinstance(use, TemplateUse) and use.template is not None)


class _Reading:
    def __init__(self, root: Path, sources: Sources) -> None:
        self._root, self._sources = root, sources
        self._origins: dict[str, Origin] = {}
        self.templates: dict[str, Template] = {}
        self.broken: set[str] = set()
        self.problems: list[Problem] = []

    def file(self, path: str) -> None:
        found = read_file(self._root, path, self._sources)
        self.problems += found.encoding_problems
        if found.problems:
            what_to_write = f"{_START}, or remove the file"
            self._fail(
                found.name,
                [
                    msgspec.structs.replace(problem, hint=what_to_write) if problem.code == "SYN113" else problem
                    for problem in found.problems
                ],
            )
        for part in found.documents:
            self._template(part)

    def _fail(self, file: str, problems: Iterable[Problem]) -> None:
        self.problems += problems
        self.broken.add(PurePosixPath(file).stem)

    def _template(self, part: Document) -> None:
        origin = Origin("default", part.file, (), part.index)
        template, problems = template_of(part.value, origin)
        if template is not None and template.name in self._origins:
            problems.append(
                Problem(
                    code="RES308", message=f"there are two templates '{template.name}'", origin=at(origin, "name"),
                    hint="the first is {other}; remove one, or rename it", other=self._origins[template.name],
                )
            )  # fmt: skip
        elif template is not None:
            self._origins[template.name] = at(origin, "name")
            self.templates[template.name] = template
        if problems:
            self._fail(part.file, problems)
            named = part.value.get("name") if isinstance(part.value, dict) else None
            self.broken |= {named} if isinstance(named, str) else set()


def template_of(value: Any, origin: Origin) -> tuple[Template | None, list[Problem]]:
    """A document's value as a template, or its problems."""
    if not isinstance(value, dict):
        what = "a list" if isinstance(value, list) else "a single value"
        return None, [
            Problem(code="SYN118", message=f"the document is {what}, not a mapping", hint=_START, origin=origin)
        ]
    problems = SCHEMA.check(value, "", origin)
    if problems:
        return None, problems
    try:
        template = msgspec.convert(_plain(value), Template)
    except msgspec.ValidationError as error:  # the schema is as strict as the type, or stricter (tested)
        return None, [Problem(code=_BAD_TEMPLATE, message=f"not an SLI template: {error}", origin=origin)]
    found = list(_fault_problems(template, origin))
    return (None if found else with_standard_parameters(template)), found


def _fault_problems(template: Template, origin: Origin) -> Iterator[Problem]:
    """Parts that do not fit together. The text of a fault begins with its place."""
    for fault in faults(template):
        where, _, what = fault.partition(": ")
        kind, _, name = where.partition(".")
        known = template.parameters if kind == "parameters" else template.indicators
        below = next((each for each in known if name == each or name.startswith(f"{each}.")), name)
        path = (kind, below, *filter(None, name.removeprefix(below).split(".")))
        yield Problem(code=_BAD_TEMPLATE, message=f"`{where}`: {what}", origin=at(origin, *path))


def _plain(value: Any) -> Any:
    """Exact fractions as the floating point numbers that templates are typed with."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value
