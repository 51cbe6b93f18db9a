"""Annotations of alerts: names that a project chooses, placeholders, and the site in texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.model import Slo
from slosmith.model.rules import AlertingRule
from slosmith.output.artefacts import compile_rules
from slosmith.workspace import LoadedWorkspace, load

PROJECT = """\
version: slosmith/v1
kind: Project
name: harbour
{settings}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: pier
team: harbour
runbook: https://docs.example.org/büch
dashboard: https://grafana.example.org/d/pier
{more}
indicator_source: {{template: istio-gateway, with: {{namespace: pier}}}}
objectives: {{availability: {{target: 99%, alerting: {alerting}}}}}
"""
OURS = {"summary", "description", "budget", "runbook", "dashboard"}


def loaded(folder: Path, alerting: str = "{}", settings: str = "scope: site", more: str = "") -> LoadedWorkspace:
    (folder / "services").mkdir(parents=True, exist_ok=True)
    (folder / "slosmith.yaml").write_text(PROJECT.format(settings=settings))
    (folder / "services/pier.yaml").write_text(SERVICE.format(alerting=alerting, more=more))
    return load(folder)


def alerts(folder: Path, alerting: str = "{}", settings: str = "scope: site", more: str = "") -> list[AlertingRule]:
    found = loaded(folder, alerting, settings, more)
    assert found.workspace is not None, [problem.message for problem in found.problems]
    (service,) = found.workspace.services
    return [rule for group in compile_rules(service, found.project).groups for rule in group.alerts]


def page(folder: Path, alerting: str = "{}", settings: str = "scope: site", more: str = "") -> dict[str, str]:
    return dict(alerts(folder, alerting, settings, more)[0].annotations)


# --- names


def test_annotations_have_other_names(tmp_path: Path) -> None:
    usual = page(tmp_path)
    names = (
        "{summary: title, description: message, budget: error_budget, runbook: runbook_url, dashboard: dashboard_url}"
    )
    found = page(tmp_path, f"{{annotation_names: {names}}}")
    assert usual.keys() == OURS
    assert found == {
        "title": usual["summary"], "message": usual["description"], "error_budget": usual["budget"],
        "runbook_url": "https://docs.example.org/b%C3%BCch", "dashboard_url": usual["dashboard"],
    }  # fmt: skip
    assert "Next: follow the runbook" in found["message"]


def test_an_annotation_is_left_out(tmp_path: Path) -> None:
    assert page(tmp_path, "{annotation_names: {budget: null}}").keys() == OURS - {"budget"}
    found = page(tmp_path, "{annotation_names: {runbook: null, description: null}}")
    assert found.keys() == OURS - {"runbook", "description"}


def test_every_level_adds_names(tmp_path: Path) -> None:
    settings = "scope: site\nalerting: {annotation_names: {runbook: runbook_url, budget: null}}"
    found = page(tmp_path, "{annotation_names: {budget: left}}", settings)
    assert found.keys() == OURS - {"runbook", "budget"} | {"runbook_url", "left"}


def test_an_annotation_of_the_user_replaces_ours_by_its_name(tmp_path: Path) -> None:
    alerting = "{annotation_names: {runbook: runbook_url}, annotations: {runbook_url: https://example.org/own}}"
    found = page(tmp_path, alerting)
    assert found["runbook_url"] == "https://example.org/own"
    assert "runbook" not in found


def test_two_annotations_of_one_name_are_a_problem(tmp_path: Path) -> None:
    (problem,) = loaded(tmp_path, "{annotation_names: {summary: description}}").problems
    assert (problem.code, problem.line) == ("RES336", 9)
    assert problem.message == "the annotations 'summary' and 'description' would both be written as 'description'"
    assert not loaded(tmp_path, "{annotation_names: {summary: description, description: summary}}").problems


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_other_schemes_use_the_names(tmp_path: Path, rules: str) -> None:
    settings = f"scope: site\nrules: {rules}\nalerting: {{annotation_names: {{runbook: runbook_url, summary: null}}}}"
    for rule in alerts(tmp_path, settings=settings):
        found = dict(rule.annotations)
        assert found["runbook_url"] == "https://docs.example.org/b%C3%BCch"
        assert not {"runbook", "summary"} & found.keys()


# --- placeholders


def test_placeholders_are_replaced(tmp_path: Path) -> None:
    alerting = (
        "{annotations: {note: 'Ask about {indicator} of {service}, {class}.', link: 'https://example.org/{uid}?q={service}'},"
        " page: {annotations: {wake: '{service}'}}, ticket: {annotations: {sleep: '{indicator}'}}}"
    )
    first, *_, last = (dict(rule.annotations) for rule in alerts(tmp_path, alerting))
    assert first["note"] == "Ask about availability of pier, ."
    assert first["link"] == "https://example.org/slo-pier?q=pier"
    assert (first["wake"], last["sleep"]) == ("pier", "availability")


def test_templates_and_variables_stay(tmp_path: Path) -> None:
    text = '{{ with query "up{service}" }}{{ . | first | value }}{{ end }} ${service} {2} {}'
    found = page(tmp_path, f"{{annotations: {{note: '{text}'}}}}")
    assert found["note"] == text


@pytest.mark.parametrize("part", ["{}", "page: {}", "ticket: {}"])
def test_an_unknown_placeholder_is_a_problem(tmp_path: Path, part: str) -> None:
    annotations = "annotations: {note: 'see {servce}'}"
    alerting = "{" + (annotations if part == "{}" else part.replace("{}", f"{{{annotations}}}")) + "}"
    (problem,) = loaded(tmp_path, alerting).problems
    assert (problem.code, problem.line) == ("SCH206", 9)
    assert (problem.message, problem.hint) == ("there is no placeholder {servce}", "did you mean 'service'?")


def test_other_formats_keep_braces(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "slosmith.yaml").write_text(PROJECT.format(settings="scope: site"))
    (tmp_path / "services/ferry.yaml").write_text(
        "version: prometheus/v1\nservice: ferry\nslos:\n  - name: late\n    objective: 99\n"
        '    sli: {raw: {error_ratio_query: "avg_over_time(ferry:late[{{.window}}])"}}\n'
        "    alerting: {name: Ferry, annotations: {note: 'see {service} and {servce}'}}\n"
    )
    found = load(tmp_path)
    assert found.workspace is not None
    (slo,) = found.workspace.slos()
    assert slo.alerting is not None
    assert dict(slo.alerting.annotations)["note"] == "see {service} and {servce}"


# --- the site in texts


def of(folder: Path, settings: str, more: str = "") -> Slo:
    found = loaded(folder, settings=settings, more=more)
    assert found.workspace is not None, [problem.message for problem in found.problems]
    return next(found.workspace.slos())


@pytest.mark.parametrize(
    ("settings", "more", "where"),
    [
        ("scope: site", "", ""),
        ("scope: site\nsites: [{name: staging, covered: false}]", "", ""),
        ("scope: site\nsites: [north, south]", "", " ({{ $externalLabels.site }})"),
        ("scope: site\nsites: [north, south]", "sites: [north]", " ({{ $externalLabels.site }})"),
        ("scope: site", "sites: [north]", " ({{ $externalLabels.site }})"),
        ("scope: global\nsites: [north, south]", "sites: [north]", " (north)"),
        ("scope: global", "", ""),
    ],
)
def test_a_site_is_named_where_there_are_sites(tmp_path: Path, settings: str, more: str, where: str) -> None:
    for rule in alerts(tmp_path, settings=settings, more=more):
        assert dict(rule.annotations)["summary"].startswith(f"pier availability{where}: ")
        assert ("externalLabels" in dict(rule.annotations)["description"]) == ("externalLabels" in where)
