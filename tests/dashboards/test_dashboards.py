"""Dashboards as files: valid for Grafana, the same in every run, and the settings that people can change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import _gojsonnet
import jsonschema_rs
import msgspec
import pytest

from slosmith.dashboards import (
    Dashboard,
    DashboardSettings,
    ExtensionError,
    fleet_dashboard,
    render,
    service_dashboard,
)
from slosmith.dashboards.facts import fleet_facts, service_facts, settings_facts, vocabulary
from slosmith.dashboards.panel_queries import panels
from slosmith.dashboards.stencil import plain
from slosmith.model import Service, Workspace
from slosmith.output.ownership import is_ours
from slosmith.schemes.registry import scheme
from slosmith.vocabulary.provenance import Source
from tests.dashboards.fleet import drawn_dashboards, lift_wing_service, odd_service, workspace

CHECKOUT = Path(__file__).resolve().parents[2]
WEIGHTED = scheme("weighted")


@cache
def drawn() -> dict[str, dict[str, Any]]:
    """Every dashboard of the workspace, decoded, by UID."""
    return {each.uid: json.loads(each.json_text) for each in drawn_dashboards(workspace())}


def uids() -> list[str]:
    return ["slo-model-0", "slo-model-1", "slo-model-2", "slosmith-fleet", "slox-odd-one-with-a-name-th-b1bfd3c13369"]


def test_one_dashboard_a_service_and_one_for_all() -> None:
    dashboards = drawn_dashboards(workspace())
    assert [each.uid for each in dashboards] == uids()
    assert [each.name for each in dashboards] == sorted(each.name for each in dashboards)
    assert all(each.json_text.endswith("}\n") for each in dashboards)


@pytest.mark.parametrize("uid", uids())
def test_it_keeps_to_the_schema(uid: str) -> None:
    schema = json.loads((CHECKOUT / "schemas/grafana-dashboard.schema.json").read_text("utf-8"))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(drawn()[uid])] == []


@pytest.mark.parametrize("uid", uids())
def test_identifiers_are_unique(uid: str) -> None:
    found = list(panels(drawn()[uid]))
    ids = [panel["id"] for panel in found]
    assert ids == list(range(1, len(ids) + 1))
    for panel in found:
        references = [target["refId"] for target in panel.get("targets", [])]
        assert len(references) == len(set(references))
    names = [variable["name"] for variable in drawn()[uid]["templating"]["list"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("uid", uids())
@pytest.mark.parametrize("opened", [False, True], ids=["as it opens", "all rows open"])
def test_nothing_overlaps_and_nothing_is_outside(uid: str, opened: bool) -> None:
    """When a row opens, Grafana moves the panels after it down. It moves overlapping panels to other places."""
    taken: dict[tuple[int, int], str] = {}
    shift = 0
    for panel in drawn()[uid]["panels"]:
        _occupy(panel, shift, taken)
        if opened and panel.get("panels"):
            for inner in panel["panels"]:
                assert inner["gridPos"]["y"] > panel["gridPos"]["y"]
                _occupy(inner, shift, taken)
            bottom = max(inner["gridPos"]["y"] + inner["gridPos"]["h"] for inner in panel["panels"])
            shift += bottom - panel["gridPos"]["y"] - 1
    # and no line is empty
    assert {y for _, y in taken} == set(range(max(y for _, y in taken) + 1))


def _occupy(panel: dict[str, Any], shift: int, taken: dict[tuple[int, int], str]) -> None:
    place = panel["gridPos"]
    assert place["x"] + place["w"] <= 24
    for x in range(place["x"], place["x"] + place["w"]):
        for y in range(place["y"], place["y"] + place["h"]):
            assert (x, y + shift) not in taken, f"{panel['title']} lies on {taken[x, y + shift]}"
            taken[x, y + shift] = panel["title"]


@pytest.mark.parametrize("uid", uids())
def test_the_files_are_known_as_ours(uid: str) -> None:
    dashboard = next(each for each in drawn_dashboards(workspace()) if each.uid == uid)
    assert is_ours(dashboard.json_text.encode(), f"{dashboard.name}.json")
    service = next((each for each in workspace().services if each.name in dashboard.title), None)
    assert (service.origin.file if service else "all SLO specs") in json.loads(dashboard.json_text)["description"]


def shapes() -> list[Service]:
    """Services that differ in values on which the library branches, and in texts that need escaping."""
    usual = lift_wing_service("model")
    strange = msgspec.structs.replace(
        usual,
        description='Says "quoted", back\\slash, \u2028, \x7f, <b>, é, 🦉, $site, 0 and \ue000 without its end.',
        documentation="",
        slos=tuple(msgspec.structs.replace(slo, indicator_name=slo.indicator_name.upper()) for slo in usual.slos),
    )
    return [
        usual,
        odd_service(),
        strange,
        msgspec.structs.replace(strange, description='Says "quoted", back\\slash, \u2028, \x7f, <b>, é, 🦉, $site, 0.'),
        lift_wing_service("the-same-name-as-another", sites=("eqiad",)),
        lift_wing_service("targets", target="0.95", le="5000"),
        msgspec.structs.replace(usual, slos=usual.slos[:1], team="a", slo_class=None),
        msgspec.structs.replace(usual, name="availability", slos=usual.slos * 4),
    ]


@pytest.mark.parametrize("service", shapes(), ids=lambda service: str(service.name))
def test_filling_in_a_stencil_is_drawing(service: Service) -> None:
    """A dashboard from a stencil and a dashboard for this service only have the same bytes."""
    direct = render.draw_service(service_facts(service, Source(service.origin.file), WEIGHTED), DashboardSettings())
    assert service_dashboard(service) == direct


def test_services_of_one_shape_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawings = []
    draw = render.draw_service

    def counting(facts: dict[str, Any], settings: DashboardSettings, rules: str) -> Dashboard:
        drawings.append(facts)
        return draw(facts, settings, rules)

    monkeypatch.setattr(render, "draw_service", counting)
    render._stencils.cache_clear()
    assert len(drawn_dashboards(workspace(30))) == 32
    assert len(drawings) == 2
    # a stencil of one scheme is not used for another scheme
    drawn_dashboards(workspace(30), rules="sloth")
    assert len(drawings) == 4


def test_the_same_bytes_in_every_process() -> None:
    program = (
        "import hashlib\n"
        "from tests.dashboards.fleet import drawn_dashboards, workspace\n"
        "text = ''.join(each.json_text for each in drawn_dashboards(workspace(1)))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    digests = set()
    for seed, locale, zone in (("0", "C", "UTC"), ("1", "C.UTF-8", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout)
    assert len(digests) == 1


@pytest.mark.parametrize("service", [lift_wing_service("model"), odd_service()], ids=lambda service: str(service.name))
def test_the_official_engine_draws_the_same(service: Service) -> None:
    drawn_officially = _official([plain(service_facts(service, Source(service.origin.file), WEIGHTED))], None)
    dashboard = service_dashboard(service)
    assert msgspec.json.decode(dashboard.json_text) == drawn_officially[dashboard.uid]


def test_the_official_engine_draws_the_same_fleet() -> None:
    dashboard = fleet_dashboard(workspace())
    assert (
        msgspec.json.decode(dashboard.json_text)
        == _official([], fleet_facts(workspace(), Source("all SLO specs"), WEIGHTED))[dashboard.uid]
    )


def _official(services: list[dict[str, Any]], fleet: dict[str, Any] | None) -> Any:
    files = {**render.library(), render.EXTENSION: "{}"}
    values = {
        "names": vocabulary(WEIGHTED),
        "settings": settings_facts(DashboardSettings(), WEIGHTED),
        "services": services,
        "fleet": fleet,
    }
    text = _gojsonnet.evaluate_snippet(
        render.PROGRAM,
        files[render.PROGRAM],
        ext_codes={key: json.dumps(value) for key, value in values.items()},
        import_callback=lambda _, path: (path, files[path].encode()),
    )
    return msgspec.json.decode(text)


def test_settings_reach_the_dashboards() -> None:
    settings = DashboardSettings(
        datasource="prom-1", title="Objectives", time_from="now-2d", refresh="", timezone="browser", tags=("ml",)
    )
    for dashboard in drawn_dashboards(workspace(1), settings):
        content = json.loads(dashboard.json_text)
        assert content["templating"]["list"][0]["current"] == {"text": "prom-1", "value": "prom-1"}
        assert content["time"] == {"from": "now-2d", "to": "now"}
        assert content["refresh"] == ""
        assert content["timezone"] == "browser"
        assert {"ml", "slo", "slosmith"} <= set(content["tags"])
    assert fleet_dashboard(workspace(1), settings).title == "Objectives"


def test_an_extension_changes_what_is_drawn() -> None:
    extension = (
        "local ours = import 'ours.libsonnet';\n"
        "{\n"
        "  colours+:: { bad: ours.red },\n"
        "  budgetStat(section, w):: super.budgetStat(section, w) { title: 'Left' },\n"
        "  serviceTags(service):: super.serviceTags(service) + ['more'],\n"
        "}\n"
    )
    settings = DashboardSettings(extension=extension, extension_files=(("ours.libsonnet", "{ red: 'purple' }"),))
    text = service_dashboard(lift_wing_service("model"), settings).json_text
    content = json.loads(text)
    assert [panel["title"] for panel in panels(content)].count("Left") == 2
    assert "more" in content["tags"]
    assert '"color": "red"' not in text
    assert '"color": "purple"' in text


def test_a_wrong_extension_says_where() -> None:
    settings = DashboardSettings(extension="{\n  layout(panels):: error 'nothing',\n}")
    with pytest.raises(ExtensionError) as caught:
        service_dashboard(lift_wing_service("model"), settings)
    assert (caught.value.message, caught.value.line, caught.value.column) == ("nothing", 2, 20)


def test_the_source_can_be_named() -> None:
    text = service_dashboard(lift_wing_service("model"), source=Source("slo_specs/services/model.yaml")).json_text
    assert "Generated by slosmith from slo_specs/services/model.yaml. Do not edit" in text


def test_no_services_at_all() -> None:
    (dashboard,) = drawn_dashboards(Workspace(()))
    assert dashboard.uid == "slosmith-fleet"
