"""The schemas of OpenSLO and Pyrra: complete for editors, strict, and with valid examples."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from slosmith.formats.dialects.openslo import v1 as openslo
from slosmith.formats.dialects.openslo import v1alpha as openslo_alpha
from slosmith.formats.dialects.openslo import v2alpha as openslo_v2alpha
from slosmith.formats.dialects.pyrra import v1alpha1 as pyrra
from slosmith.formats.schema import Schema
from slosmith.model import Origin

SCHEMAS = (openslo.SCHEMA, openslo_alpha.SCHEMA, openslo_v2alpha.SCHEMA, pyrra.SCHEMA)


def fields(rule: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field (value of ``properties``) in the schema, with its path."""
    if isinstance(rule, dict):
        for name, below in rule.get("properties", {}).items():
            if isinstance(below, dict):
                yield f"{path}/{name}", below
        for key, below in rule.items():
            if key != "if":
                yield from fields(below, f"{path}/{key}")
    elif isinstance(rule, list):
        for index, below in enumerate(rule):
            yield from fields(below, f"{path}/{index}")


def objects(rule: Any) -> Iterator[dict[str, Any]]:
    if isinstance(rule, dict):
        if rule.get("type") == "object" and "properties" in rule:
            yield rule
        for below in rule.values():
            yield from objects(below)
    elif isinstance(rule, list):
        for below in rule:
            yield from objects(below)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_every_field_is_described_and_has_an_example_that_holds(schema: Schema) -> None:
    document = schema.document()
    checked = 0
    for path, rule in fields(document):
        target = document["$defs"][rule["$ref"].removeprefix("#/$defs/")] if "$ref" in rule else {}
        both = target | rule
        assert both.get("description", "").endswith("."), path
        assert both.get("examples") or "const" in both, path
        validator = jsonschema_rs.Draft202012Validator(rule | {"$defs": document["$defs"]})
        for example in both.get("examples", []):
            assert validator.is_valid(example), (path, example)
        checked += 1
    assert checked > 20
    for name, definition in document["$defs"].items():
        for example in definition.get("examples", []):
            assert not schema.check(example, name, Origin("service")), (name, example)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_every_object_refuses_unknown_keys(schema: Schema) -> None:
    document = copy.deepcopy(schema.document()["$defs"])
    found = list(objects(document))
    assert len(found) > 10
    for rule in found:
        assert rule.get("additionalProperties") is False, rule["description"]
        assert set(rule.get("required", ())) <= set(rule["properties"])


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_the_whole_schema_judges_as_the_kinds_do(schema: Schema) -> None:
    """Editors use the whole schema, the loader uses one definition. Both must give the same result."""
    document = schema.document()
    validator = jsonschema_rs.Draft202012Validator(document)
    kinds = [
        name
        for name, rule in document["$defs"].items()
        if "kind" in rule.get("properties", {}) and "apiVersion" in rule.get("required", ())
    ]
    assert kinds
    for kind in kinds:
        good = document["$defs"][kind]["examples"][0]
        assert validator.is_valid(good)
        assert not validator.is_valid(good | {"unknown": 1})
        assert not validator.is_valid(good | {"kind": "Other"})
