"""Changes that no kind in kinds/ shows: rules that no fact explains, policies in files, text that is no text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from slosmith import api
from slosmith.changes.approvals import Approval
from slosmith.changes.collecting import facts_of
from slosmith.changes.comparing import compare
from slosmith.changes.facts import ProjectFacts, SloFacts
from slosmith.changes.kinds import Kind
from slosmith.changes.queries import edit, same_query
from slosmith.changes.reporters import markdown
from slosmith.problems import InputError
from tests.changes.cases import PROJECT, TODAY, compared, sides


@pytest.fixture(scope="module")
def facts() -> ProjectFacts:
    loaded = api.load(PROJECT)
    return facts_of(loaded.sound(), loaded.project)


def with_slo(facts: ProjectFacts, slo: str, **changed: Any) -> ProjectFacts:
    other = msgspec.structs.replace(facts.slos[slo], **changed)
    return msgspec.structs.replace(facts, slos={**facts.slos, slo: other})


def test_rules_that_no_fact_explains(facts: ProjectFacts) -> None:
    """A server would notice, so it is never called nothing."""
    slo = facts.slos["jobs-done"]
    alerts = (msgspec.structs.replace(slo.alerts[0], expr="up == 0"), *slo.alerts[1:])
    (change,) = compare(facts, with_slo(facts, "jobs-done", alerts=alerts)).changes
    assert (change.kind, change.what) == (Kind.ALERTED, "conditions of alerts")
    recordings = (msgspec.structs.replace(slo.recordings[0], expr="up"), *slo.recordings[1:])
    (change,) = compare(facts, with_slo(facts, "jobs-done", recordings=recordings)).changes
    assert (change.kind, change.what) == (Kind.MEASURED, "expressions of series")
    (change,) = compare(facts, with_slo(facts, "jobs-done", recordings=slo.recordings[1:])).changes
    assert (change.kind, change.what) == (Kind.RECORDED, "series")
    spaced = tuple(msgspec.structs.replace(each, expr=f" ( {each.expr} ) # x") for each in slo.recordings)
    assert compare(facts, with_slo(facts, "jobs-done", recordings=spaced)).changes == ()


def test_a_policy_of_the_project(tmp_path: Path) -> None:
    policy = """\
version: slosmith/v1
kind: Policy
name: high
code: SHOP1
expression: slo.target_percent >= 90.0
message: too low
cases:
  - {holds: true, slo: {target_percent: 95.0}}
  - {holds: false, slo: {target_percent: 50.0}}
