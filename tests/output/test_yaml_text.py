"""The YAML emitter, tested with two readers: PyYAML (YAML 1.1) and promtool (Go's YAML, between 1.1 and 1.2)."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slosmith.output.yaml_text import Commented, document, scalar

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
awkward = st.text("ab1 -:#\"'\\\n\t{}[]&*!|>%@`,?=~.\u00e9\u2028\x85\x00", max_size=12)
text = anything | awkward
values = st.recursive(
    text | st.booleans() | st.integers(),
    lambda inner: (
        st.dictionaries(text, inner, max_size=4)
        | st.lists(inner.filter(lambda item: not isinstance(item, list)), max_size=4)
    ),
    max_leaves=12,
)


@given(text)
@example("yes")
@example("12:30")
@example("0x1F")
@example("1_000")
@example("2026-01-01")
@example("a: b")
@example("a #b")
@example("<<")
@example("=")
@example("\ufeff")
@example("\x85")
def test_text_reads_back_as_the_same_text(value: str) -> None:
    assert yaml.safe_load(f"key: {scalar(value)}\n") == {"key": value}
    assert "\n" not in scalar(value)


@given(st.dictionaries(text, values, max_size=4))
@settings(max_examples=300, deadline=None)
@example({"a": {"expr": "one\n\n  two\n"}})
@example({"a": {"expr": "\none"}})
@example({"a": {"expr": " one\ntwo"}})
@example({"a": {"expr": "one\ntwo\n\n"}})
@example({"a": {"expr": "one\ntwo\n  "}})
@example({"a": [{"b": "x\ny"}, {}, "x\ny"]})
def test_a_document_reads_back_as_the_same_values(value: dict[str, Any]) -> None:
    assert yaml.safe_load(document(value)) == value


@given(st.lists(anything | awkward, max_size=4))
def test_comments_stay_comments(lines: list[str]) -> None:
    written = document({"a": Commented(lines, [Commented(lines, {"b": Commented(lines, "c"), "d": 1})])}, comment=lines)
    assert yaml.safe_load(written) == {"a": [{"b": "c", "d": 1}]}


def test_looks_as_a_reviewer_expects() -> None:
    rule = {
        "record": "slo:x:rate5m",
        "expr": "sum(\n  rate(x[5m])\n)",
        "labels": {"sloth_window": "5m", "share": Decimal("0.10")},
    }
    group = Commented(["What it does."], {"name": "g", "interval": "1m", "rules": [Commented(["Why."], rule)]})
    assert document({"groups": [group]}, comment=["Head."]) == (
        "# Head.\n"
        "groups:\n"
        "  # What it does.\n"
        "  - name: g\n"
        "    interval: 1m\n"
        "    rules:\n"
        "      # Why.\n"
        "      - record: slo:x:rate5m\n"
        "        expr: |-\n"
        "          sum(\n"
        "            rate(x[5m])\n"
        "          )\n"
        "        labels:\n"
        "          sloth_window: 5m\n"
        "          share: 0.10\n"
    )


@pytest.mark.parametrize("value", [1.5, None, {1, 2}, Decimal("NaN"), [["nested"]]])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        document({"a": value})


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        document({"a": "\ud800"})
    with pytest.raises(ValueError, match="surrogate"):
        document({"a": "x\n\ud800"})


def test_promtool_reads_the_same_text(promtool: Path, tmp_path: Path) -> None:
    """Every difficult text as a label value, in a rule and in a test. The test passes only if both are read in the same
    way.
    """
    awkward_texts = [
        "yes",
        "12:30",
        "0x1F",
        "1e3",
        "2026-01-01",
        "null",
        "~",
        "a: b",
        "a #b",
        "\u00e9",
        "\u2028",
        "tab\there",
        "\\",
        '"',
        "'",
        "{{",
        "-",
        "?",
        "5m",
        "1_0",
        "0o7",
        ".inf",
        "a\nb",
        " x ",
        "%",
        "@",
        "`",
    ]
    texts = [value.replace("{{", "{ {") for value in awkward_texts]
    rules = [
        {"record": f"r{index}", "expr": "vector(1)", "labels": {"text": value}} for index, value in enumerate(texts)
    ]
    expected = [
        {
            "expr": f"r{index}",
            "eval_time": "0s",
            "exp_samples": [{"labels": f"r{index}{{text={_quote(value)}}}", "value": 1}],
        }
        for index, value in enumerate(texts)
    ]
    (tmp_path / "r.yaml").write_text(document({"groups": [{"name": "g", "interval": "1m", "rules": rules}]}), "utf-8")
    test = {
        "rule_files": ["r.yaml"],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "promql_expr_test": expected}],
    }
    (tmp_path / "t.yaml").write_text(document(test), "utf-8")
    done = subprocess.run(
        [promtool, "test", "rules", "t.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _quote(value: str) -> str:
    """A string literal in Go, made without slosmith's quoting."""
    return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
