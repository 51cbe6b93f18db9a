"""With Sloth's rules, from the settings or the command line, policy checks the alerts of these rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from slosmith.policy.judging import judge
from slosmith.policy.user.facts import slo_facts
from slosmith.problems import Severity
from slosmith.schemes.registry import scheme
from slosmith.workspace import load
from tests.formats.dialects.specs import load_files

SPEC = """\
version: prometheus/v1
service: ferry
slos:
  - name: crossings
    objective: 90
    sli: {raw: {error_ratio_query: "avg_over_time(ferry:late[{{.window}}])"}}
    alerting: {name: Ferry, labels: {team: pier}}
"""


@pytest.mark.parametrize("rules", ["weighted", "sloth"])
def test_the_command_line_has_the_last_word(rules: str, tmp_path: Path) -> None:
    other = "weighted" if rules == "sloth" else "sloth"
    settings = f"version: slosmith/v1\nkind: Project\nname: x\nscope: site\nrules: {other}\n"
    load_files(tmp_path, {"services/ferry.yaml": SPEC, "slosmith.yaml": settings})
    found = judge(load(tmp_path, rules=rules), date(2026, 3, 10), select=["ALT20"])
    said = {(problem.code, problem.severity) for problem in found} - {("ALT205", Severity.WARNING)}
    assert said == ({("ALT209", Severity.WARNING)} if rules == "sloth" else {("ALT201", Severity.NOTICE)}), (
        "two tiers of ours are clamped, one pair of Sloth's is dead"
    )


def test_policies_of_ones_own_see_sloths_pairs(tmp_path: Path) -> None:
    loaded = load_files(tmp_path, {"services/ferry.yaml": SPEC})
    assert loaded.workspace is not None
    (slo,) = loaded.workspace.slos()
    alerting = slo_facts(slo, scheme("sloth"))["alerting"]
    assert [(tier["name"], tier["threshold"], tier["clamped"]) for tier in alerting["tiers"]] == [
        ("1h", 1.44, False), ("6h", 0.6, False), ("1d", 0.3, False), ("3d", 0.1, False),
    ]  # fmt: skip
    assert (alerting["absence"], alerting["exhaustion"], alerting["minimum_bad_events"]) == (False, False, 0.0)
    assert slo_facts(slo, scheme("weighted"))["alerting"]["tiers"][0]["clamped"] is True
