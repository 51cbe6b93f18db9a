"""Forked processes of tests behave like processes with a new interpreter."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.forking import needs_a_start, run_forked
from tests.cli.project import make_project, slosmith, slosmith_from_the_start, write


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--version",), 0),
        (("list", "--format", "json"), 0),
        (("validate", "--today", "2026-03-01"), 1),
        (("generate", "--jobs", "2"), 1),
        (("lst",), 2),
        (("explain", "nothing"), 2),
        (("test",), 3),
    ],
)
def test_what_is_printed_and_the_exit_code(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    if code == 1:
        write(specs / "services/alpha.yaml", (specs / "services/alpha.yaml").read_text("utf-8").replace("team", "teem"))
    forked, started = (run(tmp_path, *arguments) for run in (slosmith, slosmith_from_the_start))
    assert forked.returncode == code, forked
    assert (forked.stdout, forked.stderr) == (started.stdout, started.stderr)
    assert forked.returncode == started.returncode


def test_environment_and_folder_are_its_own(tmp_path: Path) -> None:
    """Only the next command finds a package on PYTHONPATH."""
    make_project(tmp_path)
    site = tmp_path / "site"
    write(site / "kit-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: kit\nVersion: 1.0\n")
    write(site / "kit-1.0.dist-info/entry_points.txt", "[slosmith.exporters]\nkit = kit\n")
    write(site / "kit.py", "raise RuntimeError(str(sorted(__import__('os').environ)) + __import__('os').getcwd())")
    env = {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    done = run_forked(["export", "--to", "kit"], tmp_path, env, timeout=60)
    assert done.returncode == 3
    assert "RuntimeError: ['PYTHONDONTWRITEBYTECODE', 'PYTHONPATH']" in done.stderr
    assert str(tmp_path) in done.stderr
    assert "kit" not in slosmith(tmp_path, "export", "--help").stdout
    assert Path.cwd() != tmp_path
    assert not list(site.rglob("*.pyc"))


def test_too_long_is_an_error_and_the_next_command_runs(tmp_path: Path) -> None:
    make_project(tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        run_forked(["generate"], tmp_path, os.environ, timeout=0.01)
    assert slosmith(tmp_path, "version").returncode == 0


def test_what_an_interpreter_reads_when_it_starts() -> None:
    assert needs_a_start({"LC_ALL": "C"})
    assert needs_a_start({"PATH": "", "PYTHONHASHSEED": "1"})
    assert not needs_a_start({"PYTHONPATH": "x", "TZ": "UTC"})
