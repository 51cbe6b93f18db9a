"""Changes of Lift Wing's own specs: one change for a whole class, and a note that can be read."""

from __future__ import annotations

import shutil
from pathlib import Path

from slosmith import api
from slosmith.changes.reporters import markdown
from tests.changes.cases import TODAY
from tests.cli.project import CHECKOUT

SPECS = CHECKOUT / "slo_specs"


def test_a_target_in_a_class_is_one_change(tmp_path: Path) -> None:
    changed = tmp_path / "slo_specs"
    shutil.copytree(SPECS, changed)
    path = changed / "classes/experimental.yaml"
    text = path.read_text("utf-8")
    assert text.count("target: 95%") == 2
    path.write_text(text.replace("target: 95%", "target: 96%", 1), "utf-8")
    found = api.diff(api.load(SPECS), api.load(changed), today=TODAY)
    (change,) = found.changes
    assert found.verdict == "tightened"
    assert (change.where, change.before, change.after) == ("class experimental", "95%", "96%")
    inheriting = [
        slo.id for slo in api.load(changed).slos
        if slo.slo_class == "experimental" and slo.indicator_name == change.what.split()[0]
        and slo.origin_of("target").kind == "class"
    ]  # fmt: skip
    assert list(change.slos) == sorted(inheriting)
    assert len(inheriting) > 20
    note = markdown.report(found, ("main", "slo_specs"), (), lambda _: "classes/experimental.yaml:24")
    assert len(note.split("<details>")[0].splitlines()) <= markdown.MOST_LINES
    assert max(len(line) for line in note.split("<details>")[0].splitlines()) < 400
    budgets = [row for row in found.consequences if row.area == "budget" and "rolling" in row.what]
    assert [(row.before, row.after) for row in budgets] == [("1d9h36m (2,016 min)", "1d2h53m (1,612.8 min)")]
    assert any(row.area == "problems" and "agreed" in row.what for row in found.consequences)


def test_nothing_changes_without_a_change() -> None:
    workspace = api.load(SPECS)
    assert api.diff(workspace, workspace, today=TODAY).verdict == "nothing"
