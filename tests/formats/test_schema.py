"""The schema of our own format: complete for editors, the same file everywhere, and equal to what the
loader accepts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import slosmith
from slosmith.formats.dialects import dialects
from slosmith.formats.dialects.slosmith.v1 import SCHEMA
from slosmith.model import Origin

CHECKOUT = Path(slosmith.__file__).parents[2]
DOCUMENT = SCHEMA.document()
KINDS = {"Service", "SLOClass", "Project", "AlertCatalogue"}


def test_schemas_of_all_dialects_are_published() -> None:
    for known in dialects():
        dialect = known.reader()
        published = CHECKOUT / "schemas" / f"{dialect.SCHEMA.name}.schema.json"
        assert published.read_text("utf-8") == dialect.SCHEMA.text
        jsonschema_rs.meta.validate(json.loads(dialect.SCHEMA.text))


def fields(rule: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field (value of ``properties``) in the schema, with its path."""
    if isinstance(rule, dict):
        for name, below in rule.get("properties", {}).items():
            if isinstance(below, dict) and "if" not in path:
                yield f"{path}/{name}", below
        for key, below in rule.items():
            if key != "if":
                yield from fields(below, f"{path}/{key}")
    elif isinstance(rule, list):
        for index, below in enumerate(rule):
            yield from fields(below, f"{path}/{index}")


def test_every_field_has_a_description_and_an_example() -> None:
    checked = 0
    for path, rule in fields(DOCUMENT):
        target = DOCUMENT["$defs"][rule["$ref"].removeprefix("#/$defs/")] if "$ref" in rule else {}
        both = target | rule
        assert both.get("description", "").strip().endswith((".", "%")), path
        assert both.get("examples") or "const" in both, path
        checked += 1
    assert checked > 100


def test_every_example_is_valid() -> None:
    for name, definition in DOCUMENT["$defs"].items():
        for example in definition.get("examples", []):
            assert not SCHEMA.check(example, name, Origin("service")), (name, example)
    for path, rule in fields(DOCUMENT):
        validator = jsonschema_rs.Draft202012Validator(rule | {"$defs": DOCUMENT["$defs"]})
        for example in rule.get("examples", []):
            assert validator.is_valid(example), (path, example)


def test_every_object_refuses_unknown_keys() -> None:
    def objects(rule: Any) -> Iterator[dict[str, Any]]:
        if isinstance(rule, dict):
            if rule.get("type") == "object":
                yield rule
            for below in rule.values():
                yield from objects(below)
        elif isinstance(rule, list):
            for below in rule:
                yield from objects(below)

    free = [rule for rule in objects(DOCUMENT["$defs"]) if rule.get("additionalProperties", True) is True]
    descriptions = sorted(rule["description"] for rule in free)
    assert descriptions == ["Levels and parameters of policy checks; `slosmith docs policy` explains them."], (
        "what others judge: the policy engine its settings"
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_whole_schema_judges_as_the_kinds_do(kind: str) -> None:
    """Editors use the whole schema, the loader uses one definition. Both must give the same result."""
    validator = jsonschema_rs.Draft202012Validator(DOCUMENT)
    good = DOCUMENT["$defs"][kind]["examples"][0]
    assert validator.is_valid(good)
    assert not validator.is_valid(good | {"unknown": 1})
    assert not validator.is_valid(good | {"kind": "Other"})
    assert set(DOCUMENT["properties"]["kind"]["enum"]) == KINDS
