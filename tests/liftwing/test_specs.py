"""The spec files themselves: complete, dated, and friendly to editors."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from slosmith.model import Service, SloClass
from slosmith.problems import Severity
from slosmith.vocabulary.dashboard_uids import service_uid
from tests.liftwing.policy import SPECS, loaded, workspace

FILES = sorted([SPECS / "slosmith.yaml", *SPECS.glob("classes/*.yaml"), *SPECS.glob("services/*.yaml")])


def test_the_specs_load_without_a_problem() -> None:
    assert [problem for problem in loaded().problems if problem.severity is not Severity.NOTICE] == []
    assert len(workspace().services) == 38
    assert len(workspace().slos()) == 136


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_first_line_names_a_schema_that_exists(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    modeline = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert modeline is not None
    assert (path.parent / modeline[1]).resolve().is_file()


def test_every_service_says_what_people_ask_first() -> None:
    for service in workspace().services:
        about = service.name
        assert service.team == "ml", about
        assert service.description.endswith("."), about
        assert all((service.responsible, service.clients_external, service.clients_internal)), about
        for url in (service.documentation, service.runbook, service.dashboard):
            assert url.startswith("https://"), about
        assert service.dashboard.endswith(f"/d/{service_uid(service.name)}"), about
        operations = service.operations
        assert all((operations.monitoring, operations.deployment, operations.debugging)), about


def test_every_decision_has_a_date_and_a_reason() -> None:
    owners: list[Service | SloClass] = [*workspace().services, *workspace().classes]
    for owner in owners:
        assert owner.decisions, owner.name
        for decision in owner.decisions:
            date.fromisoformat(decision.date)
            for text in (decision.decision, decision.reason):
                assert text.endswith("."), owner.name


def test_a_service_says_why_it_is_in_its_class() -> None:
    for service in workspace().services:
        if service.slo_class != "kubernetes-api":
            assert any(decision.decision.startswith(f"Class {service.slo_class}") for decision in service.decisions), (
                service.name
            )


def test_every_dependency_is_a_service_or_declared() -> None:
    declared = {dependency.name for dependency in loaded().project.dependencies}
    used = set()
    for service in workspace().services:
        assert any(dependency.hard for dependency in service.dependencies), service.name
        for dependency in service.dependencies:
            used.add(dependency.name)
            assert dependency.service or dependency.name in declared, (service.name, dependency.name)
    assert declared <= used, "a declared dependency that nothing needs"


def test_no_target_is_declared_for_others() -> None:
    assert [
        dependency.name for dependency in loaded().project.dependencies if dependency.target_ratio is not None
    ] == []


def test_severities_and_scope_are_wikimedias() -> None:
    project = loaded().project
    assert dict(project.severities) == {"page": "critical", "ticket": "warning"}
    assert project.scope == "global"
    assert dict(project.global_matchers) == {"prometheus": "k8s-mlserve", "site": "{site}"}
    assert [site.name for site in project.sites if site.covered] == ["eqiad", "codfw"]
