"""The monitoring mixin, tested with go-jsonnet: it can be imported, is complete, and can be changed with ``+:``."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import _gojsonnet
import pytest

from tests.targets.compiling import FilesByTarget, compiled, put, read_yaml, run, small_project

TARGET = "mixin"
FIRST_PAGE = "slos+:: {'slosmith-alpha-availability-eqiad'+: {alerts+: {'ErrorBudgetBurn 1h'+: %s}}}"


def evaluated(folder: Path, program: str) -> Any:
    """The result of a jsonnet program beside the mixin's folder."""
    (folder / "program.jsonnet").write_text(program, "utf-8")
    return json.loads(_gojsonnet.evaluate_file(str(folder / "program.jsonnet")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(compiled(small_project(tmp_path), TARGET), tmp_path / "slos")
    return tmp_path


def alerts(groups: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (rule["labels"]["sloth_id"], rule["labels"]["slo_tier"]): rule for group in groups for rule in group["rules"]
    }


def test_lift_wings_mixin_holds_the_rules_and_dashboards(
    lift_wing_files: FilesByTarget, tmp_path: Path, promtool: Path
) -> None:
    put(lift_wing_files[TARGET], tmp_path / "slos")
    found = evaluated(
        tmp_path,
        "local m = import 'slos/mixin.libsonnet';"
        "{rules: m.prometheusRules, alerts: m.prometheusAlerts, dashboards: m.grafanaDashboards}",
    )
    expected: dict[str, list[Any]] = {}
    for text in lift_wing_files["prometheus"].values():
        expected |= {group["name"]: group["rules"] for group in read_yaml(text)["groups"]}
    for group in found["rules"]["groups"]:
        # recordings in the order of evaluation
        assert group["rules"] == [rule for rule in expected[group["name"]] if "record" in rule]
    written = {group["name"]: group["rules"] for group in found["alerts"]["groups"]}
    assert written.keys() == {f"{name}-alerts" for name, rules in expected.items() if "alert" in rules[-1]}
    for name, rules in written.items():
        wanted = [rule for rule in expected[name.removesuffix("-alerts")] if "alert" in rule]
        # jsonnet sorts the keys of an object
        in_order = partial(json.dumps, sort_keys=True)
        assert sorted(rules, key=in_order) == sorted(wanted, key=in_order)
    dashboards = lift_wing_files["grafana"]
    assert found["dashboards"] == {
        path: json.loads(text) for path, text in dashboards.items() if path.endswith(".json")
    }
    # both fields in one rule file: no two groups have the same name
    both = {"groups": [*found["rules"]["groups"], *found["alerts"]["groups"]]}
    done = run(promtool, put({"all.yaml": json.dumps(both)}, tmp_path), "check", "rules", "--lint-fatal", "all.yaml")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_fields_add_up_with_other_mixins(folder: Path) -> None:
    found = evaluated(
        folder,
        "local alerts = {prometheusAlerts+:: {groups+: [{name: 'other', rules: []}]}};"
        "local all = alerts + {grafanaDashboards+:: {'o.json': {}}} + (import 'slos/mixin.libsonnet');"
        "{groups: [g.name for g in all.prometheusAlerts.groups], names: std.objectFields(all.grafanaDashboards)}",
    )
    assert found["groups"][0] == "other"
    assert len(found["groups"]) == 1 + 8 * 2
    assert found["names"] == ["o.json", "slo-alpha.json", "slo-beta.json", "slosmith-fleet.json"]


def test_one_alert_is_changed_and_no_other(folder: Path) -> None:
    own = FIRST_PAGE % "{labels+: {severity: 'sev1'}, annotations+: {runbook: 'https://own.example.org'}, 'for': '2m'}"
    program = f"((import 'slos/mixin.libsonnet') + {{{own}}}).prometheusAlerts.groups"
    before = alerts(evaluated(folder, "(import 'slos/mixin.libsonnet').prometheusAlerts.groups"))
    after = alerts(evaluated(folder, program))
    key = ("alpha-availability-eqiad", "1h")
    changed, original = after.pop(key), before.pop(key)
    assert after == before
    assert changed["labels"] == {**original["labels"], "severity": "sev1"}
    assert changed["annotations"] == {**original["annotations"], "runbook": "https://own.example.org"}
    assert (changed["for"], changed["expr"]) == ("2m", original["expr"])


def test_an_alert_or_a_whole_slo_can_be_hidden(folder: Path) -> None:
    own = "slos+:: {'slosmith-alpha-availability-eqiad'+: {alerts+: {'SLOMetricAbsent absent':: null}}, "
    own += "'slosmith-beta-latency-codfw':: null, 'slosmith.long-beta-latency-codfw':: null}"
    program = f"((import 'slos/mixin.libsonnet') + {{{own}}})"
    found = alerts(evaluated(folder, f"{program}.prometheusAlerts.groups"))
    assert len(found) == 8 * 7 - 1 - 7
    assert ("alpha-availability-eqiad", "absent") not in found
    rules = evaluated(folder, f"{program}.prometheusRules.groups")
    assert "slosmith-beta-latency-codfw" not in [group["name"] for group in rules]


def test_intervals_can_be_changed_for_all(folder: Path) -> None:
    own = "slos+:: std.mapWithKey(function(name, slo) slo + {interval: '30s'}, super.slos)"
    found = evaluated(folder, f"((import 'slos/mixin.libsonnet') + {{{own}}}).prometheusRules.groups")
    assert {group["interval"] for group in found} == {"30s"}
    assert len(found) == 1 + 8 * 2


def test_without_dashboards_and_in_sloth_mode(tmp_path: Path, promtool: Path) -> None:
    put(compiled(small_project(tmp_path, "rules: sloth\n"), TARGET, {"dashboards": False}), tmp_path / "slos")
    assert not (tmp_path / "slos" / "dashboards").exists()
    found = evaluated(
        tmp_path,
        "local m = import 'slos/mixin.libsonnet'; {groups: m.prometheusRules.groups + m.prometheusAlerts.groups}",
    )
    done = run(promtool, put({"all.yaml": json.dumps(found)}, tmp_path), "check", "rules", "all.yaml")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert sum("alert" in rule for group in found["groups"] for rule in group["rules"]) == 16
