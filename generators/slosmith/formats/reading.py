"""One file of the specs folder: bytes -> documents. All code that reads YAML of users reads it here."""

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
"""The largest size of a file, in bytes."""


class FileRead(NamedTuple):
    """The content of a file, or why it cannot be read."""

    name: str
    """The path below the specs folder, as text."""
    text: str
    documents: Sequence[Document]
    """Empty if there is any problem."""
    problems: Sequence[Problem]
    encoding_problems: Sequence[Problem]
    """A byte order mark, and line ends that are not LF (:func:`slosmith.formats.yaml.text.encoding_problems`). These
    are problems only in slosmith's own formats. The caller knows whether the file has such a format.
    """


def read_file(root: Path, path: str, sources: Sources, *, spec: bool = True) -> FileRead:
    """The file at ``path`` below ``root``; ``sources`` gets its text. Never raises.

    ``spec`` False: the file is not a spec, and problems do not show its lines.
    """
    name = files.as_text(path)
    data = files.read(root, path)
    if isinstance(data, Problem):
        return FileRead(name, "", (), (data,), ())
    return read_text(data, name, sources, spec=spec)


def read_text(data: bytes, name: str, sources: Sources, *, spec: bool = True) -> FileRead:
    """The same for bytes that are in no file, or were read before."""
    content, problems = text.decode(data, name)
    if problems:
        return FileRead(name, "", (), problems, ())
    documents, problems, marks = document.read(content, name)
    sources.add(name, content, marks, shown=spec)
    encoding_problems = text.encoding_problems(data, name) if content.strip() else ()
    return FileRead(name, content, () if problems else documents, problems, encoding_problems)
