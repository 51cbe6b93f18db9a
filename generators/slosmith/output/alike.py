"""Rule files that differ only in names: the same rules of other services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from slosmith.output.rule_files import groups_of

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')


def first_of_each_kind(rule_files: Iterable[Path]) -> tuple[Path, ...]:
    """The first file of each of :func:`kinds`."""
    return tuple(alike[0] for alike in kinds(rule_files))


def kinds(rule_files: Iterable[Path]) -> tuple[tuple[Path, ...], ...]:
    """The files, put together if their rules are alike: the same rules in the same order, with the same expressions
    but for quoted values (names of services, label values). A file that is no rule file is alike to no other.

    Kinds are in the order of their first files, and the files of a kind in the order in which they were given.
    """
    found: dict[object, list[Path]] = {}
    for path in rule_files:
        found.setdefault(_kind(path) or object(), []).append(path)
    return tuple(map(tuple, found.values()))


def _kind(path: Path) -> str | None:
    """What two files that are alike have in common, as text. None: the file has no rules."""
    groups = groups_of(path)
    return repr([(group.get("interval"), _kinds(group.get("rules"))) for group in groups]) if groups else None


def _kinds(rules: object) -> list[object]:
    every = rules if isinstance(rules, list) else []
    return [_kind_of_rule(rule) if isinstance(rule, dict) else rule for rule in every]


def _kind_of_rule(rule: dict[str, Any]) -> tuple[object, ...]:
    return (
        *(rule.get(key) for key in ("record", "alert", "for", "keep_firing_for")),
        _QUOTED.sub('""', str(rule.get("expr"))),
        sorted(map(str, rule.get("labels") or ())),
    )
