"""Rules as the text of a Prometheus rule file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from slosmith.rules.types import AlertingRule, Rule, RuleFile, RuleGroup
from slosmith.targets.tree import header
from slosmith.targets.yaml_text import Commented, Pairs, document


def rule_file_text(file: RuleFile, source: str, group_fields: Mapping[str, str] | None = None) -> str:
    """The text of a rule file. ``source`` is named in its header; ``group_fields`` are set in every group, after its
    interval (Thanos' ``partial_response_strategy``).
    """
    groups = [_group(group, group_fields or {}) for group in file.groups]
    return document({"groups": groups}, comment=head(source, file.comment))


def head(source: str, comment: Iterable[str] = ()) -> list[str]:
    """The comment lines at the top of a generated YAML file: the header, then what the file says of itself."""
    lines = [header(source)]
    told = list(comment)
    return [*lines, "", *told] if told else lines


def _group(group: RuleGroup, fields: Mapping[str, str]) -> Commented:
    value: dict[str, Any] = {"name": group.name, "interval": str(group.interval), **fields}
    value["rules"] = [_rule(rule) for rule in group.rules]
    return Commented(group.comment, value)


def _rule(rule: Rule) -> Commented | dict[str, Any]:
    value: dict[str, Any]
    if isinstance(rule, AlertingRule):
        value = {"alert": rule.alert, "expr": rule.expr}
        if rule.hold is not None:
            value["for"] = str(rule.hold)
    else:
        value = {"record": rule.record, "expr": rule.expr}
    if rule.labels:
        value["labels"] = Pairs(rule.labels)
    if isinstance(rule, AlertingRule) and rule.annotations:
        value["annotations"] = Pairs(rule.annotations)
    return Commented(rule.comment, value) if rule.comment else value
