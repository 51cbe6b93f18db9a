"""Positions of all scalars in a document, and of all characters inside a scalar."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slosmith.formats.sources import Sources
from slosmith.formats.yaml.document import read
from slosmith.formats.yaml.positions import Positions
from slosmith.model import DocumentPath, Origin

TEXT = """\
# comment
name: a  # and another
list:
  - one
  - {two: 2, three: [3, 4]}
base: &base
  x: anchored
  y: other
merged:
  <<: *base
  y: own
empty:
block: |
  first line
    second
---
name: second document
"""


def positions_of(text: str) -> Positions:
    return Positions(text, read(text, "f").marks)


def span(path: DocumentPath, document: int = 0, *, key: bool = False) -> tuple[int, int, int, int]:
    positions = positions_of(TEXT)
    found = positions.key(document, path) if key else positions.value(document, path)
    assert found is not None
    return found.line, found.column, found.end_line, found.end_column


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("name",), (2, 7, 2, 8), (2, 1, 2, 5)),
        (("list",), (3, 1, 3, 5), (3, 1, 3, 5)),
        (("list", 0), (4, 5, 4, 8), (4, 5, 4, 8)),
        (("list", 1, "three", 1), (5, 25, 5, 26), (5, 25, 5, 26)),
        (("list", 1), (5, 5, 5, 28), (5, 5, 5, 28)),
        (("merged", "x"), (7, 6, 7, 14), (7, 3, 7, 4)),
        (("merged", "y"), (11, 6, 11, 9), (11, 3, 11, 4)),
        (("empty",), (12, 1, 12, 6), (12, 1, 12, 6)),
        (("list", 7), (3, 1, 3, 5), (3, 1, 3, 5)),
        (("name", "below"), (2, 7, 2, 8), (2, 1, 2, 5)),
    ],
)
def test_values_and_keys(path: DocumentPath, value: tuple[int, ...], key: tuple[int, ...]) -> None:
    assert span(path) == value
    assert span(path, key=True) == key


def test_documents() -> None:
    assert span(("name",), 1) == (17, 7, 17, 22)
    assert positions_of(TEXT).value(2, ("name",)) is None


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("plain with X in it", 1, 17),
        ("'it''s X here'", 1, 13),
        (r'"tab\t quote\" uni\u00e9 X here"', 1, 31),
        ("|\n  some lines\n\n    deeper X here", 4, 12),
        (">-\n  folded\n  lines X\n  end", 3, 9),
        ("|2-  # a comment with X\n   lines\n   X", 3, 4),
        ('"folded\n  over \\\n  lines X"', 3, 9),
        ("plain\n  over lines X", 2, 14),
        ("🙂 X", 1, 8),
        ('"\\n\\\n   \u00a0X"', 2, 5),
    ],
)
def test_inside_scalars(written: str, line: int, column: int) -> None:
    text = f"key: {written}\n"
    value = read(text, "f").documents[0].value["key"]
    found = positions_of(text).inside(0, ("key",), value.index("X"), 1)
    assert found is not None
    assert (found.line, found.column) == (line, column)
    assert (found.end_line, found.end_column) == (line, column + 1)


def test_past_the_end_of_a_scalar_is_just_behind_it() -> None:
    found = positions_of("key: 'abc'\n").inside(0, ("key",), 3, 1)
    assert found is not None
    assert tuple(found) == (1, 10, 1, 11)


def scalars(value: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from scalars(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from scalars(below, (*path, index))
    else:
        yield path, value


letters = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from(" \n\"'\\#:")
words = st.text(letters, min_size=1, max_size=40)
trees = st.recursive(
    words, lambda below: st.lists(below, max_size=4) | st.dictionaries(words, below, max_size=4), max_leaves=12
)


@given(trees, st.sampled_from([None, '"', "'", "|", ">"]), st.booleans(), st.integers(20, 120))
def test_every_character_of_every_scalar_is_found(tree: Any, style: str | None, flow: bool, width: int) -> None:
    """For every text and style of PyYAML: the character at the found position is the character of the value."""
    text = yaml.dump({"root": tree}, default_style=style, default_flow_style=flow, width=width, allow_unicode=True)
    documents, problems, marks = read(text, "f")
    assert not problems
    sources = Sources()
    sources.add("f", text, marks)
    for path, value in scalars(documents[0].value):
        if not isinstance(value, str):
            continue
        for offset, character in enumerate(value):
            if character.isspace():
                continue
            found = sources.span(Origin("service", "f", path), inside=(offset, 1))
            assert found is not None
            written = sources.line("f", found.line)[found.column - 1 :]
            assert written.startswith((character, "\\")), (path, value, offset)
