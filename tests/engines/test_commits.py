"""A folder at another commit: its files, and that a commit cannot write outside of the folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from slosmith.engines.commits import folder_at
from slosmith.engines.error import EngineError
from tests.cli.project import write


def git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{part}": value for role in ("AUTHOR", "COMMITTER")
           for part, value in ((f"{role}_NAME", "T"), (f"{role}_EMAIL", "t@example.org"))}  # fmt: skip
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **who})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    write(folder / "slo_specs/services/a.yaml", "a: 1\n")
    write(tmp_path / "secret", "secret\n")
    (folder / "slo_specs/out.yaml").symlink_to("../../secret")
    (folder / "slo_specs/absolute.yaml").symlink_to("/etc/hostname")
    (folder / "slo_specs/folder").symlink_to("../..")
    (folder / "slo_specs/inside.yaml").symlink_to("services/a.yaml")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_a_commit_writes_nothing_but_its_own_files(repository: Path, tmp_path: Path) -> None:
    """Links to files outside of the folder are ignored, because they are not specs."""
    into = tmp_path / "into"
    into.mkdir()
    found = folder_at(repository / "slo_specs", "HEAD", into)
    assert found == into / "slo_specs"
    assert sorted(path.name for path in found.iterdir()) == ["inside.yaml", "services"]
    assert (found / "inside.yaml").read_text() == "a: 1\n"


def test_the_name_of_a_folder_is_no_pattern(repository: Path, tmp_path: Path) -> None:
    write(repository / "[s]lo_specs/b.yaml", "b: 1\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "second")
    into = tmp_path / "into"
    into.mkdir()
    assert folder_at(repository / "[s]lo_specs", "HEAD", into) == into / "[s]lo_specs"
    assert [path.name for path in into.iterdir()] == ["[s]lo_specs"]


@pytest.mark.parametrize("revision", ["nothing", "--output=x", "-h", "HEAD:slo_specs", "a b", ""])
def test_what_is_no_commit_is_said(revision: str, repository: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no commit"):
        folder_at(repository / "slo_specs", revision, tmp_path)
    assert not (repository / "x").exists()
