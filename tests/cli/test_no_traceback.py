"""In every environment (closed streams, deep folders, names that are not text) a command ends with an exit code of
slosmith.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import slosmith as package
from slosmith.formats.files import MOST_FOLDERS
from slosmith.workspace import load
from tests.cli.project import make_project, slosmith, slosmith_from_the_start
from tests.sampling import Sample

COMMANDS = [
    ("validate", 0), ("generate --check --format json", 0), ("list", 0), ("explain nosuch", 2), ("export", 0),
    ("schema", 0), ("--version", 0), ("--help", 0), ("nosuch", 2),
]  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    make_project(folder)
    assert slosmith(folder, "generate").returncode == 0
    return folder


def closed(project: Path, *lines: str) -> list[str]:
    """The exit codes of ``lines`` in a shell, and the output to the open descriptors."""
    script = "".join(f'{sys.executable} -m slosmith {line}; echo "code $?" >&9\n' for line in lines)
    done = subprocess.run(
        ["sh", "-c", f"exec 9>&1 8>&2; {script}"], cwd=project, capture_output=True, text=True, timeout=300, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "Exception ignored" not in done.stderr, done.stderr
    assert "a bug in slosmith" not in done.stderr, done.stderr
    assert done.returncode == 0
    return done.stdout.splitlines()


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_no_exit_code(streams: str, project: Path, sample: Sample) -> None:
    """Every command with all streams closed; a part of them with one that is."""
    tried = COMMANDS if streams.startswith("<") else sample.of(COMMANDS, str, one_in=3)
    lines = closed(project, *(f"{command} {streams}" for command, _ in tried))
    assert [line for line in lines if line.startswith("code ")] == [f"code {code}" for _, code in tried]


def test_nothing_is_printed_into_a_file_that_took_the_number_of_a_stream(project: Path) -> None:
    closed(project, "generate --output fresh >&- 2>&-")
    assert slosmith(project, "generate", "--output", "fresh", "--check").returncode == 0


def test_a_full_disk_is_said(project: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "slosmith", "list"], cwd=project, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


# --- deep folders


@pytest.fixture
def pit(tmp_path: Path) -> Iterator[Path]:
    """A folder for deep folders. The fixture removes them itself, because Python 3.11 cannot remove very
    deep folders.
    """
    yield tmp_path
    subprocess.run(["rm", "-rf", str(tmp_path)], check=True)


def dig(folder: Path, levels: int, name: str, text: str) -> None:
    """A file in ``levels`` nested folders. Its path is too long for a single call."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(levels):
            Path("d").mkdir()
            os.chdir("d")
        Path(name).write_text(text)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("place", ["services", "classes", "templates", "policies", "deep"])
@pytest.mark.parametrize("levels", [1000, 2500])
def test_deep_folders_of_specs_are_one_problem(place: str, levels: int, pit: Path) -> None:
    specs = make_project(pit)
    (specs / place).mkdir(exist_ok=True)
    dig(specs / place, levels, "x.yaml", "version: slosmith/v1\n")
    done = slosmith(pit, "validate")
    assert done.returncode == 1
    assert done.stdout.count("SYN123") == 1
    assert "a bug in slosmith" not in done.stderr


def test_folders_that_are_deep_enough_are_read(pit: Path) -> None:
    specs = make_project(pit)
    dig(specs / "services", MOST_FOLDERS - 2, "x.yaml", "version: [\n")
    assert [problem.code for problem in load(specs).problems] == ["SYN110"]


@pytest.mark.parametrize("levels", [1000, 2500])
def test_deep_folders_in_the_output(levels: int, pit: Path) -> None:
    make_project(pit)
    assert slosmith(pit, "generate").returncode == 0
    (pit / "generated/thanos/deep").mkdir()
    dig(pit / "generated/thanos/deep", levels, "x.yaml", "groups: []\n")
    for command in (
        "generate",
        "generate --check",
        "test",
        "checksums generated",
        "verify generated --source generated",
    ):
        done = slosmith(pit, *command.split())
        assert done.returncode in (0, 1, 2, 3)
        assert "a bug in slosmith" not in done.stderr, command
        assert "Traceback" not in done.stderr


# --- names of files


def test_names_of_foreign_files_steer_no_terminal(tmp_path: Path) -> None:
    make_project(tmp_path)
    assert slosmith(tmp_path, "generate").returncode == 0
    folder = os.fsencode(tmp_path / "generated/thanos")
    for name in (b"\x1b[2J.yaml", b"a\nwritten   b.yaml", b"\xff.yaml", "\u202egnp".encode()):
        with open(folder + b"/" + name, "w") as file:  # noqa: PTH123 - no Path is made of bytes
            file.write("mine: true\n")
    for command in ("generate", "generate --check", "verify generated", "test generated"):
        done = slosmith(tmp_path, *command.split())
        assert not re.search("[\x1b\u202e\udcff]", done.stdout + done.stderr), command
        assert "a bug in slosmith" not in done.stderr, (command, done.stderr)
    shown = slosmith(tmp_path, "generate").stdout.splitlines()
    assert r"foreign   generated/thanos/a\nwritten   b.yaml" in shown
    said = json.loads(slosmith(tmp_path, "generate", "--format", "json").stdout)
    assert len(said["files"]["foreign"]) == 4


def test_arguments_that_are_no_text(tmp_path: Path) -> None:
    make_project(tmp_path)
    for arguments in (["--specs", "\udcff"], ["slo_specs/\x1b[2J.yaml"], ["--specs", "a\nb"], ["x" * 5000], ["\udcff"]):
        done = slosmith_from_the_start(tmp_path, "validate", *arguments)
        assert done.returncode in (1, 2, 3)
        assert "Traceback" not in done.stderr
        assert "a bug in slosmith" not in done.stderr
        assert "\x1b" not in done.stderr + done.stdout


# --- patterns


PATTERN = re.compile(r"""(?:pattern=|re\.compile\()\s*r?f?(["'])(?P<pattern>.*?)\1(?P<rest>[^\n]*)""")


def test_no_pattern_of_ours_ends_in_a_dollar_sign() -> None:
    """In Python, $ also matches before a newline at the end of the text. \\Z does not, and $ in JSON Schema
    does not.
    """
    root = Path(package.__file__).parent
    wrong = []
    for path in sorted(root.rglob("*.py")):
        for found in re.finditer(
            r"""(?:pattern=|re\.compile\()\s*r?f?(["'])(?P<pattern>.*?)\1(?P<rest>[^\n]*)""", path.read_text()
        ):
            if re.search(r"(?<!\\)\$$", found["pattern"]) and "MULTILINE" not in found["rest"]:
                wrong.append(f"{path.relative_to(root)}: {found['pattern']}")
    # the first removes a text of its own library; the second checks a text that is a pattern itself
    assert [each for each in wrong if not each.startswith(("output/registry.py", "policy/checks/sli306"))] == []
