"""What the rules of a ratio without events say to people: nothing about events, which nobody counted."""

from __future__ import annotations

import msgspec

from slosmith.model import RawRatio, Slo
from slosmith.schemes.weighted.service_rules import compile_slo
from tests.dashboards.fleet import lift_wing_service


def counted() -> Slo:
    return lift_wing_service("model").slos[0]


def raw() -> Slo:
    return msgspec.structs.replace(counted(), indicator=RawRatio("avg_over_time(my_ratio[{{.window}}])"))


def said(slo: Slo) -> dict[str, str]:
    """Tier -> description of its alert."""
    return {rule.tier: dict(rule.annotations)["description"] for rule in compile_slo(slo).alerts}


def test_alerts_of_a_ratio_speak_of_ratios() -> None:
    found = said(raw())
    assert (
        found.keys() == said(counted()).keys() == {"1h", "6h", "1d", "3d", "budget-28d", "budget-slo-quarter", "absent"}
    )
    assert [text for text in found.values() if "event" in text or "traffic" in text] == []
    assert found["1h"] == (
        "The error ratio of model (availability, eqiad) over the last 1h was {{ $value | humanizePercentage }}; "
        "this alert fires above 26.88% over both 1h and 5m. The objective is 98% over 28d: 1h at that rate takes 2% of "
        "its error budget."
    )
    assert found["budget-28d"] == (
        "The mean error ratio of model (availability, eqiad) over the last 28d may be 2%, and it was: "
        "{{ $value | humanizePercentage }} of the error budget is left."
    )


def test_alerts_of_events_speak_of_events() -> None:
    found = said(counted())
    assert [tier for tier, text in found.items() if "events" not in text] == []


def test_so_do_the_comments() -> None:
    assert compile_slo(raw()).comment[0].startswith("model, availability in eqiad: 98% is good, rolling 28d")
    assert compile_slo(counted()).comment[0].startswith("model, availability in eqiad: 98% of events are good")
