"""`slosmith schema --project`: a valid schema. It accepts what the schema of specs accepts, and names what exists."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from slosmith.authoring.project_schema import project_schema
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import read
from slosmith.workspace import load
from tests.cli.project import CHECKOUT, write
from tests.formats.layout.specs import specs

LIFT_WING = load(CHECKOUT / "slo_specs")


def plain(value: Any) -> Any:
    """Values of the reader as those of JSON."""
    return json.loads(json.dumps(value, default=lambda each: float(each) if isinstance(each, Decimal) else str(each)))


def errors(schema: dict[str, Any], value: Any) -> list[str]:
    return sorted(error.json_path for error in Draft202012Validator(schema).iter_errors(plain(value)))


def test_it_accepts_and_refuses_what_the_general_schema_does() -> None:
    """Names are suggestions: a spec with other names is as valid as before, and unknown keys are as wrong."""
    mine, general = project_schema(LIFT_WING), Schema("slosmith-v1").document()
    Draft202012Validator.check_schema(mine)
    tried = 0
    for name, text in specs().items():
        for document in read(text, name).documents:
            if isinstance(document.value, dict) and document.value.get("kind") in ("Service", "SLOClass", "Project"):
                assert errors(mine, document.value) == errors(general, document.value), name
                tried += 1
    assert tried > 100


def test_names_of_the_project_are_suggested() -> None:
    service = project_schema(LIFT_WING)["$defs"]["Service"]["properties"]
    assert service["class"]["anyOf"][0] == {"enum": [each.name for each in LIFT_WING.classes]}
    assert service["sites"]["items"]["anyOf"][0] == {"enum": ["codfw", "eqiad"]}
    hard = project_schema(LIFT_WING)["$defs"]["dependencies"]["properties"]["hard"]
    assert {"langid", "mw-api"} <= {*hard["items"]["anyOf"][0]["enum"]}


def test_the_general_schema_is_not_changed() -> None:
    before = json.dumps(Schema("slosmith-v1").document())
    project_schema(LIFT_WING)
    assert json.dumps(Schema("slosmith-v1").document()) == before


@pytest.mark.parametrize("text", ["kind: [\n", "version: slosmith/v1\nkind: Service\nname: 5\n", ""])
def test_broken_specs_leave_out_only_their_names(text: str, tmp_path: Path) -> None:
    write(tmp_path / "services/broken.yaml", text)
    write(tmp_path / "classes/good.yaml", "version: slosmith/v1\nkind: SLOClass\nname: good\ndescription: x\n"
          "objectives: {availability: {target: 99%}}\n")  # fmt: skip
    schema = project_schema(load(tmp_path))
    Draft202012Validator.check_schema(schema)
    assert schema["$defs"]["Service"]["properties"]["class"]["anyOf"][0] == {"enum": ["good"]}
