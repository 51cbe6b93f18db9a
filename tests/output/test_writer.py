"""The writer: the files that it changes, the files that it does not touch, and that every file is complete after an
interruption.
"""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slosmith.output.tree import README, OutputError, UnsafeNamesError, check_names, compare
from slosmith.output.writer import Staging, write
from slosmith.vocabulary.provenance import Source, header


def ours(body: str = "a: 1\n") -> str:
    return f"# {header(Source('slo_specs/services/a.yaml'))}\n{body}"


PAGE = f"<!-- {header(Source('slo_specs/'))} -->\n# What was generated\n"
"""The README that makes a folder one of ours."""


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_writes_then_touches_nothing(tmp_path: Path) -> None:
    root = tmp_path / "generated"
    tree = {
        "thanos/a.yaml": ours(),
        "thanos/b.yaml": ours("b: 1\n"),
        "grafana/a.json": f'{{"description": "{header(Source("y"))}"}}\n',
    }
    first = write(tree, root)
    assert first.missing == ("grafana/a.json", "thanos/a.yaml", "thanos/b.yaml")
    before = snapshot(root)
    assert {path: content.decode() for path, (content, _) in before.items()} == tree
    again = write(tree, root)
    assert again.clean
    assert again.same == first.missing
    assert snapshot(root) == before


def test_replaces_the_stale_removes_the_obsolete_keeps_the_foreign(tmp_path: Path) -> None:
    write({README: PAGE, "t/a.yaml": ours(), "t/old.yaml": ours(), "gone/deep/b.yaml": ours()}, tmp_path)
    (tmp_path / "t/notes.md").write_text("mine\n")
    (tmp_path / "t/.gitkeep").touch()
    # the header in the middle of a file does not make the file ours
    (tmp_path / "t/quote.yaml").write_text(f"a: 1\n# {header(Source('x'))}\n")
    (tmp_path / "t/data.json").write_text("{}\n")
    tree = {README: PAGE, "t/a.yaml": ours("a: 2\n"), "t/new.yaml": ours()}

    found = compare(tree, tmp_path)
    assert (found.missing, found.stale) == (("t/new.yaml",), ("t/a.yaml",))
    assert found.obsolete == ("gone/deep/b.yaml", "t/old.yaml")
    assert found.foreign == ("t/data.json", "t/notes.md", "t/quote.yaml")
    assert not found.clean

    assert write(tree, tmp_path) == found
    assert not (tmp_path / "gone").exists()
    assert not (tmp_path / "t/old.yaml").exists()
    assert (tmp_path / "t/a.yaml").read_text() == tree["t/a.yaml"]
    assert compare(tree, tmp_path).foreign == found.foreign


def test_foreign_files_in_the_way_stop_everything(tmp_path: Path) -> None:
    write({README: PAGE, "a.yaml": ours()}, tmp_path)
    (tmp_path / "b.yaml").write_text("mine: true\n")
    before = snapshot(tmp_path)
    with pytest.raises(OutputError, match=r"the names of its files: .*b\.yaml"):
        write({README: PAGE, "a.yaml": ours("a: 2\n"), "b.yaml": ours(), "c/d.yaml": ours()}, tmp_path)
    assert snapshot(tmp_path) == before
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("kind", ["file", "folder", "dangling"])
def test_links_are_never_written_through(tmp_path: Path, kind: str) -> None:
    root, outside = tmp_path / "generated", tmp_path / "outside"
    write({README: PAGE}, root)
    outside.mkdir()
    victim = outside / "a.yaml"
    if kind != "dangling":
        victim.write_text(ours("precious: 1\n"))
    (root / ("t" if kind == "folder" else "a.yaml")).symlink_to(outside if kind == "folder" else victim)
    path = "t/a.yaml" if kind == "folder" else "a.yaml"
    before = snapshot(outside)
    with pytest.raises(OutputError, match="the names of its files"):
        write({README: PAGE, path: ours()}, root)
    assert snapshot(outside) == before
    # a link without an artefact is reported; it is not followed and not removed
    assert compare({README: PAGE}, root).foreign == ("t" if kind == "folder" else "a.yaml",)
    write({README: PAGE, "other.yaml": ours()}, root)
    assert snapshot(outside) == before


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(OutputError, match="the names of its files"):
        write({"a.yaml": ours()}, tmp_path)


