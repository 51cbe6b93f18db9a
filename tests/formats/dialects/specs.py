"""Makes specs folders from texts, for tests of formats."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from slosmith.model import Slo, Workspace
from slosmith.workspace import LoadedWorkspace, load

PROJECT = """\
version: slosmith/v1
kind: Project
name: example
scope: site
"""


def load_files(root: Path, files: Mapping[str, str | bytes], *, rules: str | None = None) -> LoadedWorkspace:
    """Loads a specs folder with these files (path -> text, dedented). Settings with one site are added."""
    for name, text in ({"slosmith.yaml": PROJECT} | dict(files)).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
    return load(root, rules=rules)


def workspace_of(root: Path, files: Mapping[str, str | bytes]) -> Workspace:
    """The workspace of these files, which must have no errors."""
    loaded = load_files(root, files)
    assert loaded.workspace is not None, [f"{p.line}:{p.column} {p.code} {p.message}" for p in loaded.problems]
    return loaded.workspace


def slo_of(root: Path, files: Mapping[str, str | bytes], name: str) -> Slo:
    """One SLO, by its id."""
    return next(slo for slo in workspace_of(root, files).slos() if slo.id == name)


def problems_of(root: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """``line:column code message | hint`` of every problem."""
    return [
        f"{p.line}:{p.column} {p.code} {p.message}" + (f" | {p.hint}" if p.hint else "")
        for p in load_files(root, files).problems
    ]
