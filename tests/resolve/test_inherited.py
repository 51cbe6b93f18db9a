"""Fields that a service inherits from its class."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from slosmith.model import Duration, Service
from slosmith.workspace import load

CLASS = """\
version: slosmith/v1
kind: SLOClass
name: stable
description: Stable services.
responsible: The class's team.
clients: {external: [bots], internal: [streams]}
dependencies: {hard: [api, store], soft: [logs]}
operations: {time_to_detect: 10m, time_to_repair: 2h, expected_outages: 2, deployment: Helm}
objectives:
  availability: {target: 98%}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: scores
class: stable
team: ml
objectives:
  availability:
    indicator: {boolean_gauge: {gauges: probe_success}}
"""
OVERRIDES = "overrides: {availability: {indicator: true}}\n"


def resolved(tmp_path: Path, more: str = "") -> Service:
    (tmp_path / "classes").mkdir()
    (tmp_path / "services").mkdir()
    (tmp_path / "classes" / "stable.yaml").write_text(CLASS + OVERRIDES, encoding="utf-8")
    (tmp_path / "services" / "scores.yaml").write_text(SERVICE + more, encoding="utf-8")
    found = load(tmp_path)
    assert found.workspace is not None, [str(problem) for problem in found.problems]
    return found.workspace.services[0]


def needs(service: Service) -> list[tuple[str, bool]]:
    return [(dependency.name, dependency.hard) for dependency in service.dependencies]


def test_a_silent_service_has_all_from_its_class(tmp_path: Path) -> None:
    service = resolved(tmp_path)
    assert service.responsible == "The class's team."
    assert service.clients_external == ("bots",)
    assert service.clients_internal == ("streams",)
    assert needs(service) == [("api", True), ("store", True), ("logs", False)]
    assert service.operations.time_to_detect == Duration.parse("10m")
    assert service.operations.deployment == "Helm"


def test_the_class_is_where_it_was_written(tmp_path: Path) -> None:
    origin = resolved(tmp_path).dependencies[0].origin
    assert (origin.kind, origin.file.endswith("classes/stable.yaml"), origin.path) == (
        "class", True, ("dependencies", "hard", 0),
    )  # fmt: skip


def test_lists_replace_each_other(tmp_path: Path) -> None:
    service = resolved(tmp_path, "clients: {internal: [one]}\ndependencies: {hard: [own]}\n")
    assert service.clients_external == ("bots",)
    assert service.clients_internal == ("one",)
    assert needs(service) == [("own", True), ("logs", False)]


def test_the_service_decides_how_much_it_needs_a_thing(tmp_path: Path) -> None:
    assert needs(resolved(tmp_path, "dependencies: {soft: [store]}\n")) == [("api", True), ("store", False)]


def test_operations_are_taken_one_by_one_and_zero_counts(tmp_path: Path) -> None:
    operations = resolved(tmp_path, "operations: {time_to_repair: 5m, expected_outages: 0}\n").operations
    assert operations.time_to_detect == Duration.parse("10m")
    assert operations.time_to_repair == Duration.parse("5m")
    assert operations.expected_outages == Decimal(0)
    assert operations.deployment == "Helm"


def test_responsible_is_replaced(tmp_path: Path) -> None:
    assert resolved(tmp_path, "responsible: Somebody else.\n").responsible == "Somebody else."
