"""Which files in an output folder are ours: those that carry our header at its fixed place, and no others.

Only such a file is ever replaced or removed. The place is fixed, because the header's words alone prove nothing: a page
about slosmith quotes them, and so may the text of anybody's dashboard.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

import msgspec

from slosmith.vocabulary.provenance import is_header

HEADER_LINES = 5
"""The header is one of so many lines at the head of a file. All lines above it are comments (a licence, tags)."""

HEAD_BYTES = 1 << 14
_JSON_BYTES = 1 << 26
"""Of a JSON file that is larger nothing is read: no artefact comes near, and the file is not ours."""

_COMMENT = re.compile(r"(?:#|//|/\*) ?(?P<text>.*?)(?: ?\*/)?|<!-- ?(?P<html>.*?) ?-->")


class _Marked(msgspec.Struct):
    """What is read of a JSON file: the key that carries the header, as Grafana's dashboards have it."""

    description: str = ""


def is_ours(content: bytes, name: str) -> bool:
    """Whether the file ``name`` with this content is one that slosmith wrote.

    Its header is a comment line among the first :data:`HEADER_LINES`, all of which are comments up to it. In a JSON
    file it is the value of the key ``description`` of the outermost object. An empty file is never ours.
    """
    if name.endswith(".json"):
        try:
            return is_header(msgspec.json.decode(content, type=_Marked).description)
        except (msgspec.DecodeError, RecursionError):
            return False
    for line in content[:HEAD_BYTES].decode("utf-8", "replace").split("\n")[:HEADER_LINES]:
        found = _COMMENT.fullmatch(line.rstrip("\r"))
        if found is None:
            return False
        if is_header(found["text"] or found["html"] or ""):
            return True
    return False


def is_ours_on_disk(path: Path) -> bool:
    """The same of what is on the disk; False for a link, a pipe and whatever else is no file. Raises OSError."""
    status = path.lstat()
    json = path.name.endswith(".json")
    if not stat.S_ISREG(status.st_mode) or (json and status.st_size > _JSON_BYTES):
        return False
    with path.open("rb") as file:
        return is_ours(file.read(-1 if json else HEAD_BYTES), path.name)
