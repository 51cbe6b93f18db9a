"""GitLab Code Quality: the fields in GitLab's documentation, and stable fingerprints."""

from __future__ import annotations

import json
import re

import jsonschema
import msgspec

from slosmith.problems import Problem, Span
from slosmith.problems.reporters.code_quality import report
from tests.problems.reporters.samples import SAMPLES

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "description": "GitLab, Code Quality report format: what its documentation says of each field.",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\.?/)(?!.*//).+"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def fingerprints(problems: tuple[Problem, ...]) -> list[str]:
    return [entry["fingerprint"] for entry in json.loads(report(problems))]


def test_valid_by_what_gitlab_documents() -> None:
    for problems in (SAMPLES, ()):
        jsonschema.validate(json.loads(report(problems)), SCHEMA)


def test_severities_and_places() -> None:
    entries = json.loads(report(SAMPLES))
    assert [entry["severity"] for entry in entries[:3]] == ["critical", "minor", "info"]
    assert entries[0]["location"] == {"path": "slo_specs/services/a.yaml", "lines": {"begin": 7}}
    assert entries[2]["location"]["path"] == "slo_specs/classes/ü b.yaml"
    assert entries[3]["location"]["lines"]["begin"] == 1
    assert entries[0]["description"] == "an outage is longer than the budget (set a lower target)"
    assert entries[0]["check_name"] == "BUD101"


def test_fingerprints_are_unique_and_do_not_know_lines() -> None:
    before = fingerprints(SAMPLES)
    assert len(set(before)) == len(before)
    assert all(re.fullmatch("[0-9a-f]{64}", fingerprint) for fingerprint in before)
    moved = tuple(
        msgspec.structs.replace(problem, place=Span(problem.line + 40, 2, problem.end_line + 40, problem.end_column))
        for problem in SAMPLES
    )
    assert fingerprints(moved) == before


def test_fingerprints_do_not_know_numbers_in_messages() -> None:
    changed = (msgspec.structs.replace(SAMPLES[0], message="an outage is 3 minutes longer"),)
    assert fingerprints(changed) == fingerprints(SAMPLES[:1])


def test_fingerprints_know_code_file_path_and_subject() -> None:
    (before,) = fingerprints(SAMPLES[:1])
    origin = SAMPLES[0].origin
    others = (
        ("code", "BUD102"),
        ("origin", msgspec.structs.replace(origin, file="x.yaml")),
        ("origin", msgspec.structs.replace(origin, path=("name",))),
        ("subject", "b"),
    )
    for field, value in others:
        assert fingerprints((msgspec.structs.replace(SAMPLES[0], **{field: value}),)) != [before]
