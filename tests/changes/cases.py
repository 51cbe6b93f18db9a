"""The kinds of change as data: a small project, edits of it, and what must be reported.

Each file in kinds/ is a list of cases. ``base`` are edits that both sides have, ``edit`` those of the second side. An
edit is a list of texts and their replacements, the new text of a file, or null for a file that is removed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from slosmith import api
from slosmith.changes.difference import Difference
from slosmith.changes.wording import consequence, title

HERE = Path(__file__).parent
PROJECT = HERE / "project"
FILES = sorted((HERE / "kinds").glob("*.yaml"))
TODAY = date(2026, 1, 15)
Edits = Mapping[str, Any]


def cases(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return found


def apply(edits: Edits, root: Path) -> None:
    """Change the files below ``root``. Raises ValueError for a text that is not there."""
    for name, edit in edits.items():
        path = root / name
        if edit is None:
            path.unlink()
        elif isinstance(edit, str):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(edit, "utf-8")
        else:
            text = path.read_text("utf-8")
            for old, new in edit:
                if old not in text:
                    raise ValueError(f"{name} does not hold {old!r}")
                text = text.replace(old, new)
            path.write_text(text, "utf-8")


def sides(case: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """The two projects of a case."""
    for name in ("before", "after"):
        shutil.copytree(PROJECT, folder / name)
        apply(case.get("base", {}), folder / name)
    apply(case["edit"], folder / "after")
    return folder / "before", folder / "after"


def compared(before: Path, after: Path) -> Difference:
    return api.diff(api.load(before), api.load(after), today=TODAY)


def reported(difference: Difference) -> dict[str, Any]:
    """What a case says about a difference: all verdicts, all changes, and the consequences that are not only files."""
    return {
        "verdicts": [verdict.value for verdict in difference.verdicts],
        "changes": [title(change) for change in difference.changes],
        "consequences": list(_lines(difference)),
    }


def _lines(difference: Difference) -> Iterable[str]:
    for row in difference.consequences:
        yield f"{row.area}: {consequence(row)}" + (f" [{len(row.slos)}]" if row.slos else "")
