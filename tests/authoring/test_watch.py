"""`slosmith watch`: what it prints after a file is saved, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from slosmith.authoring import watching
from tests.cli.project import files, make_project, slosmith, write

SUMMARY = r"^\d+ services?, \d+ SLOs?: "
SECONDS = 30
"""The longest wait for a line, on a busy machine."""


class Watch:
    """A running `slosmith watch`, whose lines can be waited for."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "slosmith", "watch"], cwd=folder, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, text: str) -> list[str]:
        """The lines up to the first one in which the pattern ``text`` is."""
        found: list[str] = []
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            try:
                found.append(self._lines.get(timeout=0.2))
            except Empty:
                continue
            if re.search(text, found[-1]):
                return found
        raise AssertionError(f"no line with {text!r} in {found}")

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    make_project(tmp_path)
    return tmp_path


@pytest.fixture
def watch(project: Path) -> Iterator[Watch]:
    running = Watch(project)
    yield running
    running.process.kill()
    running.process.wait()


def test_problems_and_meaning_after_each_save(watch: Watch, project: Path) -> None:
    before = files(project)
    watch.until(SUMMARY)
    spec = next((project / "slo_specs/classes").glob("*.yaml"))
    text = spec.read_text("utf-8")
    # another target
    spec.write_text(text.replace("98%", "97%").replace("99%", "97%").replace("95%", "97%"), "utf-8")
    printed = watch.until(SUMMARY)
    assert any(spec.name in line for line in printed)
    assert any("loosened: " in line or "tightened: " in line for line in printed), printed
    # a comment
    spec.write_text("# why\n" + spec.read_text("utf-8"), "utf-8")
    assert "nothing changes for SLOs and alerts" in watch.until(SUMMARY)
    # an error, which is gone again: the comparison is with the last state without errors
    good = spec.read_text("utf-8")
    spec.write_text(good.replace("objectives:", "objektives:"), "utf-8")
    assert any("error SCH203" in line for line in watch.until("not compared: 2 errors"))
    spec.write_text(good, "utf-8")
    printed = watch.until(SUMMARY)
    assert any(line.startswith("gone: error SCH203") for line in printed), printed
    assert "nothing changes for SLOs and alerts" in printed
    spec.write_text(text, "utf-8")
    watch.until(SUMMARY)
    assert watch.end(signal.SIGINT) == 130
    assert files(project) == before


def test_a_new_service_and_a_removed_one(watch: Watch, project: Path) -> None:
    watch.until(SUMMARY)
    spec = next((project / "slo_specs/services").glob("*.yaml"))
    text = spec.read_text("utf-8").replace(f"name: {spec.stem}", "name: fresh")
    write(spec.with_name("fresh.yaml"), text)
    assert any("fresh" in line and "added" in line for line in watch.until(SUMMARY))
    spec.with_name("fresh.yaml").unlink()
    assert any("fresh" in line and "removed" in line for line in watch.until(SUMMARY))
    assert watch.end(signal.SIGTERM) == 143


def test_no_project(tmp_path: Path) -> None:
    assert slosmith(tmp_path, "watch").returncode == 2


def test_a_snapshot_sees_every_way_to_save(tmp_path: Path) -> None:
    """Written in place, replaced by a rename, added below, removed. Other files, links and hidden ones do not count."""
    path = tmp_path / "a.yaml"
    write(path, "1\n")
    seen = [watching.snapshot(tmp_path)]

    def changed() -> bool:
        seen.append(watching.snapshot(tmp_path))
        return seen[-1] != seen[-2]

    path.write_text("22\n", "utf-8")
    assert changed()
    write(tmp_path / "b.tmp", "22\n")
    assert not changed()
    (tmp_path / "b.tmp").replace(path)
    assert changed()
    write(tmp_path / "deep/er/c.yml", "x\n")
    assert changed()
    write(tmp_path / ".git/d.yaml", "x\n")
    write(tmp_path / "notes.txt", "x\n")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "broken.yaml").symlink_to("nowhere")
    assert not changed()
    (tmp_path / "deep/er/c.yml").unlink()
    assert changed()
    assert watching.snapshot(tmp_path / "nosuch") == {}
