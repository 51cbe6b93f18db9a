"""What commands say, and leave alone, when specs are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.export import FORMATS
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
    for name in FORMATS:
        assert name in help_text


def test_an_empty_folder_in_the_output_is_no_difference(tmp_path: Path) -> None:
    make_project(tmp_path)
    assert slosmith(tmp_path, "generate").returncode == 0
    (tmp_path / "generated/stray").mkdir()
    assert slosmith(tmp_path, "generate", "--check").returncode == 0


def test_validate_judges_the_settings_of_targets_too(tmp_path: Path) -> None:
    """As generate does: what passes here can be generated."""
    write(
        make_project(tmp_path) / "slosmith.yaml",
        "version: slosmith/v1\nkind: Project\nname: p\ntargets: {promethus: {}}\n",
    )
    done = slosmith(tmp_path, "validate")
    assert done.returncode == 1
    assert "slo_specs/slosmith.yaml:4:11: error TGT401" in done.stdout
    assert "did you mean 'prometheus'?" in done.stdout
