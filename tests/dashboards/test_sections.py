"""SLOs that share a section, and the selectors of sections."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from slosmith.dashboards.sections import sections, selector
from slosmith.model import Slo
from tests.dashboards.fleet import availability, lift_wing_service, slo


def at(site: str | None, name: str = "availability", **more: str) -> Slo:
    return slo("svc", name, availability("ns", "s", site or "eqiad"), site=site, **more)  # type: ignore[arg-type]


def select(slos: list[Slo], index: int = 0) -> str:
    section = sections(slos)[index]
    return selector(section, [each for each in slos if each not in section.slos], "site")


def test_sites_of_one_indicator_are_one_section() -> None:
    grouped = sections(lift_wing_service("model").slos)
    assert [[each.name for each in section.slos] for section in grouped] == [
        ["availability-eqiad", "availability-codfw"],
        ["latency-eqiad", "latency-codfw"],
    ]


@pytest.mark.parametrize("difference", [{"target": "0.95"}, {"aspirational": "0.995"}, {"threshold": "1s"}])
def test_slos_with_other_objectives_have_other_sections(difference: dict[str, str]) -> None:
    assert len(sections([at("eqiad"), at("codfw")])) == 1
    assert len(sections([at("eqiad"), at("codfw", **difference)])) == 2


def test_other_alerts_are_drawn_apart() -> None:
    quiet = msgspec.structs.replace(at("codfw"), alerting=None)
    assert len(sections([at("eqiad"), quiet])) == 2


def test_slos_without_a_site_are_their_own() -> None:
    first, second = (msgspec.structs.replace(at(None), name=name) for name in ("availability-a", "availability-b"))
    assert len(sections([first, second])) == 2


def test_a_choice_of_sites_selects() -> None:
    assert select([at("eqiad"), at("codfw")]) == 'sloth_service="svc", sloth_slo=~"availability-($site)"'
    assert select([at("eqiad", "a.b"), at("codfw", "a.b")]) == r'sloth_service="svc", sloth_slo=~"a\\.b-($site)"'


def test_one_slo_is_selected_by_its_name() -> None:
    assert select([at("eqiad")]) == 'sloth_service="svc", sloth_slo="availability-eqiad"'


def test_the_choice_is_given_up_where_it_would_select_too_much() -> None:
    other = at("esams", target="0.9")
    expected = 'sloth_service="svc", sloth_slo=~"availability-eqiad|availability-codfw"'
    assert select([at("eqiad"), at("codfw"), other]) == expected
    assert other.objective.target_ratio == Decimal("0.9")
    assert select([at("eqiad"), at("codfw"), other], 1) == 'sloth_service="svc", sloth_slo="availability-esams"'


def test_names_that_the_spec_chose_are_alternatives() -> None:
    named = [msgspec.structs.replace(at(site), name=f"own.{site}") for site in ("eqiad", "codfw")]
    assert select(named) == r'sloth_service="svc", sloth_slo=~"own\\.eqiad|own\\.codfw"'
