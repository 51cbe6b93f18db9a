"""The engine around the checks: levels, parameters, selection, waivers, one problem for many subjects."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slosmith.policy import catalogue, engine
from slosmith.policy.check import FAMILIES
from slosmith.policy.configuration import configure
from slosmith.policy.judging import judge
from slosmith.policy.pages import page, pages
from slosmith.problems import Problem, Severity
from slosmith.settings import Project
from slosmith.workspace import LoadedWorkspace, load
from tests.policy.cases import TODAY, Case, run

_KEYS = st.sampled_from(["levels", "parameters", "", "BUD108", "SLI308", "DOC", "events", "scrape_interval", "OWN1"])
SERVICE = """indicator_source: {template: istio-gateway, with: {namespace: shop}}
objectives: {availability: {target: 95%}}
"""
COMPLETE = """team: shop
description: Sells.
documentation: https://docs.example.org/shop
runbook: https://docs.example.org/runbook
clients: {external: [people]}
responsible: Us.
decisions: [{date: 2026-01-01, decision: So be it., reason: Because.}]
"""
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def judged(tmp_path: Path, files: dict[str, str], *, today: date = TODAY, complete: bool = True) -> tuple[Problem, ...]:
    """Policy problems of ``files``. `version` and `kind` are added as in cases."""
    from tests.policy.cases import _complete

    case = Case("", "", {name: _complete(name, text) for name, text in files.items()}, today)
    return run(case, tmp_path, complete=complete).found


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return sorted({problem.code for problem in problems})


def loaded(tmp_path: Path, files: dict[str, str]) -> LoadedWorkspace:
    judged(tmp_path, files)
    return load(Path("slo_specs"))


# --- the catalogue ---


def test_codes_families_and_module_names_agree() -> None:
    for code in catalogue.codes():
        check = catalogue.check(code)
        assert check.code == code
        assert code[:3] in FAMILIES
        assert int(code[3]) == list(FAMILIES).index(code[:3]) + 1
        assert catalogue.title(code)
        assert "## Why" in catalogue.documentation(code)


def test_families_stand_in_their_order() -> None:
    found = list(dict.fromkeys(code[:3] for code in catalogue.codes()))
    assert found == list(FAMILIES)


def test_pages_in_docs_are_those_of_the_checks() -> None:
    folder = CHECKOUT / "docs" / "checks"
    assert {file.name: file.read_text("utf-8") for file in folder.glob("*.md")} == pages(), (
        "run python -m slosmith.policy.pages"
    )


def test_a_page_says_how_to_set_and_waive_it() -> None:
    text = page("BUD108")
    assert "BUD108: {events: 10}" in text
    assert "levels: {BUD108: warning}" in text
    assert "- code: BUD108" in text
    assert "Waiving" not in page("BUD101")


# --- levels, parameters, selection ---


def test_a_complete_service_has_one_notice(tmp_path: Path) -> None:
    found = judged(tmp_path, {"services/shop.yaml": COMPLETE + SERVICE})
    assert [(problem.code, problem.severity) for problem in found] == [("ALT201", Severity.NOTICE)]


def test_levels_of_codes_and_families(tmp_path: Path) -> None:
    project = "policy: {levels: {ALT201: error, DOC: off, DOC4: notice, DOC403: warning}}\n"
    found = judged(tmp_path, {"slosmith.yaml": project, "services/shop.yaml": SERVICE})
    levels = {problem.code: problem.severity.value for problem in found}
    assert levels == {
        "ALT201": "error", "ALT205": "warning", "DOC403": "warning", "DOC404": "notice", "DOC405": "notice",
        "DOC406": "notice", "DOC407": "notice", "DOC408": "notice",
    }  # fmt: skip


@pytest.mark.parametrize("off", ["off", "false", '"off"'])
def test_off_is_off_however_yaml_reads_it(tmp_path: Path, off: str) -> None:
    project = f"policy: {{levels: {{ALT201: {off}}}}}\n"
    assert judged(tmp_path, {"slosmith.yaml": project, "services/shop.yaml": COMPLETE + SERVICE}) == ()


@pytest.mark.parametrize(
    ("policy", "line", "message", "hint"),
    [
        ("levls: {}", 5, "'levls' is not a policy setting", "levels"),
        ("levels: {ALR201: off}", 5, "there is no check ALR201", "ALT201"),
        ("levels: {ALT201: eror}", 5, "'eror' is not a level", "error"),
        ("levels: [ALT201]", 5, "`levels` must be a mapping", ""),
        ("parameters: {BUD108: {evnts: 3}}", 5, "BUD108 has no parameter 'evnts'", "events"),
        ("parameters: {BUD101: {events: 3}}", 5, "BUD101 has no parameter 'events'", "it has no parameters"),
        ("parameters: {BUD108: {events: many}}", 5, "parameter 'events' of BUD108 must be a number", "10"),
        ("parameters: {BUD108: 3}", 5, "the parameters of BUD108 must be a mapping", ""),
        ("parameters: {WAI602: {days: -1}}", 5, "must be a whole number, at least 0", "30"),
        ("parameters: {SLI308: {scrape_interval: 60}}", 5, "must be a duration", "add a unit, such as 60ms or 60s"),
        ("parameters: {BUD103: {indicators: availability}}", 5, "must be a list of texts", "[availability]"),
        ("parameters: {XYZ999: {}}", 5, "there is no check XYZ999", ""),
    ],
)
def test_settings_that_are_wrong(tmp_path: Path, policy: str, line: int, message: str, hint: str) -> None:
    project = f"policy:\n  {policy}\n"
    files = {"slosmith.yaml": project, "services/shop.yaml": COMPLETE + SERVICE}
    found = [problem for problem in judged(tmp_path, files) if problem.code == "POL701"]
    assert [(problem.file, problem.line) for problem in found] == [("slo_specs/slosmith.yaml", line)]
    assert message in found[0].message
    assert hint in found[0].hint
    assert found[0].severity is Severity.ERROR


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["off", "error", "30d"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS, _ANYTHING, max_size=3))
def test_settings_of_any_shape_are_answered(policy: dict[str, Any]) -> None:
    configuration, problems = configure(Project(policy=policy), ["OWN1"])
    assert all(problem.code == "POL701" for problem in problems)
    for code in catalogue.codes():
        configuration.level(code, Severity.ERROR)
        configuration.parameters(code)


def test_select_runs_what_is_asked_for(tmp_path: Path) -> None:
    files = loaded(tmp_path, {"services/shop.yaml": SERVICE})
    assert files.workspace is not None
    found = engine.run(files.workspace, files.project, TODAY, select=["DOC40", "ALT201"])
    assert codes(found) == ["ALT201", "DOC403", "DOC404", "DOC405", "DOC406", "DOC407", "DOC408"]
    found = engine.run(files.workspace, files.project, TODAY, select=["DOC404"])
    assert codes(found) == ["DOC404"]


def test_some_files_only_leave_out_what_needs_all(tmp_path: Path) -> None:
    files = {"services/a.yaml": SERVICE, "services/A.yaml": SERVICE}
    assert "NAM501" in codes(judged(tmp_path, files))
    some = load(Path("slo_specs"), only=[Path("slo_specs/services/a.yaml")])
    assert "NAM501" not in codes(judge(some, TODAY))


def test_the_same_input_gives_the_same_problems_in_order(tmp_path: Path) -> None:
    files = loaded(tmp_path, {f"services/s{number}.yaml": SERVICE for number in range(5)})
    first = judge(files, TODAY)
    assert first == judge(load(Path("slo_specs")), TODAY)
    assert list(first) == sorted(first, key=Problem.sort_key)


def test_nothing_is_judged_that_cannot_be_read(tmp_path: Path) -> None:
    assert judged(tmp_path, {"services/shop.yaml": "objectives: {availability: {target: 200%}}\n"}) == ()


# --- many subjects, one problem ---


def test_what_many_slos_inherit_is_said_once(tmp_path: Path) -> None:
    calm = "description: Calm.\nobjectives: {availability: {target: 95%}, latency: {target: 99%, threshold: 500ms}}\n"
    service = "class: calm\nsites: [east, west]\n" + SERVICE.splitlines()[0] + "\n" + COMPLETE
    files = {"classes/calm.yaml": calm} | {f"services/s{number}.yaml": service for number in range(3)}
    found = [problem for problem in judged(tmp_path, files) if problem.code == "ALT201"]
    assert len(found) == 1
    assert found[0].file == "slo_specs/classes/calm.yaml"
    assert "(6 SLOs: s0-availability-east, s0-availability-west, s1-availability-east, " in found[0].message
    assert found[0].message.endswith("and 2 more)")
    assert found[0].subject == ""


def test_the_slos_of_one_service_share_its_name(tmp_path: Path) -> None:
    service = COMPLETE.replace("runbook: https://docs.example.org/runbook\n", "") + "sites: [east, west]\n" + SERVICE
    found = [problem for problem in judged(tmp_path, {"services/shop.yaml": service}) if problem.code == "ALT205"]
    assert [problem.subject for problem in found] == ["shop"]


# --- waivers ---

WAIVED = """waivers:
  - {{code: ALT201, reason: It is meant so., owner: shop, expires: {expires}{more}}}
