"""User policies: the violations that they find, and the problems of wrong policies."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from slosmith.policy.judging import judge
from slosmith.policy.user.facts import FIELDS, changed, example, needed, service_facts, slo_facts
from slosmith.policy.user.policies import SCHEMA
from slosmith.problems import Problem, Severity
from slosmith.schemes.registry import scheme
from slosmith.workspace import LoadedWorkspace, load
from tests.policy.cases import TODAY

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICE = """version: slosmith/v1
kind: Service
name: shop
team: shop
indicator_source: {template: istio-gateway, with: {namespace: shop}}
sites: [east, west]
objectives: {availability: {target: 99%}, latency: {target: 99%, threshold: 500ms}}
operations: {time_to_repair: 1h, expected_outages: 2}
traffic: {events_per_day: 1000}
clients: {external: [people]}
"""
POLICY = """version: slosmith/v1
kind: Policy
name: fast
code: OWN1
expression: {expression}
message: {message}
cases:
  - {{holds: true, slo: {{target_percent: 99}}}}
  - {{holds: false, slo: {{target_percent: 90}}}}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def project(tmp_path: Path, policy: str, name: str = "fast", settings: str = "") -> LoadedWorkspace:
    root = tmp_path / "slo_specs"
    for folder in ("services", "policies"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "services/shop.yaml").write_text(SERVICE)
    (root / f"policies/{name}.yaml").write_text(policy)
    (root / "slosmith.yaml").write_text(f"version: slosmith/v1\nkind: Project\nname: p\n{settings}")
    return load(Path("slo_specs"))


def found(tmp_path: Path, policy: str, **more: str) -> list[Problem]:
    """The problems of user policies, without problems of the catalogue's checks."""
    problems = judge(project(tmp_path, policy, **more), TODAY)
    return [problem for problem in problems if problem.code.startswith(("OWN", "POL", "SYN", "SCH"))]


def simple(expression: str, message: str = "too low") -> str:
    return POLICY.format(expression=expression, message=message)


# --- what they find ---


def test_a_policy_that_holds_finds_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, simple("slo.target_percent >= 99.0")) == []


def test_a_policy_that_does_not_hold_names_every_slo(tmp_path: Path) -> None:
    policy = simple(
        "slo.target_percent > 98.9 && slo.id != 'shop-latency-east'", '"{slo.id} has {slo.target_percent}%"'
    )
    problems = found(tmp_path, policy)
    assert [(problem.code, problem.severity, problem.subject) for problem in problems] == [
        ("OWN1", Severity.ERROR, "shop-latency-east")
    ]
    assert problems[0].message == "shop-latency-east has 99%"
    assert (problems[0].file, problems[0].line) == ("slo_specs/services/shop.yaml", 7)


def test_the_same_message_is_said_once(tmp_path: Path) -> None:
    problems = found(tmp_path, simple("slo.target_percent > 95.0 && slo.team == 'example-team'"))
    assert {problem.message for problem in problems} == {
        "too low (2 SLOs: shop-availability-east, shop-availability-west)",
        "too low (2 SLOs: shop-latency-east, shop-latency-west)",
    }


def test_level_place_and_condition(tmp_path: Path) -> None:
    policy = simple("slo.target_percent > 99.0 || slo.team == 'example-team' && slo.target_percent > 95.0")
    policy += (
        "when: slo.indicator == 'latency' || slo.team == 'example-team'\nlevel: warning\nat: threshold\nhint: more\n"
    )
    problems = found(tmp_path, policy)
    assert [(problem.severity, problem.line, problem.column, problem.hint) for problem in problems] == [
        (Severity.WARNING, 7, 77, "more")
    ]


def test_a_policy_over_services(tmp_path: Path) -> None:
    policy = """version: slosmith/v1
kind: Policy
name: fast
code: OWN2
of: service
expression: size(service.clients.internal) > 0
message: "{service.name} has no internal client ({service.clients.external})"
cases: [{holds: true, service: {clients: {internal: [a]}}}, {holds: false}]
"""
    problems = found(tmp_path, policy)
    assert [(problem.message, problem.subject, problem.line) for problem in problems] == [
        ("shop has no internal client (people)", "shop", 3)
    ]


