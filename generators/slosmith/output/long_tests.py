"""Tests of the long ranges of rule files that were generated. `slosmith test` writes them to a temporary folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from slosmith.model import Workspace
from slosmith.model.rules import AlertingRule, Rule, RuleFile, RuleGroup
from slosmith.output.artefacts import compile_long_tests, compile_rules
from slosmith.output.rule_files import groups_of
from slosmith.output.rule_test_text import rule_test_text
from slosmith.settings import Project
from slosmith.vocabulary.provenance import Source, spec_name


class LongTestFile(msgspec.Struct, frozen=True):
    """The text of a test file of promtool, and the rule file whose expressions it evaluates."""

    rules: Path
    text: str


def long_test_files(
    workspace: Workspace, project: Project, specs: str, rule_files: Iterable[Path]
) -> list[LongTestFile]:
    """Tests of the long ranges of ``rule_files``: their expressions, with input and expected values from the specs.

    Rule files with the same expressions are tested once. Groups of rules that no SLO of ``workspace`` has are ignored.
    """
    written: dict[str, list[tuple[Path, Mapping[str, Any]]]] = {}
    for path in rule_files:
        for group in groups_of(path):
            written.setdefault(group["name"], []).append((path, group))
    found = []
    for service in workspace.services:
        rules = compile_rules(service, project)
        source = Source(spec_name(specs, service.origin.file), project.command)
        seen = set()
        for path in dict.fromkeys(path for group in rules.groups for path, _ in written.get(group.name, ())):
            groups = {name: group for name, places in written.items() for place, group in places if place == path}
            tests = compile_long_tests(service, project, _as_written(rules, groups))
            text = rule_test_text(tests, source) if tests is not None else ""
            if text and text not in seen:
                found.append(LongTestFile(path, text))
            seen.add(text)
    return found


def _as_written(rules: RuleFile, written: Mapping[str, Mapping[str, Any]]) -> RuleFile:
    """``rules`` with the expressions that a file has. Rules that it does not have keep theirs."""
    groups = [_group_as_written(group, written.get(group.name, {}).get("rules")) for group in rules.groups]
    return msgspec.structs.replace(rules, groups=tuple(groups))


def _group_as_written(group: RuleGroup, written: object) -> RuleGroup:
    expressions: dict[tuple[str, int], str] = {}
    counts: dict[str, int] = {}
    for rule in written if isinstance(written, list) else []:
        if isinstance(rule, dict) and isinstance(rule.get("expr"), str):
            name = f"{rule.get('record', '')}\n{rule.get('alert', '')}"
            expressions[name, counts.get(name, 0)] = rule["expr"]
            counts[name] = counts.get(name, 0) + 1
    # rules of one name are told apart by their order
    before: dict[str, int] = {}
    found: list[Rule] = []
    for rule in group.rules:
        name = f"\n{rule.alert}" if isinstance(rule, AlertingRule) else f"{rule.record}\n"
        expr = expressions.get((name, before.get(name, 0)), rule.expr)
        before[name] = before.get(name, 0) + 1
        found.append(msgspec.structs.replace(rule, expr=expr))
    return msgspec.structs.replace(group, rules=tuple(found))
