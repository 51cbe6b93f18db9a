"""Rule files that differ only in names: the same rules of other services."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')


def first_of_each_kind(rule_files: Iterable[Path]) -> tuple[Path, ...]:
    """The first of all files whose rules are alike: the same rules in the same order, with the same expressions but for
    quoted values (names of services, label values). A file that is no rule file is alike to no other.
    """
    seen: set[object] = set()
    found = []
    for path in rule_files:
        kind = _kind(path)
        if kind is None or kind not in seen:
            found.append(path)
        seen.add(kind)
    return tuple(found)


def _kind(path: Path) -> object:
    try:
        content = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return tuple(
            (group.get("interval"), tuple(_kind_of_rule(rule) for rule in group["rules"]))
            for group in content["groups"]
        )
    except (yaml.YAMLError, OSError, TypeError, KeyError, AttributeError):
        return None


def _kind_of_rule(rule: dict[str, Any]) -> tuple[object, ...]:
    times = tuple(str(rule.get(key)) for key in ("record", "alert", "for", "keep_firing_for"))
    return (*times, _QUOTED.sub('""', str(rule["expr"])), tuple(sorted(map(str, rule.get("labels") or ()))))
