"""The package of `make dist`: its content, and that it works in an empty environment."""

from __future__ import annotations

import json
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from tests.cli.project import files, make_project
from tests.distribution.installing import CHECKOUT, Built, Environment, install

PACKAGE = CHECKOUT / "generators" / "slosmith"


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return install(built.wheel, tmp_path_factory.mktemp("environment") / "venv")


def package_files() -> set[str]:
    """The expected files of the package: everything in generators/slosmith, and the pages."""
    code = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and not {"__pycache__", "docs"} & set(path.relative_to(PACKAGE).parts)
    }
    pages = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "docs").rglob("*.md")}
    return code | pages


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
        page = archive.read("slosmith/docs/targets/thanos.md")
    assert {name.removeprefix("slosmith/") for name in names if name.startswith("slosmith/")} == package_files()
    others = {name.rpartition("/")[2] for name in names if not name.startswith("slosmith/")}
    assert others == {"METADATA", "RECORD", "WHEEL", "LICENSE", "entry_points.txt", "top_level.txt"}
    assert page == (CHECKOUT / "docs/targets/thanos.md").read_bytes()


def test_the_sdist_can_be_built_from(built: Built) -> None:
    """The wheel is built from the sdist. The sdist has no links, because some file systems cannot unpack them."""
    with tarfile.open(built.sdist) as archive:
        members = archive.getmembers()
    assert all(member.isfile() or member.isdir() for member in members)
    names = {member.name.partition("/")[2] for member in members if member.isfile()}
    assert {f"generators/slosmith/{name}" for name in package_files()} <= names
    assert {"README.md", "LICENSE", "pyproject.toml"} <= names


def test_metadata(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = message_from_string(archive.read(name).decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Project-URL") is None, "there is no place on the web to name"
    assert metadata.get_payload() == (CHECKOUT / "README.md").read_text("utf-8")


def test_it_is_the_installed_one(installed: Environment, tmp_path: Path) -> None:
    where = "import slosmith, sys; print(slosmith.__file__); print(slosmith.__version__)"
    done = installed.run(tmp_path, "python", "-c", where)
    assert done.returncode == 0, done.stderr
    file, version = done.stdout.splitlines()
    assert Path(file).is_relative_to(installed.packages)
    assert installed.run(tmp_path, "slosmith", "--version").stdout == f"slosmith {version}\n"
    assert installed.run(tmp_path, "python", "-m", "slosmith", "--version").stdout == f"slosmith {version}\n"
    assert installed.run(tmp_path, "python", "-c", "import pytest").returncode == 1, "an empty environment"


def test_from_a_spec_to_tested_rules(installed: Environment, promtool: Path, tmp_path: Path) -> None:
    specs = make_project(tmp_path, sites="eqiad")
    (specs / "services/beta.yaml").unlink()  # one service has every kind of file
    for command, says in (
        (("validate", "--today", "2026-03-01"), "2 SLOs"),
        (("generate", "--today", "2026-03-01"), "written   generated/thanos/alpha.yaml"),
        (("test",), "all passed"),
        (("generate", "--check", "--today", "2026-03-01"), "up to date"),
        (("explain", "alpha-availability-eqiad"), "98%"),
        (("list",), "latency-eqiad"),
        (("export", "--to", "openslo"), "apiVersion: openslo/v1"),
        (("verify", "generated/thanos", "--source", "generated/thanos"), "as generated"),
    ):
        done = installed.run(tmp_path, "slosmith", *command, tools=promtool.parent)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert says in done.stdout, command
        assert "Traceback" not in done.stderr
    made = files(tmp_path / "generated")
    assert any(path.startswith("grafana/") for path in made)
    # the file names the spec and the command, and no path of the machine
    assert all(str(tmp_path).encode() not in content for content in made.values())
    assert b"run `slosmith generate`" in made["thanos/alpha.yaml"]


def test_what_the_package_ships_is_printed(installed: Environment, tmp_path: Path) -> None:
    def said(*command: str) -> str:
        done = installed.run(tmp_path, "slosmith", *command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert said("docs", "targets/thanos") == (CHECKOUT / "docs/targets/thanos.md").read_text("utf-8")
    assert "targets/verify" in said("docs")
    assert json.loads(said("schema", "slosmith-v1"))["$id"]
    assert "istio_requests_total" in said("templates", "istio-gateway")
    assert said("checks", "ALT201") == (CHECKOUT / "docs/checks/ALT201.md").read_text("utf-8")
