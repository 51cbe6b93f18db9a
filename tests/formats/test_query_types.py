"""A valid query with a result that no rule can use is reported at its place, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith import api
from tests.formats.dialects.specs import load_files

QUERIES = {
    "x[{{.window}}]": False,
    "(x[{{.window}}])": False,
    "(rate(x[{{.window}}]))[5m:1m]": False,
    "'a {{.window}}'": False,
    "rate(x[{{.window}}])": True,
    "sum(rate(x[{{.window}}])) or vector(0)": True,
    "scalar(sum(rate(x[{{.window}}])))": True,
}
GOOD = "sum(rate(y[{{.window}}]))"
FORMS = {
    "query_ratio": """\
        version: slosmith/v1
        kind: Service
        name: shop
        objectives:
          a: {{target: 99%, indicator: {{query_ratio: {{total: "{good}", bad: "{query}"}}}}}}
        """,
    "raw_ratio": """\
        version: slosmith/v1
        kind: Service
        name: shop
        objectives:
          a: {{target: 99%, indicator: {{raw_ratio: {{error_ratio: "{query}"}}}}}}
        """,
    "sloth": """\
        version: prometheus/v1
        service: shop
        slos:
          - name: aa
            objective: 99
            sli: {{events: {{error_query: "{query}", total_query: "{good}"}}}}
            alerting: {{name: A, page_alert: {{disable: true}}, ticket_alert: {{disable: true}}}}
        """,
    "openslo": """\
        apiVersion: openslo/v1
        kind: SLO
        metadata: {{name: shop}}
        spec:
          service: shop
          budgetingMethod: Occurrences
          indicator:
            metadata: {{name: i}}
            spec:
              ratioMetric:
                counter: true
                bad: {{metricSource: {{type: Prometheus, spec: {{query: "{query}"}}}}}}
                total: {{metricSource: {{type: Prometheus, spec: {{query: "{good}"}}}}}}
          timeWindow: [{{duration: 28d, isRolling: true}}]
          objectives: [{{target: 0.99}}]
        """,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("query", QUERIES)
def test_of_a_range_or_a_text_no_rule_is_made(form: str, query: str, tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"services/shop.yaml": FORMS[form].format(query=query, good=GOOD)})
    found = [problem for problem in loaded.problems if problem.severity == "error"]
    if QUERIES[query] and not (form == "openslo" and query.startswith("scalar")):
        assert found == []
        assert api.compile(loaded)
    else:
        assert [problem.code for problem in found] == ["RES312"]
        assert found[0].line > 1
