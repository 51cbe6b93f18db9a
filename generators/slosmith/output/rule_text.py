"""Rules as the text of a Prometheus rule file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from slosmith.model.rules import AlertingRule, Rule, RuleFile, RuleGroup
from slosmith.output.yaml_text import Commented, Pairs, document
from slosmith.vocabulary.provenance import Source, header


def rule_file_text(
    file: RuleFile,
    source: Source,
    group_fields: Mapping[str, str | int] | None = None,
    top_fields: Mapping[str, str] | None = None,
) -> str:
    """The text of a rule file. ``source`` is named in its header; ``group_fields`` are set in every group, after its
    interval (Thanos' ``partial_response_strategy``), ``top_fields`` before the groups (Mimir's ``namespace``).
    """
    value = {**(top_fields or {}), "groups": rule_groups(file, group_fields)}
    return document(value, comment=head(source, file.comment))


def rule_groups(file: RuleFile, group_fields: Mapping[str, str | int] | None = None) -> list[Commented]:
    """The groups of a rule file as values that :func:`slosmith.output.yaml_text.document` writes."""
    return [_group(group, group_fields or {}) for group in file.groups]


def head(source: Source, comment: Iterable[str] = ()) -> list[str]:
    """The comment lines at the top of a generated YAML file: the header, then what the file says of itself."""
    lines = [header(source)]
    told = list(comment)
    return [*lines, "", *told] if told else lines


def _group(group: RuleGroup, fields: Mapping[str, str | int]) -> Commented:
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
