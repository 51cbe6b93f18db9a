"""Projects for the tests of targets: a few services, and the settings of one target."""

from __future__ import annotations

from pathlib import Path

from slosmith.compile import compile_workspace
from slosmith.spec import load
from slosmith.targets.target import Files
from tests.cli.project import SERVICE, make_project, write

CHECKOUT = Path(__file__).resolve().parents[2]
LIFT_WING = CHECKOUT / "slo_specs"

PROJECT = """version: slosmith/v1
kind: Project
name: tests
sites: [{{name: eqiad}}, {{name: codfw}}]
scope: {scope}
{more}
targets:
  {target}: {settings}
"""


def project(folder: Path, target: str, settings: str = "{}", *, scope: str = "global", more: str = "") -> Path:
    """The specs folder of a project with two services, of two teams, and one target with ``settings`` (YAML, flow)."""
    specs = make_project(folder)
    write(specs / "slosmith.yaml", PROJECT.format(scope=scope, target=target, settings=settings, more=more))
    return specs


def add_service(specs: Path, name: str, team: str = "ml", slo_class: str = "stable") -> None:
    """One more service."""
    write(specs / "services" / f"{name}.yaml", SERVICE.format(name=name, slo_class=slo_class, team=team))


def generated(specs: Path, target: str) -> Files:
    """What the target's folder holds, by paths below it."""
    loaded = load(specs)
    assert loaded.workspace is not None, [problem.message for problem in loaded.problems]
    files = compile_workspace(loaded.workspace, loaded.project)
    prefix = f"{target}/"
    return {path.removeprefix(prefix): text for path, text in files.items() if path.startswith(prefix)}


def lift_wing(folder: Path, target: str, settings: str = "{}") -> Files:
    """The same for Lift Wing's services, with only this target turned on; ``folder`` holds the changed settings."""
    settings_file = LIFT_WING / "slosmith.yaml"
    specs = folder / "slo_specs"
    specs.mkdir(parents=True)
    for path in LIFT_WING.iterdir():
        if path != settings_file:
            (specs / path.name).symlink_to(path)
    text = settings_file.read_text("utf-8")
    write(specs / "slosmith.yaml", text[: text.index("\ntargets:")] + f"\ntargets:\n  {target}: {settings}\n")
    return generated(specs, target)
