"""Dashboards for Sloth's rules: every query has data, and no query reads a series that Sloth does not record."""

from __future__ import annotations

import http.server
import json
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from slosmith.dashboards import Dashboard, fleet_dashboard, service_dashboard
from slosmith.dashboards.panel_queries import Query, all_queries, panels
from slosmith.model import Duration, Workspace
from slosmith.model.rules import RecordingRule
from slosmith.output.rule_text import rule_file_text
from slosmith.promql import parse
from slosmith.schemes.sloth.service_rules import compile_service
from slosmith.vocabulary import names
from slosmith.vocabulary.provenance import Source
from tests.dashboards.fleet import drawn_dashboards, lift_wing_service, odd_service, workspace
from tests.dashboards.test_dashboards import CHECKOUT, _occupy
from tests.dashboards.test_evaluation import evaluate, identity, panel, series
from tests.prometheus_api import PrometheusApi
from tests.truth.server import running

SERVICE = "model-0"


@cache
def drawn() -> dict[str, Dashboard]:
    return {each.uid: each for each in drawn_dashboards(workspace(), rules="sloth")}


@cache
def decoded(uid: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(drawn()[uid].json_text)
    return found


def uids() -> list[str]:
    return ["slo-model-0", "slosmith-fleet", "slox-odd-one-with-a-name-th-b1bfd3c13369"]


def about(uid: str) -> str:
    text: str = next(panel["options"]["content"] for panel in panels(decoded(uid)) if panel["type"] == "text")
    return text


def test_only_what_sloths_rules_record_is_asked_for() -> None:
    rules = [
        rule for service in workspace().services for group in compile_service(service).groups for rule in group.rules
    ]
    recorded = {rule.record for rule in rules if isinstance(rule, RecordingRule)}
    asked = {
        selector.metric
        for dashboard in drawn().values()
        for query in all_queries(dashboard.json_text)
        for selector in parse(query.expr).selectors()
    }
    assert {metric for metric in asked if metric.startswith(("slo:", "sloth"))} - recorded == set()
    # every recording for people is shown
    assert recorded - asked == {names.PERIOD_DAYS}


@pytest.mark.parametrize("uid", uids())
def test_it_keeps_to_the_schema_and_leaves_no_gap(uid: str) -> None:
    schema = json.loads((CHECKOUT / "schemas/grafana-dashboard.schema.json").read_text("utf-8"))
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(decoded(uid))] == []
    taken: dict[tuple[int, int], str] = {}
    for each in decoded(uid)["panels"]:
        _occupy(each, 0, taken)
    assert {y for _, y in taken} == set(range(max(y for _, y in taken) + 1))


@pytest.mark.parametrize("uid", uids())
def test_no_panel_is_empty_and_no_table_asks_twice(uid: str) -> None:
    for each in panels(decoded(uid)):
        asked = [target["expr"] for target in each.get("targets", [])]
        assert asked or each["type"] in ("row", "text"), each["title"]
        if each["type"] == "table":
            # a table finds its columns by their queries
            assert len(asked) == len(set(asked)), each["title"]


def test_it_says_what_is_missing_and_why() -> None:
    for uid in uids():
        text = about(uid)
        assert "that Sloth would write" in text
        for part in ("Numbers of events", "slo-quarter", "missing data and a spent budget"):
            assert part in text, (uid, part)
    assert "Aspirational targets: " in about("slo-model-0")
    assert "Aspirational targets: " not in about("slox-odd-one-with-a-name-th-b1bfd3c13369")
    ours = service_dashboard(lift_wing_service(SERVICE)).json_text
    assert "Not on this dashboard" not in ours


def test_panels_that_could_not_be_answered_are_not_there() -> None:
    titles = {each["title"] for uid in uids() for each in panels(decoded(uid))}
    assert not {title for title in titles if "slo-quarter" in title or "Events in each period" in title}
    assert "Events per second" not in titles
    assert {"Budget left, 28d", "Attainment, 28d", "Burn rate by window", "How close each alert is to firing"} <= titles


def test_thresholds_are_sloths_own() -> None:
    """A target of 95 % over 28 days: the quick pair needs 67 % errors. Our rules clamp this to 50 %."""
    low = lift_wing_service("low", target="0.95")
    found = {rules: nearness(rules, low.name) for rules in ("weighted", "sloth")}
    assert found["sloth"].endswith(" / 0.672")
    assert found["weighted"].endswith(" / 0.5")


def nearness(rules: str, name: str) -> str:
    dashboard = service_dashboard(lift_wing_service(name, target="0.95"), rules=rules)
    return panel(all_queries(dashboard.json_text), "How close each alert is to firing")


