"""``for`` and ``keep_firing_for`` of a catalogue's tiers, in rules and in unit tests of rules."""

from __future__ import annotations

from pathlib import Path

import yaml

from slosmith.model import Duration
from slosmith.model.rules import RuleFile
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.registry import scheme
from slosmith.schemes.weighted.service_rules import compile_slo
from slosmith.vocabulary.provenance import Source
from tests.formats.dialects.specs import slo_of

CATALOGUE = """\
version: slosmith/v1
kind: AlertCatalogue
name: patient
windows:
  - {budget_share: 2%, long: 1h, short: 5m, severity: page, keep_firing_for: 15m}
  - {budget_share: 10%, long: 1d, short: 2h, severity: ticket, for: 3h, keep_firing_for: 24h}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: ferry
team: pier
description: Ferries over the river.
period: {rolling: 28d}
alerting: {catalogue: patient}
indicator_source: {template: http-requests, with: {select: ['job="ferry"']}}
objectives:
  availability: {target: 99%}
"""


def test_a_tier_waits_and_goes_on_as_its_catalogue_says(tmp_path: Path) -> None:
    files = {"catalogues/patient.yaml": CATALOGUE, "services/ferry.yaml": SERVICE}
    slo = slo_of(tmp_path, files, "ferry-availability")
    times = [(each.tier, each.hold, each.keep) for each in scheme("weighted").alerts(slo) if each.trigger is not None]
    assert times == [
        ("1h", None, Duration.parse("15m")),
        ("1d", Duration.parse("3h"), Duration.parse("24h")),
    ]
    text = rule_file_text(RuleFile("ferry", compile_slo(slo)), Source("services/ferry.yaml"))
    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    assert {
        rule["labels"]["slo_tier"]: (rule.get("for"), rule.get("keep_firing_for"))
        for rule in rules
        if rule.get("alert") == "ErrorBudgetBurn"
    } == {"1h": (None, "15m"), "1d": ("3h", "1d")}


def test_a_ruler_that_does_not_know_keep_firing_for(tmp_path: Path) -> None:
    project = "version: slosmith/v1\nkind: Project\nname: example\nscope: site\nkeep_firing_for: false\n"
    files = {"catalogues/patient.yaml": CATALOGUE, "services/ferry.yaml": SERVICE, "slosmith.yaml": project}
    slo = slo_of(tmp_path, files, "ferry-availability")
    times = [(each.hold, each.keep) for each in scheme("weighted").alerts(slo) if each.trigger is not None]
    assert times == [(None, None), (Duration.parse("3h"), None)]
