"""The templates that a project can use: ours, and its own folder's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec
import yaml

from slosmith.sli.consistency import faults
from slosmith.sli.template import Template, TemplateLibrary

__all__ = ["FOLDER", "TemplateFileError", "TemplateLibrary", "library", "read_template"]

FOLDER = Path(__file__).with_name("templates")


class TemplateFileError(Exception):
    """A template file that cannot be used. ``file`` is its path, ``reason`` says what is wrong and where."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(f"{file}: {reason}")


def library(own: Iterable[Template] = ()) -> TemplateLibrary:
    """Our templates and a project's ``own`` (read by :mod:`slosmith.formats.template_files`), which win over ours.

    Reads files of ours, when a template is asked for. Raises TemplateFileError then.
    """
    return TemplateLibrary(_Templates({**_ours(), **{template.name: template for template in own}}))


def read_template(text: str, file: Path) -> Template:
    """The text of a template file of ours. Raises TemplateFileError for YAML, schema and consistency errors."""
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
    return template


class _Templates(Mapping[str, Template]):
    """Templates by name, sorted; a file of ours is read when its template is first asked for, so that a run that uses
    one template does not wait for all of them.
    """

    def __init__(self, parts: Mapping[str, Template | Path]) -> None:
        self._parts = dict(sorted(parts.items()))

    def __getitem__(self, name: str) -> Template:
        part = self._parts[name]
        return _read_ours(part) if isinstance(part, Path) else part

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


@cache
def _ours() -> Mapping[str, Path]:
    """Our files are named after their templates (a test holds them to it)."""
    return {path.stem: path for path in FOLDER.glob("*.yaml")}


@cache
def _read_ours(path: Path) -> Template:
    return read_template(path.read_text("utf-8"), path)
