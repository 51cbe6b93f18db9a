"""The rules that every target must follow."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

import slosmith
from slosmith.output.artefacts import ServiceArtefacts, SharedArtefacts
from slosmith.output.ownership import is_ours
from slosmith.output.registry import configured, load, targets
from slosmith.output.target import ASKED, Configured
from slosmith.output.tree import check_names
from slosmith.workspace import LoadedWorkspace
from tests.targets.compiling import small_project

PACKAGE = Path(slosmith.__file__).parent
DOCS = PACKAGE.parents[1] / "docs"
NAMES = tuple(targets())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedWorkspace:
    return small_project(tmp_path_factory.mktemp("project"))


def turned_on(loaded: LoadedWorkspace, name: str) -> Configured:
    project = msgspec.structs.replace(loaded.project, targets={name: {}})
    (target,), findings = configured(project)
    assert findings == ()
    return target


def written(loaded: LoadedWorkspace, target: Configured) -> dict[str, str]:
    """All files of a target, from artefacts that are compiled for this target only."""
    assert loaded.workspace is not None
    files: dict[str, str] = {}
    for service in loaded.workspace.services:
        own = target.service_files(ServiceArtefacts(service, loaded.project, "slo_specs"))
        assert own.keys().isdisjoint(files)
        files.update(own)
    shared = target.shared_files(SharedArtefacts(loaded.workspace, loaded.project, "slo_specs"))
    assert shared.keys().isdisjoint(files)
    return files | shared


def test_targets_are_what_stands_in_their_folder() -> None:
    here = {
        path.stem for path in (PACKAGE / "targets").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(NAMES) == here - {"__init__"}
    assert list(NAMES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_target_says_what_it_is(name: str) -> None:
    part = targets()[name]
    target = load(part)
    assert all(hasattr(target, asked) for asked in ASKED)
    assert re.fullmatch(r"[A-Z][^|\n]{10,110}", target.PURPOSE)
    assert f"targets/{name}" == target.PAGE
    assert (DOCS / f"{target.PAGE}.md").is_file()
    assert getattr(target, "NAME", name) == name
    assert (target.__doc__ or "").strip()
    assert target.Settings.__struct_config__.frozen
    assert target.Settings.__struct_config__.forbid_unknown_fields
    msgspec.convert({}, target.Settings)


@pytest.mark.parametrize("name", NAMES)
def test_a_target_writes_into_its_folder_what_is_known_for_ours(loaded: LoadedWorkspace, name: str) -> None:
    files = written(loaded, turned_on(loaded, name))
    assert files
    assert check_names(files) == []
    for path, text in files.items():
        assert path.startswith(f"{name}/") or path == getattr(load(targets()[name]), "FILE", "")
        assert text.endswith("\n")
        assert is_ours(text.encode(), path), path


@pytest.mark.parametrize("name", NAMES)
def test_a_target_is_pure(loaded: LoadedWorkspace, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files are the same in a second run, with another order of services, and with another clock, folder and
    environment. The input does not change.
    """
    assert loaded.workspace is not None
    target = turned_on(loaded, name)
    before = msgspec.json.encode([loaded.workspace, loaded.project])
    first = written(loaded, target)
    monkeypatch.setattr("time.time", lambda: 0.0)
    monkeypatch.setattr("random.random", lambda: 0.0)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LANG", "tr_TR.UTF-8")
    monkeypatch.chdir("/")
    assert written(loaded, target) == first
    turned = msgspec.structs.replace(loaded.workspace, services=loaded.workspace.services[::-1])
    backwards = written(msgspec.structs.replace(loaded, workspace=turned), turned_on(loaded, name))
    alone = {path for path in first if any(service.name in path for service in loaded.workspace.services)}
    assert {path: backwards[path] for path in alone} == {path: first[path] for path in alone}
    assert backwards.keys() == first.keys()
    assert msgspec.json.encode([loaded.workspace, loaded.project]) == before


@pytest.mark.parametrize("name", NAMES)
def test_headers_name_the_command_of_the_project(loaded: LoadedWorkspace, name: str) -> None:
    project = msgspec.structs.replace(loaded.project, command="make slos")
    other = written(msgspec.structs.replace(loaded, project=project), turned_on(loaded, name))
    for path, text in written(loaded, turned_on(loaded, name)).items():
        header = "change the spec and run `{}`."
        assert header.format("slosmith generate") in text, path
        assert other[path] == text.replace(header.format("slosmith generate"), header.format("make slos"))


@pytest.mark.parametrize("name", NAMES)
def test_warnings_are_findings(loaded: LoadedWorkspace, name: str) -> None:
    assert loaded.workspace is not None
    found = turned_on(loaded, name).warnings(SharedArtefacts(loaded.workspace, loaded.project, "slo_specs"))
    assert isinstance(found, tuple)
    assert all(finding.code.startswith("TGT") for finding in found)
