"""The texts of dashboards: everything that a spec says, as text and never as markup."""

from __future__ import annotations

import json

import msgspec
import pytest

from slosmith.dashboards import service_dashboard, words
from slosmith.dashboards.sections import sections
from slosmith.model import Service
from slosmith.schemes.registry import scheme
from tests.dashboards.fleet import lift_wing_service, odd_service


def about(service: Service) -> str:
    return words.about(service, sections(service.slos), scheme("weighted"))


def test_everything_that_the_spec_tells_people() -> None:
    said = about(lift_wing_service("model"))
    for text in (
        "class **stable** · team **ml** · [Documentation](https://docs.example.org/slo)",
        "[Runbook](https://docs.example.org/runbook)",
        "**availability** (eqiad, codfw): 98% of events are good, over 28d and over each reporting period "
        "(slo-quarter). Error budget: 2%. Aspirational target (not guaranteed): 99%.",
        "**latency** (eqiad, codfw): 98% of events are answered within 500ms",
        "#### No guarantee\n\n- **freshness** (2024-05-01): Nobody needs it.",
        "- 2024-05-01: 500 ms _Why:_ It is a bucket",
        "- Responsible: Machine Learning",
        "- External clients: API gateway",
        "- Internal clients: recommendations",
        "- Does not work without: mw-api (target 99.9%)",
        "- Works worse without: logstash",
        "- Outages: 1 expected in each reporting period, detected within 10m, repaired within 2h",
        "- Monitoring: Alerts and this.",
    ):
        assert text in said


def test_a_service_without_a_team_names_none() -> None:
    service = msgspec.structs.replace(lift_wing_service("model"), team="")
    assert about(service).startswith("class **stable** · [Documentation]")
    tags = json.loads(service_dashboard(service).json_text)["tags"]
    assert [tag for tag in tags if tag.startswith(("team", "class"))] == ["class:stable"]


def test_a_bare_service_says_only_what_there_is() -> None:
    said = about(odd_service())
    assert "No guarantee" not in said
    assert "Operations" not in said
    assert "It has no alerts." in said
    assert "One SLO for each wiki, dc." in said


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)\>"),
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("a | b\n\n# c", r"a \| b \# c"),
        ("`x` *y* _z_ ~w~ \\", r"\`x\` \*y\* \_z\_ \~w\~ \\"),
    ],
)
def test_specs_are_text_and_not_markup(written: str, shown: str) -> None:
    assert words.escape(written) == shown
    assert shown in about(msgspec.structs.replace(lift_wing_service("model"), description=written))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "TODO", "https://a b", "https://x/)[y](z", ""]
)
def test_only_web_addresses_are_links(url: str) -> None:
    assert words.link_target(url) == ""
    assert "[Runbook]" not in about(msgspec.structs.replace(lift_wing_service("model"), runbook=url))


def test_titles() -> None:
    assert [words.title(section) for section in sections(lift_wing_service("model").slos)] == [
        "availability: 98%",
        "latency: 98% within 500ms",
    ]
    assert [words.title(section) for section in sections(odd_service().slos)][-2:] == [
        "mixed in eqiad: 98%",
        "mixed in codfw: 95%",
    ]
