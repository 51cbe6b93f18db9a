"""OpenSLO v1alpha: another notation of windows and indicators, with the meaning of v1."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from slosmith.model import Duration, GaugeThreshold
from tests.formats.dialects.evaluation import expect, loaded, said, sound

REQUESTS = 'http_requests_total{job="checkout"}'
ERRORS = 'http_requests_total{job="checkout",code=~"5.."}'
SLO = f"""\
apiVersion: openslo/v1alpha
kind: SLO
metadata: {{name: availability, displayName: Orders}}
spec:
  service: checkout
  timeWindows: [{{count: 4, unit: Week, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives:
  - target: 0.99
    ratioMetrics:
      counter: true
      bad: {{source: prometheus, queryType: promql, query: 'sum(rate({ERRORS}[{{{{.window}}}}]))'}}
      total: {{source: prometheus, queryType: promql, query: 'sum(rate({REQUESTS}[{{{{.window}}}}]))'}}
---
apiVersion: openslo/v1alpha
kind: Service
metadata: {{name: checkout}}
spec: {{description: Takes orders.}}
"""


def test_ratio_metrics(tmp_path: Path, promtool: Path) -> None:
    found = sound(loaded(tmp_path, SLO))
    assert found.workspace is not None
    (service,) = found.workspace.services
    (slo,) = service.slos
    assert (service.description, slo.description, slo.dialect) == ("Takes orders.", "Orders", "openslo/v1alpha")
    assert slo.period.rolling == Duration.parse("28d")
    series = {
        'http_requests_total{job="checkout",code="200"}': "0+3x60",
        'http_requests_total{job="checkout",code="503"}': "0+1x60",
    }
    expect(promtool, found, series, {"slo:sli_error:ratio_rate1h": 0.25}, at="1h")


def test_a_threshold(tmp_path: Path) -> None:
    text = SLO.split("  objectives:")[0] + (
        "  indicator: {thresholdMetric: {source: prometheus, queryType: promql, query: max(queue_age_seconds)}}\n"
        "  objectives: [{target: 0.95, op: lt, value: 30}]\n"
    )
    found = sound(loaded(tmp_path, text))
    assert found.workspace is not None
    (slo,) = found.workspace.slos()
    assert isinstance(slo.indicator, GaugeThreshold)
    assert (slo.indicator.op, slo.indicator.value, slo.indicator.aggregate) == ("<", Decimal(30), "max")


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("source: prometheus", "source: datadog", "RES329", ("objectives", 0, "ratioMetrics", "bad", "source")),
        ("queryType: promql", "queryType: sql", "RES329", ("objectives", 0, "ratioMetrics", "bad", "queryType")),
        ("unit: Week", "unit: Month", "RES329", ("timeWindows", 0, "count")),
        ("unit: Week", "unit: Weeks", "SCH206", ("timeWindows", 0, "unit")),
        ("bad:", "bda:", "SCH203", ("objectives", 0, "ratioMetrics", "bda")),
        ("target: 0.99", "target: 99", "SCH207", ("objectives", 0, "target")),
    ],
)
def test_problems(tmp_path: Path, old: str, new: str, code: str, path: tuple[str | int, ...]) -> None:
    found = said(loaded(tmp_path, SLO.replace(old, new, 1)))
    assert (code, ("spec", *path)) in [(problem[0], problem[2]) for problem in found]
