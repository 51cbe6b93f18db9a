"""The layout of a project's files, and writing it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from slosmith.formats.layout.files import OTHER_FORMAT, FileLayout, layout_of_text, layout_schemas, layouts
from slosmith.formats.schema import Schema
from slosmith.formats.sources import STANDARD_INPUT, Sources
from slosmith.output.replacing import replace_files
from slosmith.problems import Problem

__all__ = ["OTHER_FORMAT", "FileLayout", "Layouts", "diff", "format_folder", "format_given_text", "write"]

_POLICIES = Schema("policy-v1", Path(__file__).parent.parent / "policy" / "schemas")


class Layouts(NamedTuple):
    """The files that were looked at."""

    files: tuple[FileLayout, ...]
    sources: Sources

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why files cannot be formatted, in the order of the files."""
        return tuple(self.sources.locate(problem) for layout in self.files for problem in layout.problems)


def format_folder(root: Path, only: Iterable[Path] | None) -> Layouts:
    """The layout of every spec, policy and template below ``root``, or of the files and folders in ``only``."""
    shown = root.as_posix()
    sources = Sources("" if shown == "." else f"{shown}/")
    return Layouts(tuple(layouts(root, only, _schemas(), sources)), sources)


def format_given_text(data: bytes) -> Layouts:
    """The layout of a text that is in no file."""
    sources = Sources()
    return Layouts((layout_of_text(data, STANDARD_INPUT, _schemas(), sources),), sources)


def write(root: Path, changed: Iterable[FileLayout]) -> None:
    """Write the changed files: all of them whole, or none. Raises OSError, also for a file that is read-only."""
    texts: dict[Path, str] = {}
    for layout in changed:
        path = root / layout.path
        if not os.access(path, os.W_OK):
            raise PermissionError(13, "the file is read-only", str(path))
        texts[path] = layout.after
    replace_files(texts)


def diff(layout: FileLayout, name: str) -> str:
    """The changes as a unified diff; empty if there are none."""
    before, after = layout.before.splitlines(keepends=True), layout.after.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _schemas() -> Mapping[str, Mapping[str, object]]:
    return layout_schemas([_POLICIES.document()])
