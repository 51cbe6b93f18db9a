"""The same specs give the same bytes on every machine, with all settings of users, and in every order of files."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from slosmith.output.registry import targets as known_targets
from slosmith.targets.lock import FILE
from tests.cli.project import SERVICE, files, make_project, slosmith, write

SETTINGS = """version: slosmith/v1
kind: Project
name: tests
team: ml
sites: [eqiad, codfw]
urls:
  runbook: https://docs.example.org/{{service}}/runbook
  dashboard: https://grafana.example.org/d/{{uid}}
targets: {targets}
"""


def laid_out(origin: Path, folder: Path, seed: int) -> Path:
    """A copy of a specs folder whose files were created in another order."""
    paths = [path for path in sorted(origin.rglob("*")) if path.is_file()]
    random.Random(seed).shuffle(paths)
    for path in paths:
        write(folder / "slo_specs" / path.relative_to(origin), path.read_text("utf-8"))
    return folder


TARGETS = tuple(known_targets())


def make_specs(folder: Path, targets: str, services: int = 0) -> Path:
    specs = make_project(folder)
    write(specs / "slosmith.yaml", SETTINGS.format(targets=targets))
    for number in range(services):
        write(specs / f"services/s{number}.yaml", SERVICE.format(name=f"s{number}", slo_class="stable", team="ml"))
    return specs


SURROUNDINGS: list[tuple[str, dict[str, str], tuple[str, ...]]] = [
    ("checkout", {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"}, ("--jobs", "1")),
    ("Ünder a/løng path", {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"}, ("--jobs", "2")),
    ("c", {"PYTHONHASHSEED": "4294967295", "LC_ALL": "C", "LANG": "de_DE", "TZ": "XYZ+11:30", "PYTHONUTF8": "0"}, ()),
    (
        "d",
        {"PYTHONHASHSEED": "random", "LANG": "zh_CN.GBK", "LC_ALL": "", "HOME": "/nowhere", "PYTHONOPTIMIZE": "1"},
        (),
    ),
]
"""Where the checkout is, the environment, options."""


def test_every_target_gives_the_same_bytes_everywhere(tmp_path: Path) -> None:
    origin = make_specs(tmp_path / "origin", "{" + ", ".join(f"{target}: {{}}" for target in TARGETS) + "}")
    results = []
    for seed, (place, environment, options) in enumerate(SURROUNDINGS):
        folder = laid_out(origin, tmp_path / place, seed)
        # from the folder of the project, from a folder below it, and from another folder
        if seed == 0:
            done = slosmith(folder, "generate", *options, env=environment)
        elif seed == 1:
            done = slosmith(folder / "slo_specs/services", "generate", *options, env=environment)
        else:
            arguments = ("--specs", str(folder / "slo_specs"), "--output", str(folder / "generated"))
            done = slosmith(tmp_path, "generate", *arguments, *options, env=environment)
        assert done.returncode == 0, done.stderr
        results.append(files(folder / "generated"))
    places = {path.split("/")[0] for path in results[0]}
    assert places == {*TARGETS, "README.md", FILE} - {"lock"}  # the lock file is beside the folders
    for other in results[1:]:
        assert other.keys() == results[0].keys()
        assert [path for path in other if other[path] != results[0][path]] == []
    everything = b"".join(results[0].values())
    assert str(tmp_path).encode() not in everything
    assert b"/nowhere" not in everything


@pytest.mark.slow
def test_the_number_of_processes_does_not_matter(tmp_path: Path) -> None:
    """So many SLOs that a second process starts."""
    targets = "{prometheus: {tests: false}, puppet: {}, helmfile: {dashboards: false}}"
    specs = make_specs(tmp_path / "p", targets, services=52)
    results = []
    for jobs in ("1", "2"):
        done = slosmith(specs.parent, "generate", "--jobs", jobs)
        assert done.returncode == 0, done.stderr
        results.append(files(specs.parent / "generated"))
        assert slosmith(specs.parent, "generate", "--check", "--jobs", jobs).returncode == 0
        shutil.rmtree(specs.parent / "generated")
    assert results[0] == results[1]
    assert len(results[0]) > 150
