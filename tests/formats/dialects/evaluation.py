"""The meaning of imported specs, tested with promtool: known events are the input of the rules, and the results are
known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from slosmith.engines.promtool import run_rule_tests
from slosmith.output.compile import compile_workspace
from slosmith.policy.judging import judge
from slosmith.problems import Problem, Severity
from slosmith.workspace import LoadedWorkspace, load
from tests.targets.compiling import read_yaml

PROJECT = "version: slosmith/v1\nkind: Project\nname: shop\nteam: web\n"


def loaded(folder: Path, files: Mapping[str, str] | str, settings: str = "") -> LoadedWorkspace:
    """The specs of a folder with these files (one text: one file)."""
    texts = {"services/a.yaml": files} if isinstance(files, str) else files
    for name, text in {"slosmith.yaml": PROJECT + settings, **texts}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return load(folder)


def sound(found: LoadedWorkspace) -> LoadedWorkspace:
    """``found``, which must have no errors."""
    assert found.workspace is not None, [problem for problem in found.problems if problem.severity is Severity.ERROR]
    return found


def said(found: LoadedWorkspace) -> list[tuple[str, int, tuple[str | int, ...]]]:
    """Code, line and path of every problem. Every problem must have a place."""
    assert all(problem.line for problem in found.problems), found.problems
    return [(problem.code, problem.line, problem.path) for problem in found.problems]


def judged(found: LoadedWorkspace) -> tuple[Problem, ...]:
    """The problems of policy checks, for specs without errors."""
    return judge(sound(found), date(2026, 1, 1))


def expect(
    promtool: Path,
    found: LoadedWorkspace,
    series: Mapping[str, str],
    values: Mapping[str, float | Mapping[str, float]],
    *,
    at: str = "2h",
    alerts: Mapping[str, list[dict[str, str]]] | None = None,
) -> None:
    """Evaluates the rules of ``found`` over ``series`` (name -> promtool's notation, with a sample every minute).

    ``values``: expression -> its value at ``at``, or values by label set (``{a="b"}``); floats agree to 1e-6.
    ``alerts``: name -> the labels of each alert that must fire (of those that are named in the first).
    """
    _evaluate(promtool, found, series, [*_values(values, at), *_alerts(alerts or {}, at)])


def expect_at(
    promtool: Path, found: LoadedWorkspace, series: Mapping[str, str], moments: Mapping[str, Mapping[str, float]]
) -> None:
    """The same at several times (``30h`` -> values). The rules are evaluated only once, up to the last time."""
    _evaluate(promtool, found, series, [test for at, values in moments.items() for test in _values(values, at)])


def _values(values: Mapping[str, float | Mapping[str, float]], at: str) -> list[dict[str, Any]]:
    tests = []
    for expression, value in values.items():
        samples = value if isinstance(value, Mapping) else {"{}": value}
        # a mean over all other labels: the value of a single series does not change
        asked = expression if isinstance(value, Mapping) else f"sum({expression})"
        # "+ 0" converts a negative zero to zero, because promtool distinguishes them
        tests.append(
            {
                "expr": f"round(1e6 * ({asked})) + 0",
                "eval_time": at,
                "exp_samples": [{"labels": labels, "value": round(1e6 * number)} for labels, number in samples.items()],
            }
        )
    return tests


def _alerts(alerts: Mapping[str, list[dict[str, str]]], at: str) -> list[dict[str, Any]]:
    tests = []
    for name, labels in alerts.items():
        keys = sorted(labels[0]) if labels else ["alertname"]
        tests.append({
            "expr": f'count by ({", ".join(keys)}) (ALERTS{{alertname="{name}", alertstate="firing"}})',
            "eval_time": at,
            "exp_samples": [{"labels": _labels(each), "value": 1} for each in labels],
        })  # fmt: skip
    return tests


def _evaluate(promtool: Path, found: LoadedWorkspace, series: Mapping[str, str], tests: list[dict[str, Any]]) -> None:
    assert sound(found).workspace is not None
    folder = Path(found.sources.shown("services")).parent / ".rules"
    folder.mkdir(parents=True, exist_ok=True)
    # nothing but rules: their own unit tests and the dashboards would cost more than the evaluation
    project = msgspec.structs.replace(found.project, targets={"thanos": {"tests": False}})
    files = compile_workspace(found.workspace, project)  # type: ignore[arg-type]
    rules = []
    for path, text in files.items():
        if path.startswith("thanos/") and path.endswith(".yaml") and not path.endswith("_test.yaml"):
            (folder / Path(path).name).write_text(text, "utf-8")
            rules.append(Path(path).name)
    groups = [group["name"] for name in rules for group in read_yaml((folder / name).read_text("utf-8"))["groups"]]
    content = {
        "rule_files": sorted(rules),
        "evaluation_interval": "1m",
        "group_eval_order": sorted(groups, key=lambda name: "calendars" not in name),
        "tests": [{
            "interval": "1m",
            "input_series": [{"series": name, "values": text} for name, text in series.items()],
            "promql_expr_test": tests,
        }],
    }  # fmt: skip
    test = folder / "known_test.yaml"
    test.write_text(json.dumps(content), "utf-8")
    (result,) = run_rule_tests(promtool, [test], 1)
    assert result.passed, "\n".join(result.messages)


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items())) + "}"
