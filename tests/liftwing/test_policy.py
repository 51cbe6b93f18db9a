"""The policy checks over Lift Wing's own specs: no error, no warning that is neither mended nor waived."""

from __future__ import annotations

import json
from datetime import date

from slosmith.policy.engine import run
from slosmith.policy.inventory import parse_inventory
from slosmith.problems import Problem, Severity
from tests.liftwing.policy import INVENTORY, loaded, service, workspace

WRITTEN = date(2026, 11, 22)
"""The day on which the policy was written; waivers are judged as of then."""


def judged(today: date) -> tuple[Problem, ...]:
    inventory = parse_inventory(json.loads(INVENTORY.read_text(encoding="utf-8")), "inventory/liftwing.json")
    return run(workspace(), loaded().project, today, inventory=inventory)


def test_no_error_and_no_warning() -> None:
    assert [problem for problem in judged(WRITTEN) if problem.severity is not Severity.NOTICE] == []


def test_the_fastest_tier_of_the_95_percent_classes_is_reported_as_clamped() -> None:
    places = {problem.file.rsplit("/", 1)[-1] for problem in judged(WRITTEN) if problem.code == "ALT201"}
    assert places == {"auxiliary.yaml", "experimental.yaml"}


def test_waivers_are_few_and_end() -> None:
    waivers = [(owner.name, waiver.code) for owner in workspace().services for waiver in owner.waivers]
    assert waivers == [("ml-serve-kubernetes", "DOC410"), ("tts-section-generator", "BUD103")]
    expires = date.fromisoformat(service("tts-section-generator").waivers[0].expires)
    after = judged(date.fromordinal(expires.toordinal() + 1))
    assert any(problem.severity is Severity.ERROR and problem.code == "BUD103" for problem in after)
