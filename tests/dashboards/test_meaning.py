"""What panels say and what their colours mean: every panel has a description, and red means that an alert fires."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from slosmith.dashboards import fleet_dashboard, service_dashboard
from slosmith.dashboards.panel_queries import panels
from slosmith.dashboards.sections import sections
from slosmith.dashboards.words import title
from slosmith.model import Service, Slo, Workspace
from slosmith.model.rules import AlertKind
from slosmith.schemes.registry import own_schemes, scheme
from slosmith.vocabulary.dashboard_uids import service_uid
from tests.dashboards.fleet import drawn_dashboards, lift_wing_service, odd_service, workspace

Dashboard = dict[str, Any]


def changed(service: Service, **alerting: Any) -> Service:
    """The service with other alerting; ``alerting=None`` switches it off."""

    def of(slo: Slo) -> Slo:
        if "alerting" in alerting:
            return msgspec.structs.replace(slo, alerting=None)
        assert slo.alerting is not None
        return msgspec.structs.replace(slo, alerting=msgspec.structs.replace(slo.alerting, **alerting))

    return msgspec.structs.replace(service, slos=tuple(map(of, service.slos)))


def without_calendar(service: Service) -> Service:
    slos = (
        msgspec.structs.replace(slo, period=msgspec.structs.replace(slo.period, calendar=None)) for slo in service.slos
    )
    return msgspec.structs.replace(service, slos=tuple(slos))


USUAL = lift_wing_service("model")
SHAPES: dict[str, list[Service]] = {
    "usual": [USUAL],
    "odd": [odd_service()],
    "no calendar": [without_calendar(USUAL)],
    "no alerts": [changed(USUAL, alerting=None)],
    "no alert about a spent budget": [changed(USUAL, exhaustion=False)],
    "no tiers": [changed(USUAL, page=False, ticket=False)],
    "one service with such alerts, one without": [
        USUAL, changed(lift_wing_service("other"), exhaustion=False)
    ],
}  # fmt: skip


def drawn(name: str, rules: str) -> dict[str, Dashboard]:
    """The dashboards of a shape: those of its services, and that of the fleet."""
    services = SHAPES[name]
    found = [service_dashboard(service, rules=rules) for service in services]
    found.append(fleet_dashboard(Workspace(tuple(services)), rules=rules))
    return {each.uid: json.loads(each.json_text) for each in found}


every_shape = pytest.mark.parametrize("shape", SHAPES)
every_scheme = pytest.mark.parametrize("rules", own_schemes())


# --- descriptions


def undescribed(dashboard: Dashboard) -> list[str]:
    """Titles of panels without a description. A row is a heading, which Grafana shows without one."""
    found = (panel for panel in panels(dashboard) if panel["type"] != "row")
    return [panel["title"] for panel in found if not panel.get("description", "").strip()]


@every_shape
@every_scheme
def test_every_panel_says_what_it_shows(shape: str, rules: str) -> None:
    for uid, dashboard in drawn(shape, rules).items():
        assert undescribed(dashboard) == [], uid


def test_so_does_every_panel_of_a_fleet() -> None:
    for each in drawn_dashboards(workspace()):
        assert undescribed(json.loads(each.json_text)) == []


# --- red


def red_things(dashboard: Dashboard) -> Iterator[tuple[str, str]]:
    """(panel, where red begins) of everything red; of a column ``panel / column``."""
    return (found for _, found in red_by_row(dashboard))


def red_by_row(dashboard: Dashboard) -> Iterator[tuple[str, tuple[str, str]]]:
    """The same with the heading that the panel is below; empty above the first one."""
    row = ""
    for panel in panels(dashboard):
        row = panel["title"] if panel["type"] == "row" else row
        yield from ((row, found) for found in _red_of(panel))


def _red_of(panel: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if panel["type"] != "row":
        config = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
        yield from _reds(panel["title"], config["defaults"])
        for override in config["overrides"]:
            own = {each["id"]: each["value"] for each in override["properties"]}
            yield from _reds(f"{panel['title']} / {override['matcher']['options']}", own)


def _reds(name: str, own: dict[str, Any]) -> Iterator[tuple[str, str]]:
    steps = own.get("thresholds", {"steps": []})["steps"]
    for index, step in enumerate(steps):
        if step["color"] == "red":
            start = "" if step["value"] is None else f">= {step['value']:g}"
            end = f"< {steps[index + 1]['value']:g}" if index + 1 < len(steps) else ""
            yield name, f"{start} {end}".strip()
    for mapping in own.get("mappings", []):
        for value, shown in mapping["options"].items():
            if shown.get("color") == "red":
                yield name, f"is {value}"
    if own.get("color", {}).get("fixedColor") == "red":
        yield name, "always"


FIRING = {
    ("Alerts firing", ">= 1"), ("Alerts now / Firing", ">= 1"), ("SLOs / Firing", ">= 1"),
    ("Alerts over time", ">= 1"), ("Alerts over time", "is 1"), ("Every SLO, worst budget first / Firing", ">= 1"),
    ("How close each alert is to firing", ">= 1"),
}  # fmt: skip
"""Red for what counts firing alerts, or compares with the threshold of one."""

SPENT = re.compile(r"^(Budget left|Worst budget|Least budget left|.* / (Budget left|Worst budget))")
TO_DATE = re.compile(r"(budget spent|^Budget spent|/ .* spent)")
ATTAINMENT = re.compile(r"^Attainment, \d+d$")


def allowed(panel: str, where: str, slos: list[Slo], rules: str) -> bool:
    """Whether an alert of every SLO fires where the panel is red."""
    made = scheme(rules)
    kinds = [{alert.kind for alert in made.alerts(slo)} for slo in slos]
    rolling = all(AlertKind.EXHAUSTED in each for each in kinds)
    calendar = all(
        AlertKind.CALENDAR_EXHAUSTED in each or slo.period.calendar is None
        for slo, each in zip(slos, kinds, strict=True)
    )
    if (panel, where) in FIRING:
        return True
    if panel == "Burn rate by window":
        pages = {f"{pair.factor:g}" for slo in slos for pair in made.pairs(slo) if pair.severity == "page"}
        return where.removeprefix(">= ").split(" <")[0] in {f"{float(page):g}" for page in pages}
    if SPENT.search(panel):
        return where == "< 0" and rolling and (calendar or "orst" not in panel)
    if panel.startswith("Rolling budget spent") or panel.endswith("/ Rolling budget spent"):
        return where == ">= 1" and rolling
    if TO_DATE.search(panel):
        return where == ">= 1" and calendar
    if ATTAINMENT.search(panel):
        objectives = {f"< {slo.objective.target_ratio:g}" for slo in slos}
        return where in objectives and rolling
    return False


@every_shape
@every_scheme
def test_red_means_that_an_alert_fires(shape: str, rules: str) -> None:
    services = SHAPES[shape]
    for uid, dashboard in drawn(shape, rules).items():
        of_uid = [service for service in services if uid == service_uid(service.name)] or services
        slos = [slo for service in of_uid for slo in service.slos]
        by_row = {title(section): list(section.slos) for service in of_uid for section in sections(service.slos)}
        wrong = [
            (row, found) for row, found in red_by_row(dashboard) if not allowed(*found, by_row.get(row, slos), rules)
        ]
        assert wrong == [], uid


def test_red_is_there_where_alerts_fire() -> None:
    """That the test above sees what it looks for."""
    dashboards = drawn("usual", "weighted")
    found = {name for dashboard in dashboards.values() for name, _ in red_things(dashboard)}
    assert {"Alerts firing", "Budget left, 28d", "Attainment, 28d", "Burn rate by window"} <= found
    assert not {"Burn rate now", "SLOs / Burn rate", "Highest burn rate now"} & found
    assert not any("Attainment, slo-quarter" in name or "so far" in name for name in found)
    spent = {("Budget left, 28d", "< 0"), ("Budget spent, slo-quarter", ">= 1")}
    assert spent <= set(red_things(dashboards["slo-model"]))
    silent = drawn("no alert about a spent budget", "weighted")["slo-model"]
    assert not spent & set(red_things(silent))


def test_the_text_names_the_colour() -> None:
    def said(shape: str, name: str) -> str:
        found = panels(drawn(shape, "weighted")["slo-model"])
        return next(str(panel["description"]) for panel in found if panel["title"] == name)

    assert "Red: the budget is spent, an alert fires." in said("usual", "Budget left, 28d")
    assert "Orange: the budget is spent. There is no alert about it." in said(
        "no alert about a spent budget", "Budget left, 28d"
    )
    assert "Orange: above 1" in said("usual", "Burn rate now")
