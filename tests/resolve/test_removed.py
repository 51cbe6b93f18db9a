"""null removes values of the class or the project: links, calendars, thresholds, catalogues, clients, ..."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from slosmith.model import Duration, Operations, Service, Slo
from slosmith.workspace import load
from tests.cli.project import write

PROJECT = """\
version: slosmith/v1
kind: Project
name: p
period: {rolling: 28d, calendar: slo-quarter}
labels: {tier: gold, area: shops}
alerting: {annotations: {note: Call., extra: Look.}}
urls:
  documentation: https://example.org/{service}
  runbook: https://example.org/{service}/runbook
  dashboard: https://example.org/d/{uid}
"""
CLASS = """\
version: slosmith/v1
kind: SLOClass
name: calm
description: A class.
period: {rolling: 28d, calendar: month}
runbook: https://example.org/calm
objectives: {availability: {target: 98%}}
aspirational: {availability: {target: 99%}}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: shop
team: web
indicator_source: {template: istio-gateway, with: {namespace: shop}}
"""
OWN = "objectives: {availability: {target: 98%}}\n"


def slo(folder: Path, service: str, slo_class: str = CLASS) -> Slo:
    write(folder / "slosmith.yaml", PROJECT)
    write(folder / "classes/calm.yaml", slo_class)
    write(folder / "services/shop.yaml", SERVICE + service)
    loaded = load(folder)
    assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
    (found,) = loaded.slos
    return found


def test_without_null_all_is_inherited(tmp_path: Path) -> None:
    found = slo(tmp_path, "class: calm\n")
    assert found.period.calendar is not None
    assert found.period.calendar.name == "month"
    assert found.runbook == "https://example.org/calm"
    assert found.documentation == "https://example.org/shop"
    assert found.objective.aspirational_ratio is not None
    assert dict(found.labels) == {"tier": "gold", "area": "shops"}


@pytest.mark.parametrize(
    ("service", "slo_class"),
    [
        (OWN + "period: {calendar: null}\n", CLASS),
        ("class: calm\n", CLASS.replace("calendar: month", "calendar: null")),
    ],
    ids=["service", "class"],
)
def test_a_calendar_is_removed(service: str, slo_class: str, tmp_path: Path) -> None:
    found = slo(tmp_path, service, slo_class)
    assert found.period.calendar is None
    assert found.origin_of("calendar").path == ("period", "calendar")


@pytest.mark.parametrize("kind", ["documentation", "runbook", "dashboard"])
def test_links_are_removed(kind: str, tmp_path: Path) -> None:
    assert getattr(slo(tmp_path, f"class: calm\n{kind}: null\n"), kind) == ""
    one = slo(tmp_path, f"class: calm\nobjectives: {{availability: {{{kind}: null}}}}\n")
    assert getattr(one, kind) == ""
    assert one.origin_of(kind).path == ("objectives", "availability", kind)
    of_class = slo(tmp_path, "class: calm\n", CLASS.replace("runbook: https://example.org/calm", f"{kind}: null"))
    assert getattr(of_class, kind) == ""


def test_an_aspiration_is_removed(tmp_path: Path) -> None:
    found = slo(tmp_path, "class: calm\nobjectives: {availability: {aspirational: null}}\n")
    assert found.objective.aspirational_ratio is None
    assert found.objective.target_ratio == slo(tmp_path, "class: calm\n").objective.target_ratio


def test_labels_and_annotations_are_removed_one_by_one(tmp_path: Path) -> None:
    found = slo(tmp_path, "class: calm\nlabels: {tier: null, new: x}\nalerting: {annotations: {note: null}}\n")
    assert dict(found.labels) == {"area": "shops", "new": "x"}
    assert found.alerting is not None
    assert dict(found.alerting.annotations) == {"extra": "Look."}


GIVING = CLASS.replace(
    "objectives: {availability: {target: 98%}}\n",
    """\
objectives:
  availability: {target: 98%, description: What counts.}
  latency: {target: 98%, threshold: 500ms, measured_threshold: 250ms}
overrides: {latency: {indicator: true}}
responsible: Ada
clients: {external: [bots], internal: [jobs]}
dependencies: {hard: [api, db], soft: [logs]}
operations: {time_to_detect: 10m, time_to_repair: 2h, expected_outages: 1, monitoring: m, deployment: d, debugging: x}
alerting:
  catalogue: slow
  name: Burns
  minimum_bad_events: 7
  max_error_ratio: 40%
  absence: {for: 3h, name: Gone}
  exhaustion: {name: Spent}
