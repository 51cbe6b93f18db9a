"""One file of the specs folder, from its bytes to documents: everybody who reads YAML of the user reads it here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from slosmith.formats import files
from slosmith.formats.sources import Sources
from slosmith.formats.yaml import document, text
from slosmith.formats.yaml.document import Document
from slosmith.problems import Problem

MAX_BYTES = text.MAX_BYTES
"""How long a file may be."""


class FileRead(NamedTuple):
    """What a file holds, or why it cannot be read."""

    name: str
    """The path below the specs folder, as text."""
    text: str
    documents: Sequence[Document]
    """Empty if there is any problem."""
    problems: Sequence[Problem]
    manners: Sequence[Problem]
    """What files in our own formats may not have, though they can be read (:func:`slosmith.formats.yaml.text.manners`):
    whether the file is in one of them is for the caller to say.
    """


def read_file(root: Path, path: str, sources: Sources, *, spec: bool = True) -> FileRead:
    """The file at ``path`` below ``root``; ``sources`` gets its text. Never raises.

    ``spec`` False: the file is something else, whose lines are not shown with problems.
    """
    name = files.as_text(path)
    data = files.read(root, path)
    if isinstance(data, Problem):
        return FileRead(name, "", (), (data,), ())
    return read_text(data, name, sources, spec=spec)


def read_text(data: bytes, name: str, sources: Sources, *, spec: bool = True) -> FileRead:
    """The same for the bytes of a file that stands nowhere, or was read already."""
    content, problems = text.decode(data, name)
    if problems:
        return FileRead(name, "", (), problems, ())
    documents, problems, marks = document.read(content, name)
    sources.add(name, content, marks, shown=spec)
    manners = text.manners(data, name) if content.strip() else ()
    return FileRead(name, content, () if problems else documents, problems, manners)
