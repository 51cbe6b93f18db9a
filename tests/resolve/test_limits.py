"""A few lines of YAML cannot make more SLOs than the settings allow."""

from __future__ import annotations

import time
from pathlib import Path

from slosmith.workspace import load
from tests.cli.project import CLASS, SERVICE, make_project, slosmith, write

SETTINGS = "version: slosmith/v1\nkind: Project\nname: tests\n"


def bomb(folder: Path, sites: int, services: int, settings: str = "") -> Path:
    specs = make_project(folder)
    names = ", ".join(f"s{number}" for number in range(sites))
    for number in range(services):
        text = SERVICE.format(name=f"bomb{number}", slo_class="stable", team="ml")
        write(specs / f"services/bomb{number}.yaml", text.replace("[eqiad, codfw]", f"[{names}]"))
    write(specs / "slosmith.yaml", SETTINGS + settings)
    return specs


def test_too_many_slos_are_a_problem_with_the_setting(tmp_path: Path) -> None:
    """400 sites x 25 services x 2 objectives, and the 8 SLOs of the project's other services."""
    specs = bomb(tmp_path, 400, 25)
    started = time.monotonic()
    loaded = load(specs)
    assert loaded.workspace is None
    (problem,) = [each for each in loaded.problems if each.code == "RES335"]
    assert problem.message == ("the specs ask for 20,008 SLOs, and at most 5,000 are allowed; this service has 800")
    assert "set `max_slos: 30000` in slosmith.yaml" in problem.hint
    assert problem.file.endswith("services/bomb0.yaml")
    assert problem.line == 12
    assert time.monotonic() - started < 30
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "RES335" in done.stderr
    assert not (tmp_path / "generated").exists()


def test_the_setting_raises_and_lowers_the_limit(tmp_path: Path) -> None:
    raised = load(bomb(tmp_path / "raised", 100, 3, "max_slos: 608\n"))
    assert raised.workspace is not None
    assert len(raised.workspace.slos()) == 608
    lowered = load(bomb(tmp_path / "lowered", 1, 1, "max_slos: 9\n"))
    assert [problem.code for problem in lowered.problems] == ["RES335"]


MORE = "{target: 99%, indicator: {counter_ratio: {total: a, bad: b}}}"


def test_what_is_counted_is_what_is_made(tmp_path: Path) -> None:
    """In site scope, sites do not multiply SLOs. `no_guarantee` is not an SLO. Objectives of the service count."""
    specs = bomb(tmp_path, 7, 1, "max_slos: 1\n")
    service = specs / "services/bomb0.yaml"
    for change in (
        "scope: site\n",
        "no_guarantee: [{indicator: latency, reason: None., date: 2026-01-01}]\n",
        f"objectives: {{one: {MORE}, two: {MORE}}}\n",
    ):
        text = service.read_text("utf-8")
        write(service, text + change)
        (counted,) = [each for each in load(specs).problems if each.code == "RES335"]
        write(specs / "slosmith.yaml", SETTINGS + "max_slos: 1000\n")
        loaded = load(specs)
        assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
        assert f"ask for {len(loaded.workspace.slos())} SLOs" in counted.message
        write(specs / "slosmith.yaml", SETTINGS + "max_slos: 1\n")
        write(service, text)


def test_other_dialects_count_too(tmp_path: Path) -> None:
    slo = """  - name: s{number}
    objective: 99
    sli: {{raw: {{error_ratio_query: 'sum(rate(a[{{{{.window}}}}])) / sum(rate(b[{{{{.window}}}}]))'}}}}
    alerting: {{name: A, page_alert: {{disable: true}}, ticket_alert: {{disable: true}}}}
"""
    specs = tmp_path / "slo_specs"
    slos = "".join(slo.format(number=number) for number in range(30))
    write(specs / "services/x.yaml", f"version: prometheus/v1\nservice: shop\nslos:\n{slos}")
    write(specs / "slosmith.yaml", SETTINGS + "max_slos: 29\nperiod: {rolling: 28d}\n")
    (problem,) = load(specs).problems
    assert "ask for 30 SLOs" in problem.message


def test_classes_alone_need_no_room(tmp_path: Path) -> None:
    specs = bomb(tmp_path, 1, 0, "max_slos: 8\n")
    write(specs / "classes/more.yaml", CLASS.format(name="more", target="97%"))
    assert load(specs).workspace is not None
