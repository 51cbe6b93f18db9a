"""Which files of a specs folder can be formatted, and what each would be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from slosmith.formats import files
from slosmith.formats.layout import OTHER_FORMAT, LayoutError, Schemas, format_text
from slosmith.formats.reading import FileRead, read_file, read_text
from slosmith.formats.schema import Schema
from slosmith.formats.sources import Sources
from slosmith.formats.template_files import SCHEMA as TEMPLATES
from slosmith.problems import Problem

__all__ = ["OTHER_FORMAT", "FileLayout", "layout_of_text", "layout_schemas", "layouts"]

_SPECS = Schema("slosmith-v1")
_FOLDERS = ("policies", "templates")
"""Folders whose files are not specs, but have our formats."""


class FileLayout(NamedTuple):
    """A file, and what formatting makes of it."""

    path: str
    """Relative to the specs folder."""
    before: str
    after: str
    """The same as ``before`` if the file is formatted, or stays as it is for the reason in ``left`` or ``problems``."""
    left: str = ""
    """Why the file is left alone; empty otherwise."""
    problems: tuple[Problem, ...] = ()
    """Why the file cannot be read."""

    @property
    def changes(self) -> bool:
        return self.before != self.after


def layout_schemas(others: Iterable[Mapping[str, Any]] = ()) -> Schemas:
    """Kind -> schema, of specs and templates and of the schemas in ``others``."""
    found: dict[str, Mapping[str, Any]] = {}
    for schema in (_SPECS.document(), TEMPLATES.document(), *others):
        for part in (schema, *schema.get("$defs", {}).values()):
            kind = part.get("properties", {}).get("kind", {}).get("const")
            if kind is not None:
                found.setdefault(kind, schema)
    return found


def layouts(root: Path, only: Iterable[Path] | None, schemas: Schemas, sources: Sources) -> Iterator[FileLayout]:
    """The layout of every YAML file below ``root``, sorted, or of the files and folders in ``only``. Never raises."""
    for path in _paths(root, only):
        if isinstance(path, Problem):
            yield FileLayout(path.origin.file, "", "", problems=(path,))
        elif (root / path).is_symlink():
            yield FileLayout(path, "", "", left="it is a link")
        else:
            yield _layout(read_file(root, path, sources), path, schemas)


def layout_of_text(data: bytes, name: str, schemas: Schemas, sources: Sources) -> FileLayout:
    """The layout of a text that is in no file."""
    return _layout(read_text(data, name, sources), name, schemas)


def _layout(read: FileRead, path: str, schemas: Schemas) -> FileLayout:
    if not read.documents:
        return FileLayout(path, read.text, read.text, problems=tuple(read.problems))
    mark = "\ufeff" if any(problem.code == "SYN108" for problem in read.encoding_problems) else ""
    try:
        after = format_text(read.text, schemas)
    except LayoutError as error:
        return FileLayout(path, read.text, read.text, left=str(error))
    return FileLayout(path, mark + read.text, after)


def _paths(root: Path, only: Iterable[Path] | None) -> Iterator[str | Problem]:
    if only is None:
        folders = [folder for folder in _FOLDERS if files.is_there(root, folder)]
        yield from sorted(
            [*files.find(root), *(path for folder in folders for path in files.find(root, folder))],
            key=lambda path: path.origin.file if isinstance(path, Problem) else path,
        )
        return
    inside, outside = files.relative(root, only)
    for outer in outside:
        hint = f"specs are below {root.as_posix()}"
        shown = files.as_text(outer.as_posix())
        yield Problem(code="SYN106", message="the file is outside the specs folder", hint=hint, named=shown)
    seen: set[str] = set()
    for path in inside:
        path = "" if path == "." else path
        below = [path]
        if path == "":
            below = list(_paths(root, None))  # type: ignore[arg-type]
        elif (root / path).is_dir() and not (root / path).is_symlink():
            below = list(files.find(root, path))  # type: ignore[arg-type]
        for each in below:
            if isinstance(each, Problem) or each not in seen:
                seen.add(each if isinstance(each, str) else "")
                yield each