"""


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        ("2026-12-31", []),
        ("2026-03-10", ["WAI602"]),
        ("2026-03-09", ["ALT201", "WAI601"]),
    ],
)
def test_a_waiver_holds_until_its_last_day(tmp_path: Path, expires: str, expected: list[str]) -> None:
    service = COMPLETE + SERVICE + WAIVED.format(expires=expires, more="")
    assert codes(judged(tmp_path, {"services/shop.yaml": service})) == expected


def test_the_date_of_judgement_decides(tmp_path: Path) -> None:
    service = COMPLETE + SERVICE + WAIVED.format(expires="2026-12-31", more="")
    files = loaded(tmp_path, {"services/shop.yaml": service})
    assert codes(judge(files, date(2026, 12, 31))) == ["WAI602"]
    assert codes(judge(files, date(2027, 1, 1))) == ["ALT201", "WAI601"]


def test_a_waiver_for_one_objective_leaves_the_others(tmp_path: Path) -> None:
    service = COMPLETE + SERVICE.replace("target: 95%}}", "target: 95%}, latency: {target: 95%, threshold: 500ms}}")
    service += WAIVED.format(expires="2026-12-31", more=", objective: latency")
    found = judged(tmp_path, {"services/shop.yaml": service})
    assert [(problem.code, problem.subject) for problem in found] == [("ALT201", "shop-availability")]


def test_a_waiver_of_a_service_does_not_cover_another(tmp_path: Path) -> None:
    waived = COMPLETE + SERVICE + WAIVED.format(expires="2026-12-31", more="")
    found = judged(tmp_path, {"services/a.yaml": waived, "services/b.yaml": COMPLETE + SERVICE})
    assert [(problem.code, problem.file) for problem in found] == [("ALT201", "slo_specs/services/b.yaml")]


def test_a_waiver_of_a_class_covers_its_services(tmp_path: Path) -> None:
    calm = "description: Calm.\nobjectives: {availability: {target: 95%}, latency: {target: 99%, threshold: 500ms}}\n"
    calm += WAIVED.format(expires="2026-12-31", more="")
    service = "class: calm\n" + SERVICE.splitlines()[0] + "\n" + COMPLETE
    found = judged(tmp_path, {"classes/calm.yaml": calm, "services/a.yaml": service, "services/b.yaml": service})
    assert found == ()


def test_a_waiver_is_not_called_unused_when_only_some_files_were_read(tmp_path: Path) -> None:
    service = COMPLETE + SERVICE.replace("95%", "99%") + WAIVED.format(expires="2026-12-31", more="")
    assert codes(judged(tmp_path, {"services/shop.yaml": service})) == ["WAI603"]
    files = load(Path("slo_specs"), only=[Path("slo_specs/services/shop.yaml")])
    assert judge(files, TODAY) == ()


# --- the inventory's file ---


@pytest.mark.parametrize(
    ("content", "file", "line"),
    [
        ("{}", "slo_specs/inventory/all.json", 1),
        ('[\n{"isvcs": 3}]', "slo_specs/inventory/all.json", 2),
        ('[{"namespace": "a", "isvcs": 3}]', "slo_specs/inventory/all.json", 1),
        ('[{"namespace": "a", "isvcs": {"b": 1}}]', "slo_specs/inventory/all.json", 1),
        (None, "slo_specs/slosmith.yaml", 4),
    ],
)
def test_an_inventory_that_cannot_be_used(tmp_path: Path, content: str | None, file: str, line: int) -> None:
    files = {"slosmith.yaml": "inventory: {file: inventory/all.json}\n", "services/shop.yaml": COMPLETE + SERVICE}
    if content is not None:
        files["inventory/all.json"] = content
    found = [problem for problem in judged(tmp_path, files) if problem.code == "POL707"]
    assert [(problem.file, problem.line) for problem in found] == [(file, line)]


# --- Lift Wing ---


def test_lift_wing_has_no_error_and_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    files = load(Path("slo_specs"))
    found = judge(files, date(2026, 11, 22))
    assert [problem for problem in found if problem.severity is not Severity.NOTICE] == []


def test_the_missing_bucket_of_the_kubernetes_api_needs_its_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    before = judge(load(Path("slo_specs")), date(2026, 11, 21), select=["SLI301"])
    assert [(problem.code, problem.file) for problem in before] == [("SLI301", "slo_specs/classes/kubernetes-api.yaml")]
    assert "the threshold is 500ms and 400ms is measured" in before[0].message


# --- levels of single violations


RATIO = """objectives:
  availability:
    target: 95%
    indicator: {{counter_ratio: {{total: 'http_requests_total{{job="x",env="prod"}}', bad: '{bad}{{job="x"}}'}}}}
"""


@pytest.mark.parametrize(
    ("bad", "levels", "level"),
    [
        ("http_requests_total", "", Severity.ERROR),
        ("http_errors_total", "", Severity.WARNING),
        # settings decide, and can also raise the level
        ("http_errors_total", "policy: {levels: {SLI302: error}}", Severity.ERROR),
        ("http_errors_total", "policy: {levels: {SLI3: notice}}", Severity.NOTICE),
    ],
)
def test_an_uncertain_violation_has_a_lower_level(tmp_path: Path, bad: str, levels: str, level: Severity) -> None:
    files = {"services/shop.yaml": RATIO.format(bad=bad), "slosmith.yaml": f"name: x\nscope: global\n{levels}\n"}
    found = [problem for problem in judged(tmp_path, files) if problem.code == "SLI302"]
    assert [problem.severity for problem in found] == [level]
