"""`slosmith fmt` and files: what it writes, what it does not touch, standard input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from slosmith.authoring import formatting
from tests.cli.project import CHECKOUT, slosmith, write

UNFORMATTED = "kind: Service\nversion: slosmith/v1\nname:   a\n"
FORMATTED = "version: slosmith/v1\nkind: Service\nname: a\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "slo_specs/services/a.yaml"
    write(path, UNFORMATTED)
    return path


def on_standard_input(text: bytes, *arguments: str) -> tuple[bytes, bytes, int]:
    done = subprocess.run(
        [sys.executable, "-m", "slosmith", "fmt", "-", *arguments], input=text, capture_output=True, check=False
    )
    return done.stdout, done.stderr, done.returncode


def test_mode_stays_and_an_unchanged_file_is_not_written(spec: Path, tmp_path: Path) -> None:
    spec.chmod(0o640)
    assert slosmith(tmp_path, "fmt").returncode == 0
    assert spec.read_text("utf-8") == FORMATTED
    assert spec.stat().st_mode & 0o777 == 0o640
    before = spec.stat()
    assert slosmith(tmp_path, "fmt").returncode == 0
    assert (spec.stat().st_ino, spec.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path.name for path in spec.parent.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + UNFORMATTED.encode(), UNFORMATTED.replace("\n", "\r\n").encode(),
                                  UNFORMATTED.rstrip().encode(), b"\xef\xbb\xbf" + FORMATTED.encode(),
                                  FORMATTED.replace("\n", "\r\n").encode()])  # fmt: skip
def test_byte_order_marks_and_line_ends(text: bytes, spec: Path, tmp_path: Path) -> None:
    """These are removed, also where nothing else changes."""
    spec.write_bytes(text)
    assert slosmith(tmp_path, "fmt", "--check").returncode == 1
    assert slosmith(tmp_path, "fmt").returncode == 0
    assert spec.read_bytes() == FORMATTED.encode()


def test_links_are_left_alone(spec: Path, tmp_path: Path) -> None:
    link = spec.with_name("b.yaml")
    link.symlink_to("a.yaml")
    outside = tmp_path / "elsewhere/c.yaml"
    write(outside, UNFORMATTED)
    spec.with_name("c.yaml").symlink_to(outside)
    done = slosmith(tmp_path, "fmt")
    assert done.returncode == 0
    assert "left alone  slo_specs/services/b.yaml: it is a link" in done.stdout
    assert link.is_symlink()
    assert outside.read_text("utf-8") == UNFORMATTED


def test_all_or_nothing(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file is read-only: no file is written."""
    write(spec.with_name("z.yaml"), UNFORMATTED)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "z.yaml")
    root = spec.parents[1]
    with pytest.raises(PermissionError, match="read-only"):
        formatting.write(root, [layout for layout in formatting.format_folder(root, None).files if layout.changes])
    assert spec.read_text("utf-8") == UNFORMATTED


def test_standard_input_goes_to_standard_output() -> None:
    assert on_standard_input(UNFORMATTED.encode()) == (FORMATTED.encode(), b"", 0)
    assert on_standard_input(UNFORMATTED.encode(), "--check")[2] == 1
    assert on_standard_input(FORMATTED.encode(), "--check") == (b"", b"", 0)
    assert b"+version: slosmith/v1" in on_standard_input(UNFORMATTED.encode(), "--diff")[0]


def test_standard_input_that_cannot_be_formatted_comes_out_as_it_is() -> None:
    """An editor replaces its text with the output, so the output is never empty or broken."""
    for broken, error in ((b"kind: [a\r\n", b"SYN110"), (b"kind: \xff\n", b"SYN103"), (b"", b"SYN113")):
        printed, said, code = on_standard_input(broken)
        assert (printed, code) == (broken, 1)
        assert error in said
    foreign = b"version:   prometheus/v1\n"
    printed, said, code = on_standard_input(foreign)
    assert (printed, code) == (foreign, 0)
    assert b"not in slosmith's own format" in said


def test_the_specs_of_this_repository_are_formatted() -> None:
    """`make fmt` formats them. `make lint` says the same, but not everybody runs it."""
    found = formatting.format_folder(CHECKOUT / "slo_specs", None)
    assert found.problems == ()
    assert [layout.path for layout in found.files if layout.changes] == []
