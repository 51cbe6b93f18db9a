"""Several objects in one YAML document, as OpenSLO's formatter and kubectl write them. Each is read as a document."""

from __future__ import annotations

from pathlib import Path

import yaml

from slosmith.formats.yaml.objects import objects
from tests.formats.dialects import test_openslo, test_pyrra
from tests.formats.dialects.evaluation import expect, loaded, said, sound
from tests.formats.dialects.test_sloth import KUBERNETES


def listed(*texts: str) -> str:
    """The documents of these texts as one YAML list."""
    return yaml.safe_dump([part for text in texts for part in yaml.safe_load_all(text)], sort_keys=False)


def kubernetes_list(*texts: str) -> str:
    """The same in the form of kubectl."""
    items = [part for text in texts for part in yaml.safe_load_all(text)]
    return yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": items}, sort_keys=False)


def test_a_list_of_openslo_objects_refers_within_itself(tmp_path: Path, promtool: Path) -> None:
    text = listed(test_openslo.slo_text("indicatorRef: errors"), test_openslo.SHARED)
    found = sound(loaded(tmp_path, text))
    assert found.workspace is not None
    assert found.workspace.services[0].description == "Takes orders."
    expect(promtool, found, test_openslo.STEADY, {test_openslo.ratio(): 0.1})


def test_kubernetes_lists_of_both_tools(tmp_path: Path, promtool: Path) -> None:
    found = sound(loaded(tmp_path, kubernetes_list(test_pyrra.slo_text(), KUBERNETES)))
    assert found.workspace is not None
    assert {slo.id for slo in found.workspace.slos()} == {
        "checkout-errors-availability", "seats-bookings", "seats-plan-age",
    }  # fmt: skip
    series = {'http_requests_total{job="checkout",code="200"}': "0+3x60",
              'http_requests_total{job="checkout",code="500"}': "0+1x60"}  # fmt: skip
    expect(promtool, found, series, {'slo:sli_error:ratio_rate1h{sloth_service="checkout-errors"}': 0.25}, at="1h")


def test_problems_have_their_place_in_the_list(tmp_path: Path) -> None:
    wrong = test_openslo.slo_text(objective="targte: 0.9"), test_openslo.slo_text("indicatorRef: nothing")
    first, second, third = sorted(said(loaded(tmp_path, listed(test_openslo.SHARED, *wrong))), key=str)
    index = len(list(yaml.safe_load_all(test_openslo.SHARED)))
    assert (first[0], first[2]) == ("RES328", (index + 1, "spec", "indicatorRef"))
    assert second[2] == (index, "spec", "objectives", 0, "targte")
    assert third[2] == (index, "spec", "objectives", 0)


def test_an_item_that_is_none_is_told(tmp_path: Path) -> None:
    text = listed(test_openslo.slo_text()) + "- 3\n- {kind: Service}\n"
    assert [(code, path) for code, _, path in said(loaded(tmp_path, text))] == [("SYN118", (1,)), ("SCH201", (2,))]


def test_what_is_no_object_stays_whole() -> None:
    for value in (
        [],
        [1],
        [{"version": "slosmith/v1"}],
        {"kind": "List", "items": []},
        {"apiVersion": "v1"},
        None,
        "x",
    ):
        assert list(objects(value)) == [((), value)]
