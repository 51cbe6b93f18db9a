"""Chains of Sloth's rule plugins: its default chain, then the document's, then the SLO's own; each may start anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.model import Slo
from slosmith.workspace import LoadedWorkspace
from tests.formats.dialects.evaluation import expect, loaded, said, sound

SPEC = """\
version: prometheus/v1
service: shop
slo_plugins: DOCUMENT
slos:
  - name: orders
    objective: 99
    plugins: OWN
    sli:
      events:
        error_query: sum(rate(orders_total{result="failed"}[{{.window}}]))
        total_query: sum(rate(orders_total[{{.window}}]))
    alerting: {name: Orders}
  - name: refunds
    objective: 99
    sli: {raw: {error_ratio_query: "avg_over_time(refunds:failed:ratio[{{.window}}])"}}
    alerting: {name: Refunds}
"""
RECORDINGS = ("core/sli_rules", "core/metadata_rules")
ALERTS = ("core/alert_rules",)
ALL_FAIL = {'orders_total{result="failed"}': "0+1x120", "refunds:failed:ratio": "1x120"}


def chain(*steps: str, override: bool = False) -> str:
    items = ", ".join(f"{{id: sloth.dev/{step}/v1}}" for step in steps)
    return f"{{overridePrevious: {str(override).lower()}, chain: [{items}]}}"


def spec(document: str = "", own: str = "") -> str:
    text = SPEC.replace("slo_plugins: DOCUMENT\n", f"slo_plugins: {document}\n" if document else "")
    return text.replace("    plugins: OWN\n", f"    plugins: {own}\n" if own else "")


def slos(found: LoadedWorkspace) -> dict[str, Slo]:
    return {slo.name: slo for slo in sound(found).slos}


NONE = chain(*RECORDINGS, override=True)
ANEW = chain(*RECORDINGS, *ALERTS, override=True)


@pytest.mark.parametrize(("document", "own", "alerts", "others_alerts"), [
    ("", "", True, True),
    (NONE, "", False, False),
    ("", NONE, False, True),
    (NONE, ANEW, True, False),
    (ANEW, "", True, True),
    (NONE, chain(*ALERTS), True, False),
    (NONE, chain("core/noop", "core/debug"), False, False),
    (chain(*ALERTS), "", True, True),
    (chain("contrib/validate_victoria_metrics", *RECORDINGS, *ALERTS, override=True), "", True, True),
])  # fmt: skip
def test_a_chain_says_whether_there_are_alerts(
    tmp_path: Path, document: str, own: str, alerts: bool, others_alerts: bool
) -> None:
    found = slos(loaded(tmp_path, spec(document, own)))
    for name, wanted in {"orders": alerts, "refunds": others_alerts}.items():
        alerting = found[name].alerting
        assert alerting is not None
        on = (alerting.page, alerting.ticket, alerting.absence, alerting.exhaustion)
        assert on == (wanted,) * 4, name


def test_an_slos_own_chain_brings_its_alerts_back(tmp_path: Path, promtool: Path) -> None:
    for rules in ("weighted", "sloth"):
        found = loaded(tmp_path / rules, spec(NONE, chain(*ALERTS)), f"rules: {rules}\n")
        fires = {'{alertname="Orders"}': 1.0}
        count = 'max by (alertname) (ALERTS{sloth_id=~"shop-.*",alertstate="firing",alertname=~"Orders|Refunds"})'
        # without alerts all is recorded
        recorded = {'max(slo:sli_error:ratio_rate6h{sloth_slo="refunds"})': 1.0}
        expect(promtool, found, ALL_FAIL, {count: fires, **recorded}, at="2h")


def test_recordings_that_an_slos_own_chain_adds_are_there(tmp_path: Path) -> None:
    """The document's chain lacks them, and only one SLO adds them: the other has a problem, at the document's chain."""
    document = chain("core/sli_rules", "core/alert_rules", override=True)
    found = loaded(tmp_path, spec(document, chain("core/metadata_rules")))
    assert said(found) == [("RES327", 3, ("slo_plugins", "overridePrevious"))]


def test_a_chain_is_reported_once_for_all_its_slos(tmp_path: Path) -> None:
    found = loaded(tmp_path, spec(chain(*ALERTS, override=True)))
    assert said(found) == [("RES327", 3, ("slo_plugins", "overridePrevious"))]


INFO = "{chain: [{id: sloth.dev/contrib/info_labels/v1, config: {labels: LABELS}}]}"


def test_info_labels_are_on_the_info_series_only(tmp_path: Path, promtool: Path) -> None:
    text = spec(INFO.replace("LABELS", "{tier: gold, room: a}"), INFO.replace("LABELS", "{room: b}"))
    for rules in ("weighted", "sloth"):
        found = loaded(tmp_path / rules, text, f"rules: {rules}\n")
        of = {slo.name: dict(slo.info_labels) for slo in sound(found).slos}
        assert of == {"orders": {"tier": "gold", "room": "b"}, "refunds": {"tier": "gold", "room": "a"}}
        count = "count by (sloth_slo, tier, room) (sloth_slo_info)"
        info = {'{room="b",sloth_slo="orders",tier="gold"}': 1.0, '{room="a",sloth_slo="refunds",tier="gold"}': 1.0}
        expect(promtool, found, ALL_FAIL, {count: info, 'count({tier!="",__name__!="sloth_slo_info"}) or vector(0)': 0})


@pytest.mark.parametrize(
    "config",
    ["", "config: [], ", "config: {labels: [a]}, ", "config: {labels: {0a: b}}, ", "config: {labels: {a: 1}}, "],
)
def test_info_labels_must_be_labels(tmp_path: Path, config: str) -> None:
    plugin = f"{{chain: [{{{config}id: sloth.dev/contrib/info_labels/v1}}]}}"
    path = ("slo_plugins", "chain", 0, "config" if config else "id")
    assert said(loaded(tmp_path, spec(plugin))) == [("RES327", 3, path)]


def test_an_info_label_of_ours_is_refused(tmp_path: Path) -> None:
    found = loaded(tmp_path, spec(INFO.replace("LABELS", "{sloth_id: x}")))
    path = ("slo_plugins", "chain", 0, "config", "labels", "sloth_id")
    assert {entry for entry in said(found) if entry[0] == "RES319"} == {("RES319", 3, path)}
