"""`slosmith generate`: the files that it writes, its messages, and files that never change."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slosmith.output import build as building
from slosmith.workspace import load
from tests.cli.project import SERVICE, files, make_project, slosmith, write


def test_writes_once_and_then_nothing(tmp_path: Path) -> None:
    make_project(tmp_path)
    first = slosmith(tmp_path, "generate")
    assert first.returncode == 0, first.stderr
    assert "written   generated/thanos/alpha.yaml" in first.stdout
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "generated").rglob("*")}
    again = slosmith(tmp_path, "generate")
    assert "up to date" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "generated").rglob("*")} == before


def test_works_from_a_folder_below(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    assert slosmith(specs / "services", "generate").returncode == 0
    assert (tmp_path / "generated/thanos/alpha.yaml").is_file()


def test_check_names_what_differs(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    empty = slosmith(tmp_path, "generate", "--check")
    assert empty.returncode == 1
    assert "missing   generated/thanos/alpha.yaml" in empty.stdout
    assert not (tmp_path / "generated").exists()

    slosmith(tmp_path, "generate")
    assert slosmith(tmp_path, "generate", "--check").returncode == 0

    stale = tmp_path / "generated/thanos/alpha.yaml"
    stale.write_text(stale.read_text().replace("0.98", "0.97"))
    write(tmp_path / "generated/thanos/notes.txt", "mine")
    (specs / "services/beta.yaml").unlink()
    write(specs / "services/gamma.yaml", SERVICE.format(name="gamma", slo_class="stable", team="ml"))
    before = files(tmp_path / "generated")
    different = slosmith(tmp_path, "generate", "--check")
    assert different.returncode == 1
    lines = different.stdout.splitlines()
    assert "stale     generated/thanos/alpha.yaml" in lines
    assert "missing   generated/thanos/gamma.yaml" in lines
    assert "obsolete  generated/thanos/beta.yaml" in lines
    assert "foreign   generated/thanos/notes.txt" in lines
    assert files(tmp_path / "generated") == before

    machine = json.loads(slosmith(tmp_path, "generate", "--check", "--format", "json").stdout)
    assert machine["clean"] is False
    assert machine["files"]["foreign"] == ["thanos/notes.txt"]

    assert slosmith(tmp_path, "generate").returncode == 0
    assert files(tmp_path / "generated")["thanos/notes.txt"] == b"mine"
    assert "thanos/beta.yaml" not in files(tmp_path / "generated")


def test_an_error_in_the_input_changes_nothing(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    slosmith(tmp_path, "generate")
    before = files(tmp_path / "generated")
    (specs / "services/alpha.yaml").unlink()
    write(specs / "services/beta.yaml", SERVICE.format(name="beta", slo_class="no-such-class", team="ml"))
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "no-such-class" in done.stderr
    assert "slo_specs/services/beta.yaml:4" in done.stderr
    assert files(tmp_path / "generated") == before


PROJECT_WITHOUT_NAME_CHECKS = """version: slosmith/v1
kind: Project
name: tests
policy: {levels: {NAM: off}}
"""


def test_two_specs_that_make_one_file(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "services/Alpha.yaml", SERVICE.format(name="Alpha", slo_class="stable", team="ml"))
    judged = slosmith(tmp_path, "generate")
    assert judged.returncode == 1
    assert "NAM501" in judged.stderr
    write(specs / "slosmith.yaml", PROJECT_WITHOUT_NAME_CHECKS)
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "TGT403" in done.stderr
    assert not files(tmp_path / "generated")


def test_a_service_with_the_name_of_a_shared_file(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "services/calendars.yaml", SERVICE.format(name="calendars", slo_class="stable", team="ml"))
    judged = slosmith(tmp_path, "generate")
    assert judged.returncode == 1
    assert "NAM502" in judged.stderr
    write(specs / "slosmith.yaml", PROJECT_WITHOUT_NAME_CHECKS)
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "TGT404" in done.stderr


def test_settings_of_targets_are_judged(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    settings = "version: slosmith/v1\nkind: Project\nname: x\ntargets:\n  thanoss: {}\n  prometheus: {test: no}\n"
    write(specs / "slosmith.yaml", settings)
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "did you mean 'thanos'" in done.stderr
    assert "slo_specs/slosmith.yaml:5" in done.stderr
    assert "TGT402" in done.stderr


def test_something_in_the_way(tmp_path: Path) -> None:
    make_project(tmp_path)
    write(tmp_path / "generated/thanos/alpha.yaml", "mine: true\n")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 3
    assert "generated/thanos/alpha.yaml" in done.stderr
    assert files(tmp_path / "generated") == {"thanos/alpha.yaml": b"mine: true\n"}


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    make_project(tmp_path)
    write(tmp_path / "file", "")
    done = slosmith(tmp_path, "generate", "--output", "file/below")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_no_specs_is_wrong_usage(tmp_path: Path) -> None:
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 2
    assert "slo_specs" in done.stderr
    assert slosmith(tmp_path, "generate", "--specs", "nowhere").returncode == 2


def test_processes_do_not_change_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specs = make_project(tmp_path)
    settings = "version: slosmith/v1\nkind: Project\nname: x\ntargets: {thanos: {tests: false}, grafana: {}}\n"
    write(specs / "slosmith.yaml", settings)
    for number in range(20):
        write(specs / f"services/s{number}.yaml", SERVICE.format(name=f"s{number}", slo_class="stable", team="ml"))
    loaded = load(specs)
    assert loaded.workspace is not None
    monkeypatch.setattr(building, "WORTH_SECONDS", 0)
    for jobs in (1, 2, 3):
        done = building.build(loaded.workspace, loaded.project, "slo_specs", tmp_path / str(jobs), jobs=jobs)
        assert len(done.missing) >= 23
    assert files(tmp_path / "1") == files(tmp_path / "2") == files(tmp_path / "3")
    checked = building.build(loaded.workspace, loaded.project, "slo_specs", tmp_path / "1", jobs=2, check=True)
    assert checked.clean


def test_processes_start_when_the_rest_is_worth_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specs = make_project(tmp_path)
    for number in range(6):
        write(specs / f"services/s{number}.yaml", SERVICE.format(name=f"s{number}", slo_class="stable", team="ml"))
    loaded = load(specs)
    assert loaded.workspace is not None
    given: list[range] = []
    in_processes = building._in_processes

    def watched(job: Any, place: Any, jobs: int, shares: Iterator[range]) -> Iterator[Any]:
        given.extend(shares)
        return in_processes(job, place, jobs, iter(given))

    monkeypatch.setattr(building, "_in_processes", watched)
    # in this clock every service takes 10 ms. 30 ms after the start two of them are done, so the rest takes 90 ms
    clock = itertools.count(0, 0.01)
    monkeypatch.setattr(building.time, "monotonic", lambda: next(clock))
    for worth, shared in ((0.08, [*range(2, 8)]), (0.1, []), (0, [*range(8)])):
        given.clear()
        monkeypatch.setattr(building, "WORTH_SECONDS", worth)
        done = building.build(loaded.workspace, loaded.project, "slo_specs", tmp_path / str(worth), jobs=2)
        assert [index for share in given for index in share] == shared
        assert len(done.missing) == len(files(tmp_path / str(worth)))


@pytest.mark.parametrize("weights", [[5] * 100, [1001] + [2] * 30, [2] * 30 + [1001], [1], [501, 501], [11] * 7])
def test_shares_are_of_about_the_same_weight(weights: list[int]) -> None:
    """A service may have one SLO or a thousand."""
    shares = [*building._shares(weights, 0, 2)]
    assert [index for share in shares for index in share] == [*range(len(weights))]
    most = max(sum(weights) / 16, max(weights))
    assert all(sum(weights[index] for index in share) <= most for share in shares)
    assert all(1 <= len(share) <= 16 for share in shares)
    assert len(shares) >= min(len(weights), 2)


def test_a_worker_that_dies_is_reported_and_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from slosmith.engines.error import EngineError

    specs = make_project(tmp_path)
    loaded = load(specs)
    assert loaded.workspace is not None
    monkeypatch.setattr(building, "WORTH_SECONDS", 0)
    monkeypatch.setattr(building, "_put", lambda files, place: os._exit(9))
    with pytest.raises(EngineError, match="worker process ended"):
        building.build(loaded.workspace, loaded.project, "slo_specs", tmp_path / "out", jobs=2)
    assert not files(tmp_path / "out")
