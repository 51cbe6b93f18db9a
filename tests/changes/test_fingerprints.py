"""A fingerprint stays after a rebase, and changes with the meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slosmith.changes.difference import Difference
from tests.changes.cases import apply, compared, sides

STRICTER = {"classes/standard.yaml": [["availability: {target: 99%}", "availability: {target: 99.1%}"]]}


def difference(folder: Path, edit: dict[str, Any], base: dict[str, Any] | None = None) -> Difference:
    return compared(*sides({"edit": edit, "base": base or {}}, folder))


def test_another_change_on_the_default_branch(tmp_path: Path) -> None:
    """After a rebase, both sides have the other change. The change itself is the same."""
    other = {
        "services/jobs.yaml": [["target: 98%", "target: 97%"]],
        "slosmith.yaml": [["team: shop\n", "team: shop\n# a comment\n"]],
        "classes/standard.yaml": [["name: standard", "# moved by a line\nname: standard"]],
    }
    assert difference(tmp_path / "1", STRICTER).fingerprint == difference(tmp_path / "2", STRICTER, other).fingerprint


def test_a_file_in_another_folder(tmp_path: Path) -> None:
    before, after = sides({"edit": STRICTER}, tmp_path)
    first = compared(before, after).fingerprint
    for side in (before, after):
        (side / "classes/inner").mkdir()
        (side / "classes/standard.yaml").rename(side / "classes/inner/standard.yml")
    assert compared(before, after).fingerprint == first


def test_another_value_or_one_more_slo(tmp_path: Path) -> None:
    """Nobody has approved that."""
    first = difference(tmp_path / "1", STRICTER)
    higher = {"classes/standard.yaml": [["availability: {target: 99%}", "availability: {target: 99.2%}"]]}
    assert difference(tmp_path / "2", higher).fingerprint != first.fingerprint
    more = {"services/stock.yaml": [["sites: [north, south]", "sites: [north]"]]}
    assert difference(tmp_path / "3", STRICTER, more).changes[0].fingerprint != first.changes[0].fingerprint


def test_the_way_back_is_another_change(tmp_path: Path) -> None:
    before, after = sides({"edit": STRICTER}, tmp_path)
    assert compared(before, after).fingerprint != compared(after, before).fingerprint
    assert compared(after, after).fingerprint == ""


def test_changes_together_and_apart(tmp_path: Path) -> None:
    """A change has the same fingerprint whether or not it comes with others."""
    both = {**STRICTER, "services/jobs.yaml": [["target: 98%", "target: 97%"]]}
    alone, together = difference(tmp_path / "1", STRICTER), difference(tmp_path / "2", both)
    assert {change.fingerprint for change in alone.changes} < {change.fingerprint for change in together.changes}
    assert alone.fingerprint != together.fingerprint


def test_edits_are_applied(tmp_path: Path) -> None:
    """The helper of these tests does not ignore an edit."""
    try:
        apply({"a.yaml": [["x", "y"]]}, tmp_path)
    except FileNotFoundError:
        return
    raise AssertionError
