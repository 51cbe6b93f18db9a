"""Messages of commands for wrong specs, and files that they leave unchanged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slosmith.export import export_formats
from tests.cli.project import make_project, slosmith, write

BROKEN = "version: slosmith/v1\nkind: Service\nname: [\n"


@pytest.mark.parametrize("command", [["explain", "nosuch"], ["list"], ["export"]])
def test_commands_that_change_nothing_do_not_say_so(tmp_path: Path, command: list[str]) -> None:
    write(make_project(tmp_path) / "services/broken.yaml", BROKEN)
    done = slosmith(tmp_path, *command)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.endswith("\nslosmith: 1 error\n")


def test_generate_says_that_nothing_was_changed(tmp_path: Path) -> None:
    write(make_project(tmp_path) / "services/broken.yaml", BROKEN)
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert done.stderr.endswith("\nslosmith: 1 error; nothing was changed\n")
    assert not (tmp_path / "generated").exists()


def test_the_help_of_export_names_every_format(tmp_path: Path) -> None:
    help_text = " ".join(slosmith(tmp_path, "export", "--help").stdout.split())
    for name in export_formats():
        assert name in help_text


def test_an_empty_folder_in_the_output_is_no_difference(tmp_path: Path) -> None:
    make_project(tmp_path)
    assert slosmith(tmp_path, "generate").returncode == 0
    (tmp_path / "generated/stray").mkdir()
    assert slosmith(tmp_path, "generate", "--check").returncode == 0


def test_validate_judges_the_settings_of_targets_too(tmp_path: Path) -> None:
    """Like generate: specs that pass here can be generated."""
    write(
        make_project(tmp_path) / "slosmith.yaml",
        "version: slosmith/v1\nkind: Project\nname: p\ntargets: {promethus: {}}\n",
    )
    done = slosmith(tmp_path, "validate")
    assert done.returncode == 1
    assert "slo_specs/slosmith.yaml:4:11: error TGT401" in done.stdout
    assert "did you mean 'prometheus'?" in done.stdout


@pytest.mark.parametrize("command", ["validate", "generate", "list"])
@pytest.mark.parametrize("settings", ["", "version: slosmith/v1\nkind: Project\nname: p\n"])
def test_a_specs_folder_without_specs_is_a_problem(tmp_path: Path, command: str, settings: str) -> None:
    """A wrong --specs must be an error. It must not look like a project without problems."""
    make_project(tmp_path)
    (tmp_path / "other").mkdir()
    if settings:
        write(tmp_path / "other/slosmith.yaml", settings)
        write(tmp_path / "other/inventory/all.yaml", "kind: Something\n")
    done = slosmith(tmp_path, command, "--specs", "other")
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "error SYN121: the folder other contains no spec" in said
    assert "services/<name>.yaml" in said
    assert "1 error" in said
    assert not (tmp_path / "generated").exists()


def test_the_specs_folder_may_be_the_current_one(tmp_path: Path) -> None:
    done = slosmith(tmp_path, "validate", "--specs", ".", "--format", "json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["code"], problem["file"]) == ("SYN121", ".")


def test_a_folder_that_is_named_must_hold_a_spec(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    (specs / "services/empty").mkdir()
    done = slosmith(tmp_path, "validate", "slo_specs/services/empty")
    assert done.returncode == 1
    assert "error SYN121: the folder slo_specs/services/empty contains no spec" in done.stdout
    assert slosmith(tmp_path, "validate", "slo_specs/services").returncode == 0
    assert slosmith(tmp_path, "validate", "slo_specs/classes").returncode == 0


def test_classes_without_services_are_specs(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    for file in (specs / "services").iterdir():
        file.unlink()
    assert "SYN121" not in slosmith(tmp_path, "validate").stdout
