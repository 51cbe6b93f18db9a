"""``write_only``: a server has the alerts and another one the recordings, which together are all rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import slosmith
from slosmith.engines.promtool import check_rules, run_rule_tests
from slosmith.output.compile import compile_workspace
from slosmith.output.registry import targets
from tests.targets.compiling import small_project

Rules = dict[str, list[dict[str, Any]]]


def rules_in(files: dict[str, str], target: str) -> Rules:
    """Every rule of each kind, in all rule files of a target."""
    found: Rules = {"record": [], "alert": []}
    for name, text in files.items():
        if name.startswith(f"{target}/") and name.endswith(".yaml") and not name.endswith("_test.yaml"):
            for rule in _rules(yaml.safe_load(text)):
                found["record" if "record" in rule else "alert"].append(rule)
    return found


def _rules(value: Any) -> Iterator[dict[str, Any]]:
    """The rules anywhere below ``value``: targets wrap groups in manifests and values files."""
    if isinstance(value, dict):
        if "expr" in value and ("record" in value or "alert" in value):
            yield value
        for each in value.values():
            yield from _rules(each)
    elif isinstance(value, list):
        for each in value:
            yield from _rules(each)


def compiled(folder: Path, target: str, rules: str, write_only: str = "") -> dict[str, str]:
    settings = f"targets: {{{target}: {{}}}}\nrules: {rules}\n" + (f"write_only: {write_only}\n" if write_only else "")
    found = small_project(folder, settings)
    assert found.workspace is not None
    return compile_workspace(found.workspace, found.project)


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
@pytest.mark.parametrize("target", targets())
def test_the_two_kinds_together_are_all_rules(tmp_path: Path, target: str, rules: str) -> None:
    everything = rules_in(compiled(tmp_path / "all", target, rules), target)
    recordings = rules_in(compiled(tmp_path / "recordings", target, rules, "recordings"), target)
    alerts = rules_in(compiled(tmp_path / "alerts", target, rules, "alerts"), target)
    assert recordings == {"record": everything["record"], "alert": []}
    assert alerts == {"record": [], "alert": everything["alert"]}


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
@pytest.mark.parametrize("kind", ["recordings", "alerts"])
def test_promtool_accepts_each_kind(tmp_path: Path, promtool: Path, rules: str, kind: str) -> None:
    files = compiled(tmp_path / "specs", "prometheus", rules, kind)
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    tests = sorted(tmp_path.glob("prometheus/*_test.yaml"))
    rule_files = sorted({*tmp_path.glob("prometheus/*.yaml")} - {*tests})
    assert all(result.passed for result in check_rules(promtool, rule_files, 2))
    # alerts without their recordings cannot be tested
    assert bool(tests) == (kind == "recordings")
    assert all(result.passed for result in run_rule_tests(promtool, tests, 2))


def test_an_argument_replaces_the_setting(tmp_path: Path) -> None:
    specs = small_project(tmp_path, "write_only: alerts\n").root
    assert slosmith.load(specs).project.write_only == "alerts"
    assert slosmith.load(specs, write_only="recordings").project.write_only == "recordings"
    with pytest.raises(ValueError, match=r"write_only='rules': write alerts or recordings"):
        slosmith.load(specs, write_only="rules")  # type: ignore[arg-type]


def test_without_alerts_nothing_alerts_anywhere(tmp_path: Path) -> None:
    """Explanations, policy and dashboards see no alerts; their windows are still recorded."""
    found = small_project(tmp_path, "write_only: recordings\n")
    for explanation in (slosmith.explain(found, slo.id)[0] for slo in found.slos):
        assert not explanation.alerts
    assert not {problem.code for problem in slosmith.check(found)} & {"ALT201", "ALT202", "ALT204"}
