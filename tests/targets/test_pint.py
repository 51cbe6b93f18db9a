"""The pages of targets are right about pint for every rule: its check rule/dependency compares names only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from slosmith import promql
from slosmith.model import Duration
from slosmith.output.registry import targets
from tests.cli.project import CHECKOUT
from tests.targets.compiling import FilesByTarget, compiled, read_yaml, small_project

PAGES = ("mimir", "operations_alerts", "prometheus", "prometheus_operator", "puppet", "thanos")
"""Targets whose folders hold files that pint reads."""
IGNORED = re.compile(r"ignoreGroupMismatch = \[(.*)\]")


def ignored(page: str) -> list[str]:
    """The patterns of metrics in the snippet of a page."""
    (found,) = IGNORED.findall((CHECKOUT / "docs/targets" / f"{page}.md").read_text("utf-8"))
    return re.findall(r'"([^"]+)"', found)


def groups(files: Mapping[str, str]) -> list[dict[str, Any]]:
    """All groups of rules of a target's files."""
    found = []
    for path, text in files.items():
        if path.endswith((".yaml", ".yml")) and "_test." not in path:
            value = read_yaml(text)
            found += value.get("groups", value.get("spec", {}).get("groups", []))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_snippet_covers_every_name_that_two_groups_share(page: str, lift_wing_files: FilesByTarget) -> None:
    written = groups(lift_wing_files[page])
    patterns = [re.compile(pattern) for pattern in ignored(page)]
    recorded: dict[str, set[str]] = {}
    for group in written:
        for rule in group["rules"]:
            if "record" in rule:
                recorded.setdefault(rule["record"], set()).add(group["name"])
    reported = set()
    for group in written:
        for rule in group["rules"]:
            if "record" in rule:
                read = {found.selector.metric for found in promql.selectors(rule["expr"], Duration.parse("5m"))}
                reported |= {metric for metric in read if recorded.get(metric, set()) - {group["name"]}}
    assert len(reported) > 5, "pint would have nothing to say, and the section no reason"
    assert [name for name in sorted(reported) if not any(pattern.fullmatch(name) for pattern in patterns)] == []
    # and it does not match metrics of other people
    assert not any(
        pattern.fullmatch(name) for pattern in patterns for name in ("up", "job:errors:rate5m", "slo", "x:slo:y")
    )


def test_every_page_that_needs_the_snippet_has_it(tmp_path: Path) -> None:
    """The page of a target that writes rule files has a section. Other targets (dashboards, routes) have none."""
    with_section = {
        name for name in targets() if "\n## pint\n" in (CHECKOUT / "docs/targets" / f"{name}.md").read_text("utf-8")
    }
    assert with_section == set(PAGES)
    loaded = small_project(tmp_path)
    holds_rules = re.compile(r"^groups:", re.MULTILINE)
    for name in targets():
        files = compiled(loaded, name).values()
        assert name not in with_section or name == "prometheus_operator" or any(map(holds_rules.search, files)), name
        assert name in with_section or not any(map(holds_rules.search, files)), name


def test_only_an_slos_own_groups_and_calendars_are_read_from_another_group(lift_wing_files: FilesByTarget) -> None:
    """The page is right about real dependencies, by labels and not by names."""
    recorded: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
    rules = [
        (group["name"], rule)
        for group in groups(lift_wing_files["thanos"])
        for rule in group["rules"]
        if "record" in rule
    ]
    for name, rule in rules:
        identity = {key: str(value) for key, value in rule.get("labels", {}).items() if key == "sloth_id"}
        recorded[rule["record"], frozenset(identity.items())] = name
    elsewhere = set()
    for name, rule in rules:
        for found in promql.selectors(rule["expr"], Duration.parse("5m")):
            identity = {match.label: match.value for match in found.matchers if match.label == "sloth_id"}
            home = recorded.get((found.selector.metric, frozenset(identity.items())))
            if home is not None and home != name:
                elsewhere.add((found.selector.metric, name.replace("slosmith.long-", "slosmith-") == home))
    assert ("slo:sli_total:rate5m", True) in elsewhere
    calendars = [metric for metric, own in elsewhere if not own]
    assert all(metric.startswith("slo:calendar_period:") for metric in calendars)
    assert calendars
