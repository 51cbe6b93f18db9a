"""Makes packages importable, as if they were installed: modules on the path, and metadata in a folder beside them."""

from __future__ import annotations

import os
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tests.cli.project import slosmith, write

EXAMPLE = Path(__file__).parent / "example"


def install_example(site: Path) -> tuple[Path, ...]:
    """The example: its own folder, and its metadata, made from its pyproject.toml, below ``site``."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    metadata(site, project["name"], project["version"], project["entry-points"])
    return site, EXAMPLE


def install(
    site: Path, name: str, entry_points: Mapping[str, Mapping[str, str]], modules: Mapping[str, str]
) -> tuple[Path, ...]:
    """A package ``name`` 1.0 made of ``modules`` (path -> text), all below ``site``."""
    metadata(site, name, "1.0", entry_points)
    for path, text in modules.items():
        write(site / path, text)
    return (site,)


def metadata(site: Path, name: str, version: str, entry_points: Mapping[str, Mapping[str, str]]) -> None:
    """The metadata that an installer writes beside the modules of a package."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    write(folder / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    sections = (
        f"[{group}]\n" + "".join(f"{entry} = {value}\n" for entry, value in entries.items())
        for group, entries in entry_points.items()
    )
    write(folder / "entry_points.txt", "\n".join(sections))


def with_plugins(
    folder: Path, paths: tuple[Path, ...], *arguments: str, debug: bool = False, program: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command line in ``folder``, in an environment that has the packages on ``paths``, and ``program`` on PATH."""
    env = {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "100"}
    if program is not None:
        env["PATH"] = os.pathsep.join((str(program.parent), os.environ["PATH"]))
    return slosmith(folder, *arguments, env=env | ({"SLOSMITH_DEBUG": "1"} if debug else {}))
