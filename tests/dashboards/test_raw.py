"""The panels of a ratio without event counts, with the default rules."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import msgspec

from slosmith.dashboards import service_dashboard
from slosmith.dashboards.panel_queries import all_queries, panels
from slosmith.dashboards.sections import sections
from slosmith.dashboards.words import about
from slosmith.model import Service
from slosmith.model.rules import RecordingRule
from slosmith.promql import parse
from slosmith.schemes.calendars import compile_calendars
from slosmith.schemes.registry import scheme
from slosmith.schemes.weighted.service_rules import MINUTE, compile_service
from tests.dashboards.fleet import QUARTER, lift_wing_service, odd_service


@cache
def raw_service() -> Service:
    odd = odd_service()
    return msgspec.structs.replace(odd, slos=tuple(slo for slo in odd.slos if slo.indicator_name == "raw"))


def described() -> dict[str, str]:
    dashboard: dict[str, Any] = json.loads(service_dashboard(raw_service()).json_text)
    return {each["title"]: each.get("description", "") for each in panels(dashboard)}


def test_its_queries_ask_for_what_is_recorded() -> None:
    files = [compile_service(raw_service()), compile_calendars([QUARTER], MINUTE)]
    rules = [rule for file in files for group in file.groups for rule in group.rules]
    recorded = {rule.record for rule in rules if isinstance(rule, RecordingRule)}
    asked = {
        selector.metric
        for query in all_queries(service_dashboard(raw_service()).json_text)
        for selector in parse(query.expr).selectors()
    }
    assert asked - recorded == {"ALERTS"}


def test_no_panel_speaks_of_events() -> None:
    found = described()
    assert not {"Events per second", "Events in each period"} & found.keys()
    assert {title: text for title, text in found.items() if "event" in text.lower()} == {}
    assert found["Attainment, 28d"] == (
        "Average over time, not weighted by traffic, in the last 28d. Red: below the objective, an alert fires."
    )
    assert found["Error ratio by window"].startswith("The result of the query of the SLI.")


def test_events_are_spoken_of_where_they_are_counted() -> None:
    dashboard: dict[str, Any] = json.loads(service_dashboard(lift_wing_service("model")).json_text)
    found = {each["title"]: each.get("description", "") for each in panels(dashboard)}
    assert found["Attainment, 28d"] == (
        "Good events / all events in the last 28d. Red: below the objective, an alert fires."
    )
    minimum = "enough bad events: two where there are few events, more where there are many"
    assert minimum in found["How close each alert is to firing"]


def test_its_words_say_that_time_is_what_is_weighed() -> None:
    rules = scheme("weighted")
    assert "a ratio without event counts" in about(raw_service(), sections(raw_service().slos), rules)
    counted = lift_wing_service("model")
    assert "a ratio without event counts" not in about(counted, sections(counted.slos), rules)
