"""The packages are those of docs/architecture.md and of the contracts in pyproject.toml. `make lint` checks the
contracts.
"""

from __future__ import annotations

import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

import slosmith
from tests.cli.project import CHECKOUT

PACKAGE = Path(slosmith.__file__).parent
PAGE = (CHECKOUT / "docs" / "architecture.md").read_text("utf-8")


def rooms() -> set[str]:
    """The folders and modules of the package."""
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return folders | {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}


def layers() -> list[str]:
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (found,) = [contract["layers"] for contract in contracts if contract["id"] == "layers"]
    return [layer.replace(" | ", ", ") for layer in found if layer != "__main__"]


def test_every_room_is_described() -> None:
    described = re.findall(
        r"^    (\w+)(?:/|(?<!__)\.py) ", PAGE.split("## The package")[1].split("## Rules")[0], re.MULTILINE
    )
    assert sorted(described) == sorted(rooms())


def test_the_page_has_the_layers_of_the_contract() -> None:
    listed = re.search(r"^       cli\n(?:       .*\n)+", PAGE, re.MULTILINE)
    assert listed is not None
    assert [line.strip() for line in listed[0].splitlines()] == layers()
    assert {room for layer in layers() for room in layer.split(", ")} == rooms()


def test_no_module_imports_itself_by_a_detour() -> None:
    """A cycle between a package and its own module counts too. The contracts do not find it."""
    graph = grimp.build_graph("slosmith", cache_dir=None)
    order = TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules})
    try:
        order.prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None
