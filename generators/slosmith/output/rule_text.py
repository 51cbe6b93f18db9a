"""Rules as the text of a Prometheus rule file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from slosmith.model.rules import AlertingRule, RecordingRule, Rule, RuleFile, RuleGroup
from slosmith.output.yaml_text import Commented, Pairs, comment_lines, pair_lines, scalar, text_value
from slosmith.vocabulary.provenance import Source, header

_IN_RULE, _IN_MAP = " " * 8, " " * 10
"""Indentation of the keys of a rule, and of the keys of its labels and annotations."""


def rule_file_text(
    file: RuleFile,
    source: Source,
    group_fields: Mapping[str, str | int] | None = None,
    top_fields: Mapping[str, str] | None = None,
) -> str:
    """The text of a rule file. ``source`` is named in its header; ``group_fields`` are set in every group, after its
    interval (Thanos' ``partial_response_strategy``), ``top_fields`` before the groups (Mimir's ``namespace``).
    """
    out: list[str] = []
    comment_lines(out, "", head(source, file.comment))
    out += [f"{scalar(key)}: {text_value(value, '')}" for key, value in (top_fields or {}).items()]
    out.append("groups:" if file.groups else "groups: []")
    for group in file.groups:
        _write_group(out, group, group_fields or {})
    out.append("")
    return "\n".join(out)


def rule_groups(file: RuleFile, group_fields: Mapping[str, str | int] | None = None) -> list[Commented]:
    """The groups of a rule file as values that :func:`slosmith.output.yaml_text.document` writes."""
    return [_group(group, group_fields or {}) for group in file.groups]


def head(source: Source, comment: Iterable[str] = ()) -> list[str]:
    """The comment lines at the top of a generated YAML file: the header, then comments about the file."""
    lines = [header(source)]
    comments = list(comment)
    return [*lines, "", *comments] if comments else lines


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
        if rule.keep is not None:
            value["keep_firing_for"] = str(rule.keep)
    else:
        value = {"record": rule.record, "expr": rule.expr}
    if rule.labels:
        value["labels"] = Pairs(rule.labels)
    if isinstance(rule, AlertingRule) and rule.annotations:
        value["annotations"] = Pairs(rule.annotations)
    return Commented(rule.comment, value) if rule.comment else value


# --- the same as lines, which is faster: most of the output is rules


def _write_group(out: list[str], group: RuleGroup, fields: Mapping[str, str | int]) -> None:
    comment_lines(out, "  ", group.comment)
    out.append(f"  - name: {text_value(group.name, '    ')}")
    out.append(f"    interval: {scalar(str(group.interval))}")
    for key, value in fields.items():
        out.append(f"    {scalar(key)}: {value if isinstance(value, int) else text_value(value, '    ')}")
    out.append("    rules:" if group.rules else "    rules: []")
    for rule in group.rules:
        _write_rule(out, rule)


def _write_rule(out: list[str], rule: Rule) -> None:
    if rule.comment:
        comment_lines(out, "      ", rule.comment)
    if type(rule) is RecordingRule:
        out.append(f"      - record: {text_value(rule.record, _IN_RULE)}")
        out.append(f"        expr: {text_value(rule.expr, _IN_RULE)}")
        if rule.labels:
            out.append("        labels:")
            out.append(pair_lines(_IN_MAP, rule.labels))
        return
    assert isinstance(rule, AlertingRule)
    out.append(f"      - alert: {text_value(rule.alert, _IN_RULE)}")
    out.append(f"        expr: {text_value(rule.expr, _IN_RULE)}")
    if rule.hold is not None:
        out.append(f"        for: {scalar(str(rule.hold))}")
    if rule.keep is not None:
        out.append(f"        keep_firing_for: {scalar(str(rule.keep))}")
    for key, pairs in (("labels", rule.labels), ("annotations", rule.annotations)):
        if pairs:
            out.append(f"        {key}:")
            out.append(pair_lines(_IN_MAP, pairs))
