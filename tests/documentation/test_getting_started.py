"""docs/getting-started.md, step by step, with the package of `make dist`, in an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

import slosmith
from tests.distribution.installing import Built, link_requirements
from tests.documentation.pages import DOCS, blocks, commands

PAGE = (DOCS / "getting-started.md").read_text("utf-8")
_SLOWEST = re.compile(r"^slowest: .*\n", re.MULTILINE)
"""A line that `slosmith test` adds on a machine where a file takes more than ten seconds."""
_SECONDS = re.compile(r"\b\d+\.\d s\b")


class Reader:
    """Runs the commands of the page in ``folder``, like a reader of the page."""

    def __init__(self, folder: Path, promtool: Path) -> None:
        self.folder = folder
        programs = folder.parent / "bin"
        programs.mkdir()
        for name, path in (("promtool", str(promtool)), ("git", shutil.which("git") or "git")):
            (programs / name).symlink_to(path)
        # the reader's environment must have the Python version of the requirements
        (programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (programs / "python3").chmod(0o755)
        self.env = {
            "PATH": os.pathsep.join([str(folder / ".venv/bin"), str(programs), os.environ["PATH"]]),
            "HOME": str(folder.parent),
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "100",
            # the requirements are linked and not downloaded, because tests run without a network
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **{
                f"GIT_{who}_{what}": "reader@example.org"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        }

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        if "pip install" in line:
            link_requirements(self.folder / ".venv")
        return done

    def writes(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")


def test_the_page_works_in_an_empty_folder(built: Built, promtool: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copy2(built.wheel, folder)
    reader = Reader(folder, promtool)
    for block in blocks(PAGE):
        if block.file is not None:
            reader.writes(block.file, block.text)
            continue
        for command in commands(block):
            done = reader.types(command.line)
            printed = _SECONDS.sub("0.9 s", _SLOWEST.sub("", done.stdout))
            assert command.matches(printed), f"line {block.line}: $ {command.line}\n{printed}"
    committed = reader.types("git ls-files").stdout.splitlines()
    assert {"slo_specs/services/search.yaml", "generated/prometheus/checkout_test.yaml"} <= set(committed)
    assert reader.types("git status --porcelain").stdout == ""
    _pipeline(reader)


def _pipeline(reader: Reader) -> None:
    """The commands of the page's pipeline pass. After a change of the specs without `generate`, they fail: the files
    are stale, and the rules are not those of the specs.
    """
    job = yaml.safe_load((reader.folder / ".gitlab-ci.yml").read_text("utf-8"))["slos"]
    for line in job["script"]:
        done = reader.types(line)
        assert done.returncode == 0, done.stdout
    reports = job["artifacts"]["reports"]
    for file in (reports["codequality"], *reports["junit"]):
        assert (reader.folder / file).stat().st_size
    spec = reader.folder / "slo_specs/services/search.yaml"
    reader.writes("slo_specs/services/search.yaml", spec.read_text("utf-8").replace("99.5%", "99.6%"))
    codes = {line.split()[1]: reader.types(line).returncode for line in job["script"]}
    # stale files; and the tests of rules that are not those of the specs
    assert codes == {"-p": 0, "validate": 0, "fmt": 0, "generate": 1, "test": 1}


def test_the_version_is_this_one() -> None:
    assert set(re.findall(r"slosmith-(\S+)-py3", PAGE)) == {slosmith.__version__}
