"""Queries that give a number even if no series exists. Unit tests leave out their SLOs, and then pass."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from slosmith.engines.promtool import run_rule_tests
from slosmith.output.compile import compile_workspace
from slosmith.promql import parse
from slosmith.promql.without_series import answers_without_series
from tests.formats.dialects.evaluation import loaded, sound


@pytest.mark.parametrize(("expression", "expected"), [
    ("x", False), ("sum(rate(x[5m]))", False), ("x > 0", False), ("1 - x", False), ("clamp_min(x, 0)", False),
    ("x or vector(0)", True), ("sum(x) / sum(y) or on () vector(1)", True), ("(x or vector(0)) / y", False),
    ("(x or vector(0)) / (y or vector(1))", True), ("absent(x)", True), ("vector(time())", True), ("hour()", True),
    ("hour(x)", False), ("max_over_time(vector(0)[5m:])", True), ("topk(3, x)", False), ("vector(1) and x", False),
    ("vector(1) unless x", True), ("-x", False), ("-vector(1)", True), ("histogram_quantile(0.9, x)", False),
    ('label_replace(vector(1), "a", "b", "", "")', True), ('label_replace(x, "a", "b", "", "")', False),
])  # fmt: skip
def test_what_answers_without_series(expression: str, expected: bool) -> None:
    assert answers_without_series(parse(expression).node) is expected


SPEC = """\
version: prometheus/v1
service: shop
slos:
  - {name: quiet, objective: 99, sli: {raw: {error_ratio_query: 'RATIO or on () vector(0)'}}, alerting: {name: A}}
"""
RATIO = "sum(rate(e_total[{{.window}}])) / sum(rate(t_total[{{.window}}]))"
OTHER = f"  - {{name: other, objective: 99, sli: {{raw: {{error_ratio_query: '{RATIO}'}}}}, alerting: {{name: B}}}}\n"


@pytest.mark.prometheus
@pytest.mark.parametrize("rules", ["weighted", "sloth"])
@pytest.mark.parametrize("others", ["", OTHER])
def test_their_unit_tests_hold(
    rules: Literal["weighted", "sloth"], others: str, tmp_path: Path, promtool: Path
) -> None:
    found = sound(loaded(tmp_path, SPEC.replace("RATIO", RATIO) + others, f"rules: {rules}\n"))
    assert found.workspace is not None
    for path, text in compile_workspace(found.workspace, found.project).items():
        if path.startswith("thanos/"):
            (tmp_path / Path(path).name).write_text(text, "utf-8")
    test = tmp_path / "shop_test.yaml"
    assert "Not tested: shop-quiet" in test.read_text("utf-8")
    (result,) = run_rule_tests(promtool, [test], 1)
    assert result.passed, "\n".join(result.messages)
