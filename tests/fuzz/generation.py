"""Makes documents from our JSON Schemas: all required keys, some optional keys, and values like those of
the examples.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.corpus import PACKAGE, Seed, words

_DEEPEST = 12
_FOLDERS = {"Service": "services", "SLOClass": "classes", "AlertCatalogue": "catalogues", "Project": ""}
_FOLDERS_OF_SCHEMAS = {
    "sli-template-v1": "templates", "policy-v1": "policies", "sloth-alert-windows-v1": "catalogues",
}  # fmt: skip
_VERSIONS = {
    "openslo-v1": "openslo/v1", "openslo-v1alpha": "openslo/v1alpha", "openslo-v2alpha": "openslo.com/v2alpha",
}  # fmt: skip


@cache
def schemas() -> tuple[dict[str, Any], ...]:
    """Every schema of a format that people write, always in the same order."""
    folders = (PACKAGE / "formats/schemas", PACKAGE / "policy/schemas")
    return tuple(json.loads(path.read_text("utf-8")) for folder in folders for path in _files(folder))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.schema.json"))


def generate(random: Random) -> Seed:
    """A document of one of the formats."""
    schema = random.choice(schemas())
    name = str(schema["$id"]).rpartition(":")[2]
    kinds = [branch["if"]["properties"]["kind"]["const"] for branch in schema.get("allOf", ())]
    if kinds:  # a schema of several kinds of documents
        kind = random.choice(kinds)
        value = _value(schema["$defs"][kind], schema, random, 0)
        if isinstance(value, dict):
            ours = name == "slosmith-v1"
            value |= {"version" if ours else "apiVersion": _VERSIONS.get(name, "slosmith/v1"), "kind": kind}
        return Seed(_FOLDERS[kind] if name == "slosmith-v1" else "services", value)
    return Seed(_FOLDERS_OF_SCHEMAS.get(name, "services"), _value(schema, schema, random, 0))


def _value(rule: Any, schema: dict[str, Any], random: Random, depth: int) -> Any:
    if not isinstance(rule, dict) or depth > _DEEPEST:
        return random.choice(words()[1])
    if "$ref" in rule:
        return _value(schema["$defs"].get(rule["$ref"].rpartition("/")[2], {}), schema, random, depth + 1)
    for choice in ("oneOf", "anyOf"):
        if choice in rule and random.random() < 0.9:
            return _value({**_without(rule, choice), **random.choice(rule[choice])}, schema, random, depth + 1)
    if "const" in rule:
        return rule["const"]
    if "enum" in rule:
        return random.choice(rule["enum"])
    if rule.get("examples") and random.random() < 0.6:
        return random.choice(rule["examples"])
    if "properties" in rule or rule.get("type") == "object":
        return _object(rule, schema, random, depth)
    kind = rule.get("type", "string")
    kind = random.choice(kind) if isinstance(kind, list) else kind
    if kind == "array":
        return [_value(rule.get("items", {}), schema, random, depth + 1) for _ in range(random.choice((0, 1, 1, 2, 3)))]
    if kind in ("integer", "number"):
        return random.choice((rule.get("minimum", 0), rule.get("maximum", 99), 1, 5, 28, 99.9, 0.5))
    return {"boolean": random.random() < 0.5, "null": None}.get(kind, random.choice(words()[1]))


def _without(rule: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != key}


def _object(rule: dict[str, Any], schema: dict[str, Any], random: Random, depth: int) -> dict[str, Any]:
    known: dict[str, Any] = rule.get("properties", {})
    required = rule.get("required", ())
    chance = random.choice((0.05, 0.2, 0.5, 0.9)) if depth < 4 else 0.1
    made = {
        name: _value(inner, schema, random, depth + 1)
        for name, inner in known.items()
        if name in required or random.random() < chance
    }
    more = rule.get("additionalProperties")
    if isinstance(more, dict):
        for _ in range(random.choice((0, 1, 2))):
            made[random.choice(words()[0])] = _value(more, schema, random, depth + 1)
    return made
