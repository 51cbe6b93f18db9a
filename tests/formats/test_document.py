"""YAML as data: the meaning of scalars. Every file gives values or problems, whatever it contains."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slosmith.formats.yaml.document import plain_value, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("n", "n"), ("Yes", "Yes"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("1:30", "1:30"), ("010", "010"), ("0o10", "0o10"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("1e999", "1e999"),
        ("2026-01-01", "2026-01-01"), ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("98%", "98%"), ("500ms", "500ms"), (".inf", ".inf"), (".nan", ".nan"), ("-", "-"), ("+", "+"), ("=", "="),
        ("0", 0), ("-1", -1), ("+7", 7), ("98", 98), ("٣", "٣"), ("9" * 31, "9" * 31),
        ("99.95", Decimal("99.95")), ("1e3", Decimal("1e3")), ("1.", Decimal("1.")), ("-0.5", Decimal("-0.5")),
    ],
)  # fmt: skip
def test_plain_scalars(text: str, value: Any) -> None:
    found = plain_value(text)
    assert found == value
    assert type(found) is type(value)


def value_of(text: str) -> Any:
    documents, problems, _ = read(text, "f")
    assert not problems
    return documents[0].value


def test_quotes_and_core_tags() -> None:
    assert value_of("a: '1'\nb: \"true\"\nc: !!str 1\nd: !!int '1'\ne: ! 1\nf: |\n  1\n") == {
        "a": "1", "b": "true", "c": "1", "d": 1, "e": "1", "f": "1\n",
    }  # fmt: skip


def test_keys_are_texts() -> None:
    assert value_of("1: a\ntrue: b\nnull: c\nno: d\n2026-01-01: e") == {
        "1": "a", "true": "b", "null": "c", "no": "d", "2026-01-01": "e",
    }  # fmt: skip


def test_merge_keys() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 0}\nd:\n  <<: *a\ne: {'<<': 1}"
    value = value_of(text)
    assert value["c"] == {"x": 0, "y": 2, "z": 4}
    assert value["d"] == {"x": 1, "y": 2}
    assert value["e"] == {"<<": 1}, "in quotes it is a key like any other"
    assert [problem.code for problem in read("a: {<<: 1}", "f").problems] == ["SYN119"]


def test_documents_keep_their_index() -> None:
    documents, problems, _ = read("---\na: 1\n---\n# nothing\n---\nb: 2\n", "f")
    assert [(document.index, document.value) for document in documents] == [(0, {"a": 1}), (2, {"b": 2})]
    assert not problems


def test_anchors_end_with_their_document() -> None:
    assert [problem.code for problem in read("a: &x 1\n---\nb: *x\n", "f").problems] == ["SYN120"]


def test_all_duplicate_keys_are_reported() -> None:
    problems = read("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2, d: 3}\n", "f").problems
    assert [(problem.code, problem.line, problem.column) for problem in problems] == [
        ("SYN112", 3, 1), ("SYN112", 4, 11), ("SYN112", 4, 17),
    ]  # fmt: skip


@given(st.text(st.sampled_from(list("ab:-[]{}&*!|>'\"%@`#,?\n\t \\<~.10")), max_size=60))
@example("? &a [a]\n: *a")
@example("&a a: *a\n*a : b")
@example("<<: {<<: {a: 1}}")
@example("a: &x <<\n*x : 1")
@example("- &a\n- *a")
@example("!<tag:yaml.org,2002:str> a")
@example("%YAML 9.9\n---\na")
@example('"\\ud800"')
@example("a: !!float nonsense")
def test_anything_is_values_or_problems(text: str) -> None:
    documents, problems, _ = read(text, "f")
    assert documents or problems
    for problem in problems:
        assert problem.code.startswith("SYN")
        assert problem.line >= 0
