"""The grafana target: dashboards, the provisioning file and UIDs are as Grafana's provisioning needs them."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from slosmith.targets.grafana import PROVISIONING
from slosmith.vocabulary.dashboard_uids import FLEET, MAX_LENGTH, folder_uid, service_uid
from slosmith.workspace import load
from tests.cli.project import SERVICE, slosmith, write
from tests.targets.compiling import FilesByTarget, compiled, lift_wing, small_project, sound

PROVIDERS: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["apiVersion", "providers"],
    "properties": {
        "apiVersion": {"const": 1},
        "providers": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "folder", "folderUid", "type", "options"],
                "properties": {
                    "name": {"type": "string", "minLength": 1},
                    "orgId": {"type": "integer", "minimum": 1},
                    "folder": {"type": "string", "minLength": 1},
                    "folderUid": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"},
                    "type": {"const": "file"},
                    "disableDeletion": {"type": "boolean"},
                    "allowUiUpdates": {"type": "boolean"},
                    "editable": {"type": "boolean"},
                    "updateIntervalSeconds": {"type": "integer", "minimum": 1},
                    "options": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["path"],
                        "properties": {
                            "path": {"type": "string", "pattern": "^/"},
                            "foldersFromFilesStructure": {"type": "boolean"},
                        },
                    },
                },
            },
        },
    },
}
"""What Grafana's provisioning of dashboards takes from a file."""


def providers(files: dict[str, str]) -> list[dict[str, Any]]:
    content = yaml.safe_load(files[PROVISIONING])
    Draft202012Validator(PROVIDERS).validate(content)
    found: list[dict[str, Any]] = content["providers"]
    return found


def dashboards(files: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {path: json.loads(text) for path, text in files.items() if path.endswith(".json")}


def test_dashboards_of_lift_wing_can_be_provisioned(lift_wing_files: FilesByTarget) -> None:
    loaded = lift_wing()
    assert loaded.workspace is not None
    files = lift_wing_files["grafana"]
    drawn = dashboards(files)
    assert len(drawn) == len(loaded.workspace.services) + 1
    uids = [dashboard["uid"] for dashboard in drawn.values()]
    assert len({uid.casefold() for uid in uids}) == len(uids)
    titles = [dashboard["title"] for dashboard in drawn.values()]
    assert len(set(titles)) == len(titles)  # titles must be unique in a folder of Grafana
    (provider,) = providers(files)
    assert provider["folderUid"] not in uids
    for path, dashboard in drawn.items():
        assert len(dashboard["uid"]) <= MAX_LENGTH
        assert PurePosixPath(path).stem == dashboard["uid"]
        # fields that Grafana sets itself: with them a file could replace another dashboard, or differ at every start
        assert not {"id", "iteration", "updated", "created"} & dashboard.keys()
        assert dashboard["version"] == 1


def test_one_folder_by_default(tmp_path: Path) -> None:
    files = compiled(small_project(tmp_path), "grafana")
    (provider,) = providers(files)
    assert (provider["folder"], provider["folderUid"]) == ("SLOs", "slosmith")
    assert provider["options"]["path"] == "/var/lib/grafana/dashboards/slosmith"
    assert sorted(dashboards(files)) == ["slo-alpha.json", "slo-beta.json", f"{FLEET}.json"]


def test_a_folder_a_team_holds_every_dashboard_once(tmp_path: Path) -> None:
    small_project(tmp_path)
    third = SERVICE.format(name="gamma", slo_class="stable", team="Web.Team")
    write(tmp_path / "slo_specs/services/gamma.yaml", third)
    loaded = sound(load(tmp_path / "slo_specs"))
    files = compiled(loaded, "grafana", {"folders": "team", "folder": "Objectives", "path": "/srv/slos"})
    found = providers(files)
    assert [provider["folder"] for provider in found] == [
        "Objectives",
        "Objectives: Web.Team",
        "Objectives: ml",
        "Objectives: search",
    ]
    assert len({provider["folderUid"] for provider in found}) == len({provider["name"] for provider in found}) == 4
    reached: list[str] = []
    for provider in found:
        below = PurePosixPath(provider["options"]["path"]).relative_to("/srv/slos")
        reached += [path for path in dashboards(files) if PurePosixPath(path).is_relative_to(below)]
    assert sorted(reached) == sorted(dashboards(files))  # none is double, none is missing


def test_folders_and_dashboards_share_no_uid() -> None:
    names = ["ml", "s-ml", "Team A", "team-a", "TEAM A", "x" * 60, "x" * 61, "mith", "mith-fleet", "", "é"]
    uids = [service_uid(name) for name in names] + [folder_uid(name) for name in names] + [FLEET, "slosmith"]
    assert len({uid.casefold() for uid in uids}) == len(uids)
    assert all(len(uid) <= MAX_LENGTH for uid in uids)


@pytest.mark.parametrize("wrong", ["{folder_uid: slo-alpha}", "{path: relative}", "{org: 0}", "{folder: ''}"])
def test_settings_that_grafana_would_refuse(tmp_path: Path, wrong: str) -> None:
    small_project(tmp_path, f"targets:\n  grafana: {wrong}\n")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "TGT402" in done.stderr
    assert "slo_specs/slosmith.yaml:" in done.stderr