def test_settings_and_waivers_apply(tmp_path: Path) -> None:
    policy = simple("slo.team == 'example-team' && slo.target_percent > 95.0")
    assert {problem.severity for problem in found(tmp_path, policy)} == {Severity.ERROR}
    quieter = found(tmp_path, policy, settings="policy: {levels: {OWN1: notice}}\n")
    assert {problem.severity for problem in quieter} == {Severity.NOTICE}
    assert found(tmp_path, policy, settings="policy: {levels: {OWN: off}}\n") == []
    loaded = project(tmp_path, policy)
    waived = SERVICE + "waivers: [{code: OWN1, reason: Agreed., owner: shop, expires: 2026-12-31}]\n"
    Path("slo_specs/services/shop.yaml").write_text(waived)
    loaded = load(Path("slo_specs"))
    codes = {problem.code for problem in judge(loaded, TODAY)}
    assert not codes & {"OWN1", "WAI603", "WAI604"}


def test_a_policy_that_is_off_still_proves_its_cases(tmp_path: Path) -> None:
    problems = found(tmp_path, simple("slo.target_percent > 99.5") + "level: off\n")
    assert [(problem.code, problem.line) for problem in problems] == [("POL706", 8)]


# --- what is wrong with them ---


@pytest.mark.parametrize(
    ("expression", "code", "line", "column", "message", "hint"),
    [
        ("slo.target_percent >", "POL703", 5, 33, "the expression cannot be read", ""),
        ("(((slo.target_percent", "POL703", 5, 34, "the expression cannot be read", ""),
        ("slo.target_percnt > 1.0", "POL704", 5, 17, "there is no field 'target_percnt'", "target_percent"),
        ("slo.threshold_seconds > 1.0", "POL704", 5, 17, "no field 'threshold_seconds'", "has(slo.threshold_seconds)"),
        ("sloo.target > 1.0", "POL704", 5, 13, "there is no 'sloo'", "slo"),
        ("slo.target_percent + 1 > 99.0", "POL704", 5, 13, "these types cannot be combined", "1.0"),
        ("slo.team", "POL704", 5, 13, "is example-team for a case; it must be true or false", "compare"),
        ("slo.target_percent > 99.5", "POL706", 8, 13, "expects that the policy holds, but it does not", "correct"),
        ("slo.target_percent > 1.0", "POL706", 9, 13, "expects that the policy does not hold, but it does", "correct"),
    ],
)
def test_expressions_that_are_wrong(
    tmp_path: Path, expression: str, code: str, line: int, column: int, message: str, hint: str
) -> None:
    problems = found(tmp_path, simple(expression))
    assert [(problem.code, problem.line, problem.column) for problem in problems] == [(code, line, column)]
    assert problems[0].file == "slo_specs/policies/fast.yaml"
    assert message in problems[0].message
    assert hint in problems[0].hint


def test_a_position_inside_a_block(tmp_path: Path) -> None:
    block = "|\n  slo.target_percent > 95.0\n  && slo.nonsense\n"
    problems = found(tmp_path, simple(block))
    assert [(problem.code, problem.line, problem.column) for problem in problems] == [("POL704", 7, 10)]


def test_an_expression_that_runs_away_is_stopped(tmp_path: Path) -> None:
    loop = "[1,2,3,4,5,6,7,8,9,10]"
    nested = "true"
    for _ in range(9):
        nested = f"{loop}.all(x, {nested})"
    problems = found(tmp_path, simple(f'"{nested}"'))
    assert [(problem.code, problem.line, problem.column) for problem in problems] == [("POL705", 5, 13)]
    assert "longer than 2 s" in problems[0].message


def test_one_that_runs_away_does_not_stop_the_others(tmp_path: Path) -> None:
    nested = "true"
    for _ in range(9):
        nested = f"[1,2,3,4,5,6,7,8,9,10].all(x, {nested})"
    second = simple("slo.target_percent > 95.0 && slo.team == 'example-team'").replace("OWN1", "OWN2")
    problems = found(tmp_path, simple(f'"{nested}"') + "---\n" + second)
    assert {problem.code for problem in problems} == {"POL705", "OWN2"}


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (("code: OWN1", "code: BUD999"), "POL702", "codes that begin with BUD are slosmith's own"),
        (("code: OWN1", "code: own"), "SCH206", "code"),
        (("name: fast", "name: slow"), "POL702", "differs from the file's"),
        (("kind: Policy", "kind: Polcy"), "POL702", "'Polcy' is not a policy"),
        (("kind: Policy", "kind: Service"), "POL702", "'Service' is not a policy"),
        (("message: too low", "mesage: too low"), "SCH203", "mesage"),
        (("message: too low", 'message: "{slo.targt} is too low"'), "POL704", "there is no field {slo.targt}"),
        (("holds: false", "holds: true"), "POL702", "no case has `holds: false`"),
        (("message: too low", "message: x\nof: service\nat: threshold"), "POL702", "a service has no 'threshold'"),
        (("version:", "- version:"), "SYN110", "not YAML"),
    ],
)
def test_policies_that_are_wrong(tmp_path: Path, change: tuple[str, str], code: str, message: str) -> None:
    problems = found(tmp_path, simple("slo.target_percent > 95.0").replace(*change))
    assert code in {problem.code for problem in problems}
    said = next(problem for problem in problems if problem.code == code)
    assert message in said.message
    assert said.line > 0
    assert said.severity is Severity.ERROR


