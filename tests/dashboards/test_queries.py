"""Every query of every dashboard is valid, reads only recorded series, and has variables filled in as in Grafana."""

from __future__ import annotations

import re
from functools import cache

import pytest

from slosmith.dashboards import service_dashboard
from slosmith.dashboards.panel_queries import Query, all_queries, alternatives, fill, queries
from slosmith.model.rules import RecordingRule, RuleFile
from slosmith.promql import FoundSelector, parse
from slosmith.schemes.calendars import compile_calendars
from slosmith.schemes.weighted.service_rules import MINUTE, compile_service
from slosmith.vocabulary import names
from tests.dashboards.fleet import QUARTER, drawn_dashboards, lift_wing_service, workspace


@cache
def asked() -> dict[str, list[Query]]:
    """UID -> queries, with "All" in every variable."""
    return {each.uid: all_queries(each.json_text) for each in drawn_dashboards(workspace())}


def recorded() -> set[str]:
    """Metrics that the workspace's rules record."""
    files: list[RuleFile] = [compile_service(service) for service in workspace().services]
    files.append(compile_calendars([QUARTER], MINUTE))
    rules = [rule for file in files for group in file.groups for rule in group.rules]
    return {rule.record for rule in rules if isinstance(rule, RecordingRule)}


def selectors(expr: str) -> tuple[FoundSelector, ...]:
    return parse(expr).selectors()


def test_every_query_parses() -> None:
    assert sum(len(found) for found in asked().values()) > 400
    for found in asked().values():
        for query in found:
            parse(query.expr)


def test_every_metric_is_recorded_or_an_indicators_own() -> None:
    known = recorded() | {names.ALERTS}
    raw = {
        "istio_requests_total",
        "istio_request_duration_milliseconds_bucket",
        "istio_request_duration_milliseconds_count",
        "probe_success",
        "http_requests_total",
        "h_seconds",
    }
    read = {selector.metric for found in asked().values() for query in found for selector in selectors(query.expr)}
    assert read - known == raw
    # every recording for people is on a dashboard
    unseen = {metric for metric in known - read if "sli_total:events" not in metric}
    assert unseen == {names.TOTAL_HOUR, names.BAD_HOUR, names.COVERAGE_HOUR, names.PERIOD_DAYS}


def test_a_service_sees_only_itself() -> None:
    for uid, found in asked().items():
        if uid == "slosmith-fleet":
            continue
        for query in found:
            for selector in selectors(query.expr):
                matchers = {matcher.label: matcher.value for matcher in selector.matchers}
                if selector.metric.startswith(("slo:calendar_period", "istio", "probe", "http", "h_")):
                    continue
                assert matchers[names.SERVICE] in uid or uid.startswith("slox-"), query


def test_no_query_asks_more_than_five_minutes_of_raw_series() -> None:
    for found in asked().values():
        for query in found:
            for selector in selectors(query.expr):
                if selector.range is not None:
                    assert str(selector.range) == "5m", query


def test_a_choice_of_sites() -> None:
    (dashboard,) = [each for each in drawn_dashboards(workspace(1)) if each.uid == "slo-model-0"]

    def asks(*sites: str) -> str:
        return next(
            expr for panel, expr in queries(dashboard.json_text, {"site": list(sites)}) if panel == "Burn rate now"
        )

    assert 'sloth_slo=~"availability-(eqiad)"' in asks("eqiad")
    assert 'sloth_slo=~"availability-((eqiad|codfw))"' in asks("eqiad", "codfw")
    assert re.search(r"\$", asks("eqiad")) is None


def test_values_are_escaped_for_the_regex_and_for_the_string() -> None:
    assert alternatives(["a.b"]) == r"a\\.b"
    assert alternatives(["a.b", "c"]) == r"(a\\.b|c)"


def test_a_regex_keeps_its_own_dollar() -> None:
    assert fill('x{a=~"b$", c=~"$site", d=~"${site:regex}"} $1', {"site": "eqiad"}) == (
        'x{a=~"b$", c=~"eqiad", d=~"eqiad"} $1'
    )
    with pytest.raises(KeyError):
        fill("$unknown", {})


def test_one_site_is_no_choice() -> None:
    dashboard = service_dashboard(lift_wing_service("one-site", sites=("eqiad",)))
    assert '"type": "custom"' not in dashboard.json_text
    asks = dict(queries(dashboard.json_text))["Burn rate now"]
    assert 'sloth_slo="latency-eqiad"' in asks