def test_output_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        write({"a.yaml": ours()}, tmp_path / "file" / "generated")
    with pytest.raises(OutputError, match="file"):
        write({"a.yaml": ours()}, tmp_path / "file")


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a.yaml", "a/../../b.yaml", "a//b.yaml", ".hidden", "", "a/", "a\\b.yaml", "a\nb.yaml",
     "con.yaml", "t/NUL", "a.", "x" * 201, "/".join(["dir"] * 120), "-rf.yaml", "a b.yaml", "a:b.yaml"],
)  # fmt: skip
def test_names_that_no_file_should_have(path: str, tmp_path: Path) -> None:
    assert check_names([path])
    with pytest.raises(UnsafeNamesError):
        write({path: ours()}, tmp_path / "generated")
    assert not (tmp_path / "generated").exists()


def test_names_that_collide() -> None:
    assert check_names(["a/x.yaml", "a/X.yaml"]) == [
        ("a/x.yaml", "differs from a/X.yaml only in case: on many file systems they are one file")
    ]
    assert check_names(["a", "a/b"]) == [("a/b", "a is both a file and a folder")]
    assert check_names(["A", "a/b"])
    assert check_names(["a/x.yaml", "b/x.yaml", "a/xy.yaml"]) == []


def test_an_artefact_without_header_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="header"):
        write({"a.yaml": "a: 1\n"}, tmp_path)


def test_leaving_without_commit_changes_nothing(tmp_path: Path) -> None:
    write({"a.yaml": ours()}, tmp_path)
    before = snapshot(tmp_path)

    def fail() -> None:
        with Staging(tmp_path) as staging:
            staging.stage("a.yaml", ours("a: 2\n"))
            staging.stage("b.yaml", ours())
            raise RuntimeError("an error half way")

    with pytest.raises(RuntimeError):
        fail()
    assert snapshot(tmp_path) == before


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """A limit of file sizes has the same effect as a full disk: writing fails in the middle of the second file."""
    write({"a.yaml": ours()}, tmp_path)
    before = snapshot(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        with pytest.raises(OutputError):
            write({"a.yaml": ours("a: 2\n"), "b.yaml": ours("b: 1\n" * 5000)}, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert snapshot(tmp_path) == before


def test_two_writers_do_not_mix(tmp_path: Path) -> None:
    with Staging(tmp_path), pytest.raises(OutputError, match="another slosmith"):
        write({"a.yaml": ours()}, tmp_path)
    write({"a.yaml": ours()}, tmp_path)


WRITE_FOR_EVER = """
import sys
from pathlib import Path
from slosmith.output.writer import write
from slosmith.vocabulary.provenance import Source, header
root, turn = Path(sys.argv[1]), int(sys.argv[2])
while True:
    turn += 1
    keep = [index for index in range(8) if (index + turn) % 5]
    head = header(Source("x"))
    write({f"d/{index}.yaml": f"# {head}\\n" + f"turn: {turn}\\n" * 2000 + "end\\n" for index in keep}, root)
"""


def test_kill_at_any_moment_leaves_whole_files(tmp_path: Path) -> None:
    chance = random.Random(7)
    folder = tmp_path / "d"
    interrupted = kills = 0
    while kills < 8 or (not interrupted and kills < 60):  # at least some commits must be interrupted
        process = subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path), str(kills * 1000)])
        deadline = time.monotonic() + 10
        while not folder.is_dir() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.15 + chance.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        names = sorted(path.name for path in folder.iterdir())
        interrupted += any(tmp_path.glob(".slosmith-*/*"))
        for name in names:
            if not name.startswith("."):
                lines = (folder / name).read_text().splitlines()
                assert lines[0] == f"# {header(Source('x'))}"
                assert lines[-1] == "end"
                assert len(lines) == 2002
                assert len(set(lines[1:-1])) == 1
    assert interrupted
    # the next run removes the files of the killed run
    write({"d/1.yaml": ours()}, tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1.yaml", "d"]