"""
    edit = {"policies/high.yaml": policy.replace("90.0", "94.0")}
    found = compared(*sides({"base": {"policies/high.yaml": policy}, "edit": edit}, tmp_path))
    (change,) = found.changes
    assert (change.kind, change.what) == (Kind.GOVERNED, "policy SHOP1")
    assert any(row.area == "problems" and "new: error SHOP1" in row.what for row in found.consequences)


def test_the_inventory(tmp_path: Path) -> None:
    settings = {"slosmith.yaml": [["team: shop\n", "team: shop\ninventory: {file: inventory/all.yaml}\n"]]}
    base = {**settings, "inventory/all.yaml": "[web, stock, jobs]\n"}
    found = compared(*sides({"base": base, "edit": {"inventory/all.yaml": "[web, stock, jobs, mailer]\n"}}, tmp_path))
    assert [change.what for change in found.changes] == ["workloads of the inventory"]
    assert any("DOC409" in row.what for row in found.consequences)


def test_text_of_others_is_text(tmp_path: Path) -> None:
    """Nothing in a note is markup, a mention, or a cell of a table that was not meant."""
    evil = "<script>x</script> | a `b` [c](d) @everyone **bold** <!-- --> # ~~x~~ &amp;"
    edit = {"services/web.yaml": [["The pages of the shop.", f"'{evil}'"]]}
    found = compared(*sides({"edit": edit}, tmp_path))
    approval = Approval("@sre/leads", "1 change (a | b)", ("0" * 12,))
    note = markdown.report(found, ("a`|<b>", "after"), (approval,), lambda _: "x|y.yaml:1")
    outside = [part for line in note.splitlines() for part in line.replace("\\|", "").split("`")[::2]]
    assert not any("@" in part for part in outside)
    assert not any("<script" in part or "<!--" in part for part in outside)
    rows = [line.replace("\\|", "") for line in note.splitlines() if line.startswith("| ")]
    assert rows
    assert all(line.count("|") == 3 for line in rows)


def test_a_note_of_many_changes_is_folded(tmp_path: Path) -> None:
    edits = {
        name: [["description: ", "description: Other. "], ["class: standard", "class: relaxed\nteam: x"]]
        for name in ("services/web.yaml",)
    }
    many = "".join(
        f"  o{number}: {{target: 99%, indicator: {{counter_ratio: {{total: a{number}, bad: b{number}}}}}}}\n"
        for number in range(60)
    )
    base = {"services/jobs.yaml": [["objectives:\n", f"objectives:\n{many}"]]}
    other = {"services/jobs.yaml": [[f"bad: b{number}}}", f"bad: c{number}}}"] for number in range(60)]}
    found = compared(*sides({"base": base, "edit": {**edits, **other}}, tmp_path))
    assert len(found.changes) > 60
    approvals = tuple(Approval(f"team {number}", "1 change", ("0" * 12,)) for number in range(30))
    note = markdown.report(found, ("before", "after"), approvals, lambda _: "a.yaml:1")
    assert len(note.split("<details>")[0].splitlines()) <= markdown.MOST_LINES
    assert all(change.fingerprint in note for change in found.changes)


def test_both_sides_exist_and_have_no_errors(tmp_path: Path) -> None:
    loaded = api.load(PROJECT)
    with pytest.raises(ValueError, match="nothing to compare"):
        api.diff(None, None)
    broken = api.load(tmp_path / "missing")
    with pytest.raises(InputError):
        api.diff(loaded, broken)
    assert api.diff(None, loaded, today=TODAY).verdicts == ("added",)
    assert api.diff(loaded, None, today=TODAY).verdicts == ("breaking",)


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ('a{b="1"}', 'a{b="2"}', ['b="1"'], ['b="2"']),
        ("sum(a)", "min(a)", ["sum"], ["min"]),
        ("a > 1", "a >= 1", [">"], [">="]),
        ("rate(a[5m])", "rate(b[5m])", ["a"], ["b"]),
        ("not promql (", "not promql )", ["("], [")"]),
    ],
)
def test_an_edit_in_few_words(before: str, after: str, gone: list[str], come: list[str]) -> None:
    assert [list(side) for side in edit(before, after)] == [gone, come]


def test_spelling_is_no_difference() -> None:
    assert same_query('sum by (b, a) (x{c="1",d="2"})', "sum(x{d='2', c=\"1\"}) by (a, b) # why")
    assert not same_query("a - b", "b - a")


def test_a_new_slo_that_could_be_either_of_two_is_neither(facts: ProjectFacts) -> None:
    """Two SLOs that measure the same are gone, and nothing says which of them has the new name."""
    slo = facts.slos["jobs-done"]

    def named(name: str, service: str) -> SloFacts:
        own = msgspec.structs.replace(slo.slo, name=name, service=service)
        return msgspec.structs.replace(slo, slo=own)

    old = {each.id: each for each in (named("done", "one"), named("done", "two"))}
    new = named("done", "three")
    before, after = (msgspec.structs.replace(facts, slos=slos) for slos in (old, {new.id: new}))
    kinds = sorted(change.kind for change in compare(before, after).changes if change.slos)
    assert kinds == sorted([Kind.ADDED, Kind.REMOVED, Kind.REMOVED])
    (change,) = compare(msgspec.structs.replace(facts, slos={"one-done": old["one-done"]}), after).changes
    assert change.kind is Kind.RENAMED
