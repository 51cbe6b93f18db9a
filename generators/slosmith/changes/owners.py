"""The owners of a spec: CODEOWNERS of the repository, as it is before the change."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from slosmith.changes.codeowners import PLACES, Line, owners, parse
from slosmith.changes.sides import Side
from slosmith.engines import commits
from slosmith.engines.error import EngineError

_MOST_BYTES = 3_000_000
"""The largest CODEOWNERS file that GitHub reads."""


def owners_of(side: Side) -> Callable[[str], tuple[str, ...]]:
    """The function from a spec's path, below the specs folder, to its owners. The file is read when it is first
    called. Without a CODEOWNERS file nobody owns anything.
    """

    @cache
    def rules() -> tuple[str, tuple[Line, ...]]:
        specs = Path(side.specs)
        try:
            top = commits.top_of(specs)
            inside = Path(os.path.realpath(specs)).relative_to(os.path.realpath(top)).as_posix()
            if side.commit:
                found = commits.file_at(specs, side.commit, PLACES)
                return inside, parse(found[1][:_MOST_BYTES].decode(errors="replace")) if found else ()
        except (EngineError, ValueError):
            top, inside = specs.resolve().parent, specs.resolve().name
        for place in PLACES:
            path = top / place
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    return inside, parse(file.read(_MOST_BYTES).decode(errors="replace"))
        return inside, ()

    def find(file: str) -> tuple[str, ...]:
        folder, lines = rules()
        return owners(lines, f"{folder}/{file}" if folder != "." else file)

    return find
