"""Projects for the tests of targets, compiled: a small one with synthetic services, and Lift Wing."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from slosmith.engines.promtool import run_rule_tests
from slosmith.output.compile import compile_workspace
from slosmith.settings import Project
from slosmith.workspace import LoadedWorkspace, load
from tests.cli.project import CHECKOUT, make_project, write

PROJECT = """version: slosmith/v1
kind: Project
name: tests
team: ml
sites: [eqiad, codfw]
urls:
  runbook: https://docs.example.org/{service}/runbook
  dashboard: https://grafana.example.org/d/{uid}
"""


def small_project(folder: Path, settings: str = "", sites: str = "eqiad, codfw") -> LoadedWorkspace:
    """alpha of team ml and beta of team search, with two SLOs at each site. ``settings`` is added to slosmith.yaml."""
    specs = make_project(folder, sites)
    write(specs / "slosmith.yaml", PROJECT + settings)
    return sound(load(specs))


@cache
def lift_wing() -> LoadedWorkspace:
    """The specs of this repository, with unit tests beside the rules."""
    return sound(load(CHECKOUT / "slo_specs", unit_tests="beside_rules"))


LIFT_WING: Mapping[str, Mapping[str, Any]] = {
    "grafana": {},
    "helmfile": {"rules": "prometheusrule", "namespace": "monitoring", "chart": "local/raw"},
    "mimir": {},
    "mixin": {},
    "operations_alerts": {},
    "prometheus": {"tests": False},
    "prometheus_operator": {
        "namespace": "monitoring", "labels": {"release": "kube-prometheus-stack"}, "limit": 500,
    },
    "puppet": {},
    "thanos": {"tests": False},
}  # fmt: skip
"""The targets that are tested with Lift Wing's specs, and their settings; the unit tests are in one of them."""


FilesByTarget = Mapping[str, dict[str, str]]


@cache
def lift_wing_compiled() -> FilesByTarget:
    """Lift Wing's files by target and path, compiled together, without the lists of checksums. Tests use the fixture
    ``lift_wing_files``.
    """
    loaded = lift_wing()
    assert loaded.workspace is not None
    project: Project = msgspec.structs.replace(loaded.project, targets=LIFT_WING)
    files: dict[str, dict[str, str]] = {}
    for path, text in compile_workspace(loaded.workspace, project).items():
        target, _, name = path.partition("/")
        if name:
            files.setdefault(target, {})[name] = text
    return files


def read_yaml(text: str) -> Any:
    """Like ``yaml.safe_load``, but ten times as fast, for files as large as Lift Wing's."""
    return yaml.load(text, yaml.CSafeLoader)


def sound(loaded: LoadedWorkspace) -> LoadedWorkspace:
    assert loaded.workspace is not None, [problem.message for problem in loaded.problems]
    return loaded


def compiled(
    loaded: LoadedWorkspace, target: str, settings: Mapping[str, Any] | None = None, **project: Any
) -> dict[str, str]:
    """The files of one target, by their path in its folder. ``project`` replaces fields of the project's settings."""
    changed: Project = msgspec.structs.replace(loaded.project, targets={target: dict(settings or {})}, **project)
    assert loaded.workspace is not None
    files = compile_workspace(loaded.workspace, changed)
    return {path.removeprefix(f"{target}/"): text for path, text in files.items() if path != "README.md"}


def put(files: Mapping[str, str], folder: Path) -> Path:
    """Writes ``files`` below ``folder``."""
    for path, text in files.items():
        write(folder / path, text)
    return folder


def run(program: Path | str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the tool of a consumer in ``folder``."""
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=300, encoding="utf-8"
    )


def assert_rule_tests_pass(promtool: Path, file: Path) -> None:
    """Like `slosmith test`, because promtool can lose a series in tests over several days (engines/promtool.py explains
    it).
    """
    (result,) = run_rule_tests(promtool, [file], jobs=1)
    assert result.passed, "\n".join(result.messages)[-4000:]
