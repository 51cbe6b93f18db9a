"""Only schemes/ asks which rule scheme a project has. Only few modules ask whether an indicator is a RawRatio."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import slosmith
from slosmith.schemes.registry import own_schemes

PACKAGE = Path(slosmith.__file__).parent
NAMES = frozenset(own_schemes())


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The path below the package, and the code."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def questions(tree: ast.Module) -> Iterator[str]:
    """The places that ask which scheme it is: imports of a scheme, comparisons with its name, attributes
    with its name.
    """
    for node in ast.walk(tree):
        names = [name for name in imported(node) if name.startswith("slosmith.schemes.")]
        yield from (name for name in names if name.split(".")[2] in NAMES)
        if isinstance(node, ast.Compare | ast.MatchValue | ast.Subscript):
            constants = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
            yield from (f"compared with {value!r}" for value in constants if value in NAMES)
        if isinstance(node, ast.Attribute) and node.attr in NAMES:
            yield f".{node.attr}"


def test_nothing_outside_of_schemes_asks_which_scheme_there_is() -> None:
    found = {path: asked for path, tree in modules() if (asked := list(questions(tree)))}
    assert found, "the search finds nothing, not even in schemes/"
    assert [path for path in found if not path.startswith("schemes/")] == []


def test_schemes_do_not_know_each_other() -> None:
    for path, tree in modules():
        own = path.split("/")[1] if path.startswith("schemes/") else ""
        if own in NAMES:
            others = [name for name in questions(tree) if not name.startswith(f"slosmith.schemes.{own}")]
            assert [name for name in others if name.startswith("slosmith.")] == [], path


def test_ratios_without_events_are_asked_for_by_their_class_in_two_places() -> None:
    found = set()
    for path, tree in modules():
        for node in ast.walk(tree):
            asks = (isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance") or isinstance(
                node, ast.MatchClass
            )
            if asks and "RawRatio" in ast.unparse(node):
                found.add(path)
    assert found == {"sli/base.py", "schemes/weighted/tests/raw.py"}
