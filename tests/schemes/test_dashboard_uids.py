"""UIDs of dashboards: Grafana accepts them, they are stable, and two services never have the same UID."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from slosmith.settings import Project
from slosmith.vocabulary.dashboard_uids import FLEET, MAX_LENGTH, is_plain, service_uid

NAMES = st.from_regex(r"[A-Za-z0-9][-A-Za-z0-9_.]{0,62}", fullmatch=True)


def test_a_name_that_fits_is_in_the_uid() -> None:
    assert service_uid("ores-legacy") == "slo-ores-legacy"
    assert service_uid("a" * 36) == "slo-" + "a" * 36
    assert is_plain("a" * 36)


def test_other_names_bring_a_hash() -> None:
    assert service_uid("revertrisk-language-agnostic-pre-save") == "slox-revertrisk-language-ag-563129feb316"
    assert service_uid("Foo") != service_uid("foo")
    assert service_uid("a.b") != service_uid("a-b")
    assert not is_plain("a" * 37)


@given(NAMES)
def test_grafana_takes_it(name: str) -> None:
    uid = service_uid(name)
    assert re.fullmatch(r"[a-z0-9-]+", uid)
    assert len(uid) <= MAX_LENGTH
    assert uid != FLEET


@given(st.sets(NAMES, min_size=2, max_size=20))
def test_names_never_share_one(names: set[str]) -> None:
    # compared without case, as in some of Grafana's databases
    assert len({service_uid(name).casefold() for name in names}) == len(names)


def test_a_plain_name_cannot_look_like_a_hashed_one() -> None:
    hashed = service_uid("A" * 50)
    assert service_uid(hashed.removeprefix("slox-")) != hashed
    assert service_uid(hashed.removeprefix("slo")) != hashed


def test_links_to_dashboards_lead_there() -> None:
    project = Project(dashboard_url="https://grafana.example.org/d/{uid}")
    for name in ("ores-legacy", "revertrisk-language-agnostic-pre-save"):
        assert project.url("dashboard", name) == f"https://grafana.example.org/d/{service_uid(name)}"
