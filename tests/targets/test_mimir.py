"""Rule groups for Mimir: they are within its limits, and give the same numbers as groups that are not split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from slosmith.model import Duration, Service, Slo
from slosmith.model.rule_tests import TestFile
from slosmith.model.rules import RecordingKind, RecordingRule, RuleFile, RuleGroup
from slosmith.output import artefacts
from slosmith.output.compile import compile_workspace, consumer_warnings
from slosmith.schemes.scheme import Alert, Scheme, Trigger
from slosmith.targets import mimir
from slosmith.targets.mimir import split
from slosmith.workspace import LoadedWorkspace
from tests.cli.project import slosmith
from tests.targets.compiling import FilesByTarget, assert_rule_tests_pass, compiled, put, read_yaml, run, small_project

TARGET = "mimir"
MINUTE = Duration(60_000)


def group_names(text: str) -> list[str]:
    return [group["name"] for group in yaml.safe_load(text)["groups"]]


def without_namespace(text: str) -> str:
    """The file in the form of Prometheus, without Mimir's namespace."""
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("namespace:")]
    assert len(kept) == len(lines) - 1
    return "".join(kept)


def test_lift_wing_keeps_the_limits_and_the_order(
    lift_wing_files: FilesByTarget, tmp_path: Path, promtool: Path
) -> None:
    whole = lift_wing_files["prometheus"]
    parts = lift_wing_files[TARGET]
    namespaces = set()
    for path, text in parts.items():
        document = read_yaml(text)
        namespaces.add(document["namespace"])
        names = [group["name"] for group in document["groups"]]
        assert len(set(names)) == len(names)
        assert max(len(group["rules"]) for group in document["groups"]) <= 20
        unsplit = read_yaml(whole[path])["groups"]
        joined: dict[str, list[Any]] = {}
        for group in document["groups"]:
            joined.setdefault(group["name"].partition(":")[0], []).extend(group["rules"])
        assert joined == {group["name"]: group["rules"] for group in unsplit}
        # the smallest number of groups that the limit allows
        assert len(names) == sum(-(-len(group["rules"]) // 20) for group in unsplit)
    assert len(namespaces) == len(parts)
    files = {path: without_namespace(text) for path, text in parts.items()}
    done = run(promtool, put(files, tmp_path), "check", "rules", "--lint-fatal", *files)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("limit", [pytest.param(20, marks=pytest.mark.all), 6])
def test_split_groups_pass_the_unit_tests_of_the_whole_ones(tmp_path: Path, promtool: Path, limit: int) -> None:
    """The split groups give the numbers that were computed by hand, from raw series to alerts.

    `make test` splits at 6 rules, also inside of stages. The limit of 20 is compared with the whole group below.
    """
    loaded = small_project(tmp_path, sites="eqiad")
    tests = compiled(loaded, "prometheus")["alpha_test.yaml"]
    rules = compiled(loaded, TARGET, {"ruler_max_rules_per_rule_group": limit})["alpha.yaml"]
    names = group_names(rules)
    assert len(names) == {20: 6, 6: 16}[limit]
    before, _, rest = tests.partition("group_eval_order:\n")
    order = rest[: rest.index("tests:")]
    listed = "".join(f'  - "{name}"\n' for name in names)
    text = f"{before}group_eval_order:\n{listed}{rest.removeprefix(order)}"
    root = put({"alpha.yaml": without_namespace(rules), "alpha_test.yaml": text}, tmp_path / "mimir")
    assert_rule_tests_pass(promtool, root / "alpha_test.yaml")


# --- the same SLO twice in one Prometheus, in one group and split, from the same raw series


@pytest.fixture
def side_by_side(tmp_path: Path) -> tuple[Path, list[str], list[str]]:
    """A folder with the rules of the service ``whole`` and, split, of the service ``split``; and their groups."""
    loaded = small_project(tmp_path)
    files = {
        "calendars.yaml": compiled(loaded, "prometheus")["calendars.yaml"],
        "whole.yaml": compiled(renamed(loaded, "whole"), "prometheus", {"tests": False})["whole.yaml"],
        "split.yaml": without_namespace(compiled(renamed(loaded, "split"), TARGET)["split.yaml"]),
    }
    whole, parts = group_names(files["whole.yaml"]), group_names(files["split.yaml"])
    assert (len(whole), len(parts)) == (2, 3)
    return put(files, tmp_path / "both"), whole, parts


def renamed(loaded: LoadedWorkspace, name: str) -> LoadedWorkspace:
    """The workspace with only one SLO, alpha's availability in eqiad, as a service with another name."""
    workspace = loaded.workspace
    assert workspace is not None
    alpha = workspace.services[0]
    slo = next(slo for slo in alpha.slos if slo.name == "availability-eqiad")
    service = msgspec.structs.replace(alpha, name=name, slos=(msgspec.structs.replace(slo, service=name),))
    return msgspec.structs.replace(loaded, workspace=msgspec.structs.replace(workspace, services=(service,)))


LABELS = (
    'site="eqiad",kubernetes_namespace="istio-system",'
    'destination_service_namespace="alpha",destination_canonical_service="alpha-predictor"'
)
RAW = [
    {"series": f'istio_requests_total{{{LABELS},response_code="{code}"}}', "values": values}
    for code, values in (("200", "0+6000x70 420000+600x140"), ("503", "0+13x70 910+5400x140"))
]
"""An outage from the 70th minute on. 5xx are 0.2 % before it and 90 % in it, with the traffic of both changing."""

ON = "on (__name__, sloth_slo, sloth_window, calendar)"
FIRST = '__name__=~"slo:(sli_|period_sli_).*"'
SECOND = '__name__=~"slo:(objective|error_budget|time_period|current_burn_rate|period_burn_rate|period_error).*|slo:calendar_sli.*"'  # noqa: E501
CURRENT = '__name__="slo:current_burn_rate:ratio"'
TIMED = '__name__=~"slo:calendar_error_budget_.*"'
"""Read the clock as well."""


def compare(folder: Path, promtool: Path, order: Sequence[str], queries: dict[str, float]) -> None:
    """Runs the rules for 205 minutes, with the groups in ``order``. Returns the result of each query, one number."""
    test = {
        "rule_files": ["calendars.yaml", "whole.yaml", "split.yaml"],
        "evaluation_interval": "1m",
        "group_eval_order": ["slosmith-calendars", *order],
        "tests": [
            {
                "interval": "1m",
                "input_series": RAW,
                "promql_expr_test": [
                    {"expr": query, "eval_time": "205m", "exp_samples": [{"labels": "{}", "value": value}]}
                    for query, value in queries.items()
                ],
            }
        ],
    }
    put({"test.yaml": yaml.safe_dump(test)}, folder)
    done = run(promtool, folder, "test", "rules", "test.yaml")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def same(which: str, offset: str = "") -> str:
    """The number of series of the split rules that equal those of the whole group, now or ``offset`` ago."""
    return f'count({{sloth_service="split",{which}}} == {ON} {{sloth_service="whole",{which}}} {offset})'


def fired(service: str, tier: str) -> str:
    alerts = f'ALERTS{{alertstate="firing",sloth_service="{service}",slo_tier="{tier}"}}'
    return f"sum(count_over_time({alerts}[4h]))"


def test_in_order_every_number_is_the_same(side_by_side: tuple[Path, list[str], list[str]], promtool: Path) -> None:
    folder, whole, parts = side_by_side
    late = f"({fired('whole', '1h')} - {fired('split', '1h')})"
    compare(
        folder,
        promtool,
        [*whole, *parts],
        {same(FIRST): 18, same(SECOND): 9, same(TIMED): 2, late: 0, f"{fired('whole', '1h')} > bool 0": 1},
    )


def test_at_worst_the_second_group_is_one_interval_late(
    side_by_side: tuple[Path, list[str], list[str]], promtool: Path
) -> None:
    """Groups have no order. In this test the second group is always evaluated before the first.

    Events and ratios do not change. A rule that reads them from the other group has the value of one evaluation
    earlier, and an alert fires one evaluation later. The difference does not grow over time.
    """
    folder, whole, parts = side_by_side
    spent = "slo:calendar_error_budget_spent:ratio"
    remaining = "slo:period_error_budget_remaining:ratio"
    left = f'abs({remaining}{{sloth_service="split"}} - on () {remaining}{{sloth_service="whole"}})'
    moved = f'abs({spent}{{sloth_service="split"}} - on () {spent}{{sloth_service="whole"}} offset 1m)'
    compare(
        folder,
        promtool,
        [*whole, *reversed(parts)],
        {
            same(FIRST): 18,
            same(CURRENT): 1,
            same(SECOND.replace("current_burn_rate|", "").replace("|period_error", ""), "offset 1m"): 7,
            # the last of an hour's sixty evaluations is not seen yet
            f"{left} < bool 0.005": 1,
            # the elapsed share of the quarter changed by a minute too
            f"{moved} < bool 0.01": 1,
            f"({fired('whole', '1h')} - {fired('split', '1h')})": 0,
            f"({fired('whole', '1d')} - {fired('split', '1d')})": 1,
            f"({fired('whole', '3d')} - {fired('split', '3d')})": 1,
        },
    )


# --- the split itself


def test_a_stage_that_is_too_long_is_cut_inside() -> None:
    rules = tuple(RecordingRule(RecordingKind.RATIO, "a-b", f"a:b:c{index}", "vector(1)") for index in range(1, 48))
    parts = split(RuleGroup("g", MINUTE, rules), 20)
    assert [(part.name, len(part.rules)) for part in parts] == [("g:1", 20), ("g:2", 20), ("g:3", 7)]
    assert tuple(rule for part in parts for rule in part.rules) == rules


def test_groups_within_the_limit_stay_as_they_are() -> None:
    group = RuleGroup("g", MINUTE, (RecordingRule(RecordingKind.RATIO, "a-b", "a:b:c", "vector(1)"),) * 20)
    assert split(group, 20) == (group,)
    assert split(group, 0) == (group,)


# --- the limits


def test_a_tenants_limit_that_is_passed_is_a_warning(tmp_path: Path) -> None:
    small_project(tmp_path, "targets:\n  mimir:\n    ruler_max_rule_groups_per_tenant: 24\n")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 0
    assert "TGT407" in done.stderr
    assert "8 SLOs have 25 rule groups, and Mimir allows 24 for a tenant" in done.stderr
    assert "slosmith.yaml:" in done.stderr
    files = [path.read_text("utf-8") for path in (tmp_path / "generated" / "mimir").glob("*.yaml")]
    assert sum(len(group_names(text)) for text in files) == 25


@pytest.mark.parametrize("limit", [25, 0])
def test_a_limit_that_is_kept_is_not(tmp_path: Path, limit: int) -> None:
    small_project(tmp_path, f"targets: {{mimir: {{ruler_max_rule_groups_per_tenant: {limit}}}}}\n")
    assert "TGT407" not in slosmith(tmp_path, "generate").stderr


class OneGroup(Scheme):
    """A package's scheme: a group for each service, with as many rules as the names of its SLOs have letters."""

    name = "one"
    recordings = frozenset({RecordingKind.RATIO})
    alert_kinds = frozenset()

    def windows(self, slo: Slo) -> tuple[Duration, ...]:
        return ()

    def triggers(self, slo: Slo) -> tuple[Trigger, ...]:
        return ()

    def alerts(self, slo: Slo) -> tuple[Alert, ...]:
        return ()

    def compile_tests(self, service: Service, rules: RuleFile) -> TestFile:
        return TestFile("", MINUTE, (), ())

    def compile_service(self, service: Service, interval: Duration) -> RuleFile:
        letters = "".join(slo.name for slo in service.slos)
        rules = tuple(RecordingRule(RecordingKind.RATIO, None, f"a:{letter}", "vector(1)") for letter in letters)
        return RuleFile(service.name, (RuleGroup(service.name, interval, rules),))


@pytest.mark.parametrize("rules", ["weighted", "sloth", "one"])
@pytest.mark.parametrize("limit", [20, 7, 0])
def test_the_groups_that_are_counted_are_those_that_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str, limit: int
) -> None:
    settings = f"targets: {{mimir: {{ruler_max_rules_per_rule_group: {limit}, ruler_max_rule_groups_per_tenant: 1}}}}"
    found = small_project(tmp_path, f"{settings}\nrules: {'sloth' if rules == 'sloth' else 'weighted'}\n")
    assert found.workspace is not None
    if rules == "one":
        for module in (mimir, artefacts):
            monkeypatch.setattr(module, "scheme", lambda _: OneGroup())
    files = compile_workspace(found.workspace, found.project)
    written = sum(len(group_names(text)) for name, text in files.items() if name.startswith("mimir/"))
    (warning,) = consumer_warnings(found.workspace, found.project, "slo_specs")
    assert f"8 SLOs have {written} rule groups" in warning.message
