"""The files that a change touches are those that two whole compiler runs would differ in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from slosmith import api
from tests.changes.cases import compared, sides

TARGETS = {
    "slosmith.yaml": [
        ["targets: {thanos: {}}", "targets: {thanos: {}, operations_alerts: {}, mimir: {}, grafana: {}, puppet: {}}"],
    ],
}
EDITS: dict[str, dict[str, Any]] = {
    "a target": {"classes/standard.yaml": [["availability: {target: 99%}", "availability: {target: 99.1%}"]]},
    "a text": {"services/web.yaml": [["The pages", "All pages"]]},
    "a team": {"services/stock.yaml": [["team: store", "team: warehouse"]]},
    "a service": {"services/web.yaml": None},
    "a setting": {"slosmith.yaml": [["team: shop\n", "team: shop\nevaluation_interval: 2m\n"]]},
    "a policy": {"slosmith.yaml": [["team: shop\n", "team: shop\npolicy: {levels: {ALT201: warning}}\n"]]},
}


def _named(folder: Path) -> Path:
    """The folder with the name ``slo_specs``, which is in the headers of files."""
    above = folder.parent / f"{folder.name}-side"
    above.mkdir()
    return folder.rename(above / "slo_specs")


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_files(edit: dict[str, Any], tmp_path: Path) -> None:
    folders = [_named(folder) for folder in sides({"base": TARGETS, "edit": edit}, tmp_path)]
    before, after = (api.compile(api.load(folder)) for folder in folders)
    counts: Counter[str] = Counter()
    for path in {**before, **after}:
        if before.get(path) != after.get(path) and "/" in path:
            word = "added" if path not in before else "removed" if path not in after else "changed"
            counts[f"{path.split('/')[0]}: {word}"] += 1
    found: Counter[str] = Counter()
    for row in compared(*folders).consequences:
        if row.area == "artefacts":
            target, _, parts = row.what.partition(": ")
            for part in parts.split(", "):
                count, _, word = part.split(" ")
                found[f"{target}: {word}"] += int(count)
    assert found == counts