""",
)
SLOW = """\
version: slosmith/v1
kind: AlertCatalogue
name: slow
windows: [{budget_share: 5%, long: 6h, short: 30m, severity: page}]
"""


def whole(folder: Path, service: str) -> tuple[Service, Slo]:
    """The service of a class that gives all there is to give, and the SLO of its availability."""
    write(folder / "catalogues/slow.yaml", SLOW)
    write(folder / "slosmith.yaml", PROJECT)
    write(folder / "classes/calm.yaml", GIVING)
    write(folder / "services/shop.yaml", SERVICE + "class: calm\n" + service)
    loaded = load(folder)
    assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
    (found,) = loaded.services
    return found, found.slos[0]


def test_people_clients_and_dependencies(tmp_path: Path) -> None:
    given, _ = whole(tmp_path, "")
    assert (given.responsible, given.clients_external, given.clients_internal) == ("Ada", ("bots",), ("jobs",))
    assert [(item.name, item.hard) for item in given.dependencies] == [("api", True), ("db", True), ("logs", False)]

    none, _ = whole(tmp_path, "responsible: null\nclients: null\ndependencies: null\n")
    assert (none.responsible, none.clients_external, none.clients_internal, none.dependencies) == ("", (), (), ())
    for nothing in ("null", "[]"):
        some, _ = whole(tmp_path, f"clients: {{external: {nothing}}}\ndependencies: {{hard: {nothing}}}\n")
        assert (some.clients_external, some.clients_internal) == ((), ("jobs",))
        assert [(item.name, item.hard) for item in some.dependencies] == [("logs", False)]
    moved, _ = whole(tmp_path, "dependencies: {hard: null, soft: [db]}\n")
    assert [(item.name, item.hard) for item in moved.dependencies] == [("db", False)]


def test_operations(tmp_path: Path) -> None:
    given = whole(tmp_path, "")[0].operations
    for field in Operations.__struct_fields__:
        assert getattr(given, field) not in (None, ""), field
        left = whole(tmp_path, f"operations: {{{field}: null}}\n")[0].operations
        assert left == msgspec.structs.replace(given, **{field: getattr(Operations(), field)}), field
    assert whole(tmp_path, "operations: null\n")[0].operations == Operations()


@pytest.mark.parametrize(
    ("written", "field", "of_class", "usual", "path"),
    [
        ("catalogue: null", "catalogue", "slow", "default", ("catalogue",)),
        ("name: null", "name", "Burns", "ErrorBudgetBurn", ("name",)),
        ("minimum_bad_events: null", "minimum_bad_events", 7, "adaptive", ("minimum_bad_events",)),
        ("max_error_ratio: null", "max_error_ratio", Decimal("0.4"), Decimal("0.5"), ("max_error_ratio",)),
        ("absence: {for: null}", "absent_for", Duration.parse("3h"), Duration.parse("30m"), ("absence", "for")),
        ("absence: {name: null}", "absent_name", "Gone", "SLOMetricAbsent", ("absence", "name")),
        ("exhaustion: {name: null}", "exhausted_name", "Spent", "ErrorBudgetExhausted", ("exhaustion", "name")),
    ],
    ids=lambda value: value if isinstance(value, str) and ":" in value else "",
)
def test_alerting(
    written: str, field: str, of_class: object, usual: object, path: tuple[str, ...], tmp_path: Path
) -> None:
    """The defaults apply again, and explain says where the inherited value was removed."""
    _, given = whole(tmp_path, "")
    assert getattr(given.alerting, field) == of_class
    for prefix in ((), ("objectives", "availability")):
        text = f"alerting: {{{written}}}"
        for key in reversed(prefix):
            text = f"{key}: {{{text}}}"
        _, found = whole(tmp_path, text + "\n")
        assert getattr(found.alerting, field) == usual
        origin = found.origin_of(field)
        assert (origin.file, origin.path) == ("services/shop.yaml", (*prefix, "alerting", *path))


def test_the_catalogue_of_the_project_is_removed_by_the_class(tmp_path: Path) -> None:
    write(tmp_path / "catalogues/slow.yaml", SLOW)
    of_project = slo(tmp_path, "class: calm\nalerting: {catalogue: slow}\n")
    assert of_project.alerting is not None
    assert of_project.alerting.catalogue == "slow"
    found = slo(tmp_path, "class: calm\n", CLASS + "alerting: {catalogue: null}\n")
    assert found.alerting is not None
    assert (found.alerting.catalogue, len(found.alerting.windows)) == ("default", 4)


def test_a_threshold_goes_with_another_indicator(tmp_path: Path) -> None:
    """What has no threshold counts other events, so the class must allow another indicator."""
    up = "indicator: {boolean_gauge: {gauges: up}}"
    service, _ = whole(tmp_path, f"objectives: {{latency: {{threshold: null, {up}}}}}\n")
    latency = service.slos[1]
    assert (latency.objective.threshold, latency.objective.measured_threshold) == (None, None)
    kept, _ = whole(tmp_path, "objectives: {latency: {measured_threshold: null}}\n")
    assert (str(kept.slos[1].objective.threshold), kept.slos[1].objective.measured_threshold) == ("500ms", None)
    assert whole(tmp_path, "objectives: {availability: {description: null}}\n")[1].description == ""

    write(tmp_path / "services/shop.yaml", SERVICE + "class: calm\nobjectives: {latency: {threshold: null}}\n")
    assert [problem.code for problem in load(tmp_path).problems] == ["RES316"]
    write(tmp_path / "classes/calm.yaml", GIVING.replace("overrides: {latency: {indicator: true}}\n", ""))
    assert "RES307" in [problem.code for problem in load(tmp_path).problems]


def test_what_cannot_be_missing_cannot_be_removed(tmp_path: Path) -> None:
    write(tmp_path / "services/shop.yaml", SERVICE + "objectives: {availability: {target: null}}\n")
    assert {problem.code for problem in load(tmp_path).problems} >= {"SCH205"}