def test_two_policies_with_one_code(tmp_path: Path) -> None:
    policy = simple("slo.target_percent > 95.0")
    problems = found(tmp_path, policy + "---\n" + policy)
    assert [(problem.code, problem.line) for problem in problems] == [("POL702", 14)]
    assert "OWN1 is the code of policy 'fast' already" in problems[0].message


# --- what they see ---


def test_fields_are_documented(tmp_path: Path) -> None:
    loaded = project(tmp_path, simple("slo.target_percent > 95.0"))
    assert loaded.workspace is not None
    service = loaded.workspace.services[0]
    assert set(service_facts(service)) <= set(FIELDS["service"])
    for slo in service.slos:
        assert set(slo_facts(slo, scheme("weighted"))) <= set(FIELDS["slo"])
    text = (CHECKOUT / "docs" / "policy.md").read_text("utf-8")
    for variable, fields in FIELDS.items():
        for name, meaning in fields.items():
            assert f"| `{variable}.{name}` | {meaning} |" in text


def test_facts_are_numbers_that_can_be_mixed(tmp_path: Path) -> None:
    loaded = project(tmp_path, simple("slo.target_percent > 95.0"))
    assert loaded.workspace is not None
    slo = next(slo for slo in loaded.workspace.slos() if slo.name == "latency-east")
    facts = slo_facts(slo, scheme("weighted"))
    assert facts["target"] == 0.99
    assert facts["threshold_seconds"] == 0.5
    assert facts["period_days"] == 28.0
    assert facts["events_per_day"] == 1000.0
    assert facts["metrics"] == [
        "istio_request_duration_milliseconds_bucket", "istio_request_duration_milliseconds_count",
    ]  # fmt: skip
    assert [tier["name"] for tier in facts["alerting"]["tiers"]] == ["1h", "6h", "1d", "3d"]
    assert "class" not in facts
    assert json.loads(json.dumps(facts)) == facts


def test_the_example_is_of_the_shape_of_real_ones(tmp_path: Path) -> None:
    base = example()
    assert set(base["slo"]) <= set(FIELDS["slo"])
    assert set(base["service"]) <= set(FIELDS["service"])
    loaded = project(tmp_path, simple("slo.target_percent > 95.0"))
    assert loaded.workspace is not None
    real = slo_facts(loaded.workspace.slos()[0], scheme("weighted"))
    assert set(base["slo"]) <= set(real)
    assert set(base["slo"]["alerting"]) == set(real["alerting"])
    assert set(base["slo"]["alerting"]["tiers"][0]) == set(real["alerting"]["tiers"][0])


def test_changes_of_a_case() -> None:
    base = {"slo": {"target": 0.98, "team": "a", "alerting": {"absence": True}}}
    assert changed(
        base, {"slo": {"team": None, "target": 1, "alerting": {"absence": False}, "labels": {"n": [1]}}}
    ) == {"slo": {"target": 1.0, "alerting": {"absence": False}, "labels": {"n": [1.0]}}}
    assert base["slo"]["team"] == "a"


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ("slo.team == 'x'", {"team"}),
        ("slo['team'] == 'x'", {"team"}),
        ("slo . team == 'x'", {"team"}),
        ("size(slo) > 0", {"team", "target", "name"}),
        ("[slo].all(s, s.name != '')", {"team", "target", "name"}),
    ],
)
def test_only_what_is_needed_is_handed_over(expression: str, fields: set[str]) -> None:
    facts = {"slo": {"team": "a", "target": 1.0, "name": "n"}, "today": "2026-03-01"}
    assert set(needed(facts, expression)["slo"]) == fields


def test_the_schema_is_one_and_is_published() -> None:
    published = CHECKOUT / "schemas" / "policy-v1.schema.json"
    assert published.read_text("utf-8") == SCHEMA.text
    jsonschema_rs.meta.validate(json.loads(SCHEMA.text))


def test_places_at_which_policies_report_exist() -> None:
    fields = SCHEMA.document()["$defs"]["Policy"]["properties"]["at"]["enum"]
    known = {
        "target", "threshold", "aspirational", "period", "calendar", "catalogue", "minimum_bad_events",
        "max_error_ratio", "indicator", "team", "runbook", "dashboard", "documentation", "description", "labels",
        "expected_events_per_day",
    }  # fmt: skip
    assert set(fields) == known
