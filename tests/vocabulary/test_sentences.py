"""The sentence of an objective: share, threshold and periods are the same in all texts."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from slosmith.dashboards.sections import sections
from slosmith.dashboards.words import objective as on_dashboard
from slosmith.explanation.summary import objective_in_words
from slosmith.model import Duration, Freshness, GaugeThreshold, Objective, Selector, Slo
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.vocabulary.sentences import objective
from tests.dashboards.fleet import lift_wing_service

LATENCY = next(slo for slo in lift_wing_service("model").slos if slo.indicator_name == "latency")
GAUGES = (Selector("queue_length", ()),)


def with_indicator(indicator: Freshness | GaugeThreshold) -> Slo:
    goal = Objective(Decimal("0.98"), threshold=Duration.parse("5m"))
    return msgspec.structs.replace(LATENCY, indicator=indicator, objective=goal)


@pytest.mark.parametrize(
    ("slo", "said"),
    [
        (LATENCY, "answered within 500ms"),
        (with_indicator(Freshness(GAUGES, Duration.parse("5m"))), "good (at most 5m old)"),
        (with_indicator(GaugeThreshold(GAUGES, "<=", Decimal(300))), "good (at most 5m)"),
        (with_indicator(GaugeThreshold(GAUGES, ">=", Decimal(300))), "good (at least 5m)"),
    ],
)
def test_a_threshold_is_said_as_what_is_measured(slo: Slo, said: str) -> None:
    """In an earlier version, explanations used "answered within" for gauges too."""
    assert f" of events are {said}, over 28d" in objective(slo)
    assert objective(slo) in objective_in_words(slo)
    (section,) = sections((slo,))
    assert objective(slo) in on_dashboard(section)


def test_rules_say_it_in_brief() -> None:
    service = msgspec.structs.replace(lift_wing_service("model"), slos=(LATENCY,))
    group, _ = compile_service(service, Duration.parse("1m")).groups
    assert "98% of events are good within 500ms, over the last 28d" in " ".join(group.comment)
