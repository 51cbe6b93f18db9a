"""The templates that a project can use: our own, those of other packages, and those of the project's folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import yaml

from slosmith.discovery import Part, foreign
from slosmith.sli.consistency import faults
from slosmith.sli.template import Template, TemplateLibrary, with_standard_parameters

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["FOLDER", "TemplateFileError", "TemplateLibrary", "library", "read_template"]

FOLDER = Path(__file__).with_name("templates")
GROUP = "slosmith.templates"
"""The entry points by which other packages add templates: any name = a package that holds ``*.yaml``."""


class TemplateFileError(Exception):
    """A template file that cannot be used. ``file`` is its path, ``reason`` is the fault and its place."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(f"{file}: {reason}")


def library(own: Iterable[Template] = ()) -> TemplateLibrary:
    """Our templates, those of other packages and a project's ``own`` (read by :mod:`slosmith.formats.template_files`),
    which replace others with the same name.

    A template's file is read at its first use. That raises TemplateFileError, or PluginError for another package's
    template.
    """
    return TemplateLibrary(_Templates({**_shipped(), **{template.name: template for template in own}}))


def read_template(text: str, file: Path) -> Template:
    """Reads one of our own template files. Raises TemplateFileError for YAML, schema and consistency errors."""
    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise TemplateFileError(file, str(error)) from None
    try:
        template = msgspec.convert(data, Template)
    except msgspec.ValidationError as error:
        raise TemplateFileError(file, str(error)) from None
    found = faults(template)
    if found:
        raise TemplateFileError(file, "; ".join(found))
    return with_standard_parameters(template)


class _File(msgspec.Struct, frozen=True):
    """A template file, not yet read: its path in messages, its content, and its package."""

    path: Path
    content: Path | Traversable
    part: Part | None = None

    def __hash__(self) -> int:
        return hash(self.path)


class _Templates(Mapping[str, Template]):
    """Templates by name, sorted. A file is read at the first use of its template, so a run with one template does not
    read all of them.
    """

    def __init__(self, parts: Mapping[str, Template | _File]) -> None:
        self._parts = dict(sorted(parts.items()))

    def __getitem__(self, name: str) -> Template:
        part = self._parts[name]
        return _read_shipped(part) if isinstance(part, _File) else part

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


@cache
def _shipped() -> Mapping[str, _File]:
    """Our own templates and those of other packages. Files are named after their templates (a test checks ours)."""
    found = {path.stem: _File(path, path) for path in FOLDER.glob("*.yaml")}
    for part in foreign(GROUP):
        for name, file in _files_of(part).items():
            if name in found:
                raise part.error(f"there is a template '{name}' already")
            found[name] = _File(Path(part.module, f"{name}.yaml"), file, part)
    return found


def _files_of(part: Part) -> dict[str, Traversable]:
    from importlib.resources import files

    with part.guarded():
        found = {file.name: file for file in files(part.module).iterdir() if file.name.endswith(".yaml")}
    if not found:
        raise part.error(f"{part.module} holds no *.yaml")
    return {name.removesuffix(".yaml"): found[name] for name in sorted(found)}


@cache
def _read_shipped(file: _File) -> Template:
    if file.part is None:
        return read_template(file.content.read_text("utf-8"), file.path)
    with file.part.guarded():
        template = read_template(file.content.read_text("utf-8"), file.path)
    if template.name != file.path.stem:
        raise file.part.error(f"the template in {file.path} is called '{template.name}'")
    return template
