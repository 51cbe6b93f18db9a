"""Evaluates expressions with promtool: known samples are the input, and the results are exact."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import msgspec

Series = dict[str, str]
"""Series in exposition notation -> values in promtool's notation (``0+60x10``), one a minute from minute 0."""


class Check(msgspec.Struct, frozen=True):
    """The expected result of an expression half a minute after ``minute``: a value for each label set. Empty: no
    result.

    It is half a minute, because a window that begins at a sample contains it in Prometheus 2, and not in Prometheus 3.
    """

    expr: str
    minute: int
    samples: dict[str, float]


class Case(msgspec.Struct, frozen=True):
    name: str
    series: Series
    checks: tuple[Check, ...]


def one(value: float | None) -> dict[str, float]:
    """A single value without labels, or no value."""
    return {} if value is None else {"{}": value}


def failures(promtool: Path, folder: Path, cases: list[Case]) -> str:
    """The output of promtool for failing cases. Empty if all pass."""
    document = {"rule_files": [], "evaluation_interval": "1m", "tests": [_test(case) for case in cases]}
    file = folder / "cases.yaml"
    file.write_text(json.dumps(document, ensure_ascii=False), "utf-8")  # JSON is YAML
    done = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _test(case: Case) -> dict[str, object]:
    return {
        "name": case.name,
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "promql_expr_test": [
            {
                "expr": check.expr,
                "eval_time": f"{check.minute}m30s",
                "exp_samples": [{"labels": labels, "value": value} for labels, value in check.samples.items()],
            }
            for check in case.checks
        ],
    }
