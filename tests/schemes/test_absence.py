"""The alert about missing data: a setting at every level makes it a page or a ticket, and all texts have
this severity.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from slosmith.model.rules import AlertingRule, AlertKind
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.schemes.weighted.tests.service_tests import compile_tests
from tests.cli.project import slosmith, write
from tests.formats.dialects.specs import slo_of

from .ruletests.killing import run_tests
from .ruletests.slos import ALERTING, service, slo

PAGE = "{absence: {severity: page}}"
TICKET = "{absence: {severity: ticket}}"
SPECS = """\
version: slosmith/v1
kind: Service
name: pier
team: harbour
class: plain
alerting: {service}
objectives:
  availability: {{target: 99%, alerting: {objective}}}
"""
CLASS = """\
version: slosmith/v1
kind: SLOClass
name: plain
description: Plain services.
indicator_source: {{template: istio-gateway, with: {{namespace: pier}}}}
objectives: {{availability: {{target: 99%}}}}
alerting: {alerting}
"""
PROJECT = """\
version: slosmith/v1
kind: Project
name: harbour
severities: {{page: critical, ticket: warning}}
alerting: {alerting}
"""


def tree(project: str = "{}", slo_class: str = "{}", of_service: str = "{}", objective: str = "{}") -> dict[str, str]:
    return {
        "slosmith.yaml": PROJECT.format(alerting=project),
        "classes/plain.yaml": CLASS.format(alerting=slo_class),
        "services/pier.yaml": SPECS.format(service=of_service, objective=objective),
    }


@pytest.mark.parametrize(
    ("levels", "severity"),
    [
        ({}, "ticket"),
        ({"project": PAGE}, "page"),
        ({"project": PAGE, "slo_class": TICKET}, "ticket"),
        ({"slo_class": PAGE}, "page"),
        ({"slo_class": PAGE, "of_service": TICKET}, "ticket"),
        ({"of_service": PAGE}, "page"),
        ({"of_service": PAGE, "objective": TICKET}, "ticket"),
        ({"objective": PAGE}, "page"),
        ({"project": PAGE, "objective": "{absence: {for: 1h}}"}, "page"),
    ],
)
def test_every_level_can_set_it(tmp_path: Path, levels: dict[str, str], severity: str) -> None:
    found = slo_of(tmp_path, tree(**levels), "pier-availability")
    assert found.alerting is not None
    assert found.alerting.absent_severity == severity


def absent(**changes: object) -> AlertingRule:
    shop = service([slo(alerting=msgspec.structs.replace(ALERTING, **changes))])
    (rule,) = (rule for rule in compile_service(shop).groups[0].alerts if rule.kind is AlertKind.ABSENT)
    return rule


def test_a_page_has_the_labels_and_annotations_of_pages() -> None:
    own = {
        "severities": (("page", "critical"), ("ticket", "warning")),
        "page_labels": (("pager", "yes"),),
        "ticket_labels": (("queue", "slo"),),
        "page_annotations": (("wake", "up"),),
        "ticket_annotations": (("sleep", "on"),),
    }
    page, ticket = absent(absent_severity="page", **own), absent(**own)
    assert (page.severity, ticket.severity) == ("page", "ticket")
    said = [{**dict(rule.labels), **dict(rule.annotations)} for rule in (page, ticket)]
    shown = ("severity", "pager", "queue", "wake", "sleep")
    assert [[each.get(name) for name in shown] for each in said] == [
        ["critical", "yes", None, "up", None], ["warning", None, "slo", None, "on"],
    ]  # fmt: skip


@pytest.mark.prometheus
def test_its_unit_tests_pass(promtool: Path, tmp_path: Path) -> None:
    shop = service([slo(alerting=msgspec.structs.replace(ALERTING, absent_severity="page"))])
    rules = compile_service(shop)
    assert run_tests(promtool, tmp_path, shop, rules, compile_tests(shop, rules)) == ""


def test_explain_says_it(tmp_path: Path) -> None:
    for name, text in tree(of_service=PAGE).items():
        write(tmp_path / "slo_specs" / name, text)
    assert "no data: a page (critical) after 30m" in slosmith(tmp_path, "explain", "pier").stdout
    (it,) = json.loads(slosmith(tmp_path, "explain", "pier", "--format", "json").stdout)
    assert (it["absent_severity"], it["absent_severity_label"]) == ("page", "critical")
    (mute,) = json.loads(slosmith(tmp_path, "explain", "pier", "--rules", "sloth", "--format", "json").stdout)
    assert (mute["absent_severity"], mute["absent_severity_label"]) == ("", "")
    assert "absent_severity" not in {value["field"] for value in mute["values"]}
