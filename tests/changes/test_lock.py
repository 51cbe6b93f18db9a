"""The lock file: short, stable, readable, and without conflicts between neighbours."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import yaml

from slosmith import api
from slosmith.output.artefacts import SharedArtefacts
from slosmith.targets.lock import FILE, Settings, shared_files
from tests.changes.cases import PROJECT, apply
from tests.cli.project import CHECKOUT
from tests.engines.test_commits import git


def lock(specs: Path) -> str:
    loaded = api.load(specs)
    return shared_files(SharedArtefacts(loaded.sound(), loaded.project, "slo_specs"), Settings())[FILE]


def changed_lines(before: str, after: str) -> list[str]:
    """What git shows: the lines that are removed and added."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("a", before), ("b", after)):
            (Path(folder) / name).write_text(text, "utf-8")
        done = subprocess.run(
            ["git", "diff", "--no-index", "-U0", "a", "b"], cwd=folder, capture_output=True, check=False
        )
    lines = done.stdout.decode().splitlines()
    return [line for line in lines if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")]


def test_a_block_for_each_slo() -> None:
    text = lock(PROJECT)
    found = yaml.safe_load(text)
    assert list(found) == sorted(slo.id for slo in api.load(PROJECT).slos)
    block = found["web-latency-north"]
    assert block["objective"].startswith("95% of events are answered within 500ms, over 28d")
    assert block["from"]["threshold"] == "classes/standard.yaml objectives.latency.threshold"
    assert block["from"]["indicator"] == "services/web.yaml indicator_source"
    page = block["alerts"]["ErrorBudgetBurn 6h"]
    assert page.startswith("severity critical, team shop; above 28% in 6h and 30m, at least 5 bad events;")
    assert found["jobs-done"]["budget"].endswith("5,600 bad events")
    assert 'result="failed"' in found["jobs-done"]["bad events"]
    assert all(line == line.rstrip() for line in text.splitlines())


def test_it_says_what_a_target_changes(tmp_path: Path) -> None:
    """A line for the objective, one for the budget, one for each tier. Other SLOs stay."""
    shutil.copytree(PROJECT, tmp_path / "specs")
    edit = [["availability: {target: 99%}", "availability: {target: 99.1%}"]]
    apply({"classes/standard.yaml": edit}, tmp_path / "specs")
    lines = changed_lines(lock(PROJECT), lock(tmp_path / "specs"))
    assert len(lines) == 2 * 4 * (1 + 1 + 2)  # removed and added, 4 SLOs
    assert {line.split(":")[0].strip("+- ") for line in lines} == {
        "objective", "budget", "ErrorBudgetBurn 6h", "ErrorBudgetBurn 3d",
    }  # fmt: skip


def test_two_merge_requests_on_neighbours_do_not_conflict(tmp_path: Path) -> None:
    """The last SLO of one service and the first of the next change, in two branches that git merges."""
    specs, file = tmp_path / "specs", tmp_path / "repository" / FILE
    shutil.copytree(PROJECT, specs)
    file.parent.mkdir()

    def commit(message: str) -> None:
        file.write_text(lock(specs), "utf-8")
        git(file.parent, "add", "-A")
        git(file.parent, "commit", "-q", "-m", message)

    git(file.parent, "init", "-q", "-b", "main")
    commit("first")
    one = {"services/jobs.yaml": [["target: 98%", "target: 97%"], ["value: 2", "value: 3"]]}
    other = {"services/stock.yaml": [["team: store", "team: depot"], ["class: standard", "class: relaxed"]]}
    for branch, edit in (("one", one), ("other", other)):
        shutil.rmtree(specs)
        shutil.copytree(PROJECT, specs)
        apply(edit, specs)
        git(file.parent, "checkout", "-q", "-b", branch, "main")
        commit(branch)
    git(file.parent, "merge", "-q", "one", "-m", "both")
    apply(one, specs)
    assert file.read_text("utf-8") == lock(specs)


def test_lift_wing_is_short(tmp_path: Path) -> None:
    """One character in a class touches fewer than 400 lines."""
    text = lock(CHECKOUT / "slo_specs")
    assert len(text) < 1_000_000
    changed = tmp_path / "slo_specs"
    shutil.copytree(CHECKOUT / "slo_specs", changed)
    path = changed / "classes/experimental.yaml"
    path.write_text(path.read_text("utf-8").replace("target: 95%", "target: 96%", 1), "utf-8")
    assert 0 < len(changed_lines(text, lock(changed))) < 400


def test_it_is_beside_the_folders(tmp_path: Path) -> None:
    specs = tmp_path / "slo_specs"
    shutil.copytree(PROJECT, specs)
    apply({"slosmith.yaml": [["targets: {thanos: {}}", "targets: {thanos: {tests: false}, lock: {}}"]]}, specs)
    artefacts = api.compile(api.load(specs))
    assert artefacts[FILE] == lock(specs)
    assert "| `slos.yaml` | What every SLO means" in artefacts["README.md"]
    assert api.write(artefacts, tmp_path / "generated").missing
    assert api.write(artefacts, tmp_path / "generated", compare_only=True).clean
