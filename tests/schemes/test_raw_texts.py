"""The texts of rules of a ratio without events do not mention events."""

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
    return {rule.tier: dict(rule.annotations)["description"] for group in compile_slo(slo) for rule in group.alerts}


def test_alerts_of_a_ratio_speak_of_ratios() -> None:
    found = said(raw())
    assert (
        found.keys() == said(counted()).keys() == {"1h", "6h", "1d", "3d", "budget-28d", "budget-slo-quarter", "absent"}
    )
    assert [text for text in found.values() if "event" in text or "traffic" in text] == []
    assert found["1h"] == (
        "The error ratio of model (availability, eqiad) over the last 1h was {{ $value | humanizePercentage }}. "
        "The alert fires above 26.88% over 1h and over 5m. The objective is 98% over 28d. "
        "At least 2% of its error budget was spent in the last 1h."
    )
    assert found["budget-28d"] == (
        "The error budget of model (availability, eqiad) for the last 28d is spent. "
        "Budget left: {{ if lt $value -10.0 }}less than -1000%{{ else }}{{ $value | humanizePercentage }}{{ end }} "
        "(below 0%: overspent). slo:coverage:ratio is the share of the period that was seen. "
        "The objective allows a mean error ratio of 2%."
    )
    assert found["absent"].startswith("The error ratio of model (availability, eqiad) is not known. ")


def test_alerts_of_events_speak_of_events() -> None:
    found = said(counted())
    assert [tier for tier, text in found.items() if "events" not in text] == []


def test_so_do_the_comments() -> None:
    assert (
        compile_slo(raw())[0]
        .comment[0]
        .startswith("model, availability in eqiad: 98% is good, over the last 28d and each reporting")
    )
    assert compile_slo(counted())[0].comment[0].startswith("model, availability in eqiad: 98% of events are good")


def test_the_last_sentence_says_what_to_do_with_the_links() -> None:
    runbook, dashboard = "https://docs.example.org/runbook", "https://grafana.example.org/d/x"
    both = said(msgspec.structs.replace(counted(), runbook=runbook, dashboard=dashboard))
    assert both["1h"].endswith(" Next: follow the runbook and see on the dashboard how much error budget is left.")
    assert both["absent"].endswith(" Next: follow the runbook and open the dashboard.")
    alone = said(msgspec.structs.replace(counted(), runbook=runbook, dashboard="TODO"))
    assert alone["1h"].endswith(" Next: follow the runbook.")
    assert "Next:" not in said(msgspec.structs.replace(counted(), runbook="TODO", dashboard=""))["1h"]
