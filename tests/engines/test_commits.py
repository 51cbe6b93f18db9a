"""A folder at another commit: its files, and that a commit cannot write outside of the folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from slosmith.engines import commits
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


def test_no_filter_or_attribute_takes_part(repository: Path, tmp_path: Path) -> None:
    """A commit cannot hide a spec from a comparison, and no program of its configuration runs."""
    ran = tmp_path / "ran"
    write(repository / ".gitattributes", "*.yaml filter=evil export-ignore export-subst text eol=crlf\n")
    write(repository / "slo_specs/services/b.yaml", "b: $Format:%H$\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "second")
    git(repository, "config", "filter.evil.smudge", f"touch {ran}; cat")
    git(repository, "config", "core.fsmonitor", f"touch {ran}")
    into = tmp_path / "into"
    into.mkdir()
    found = folder_at(repository / "slo_specs", "HEAD", into)
    assert found is not None
    assert (found / "services/b.yaml").read_bytes() == b"b: $Format:%H$\n"
    assert not ran.exists()


def hash_object(folder: Path, content: bytes, kind: str = "blob") -> str:
    arguments = ["git", "hash-object", "--literally", "-w", "-t", kind, "--stdin"]
    return subprocess.run(arguments, cwd=folder, input=content, check=True, capture_output=True).stdout.decode().strip()


@pytest.mark.parametrize("name", [b"..", b".", b".git", b".GIT"])
def test_a_crafted_tree_is_refused(name: bytes, repository: Path, tmp_path: Path) -> None:
    """git itself never writes such a tree, but a fetched one can have it."""
    blob = bytes.fromhex(hash_object(repository, b"x\n"))
    inner = bytes.fromhex(hash_object(repository, b"100644 evil.yaml\0" + blob, "tree"))
    outer = bytes.fromhex(hash_object(repository, b"40000 " + name + b"\0" + inner, "tree"))
    top = hash_object(repository, b"40000 slo_specs\0" + outer, "tree")
    lines = f"tree {top}\nauthor T <t@e> 0 +0000\ncommitter T <t@e> 0 +0000\n\nevil\n"
    commit = hash_object(repository, lines.encode(), "commit")
    into = tmp_path / "a" / "into"
    into.mkdir(parents=True)
    with pytest.raises(EngineError, match="unsafe name"):
        folder_at(repository / "slo_specs", commit, into)
    assert [path.name for path in (tmp_path / "a").rglob("*")] == ["into"]


def test_a_folder_that_is_no_specs_folder(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "MAX_FILES", 1)
    with pytest.raises(EngineError, match="more than 1 files"):
        folder_at(repository / "slo_specs", "HEAD", tmp_path)
    monkeypatch.setattr(commits, "MAX_FILES", 100)
    monkeypatch.setattr(commits, "MAX_BYTES", 1)
    with pytest.raises(EngineError, match="larger than"):
        folder_at(repository / "slo_specs", "HEAD", tmp_path)


def test_names_are_bytes(repository: Path, tmp_path: Path) -> None:
    """Spaces, line feeds and bytes that are no text stay as they are."""
    names = ["a b.yaml", "tab\there.yaml", "line\nfeed.yaml", "\udcff.yaml"]
    for name in names:
        (repository / "slo_specs/services" / name).write_text(name.encode("utf-8", "replace").decode())
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "names")
    into = tmp_path / "into"
    into.mkdir()
    found = folder_at(repository / "slo_specs", "HEAD", into)
    assert found is not None
    assert {path.name for path in (found / "services").iterdir()} == {"a.yaml", *names}


def test_a_file_at_a_commit(repository: Path) -> None:
    specs = repository / "slo_specs"
    assert commits.file_at(specs, "HEAD", ["none", "slo_specs/services/a.yaml"]) == (
        "slo_specs/services/a.yaml", b"a: 1\n",
    )  # fmt: skip
    assert commits.file_at(specs, "HEAD", ["slo_specs/out.yaml", "slo_specs/services"]) is None


def test_the_default_branch(repository: Path, tmp_path: Path) -> None:
    git(repository, "branch", "-M", "trunk")
    with pytest.raises(EngineError, match="not known"):
        commits.default_branch(repository)
    git(tmp_path, "clone", "-q", str(repository), "clone")
    assert commits.default_branch(tmp_path / "clone") == "origin/trunk"
    git(repository, "branch", "master")
    assert commits.default_branch(repository) == "master"


def test_the_working_tree_stays(repository: Path, tmp_path: Path) -> None:
    """Neither files, nor the index, nor branches change."""
    write(repository / "slo_specs/services/a.yaml", "a: 2\n")
    index = (repository / ".git/index").read_bytes()
    folder_at(repository / "slo_specs", "HEAD", tmp_path)
    commits.merge_base(repository, "HEAD")
    assert (repository / "slo_specs/services/a.yaml").read_text() == "a: 2\n"
    assert (repository / ".git/index").read_bytes() == index
