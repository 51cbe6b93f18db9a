"""Rule files, split to the size of a ConfigMap."""

from __future__ import annotations

import msgspec

from slosmith.model.rules import RuleFile, RuleGroup
from slosmith.output.rule_text import rule_file_text
from slosmith.vocabulary.provenance import Source

MOST_BYTES = 1_000_000
"""Most bytes of data in one ConfigMap: Kubernetes allows 1 MiB (1,048,576 bytes) for the object, with its metadata."""


class TooLargeError(Exception):
    """A group of rules that no ConfigMap can hold; the message says which."""


def rule_parts(rules: RuleFile, source: Source, most: int = MOST_BYTES) -> list[tuple[str, str]]:
    """The rules as (file name, text), in as few files of at most ``most`` bytes as their order allows.

    Groups stay whole and in order: a chain of rules is in one group. Raises TooLargeError.
    """
    text = rule_file_text(rules, source)
    if len(text.encode()) <= most:
        return [(f"{rules.name}.yaml", text)]
    texts: list[str] = []
    fitting: tuple[RuleGroup, ...] = ()
    for group in rules.groups:
        longer = _text(rules, (*fitting, group), source)
        if len(longer.encode()) <= most:
            fitting = (*fitting, group)
            continue
        alone = _text(rules, (group,), source)
        if len(alone.encode()) > most:
            raise TooLargeError(f"the rules of group {group.name} have {len(alone.encode())} bytes")
        texts.append(_text(rules, fitting, source))
        fitting = (group,)
    texts.append(_text(rules, fitting, source))
    return [(f"{rules.name}-{number}.yaml", text) for number, text in enumerate(texts, 1)]


def _text(rules: RuleFile, groups: tuple[RuleGroup, ...], source: Source) -> str:
    return rule_file_text(msgspec.structs.replace(rules, groups=groups), source)
