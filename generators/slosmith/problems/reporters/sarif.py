"""Problems as SARIF 2.1.0 (OASIS), which code scanning services and editors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from posixpath import normpath
from typing import Any
from urllib.parse import quote

from slosmith.problems.fingerprints import fingerprints
from slosmith.problems.problem import Problem, Severity
from slosmith.problems.reporters import Facts, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "slosmith/v1"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def report(problems: Iterable[Problem], rules: Mapping[str, Rule] | None = None, version: str = "") -> str:
    """One run with a result for each problem. ``rules`` describes codes; those without a problem are left out.

    ``version`` is slosmith's. Lines and columns count characters from 1, as in a problem.
    """
    found = list(problems)
    codes = sorted({problem.code for problem in found})
    index = {code: position for position, code in enumerate(codes)}
    driver: dict[str, Any] = {"name": "slosmith"}
    if version:
        driver["semanticVersion"] = version
    driver["rules"] = [_rule(code, (rules or {}).get(code)) for code in codes]
    results = [
        _result(problem, index[problem.code], fingerprint)
        for problem, fingerprint in zip(found, fingerprints(found), strict=True)
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": code}
    found: dict[str, Any] = {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "defaultConfiguration": {"level": LEVELS[rule.level]},
    }
    if rule.help:
        found["help"] = {"text": rule.help, "markdown": rule.help}
    return found


def _result(problem: Problem, rule_index: int, fingerprint: str) -> dict[str, Any]:
    message = problem.message + (f" Hint: {problem.hint}" if problem.hint else "")
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule_index,
        "level": LEVELS[problem.severity],
        "message": {"text": message},
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    location: dict[str, Any] = {}
    if problem.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(problem.file)}}
        if problem.line:
            physical["region"] = _region(problem)
        location["physicalLocation"] = physical
    if problem.subject:
        location["logicalLocations"] = [{"name": problem.subject, "kind": "object"}]
    if location:
        result["locations"] = [location]
    return result


def _uri(file: str) -> str:
    """A file's name as a relative URI reference; an absolute one as a file URI."""
    path = quote(normpath(file), safe="/", errors="replace")
    return f"file://{path}" if path.startswith("/") else path


def _region(problem: Problem) -> dict[str, int]:
    region = {"startLine": problem.line}
    if problem.column:
        region["startColumn"] = problem.column
    if problem.end_line:
        region["endLine"] = problem.end_line
    if problem.column and problem.end_column:
        region["endColumn"] = problem.end_column  # the column after the last, in SARIF as in a problem
    return region


def render(problems: Sequence[Problem], facts: Facts) -> str:
    """As :func:`report`, with the arguments of every reporter."""
    return report(problems, facts.rules, facts.version)
