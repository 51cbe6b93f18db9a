"""OpenSLO v2alpha: other names, with the meaning of v1."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.dialects.evaluation import expect, loaded, said, sound

SLO = """\
- apiVersion: openslo.com/v2alpha
  kind: SLO
  metadata: {name: checkout-availability, labels: {team: shop}}
  spec:
    service: checkout
    sliRef: errors
    timeWindow: [{duration: 28d, isRolling: true}]
    budgetingMethod: Occurrences
    objectives: [{target: 0.99}]
- apiVersion: openslo.com/v2alpha
  kind: SLI
  metadata: {name: errors}
  spec:
    ratioMetric:
      counter: true
      bad: {dataSourceSpec: {type: Prometheus, connectionDetails: {}}, spec: {query: 'x_total{code="5"}'}}
      total: {dataSourceRef: prom, spec: {query: x_total}}
- apiVersion: openslo.com/v2alpha
  kind: DataSource
  metadata: {name: prom}
  spec: {type: prometheus, connectionDetails: {url: 'https://prometheus.example.org'}}
"""
SERIES = {'x_total{code="2"}': "0+3x60", 'x_total{code="5"}': "0+1x60"}


def test_what_it_says(tmp_path: Path, promtool: Path) -> None:
    found = sound(loaded(tmp_path, SLO))
    assert found.workspace is not None
    (slo,) = found.workspace.slos()
    assert (slo.id, slo.team, slo.dialect) == ("checkout-availability", "shop", "openslo.com/v2alpha")
    expect(promtool, found, SERIES, {"slo:sli_error:ratio_rate1h": 0.25}, at="1h")


def test_an_inline_indicator_of_an_objective(tmp_path: Path, promtool: Path) -> None:
    inline = (
        "{metadata: {name: errors}, spec: {ratioMetric: {counter: true, bad: {dataSourceRef: prom,"
        " spec: {query: 'x_total{code=\"5\"}'}}, total: {dataSourceRef: prom, spec: {query: x_total}}}}}"
    )
    text = SLO.replace("    sliRef: errors\n", "").replace("{target: 0.99}", f"{{target: 0.99, sli: {inline}}}")
    expect(promtool, loaded(tmp_path, text), SERIES, {"slo:sli_error:ratio_rate1h": 0.25}, at="1h")


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("sliRef: errors", "indicatorRef: errors", "SCH203", (0, "spec", "indicatorRef")),
        ("sliRef: errors", "sliRef: error", "RES328", (0, "spec", "sliRef")),
        ("    sliRef: errors\n", "", "SCH204", (0, "spec")),
        ("{type: Prometheus, connectionDetails: {}}", "{type: Datadog}", "RES329",
         (1, "spec", "ratioMetric", "bad", "dataSourceSpec", "type")),
        ("{type: prometheus,", "{type: Splunk,", "RES329", (2, "spec", "type")),
        ("openslo.com/v2alpha\n  kind: SLO", "openslo/v2alpha1\n  kind: SLO", "SCH206", (0, "apiVersion")),
    ],
)  # fmt: skip
def test_problems(tmp_path: Path, old: str, new: str, code: str, path: tuple[str | int, ...]) -> None:
    found = said(loaded(tmp_path, SLO.replace(old, new)))
    assert (code, path) in [(problem[0], problem[2]) for problem in found]
