"""Which files in an output folder are ours: the files with slosmith's header at its fixed place, and no others.

Only such files are replaced or removed. The place is fixed, because the words of the header alone prove nothing: a page
about slosmith may quote them, and so may the text of any dashboard.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

import msgspec

from slosmith.vocabulary.provenance import source_of

HEADER_LINES = 5
"""The header is in one of this many first lines. All lines before it are comments (a licence, tags)."""

HEAD_BYTES = 1 << 14
_JSON_BYTES = 1 << 26
"""A larger JSON file is not read: no artefact is nearly as large, so the file is not ours."""

_COMMENT = re.compile(r"(?:#|//|/\*) ?(?P<text>.*?)(?: ?\*/)?|<!-- ?(?P<html>.*?) ?-->")


class _Marked(msgspec.Struct):
    """The part of a JSON file that is read: the key with the header, as in Grafana's dashboards."""

    description: str = ""


def is_ours(content: bytes, name: str) -> bool:
    """Whether the file ``name`` with this content is one that slosmith wrote.

    Its header is a comment line among the first :data:`HEADER_LINES`, all of which are comments up to it. In a JSON
    file it is the value of the key ``description`` of the outermost object. An empty file is never ours.
    """
    return source(content, name) is not None


def source(content: bytes, name: str) -> str | None:
    """The source that the header of the file ``name`` names; None if slosmith did not write the file."""
    if name.endswith(".json"):
        try:
            return source_of(msgspec.json.decode(content, type=_Marked).description)
        except (msgspec.DecodeError, RecursionError):
            return None
    for line in content[:HEAD_BYTES].decode("utf-8", "replace").split("\n")[:HEADER_LINES]:
        found = _COMMENT.fullmatch(line.rstrip("\r"))
        if found is None:
            return None
        named = source_of(found["text"] or found["html"] or "")
        if named is not None:
            return named
    return None


def is_ours_on_disk(path: Path) -> bool:
    """The same for a path on the disk. False for a link, a pipe, and all else that is not a file. Raises OSError."""
    status = path.lstat()
    json = path.name.endswith(".json")
    if not stat.S_ISREG(status.st_mode) or (json and status.st_size > _JSON_BYTES):
        return False
    with path.open("rb") as file:
        return is_ours(file.read(-1 if json else HEAD_BYTES), path.name)