@pytest.mark.prometheus
def test_numbers(promtool: Path, tmp_path: Path) -> None:
    found = all_queries(service_dashboard(lift_wing_service(SERVICE), rules="sloth").json_text)
    fleet = all_queries(fleet_dashboard(Workspace((lift_wing_service(SERVICE),)), rules="sloth").json_text)
    name, firing = "availability-eqiad", 'alertname="Burn", alertstate="firing", sloth_severity='
    given = [
        series("slo:objective:ratio", 0.75, name),
        series("slo:error_budget:ratio", 0.25, name),
        series("slo:period_burn_rate:ratio", 2, name),
        series("slo:current_burn_rate:ratio", 4, name),
        series("slo:period_error_budget_remaining:ratio", -1, name),
        series("slo:sli_error:ratio_rate4w", 0.5, name, 'sloth_window="4w"'),
        series("slo:sli_error:ratio_rate1h", 0.1344, name, 'sloth_window="1h"'),
        series("slo:sli_error:ratio_rate5m", 1, name, 'sloth_window="5m"'),
        series("sloth_slo_info", 1, name, 'sloth_objective="75"'),
        series("ALERTS", 1, name, f'{firing}"page", severity="critical"'),
        series("ALERTS", 1, name, f'{firing}"ticket", severity="warning"'),
    ]
    one = f"{{{identity(name)}}}"
    detail = [
        (f'{{alertname="Burn", {identity(name)}, sloth_severity="{severity}"}}', 1.0) for severity in ("page", "ticket")
    ]
    row = f'{{{identity(name)}, dashboard_uid="slo-model-0"}}'
    table = "Every SLO, worst budget first"
    cases = [
        (panel(found, "Alerts now"), detail),
        (panel(found, "Alerts firing"), [("{}", 2.0)]),
        (panel(found, "SLOs", 2), [(one, 0.5)]),
        (panel(found, "Attainment, 28d"), [(one, 0.5)]),
        (panel(found, "Budget left, 28d"), [(one, -1.0)]),
        # the threshold is 26.88 %: the ratio over the hour is half of it
        (panel(found, "How close each alert is to firing"), [(one, 0.5)]),
        (
            panel(fleet, "Alerts firing", 1),
            [("{}", 0.0), ('{sloth_severity="page"}', 1.0), ('{sloth_severity="ticket"}', 1.0)],
        ),
        (panel(fleet, table, 0), [(row, 1.0)]),
        (panel(fleet, table, 1), [(one, -1.0)]),
        (panel(fleet, table, 5), [(one, 2.0)]),
        (panel(fleet, "By service", 2), [(f'{{sloth_service="{SERVICE}"}}', -1.0)]),
        (panel(fleet, "Rolling budget spent"), [("{}", 1.0)]),
    ]
    evaluate(promtool, tmp_path, cases, given)


# --- with a real Prometheus that scrapes and evaluates Sloth's rules, and gets the queries of Grafana


def exposition(step: int) -> str:
    """All raw series after ``step`` scrapes. Half of all events are bad, so alerts fire."""
    lines = []
    for site in ("eqiad", "codfw"):
        for namespace, canonical in ((SERVICE, f"{SERVICE}-a"), ("ns", "a")):
            gateway = (
                f'site="{site}",prometheus="k8s-mlserve",kubernetes_namespace="istio-system",'
                f'destination_service_namespace="{namespace}",destination_canonical_service="{canonical}"'
            )
            for code in ("200", "503"):
                labels = f'{gateway},response_code="{code}"'
                lines.append(f"istio_requests_total{{{labels}}} {10 * step}")
                for le, count in (("250", 4), ("500", 5), ("+Inf", 10)):
                    labelled = f'{labels},le="{le}"'
                    lines.append(f"istio_request_duration_milliseconds_bucket{{{labelled}}} {count * step}")
                lines.append(f"istio_request_duration_milliseconds_count{{{labels}}} {10 * step}")
    for code in ("200", "500"):
        lines.append(f'http_requests_total{{path="/c",wiki="x",dc="a",code="{code}"}} {10 * step}')
    lines.append(f'probe_success{{job="blackbox"}} {step % 2}')
    for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d"):
        lines.append(f'my_ratio{{window="{window}"}} 0.5')
    return "\n".join([*lines, f"a {10 * step}", f"b {5 * step}", ""])


@contextmanager
def exporter() -> Iterator[int]:
    """An exporter on the loopback interface. Yields its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        steps = 0

        def do_GET(self) -> None:
            Handler.steps += 1
            body = exposition(Handler.steps).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def unanswered(server: PrometheusApi, dashboards: list[Dashboard]) -> list[str]:
    """Queries without data: an instant query now, a range query over the last half minute."""
    found, now = [], time.time()
    for dashboard in dashboards:
        for query in all_queries(dashboard.json_text):
            values = values_of(server, query, now)
            if not values or all(math.isnan(value) for value in values):
                found.append(f"{dashboard.name}, {query.panel} {query.ref_id}: {query.expr}")
    return found


def values_of(server: PrometheusApi, query: Query, now: float) -> list[float]:
    if query.instant:
        return [sample.value for sample in server.instant(query.expr, now)]
    return [value for line in server.range(query.expr, now - 30, now, 1) for value in line.values]


@pytest.mark.prometheus
def test_a_real_prometheus_answers_every_query(prometheus: Path, tmp_path: Path) -> None:
    odd = odd_service()
    # a native histogram cannot be scraped as text
    odd = msgspec.structs.replace(odd, slos=tuple(slo for slo in odd.slos if slo.indicator_name != "native"))
    services = (odd, lift_wing_service(SERVICE))
    for service in services:
        text = rule_file_text(compile_service(service, Duration(1000)), Source("services/x.yaml"))
        (tmp_path / f"{service.name}.rules.yaml").write_text(text, "utf-8")
    with exporter() as port:
        configuration = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(tmp_path / "*.rules.yaml")],
            "scrape_configs": [{
                "job_name": "raw", "honor_labels": True, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            }],
        }  # fmt: skip
        with running(prometheus, tmp_path / "server", configuration=json.dumps(configuration)) as server:
            dashboards = drawn_dashboards(Workspace(services), rules="sloth")
            empty = unanswered(server, dashboards)
            for _ in range(60):
                if not empty:
                    break
                time.sleep(1)
                empty = unanswered(server, dashboards)
            assert empty == []
            alerts = server.instant('count by (sloth_severity) (ALERTS{alertstate="firing"})')
            assert {dict(sample.labels)["sloth_severity"] for sample in alerts} == {"page", "ticket"}
            # the queries for our rules have no data here, so dashboards need the scheme
            ours = unanswered(server, [service_dashboard(lift_wing_service(SERVICE))])
            for part in ("slo-quarter", "Events per second", "Events in each period"):
                assert part in str(ours)
