"""Formatting changes no data, loses no comment, and a second run changes nothing: for every spec, however written."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slosmith.authoring.formatting import format_folder, write
from slosmith.formats.layout import OTHER_FORMAT, LayoutError, format_text, same_data
from slosmith.formats.layout.comments import find_comments
from slosmith.formats.yaml.document import read
from slosmith.formats.yaml.text import decode
from slosmith.workspace import load
from tests.formats.layout.scrambling import Scrambler
from tests.formats.layout.specs import CHECKOUT, schemas, specs

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


def values(text: str) -> list[Any]:
    reading = read(text, "")
    assert not reading.problems
    return [document.value for document in reading.documents]


def comments(text: str) -> Counter[str]:
    return Counter(comment for _, comment in find_comments(text.replace("\r\n", "\n")))


def key_orders(value: Any) -> list[list[str]]:
    if isinstance(value, list):
        return [order for each in value for order in key_orders(each)]
    if not isinstance(value, dict):
        return []
    return [list(value), *(order for each in value.values() for order in key_orders(each))]


def assert_formatted(text: str, *, name: str = "") -> str:
    """The formatted text, which has the data and the comments of ``text``, and is formatted."""
    result = format_text(text, schemas())
    before, after = values(text), values(result)
    assert len(before) == len(after), name
    assert all(map(same_data, before, after)), name
    assert comments(text) == comments(result), name
    assert format_text(result, schemas()) == result, name
    assert "\r" not in result
    assert "\n\n\n" not in result or "|" in result or ">" in result, name
    return result


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    """A file has a sentence, the text before, and the text after."""
    _, texts = path.read_text("utf-8").split("-- before --\n")
    before, after = texts.split("-- after --\n")
    assert assert_formatted(before) == after


def test_every_spec_of_the_repository_keeps_its_data_and_comments() -> None:
    left = []
    for name, text in specs().items():
        try:
            assert_formatted(text, name=name)
        except LayoutError as error:
            left.append(str(error))
    # the directive is that of a transcript of fmt
    assert set(left) == {OTHER_FORMAT, "it has a directive (a line that begins with %)"}
    assert len(specs()) - len(left) > 180


def test_free_keys_keep_their_order() -> None:
    """Only keys that the schema names move: the order of objectives, labels and parameters is the author's."""
    text = "version: slosmith/v1\nkind: SLOClass\nname: a\nobjectives: {z: {target: 9%}, a: {target: 8%}}\n"
    assert format_text(text, schemas()) == text
    assert list(values(format_text(text.replace("{z", "\n  {z"), schemas()))[0]["objectives"]) == ["z", "a"]


@pytest.mark.parametrize(
    "root", [CHECKOUT / "slo_specs", *sorted((CHECKOUT / "tests/transcripts/trees").glob("*/slo_specs"))], ids=str
)
def test_the_model_is_the_same(root: Path, tmp_path: Path) -> None:
    """Every SLO of a formatted project, the settings and the problems are those of the project."""
    copy = tmp_path / "slo_specs"
    shutil.copytree(root, copy)
    write(copy, [layout for layout in format_folder(copy, None).files if layout.changes])
    before, after = load(root), load(copy)
    assert before.workspace == after.workspace
    assert before.project == after.project
    assert [problem.message for problem in before.problems] == [problem.message for problem in after.problems]


REAL = [text for name, text in specs().items() if name.startswith(("slo_specs", "docs", "tests/transcripts"))]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9), which=st.integers(0, 10**6))
def test_other_ways_to_write_a_spec(seed: int, which: int) -> None:
    """The spec, written otherwise, has its data and comments after formatting, and the order of keys of the spec."""
    text = REAL[which % len(REAL)]
    try:
        formatted = format_text(text, schemas())
    except LayoutError:
        return
    for value in values(text):
        scrambler = Scrambler(Random(seed))
        other = scrambler.text(value)
        assert all(same_data(value, each) for each in values(other)), "the test has written other data"
        result = assert_formatted(other)
        assert Counter(scrambler.comments) == comments(result)
    if len(values(text)) == 1:
        assert key_orders(values(result)[0]) == key_orders(values(formatted)[0])


PARTS = (
    "#", "# c", "\n", "\n\n", "  ", "- ", ": ", ":", "{", "}", "[", "]", ",", "|\n", "|-\n", "|+\n", ">\n", "&a ", "*a",
    "!!str ", "'", '"', "? ", "---\n", "...\n", "<<: *a", "~", "null", "é", "\t", "key: v\n", "- x\n", "|2\n", " #x",
    "\\", "\r\n",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_damaged_texts_that_are_still_yaml(seed: int) -> None:
    """They keep their data and comments, or stay as they are with a reason; and there is no other error."""
    random = Random(seed)
    text = random.choice(REAL)
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice([random.choice(PARTS), ""]) + text[at + random.choice([0, 0, 1, 5]) :]
    if decode(text.encode(), "")[1] or read(text, "").problems:
        return
    with suppress(LayoutError):
        assert_formatted(text)


def test_the_end_of_a_file_is_the_end_of_a_text() -> None:
    """Without a line break at the end, the text has none."""
    for header in ("|", "|+", ">", ">+", "|-"):
        text = f"version: slosmith/v1\nkind: Service\nlabels:\n  a: {header}\n     x"
        assert values(assert_formatted(text))[0]["labels"] == {"a": "x"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("%YAML 1.2\n---\nversion: slosmith/v1\nkind: Service\n", "a directive"),
        ("version: prometheus/v1\nservice:   a\n", "own format"),
        ("apiVersion: v1\nkind: Service\nmetadata:   {}\n", "own format"),
        ("version: slosmith/v1\nkind: Nonsense\n", "own format"),
        ("- version: slosmith/v1\n", "own format"),
        ("version: slosmith/v1\nkind: Service\n---\nversion: prometheus/v1\n", "own format"),
        ("version: slosmith/v1\nkind: Service\ndescription: a\u2028b\n", "line separators"),
        ('version: slosmith/v1\nkind: Service\n? "a\n  b"\n: 1\n', "line 3 has a key"),
        ("version: slosmith/v1\nkind: Service\nname: &a # why\n  x\n", "line 3 has an anchor"),
    ],
)
def test_what_is_left_alone(text: str, why: str) -> None:
    with pytest.raises(LayoutError, match=why):
        format_text(text, schemas())


def test_a_large_file_is_formatted_in_reasonable_time() -> None:
    item = "  - {date: 2026-01-01,   decision: 'A class.', reason: \"It fits.\"}   # why\n"
    text = "version: slosmith/v1\nkind: Service\nname: a\ndecisions:\n" + item * 3_000
    result = format_text(text, schemas())
    assert result.count("# why") == 3_000
    assert result.splitlines()[4] == "  - {date: 2026-01-01, decision: A class., reason: It fits.}  # why"
