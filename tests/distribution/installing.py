"""Builds the package like `make dist`, and installs it in an empty environment: no checkout, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

CHECKOUT = Path(__file__).resolve().parents[2]
_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "docs", "generators")


@dataclass(frozen=True)
class Built:
    """The files that `make dist` writes to dist/."""

    sdist: Path
    wheel: Path


def build(folder: Path) -> Built:
    """The sdist, and the wheel that is built from it. The sources are copied first, because a build writes files beside
    them.
    """
    copy = folder / "sources"
    copy.mkdir()
    for name in _SOURCES:
        if (CHECKOUT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(CHECKOUT / name, copy / name, symlinks=True, ignore=ignored)
        else:
            shutil.copy2(CHECKOUT / name, copy / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    (wheel,) = (folder / "dist").glob("*.whl")
    return Built(sdist, wheel)


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the wheel and its declared requirements, and a home folder of its own."""

    folder: Path
    packages: Path

    def run(self, where: Path, *command: str, tools: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Runs ``command`` in ``where``. The environment of the tests is not inherited; only the folder ``tools`` is on
        PATH.
        """
        path = [str(self.folder / "bin"), *([str(tools)] if tools else [])]
        return subprocess.run(
            command,
            cwd=where,
            env={"PATH": os.pathsep.join(path), "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def install(wheel: Path, folder: Path) -> Environment:
    """Installs ``wheel`` with pip. Its requirements, direct and indirect, are links to the environment of these tests.
    Other packages of that environment are not linked, so an import of a package that the wheel does not declare fails.
    """
    venv.create(folder, symlinks=True)
    pip = [sys.executable, "-I", "-m", "pip", "--python", str(folder / "bin" / "python")]
    command = [*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return Environment(folder, link_requirements(folder))


def link_requirements(folder: Path) -> Path:
    """Links the requirements of slosmith into the environment ``folder``. Returns the folder of its packages."""
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    for name in _required("slosmith"):
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (packages / top).exists():
                (packages / top).symlink_to(Path(str(distribution(name).locate_file(top))))
    return packages


def _required(name: str, found: set[str] | None = None) -> set[str]:
    """The packages that ``name`` requires on this platform, directly and indirectly, without extras."""
    found = set() if found is None else found
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name not in found:
            found.add(requirement.name)
            _required(requirement.name, found)
    return found
