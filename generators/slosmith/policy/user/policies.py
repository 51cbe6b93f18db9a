"""Reads user policies: ``slo_specs/policies/*.yaml``, kind Policy, one in each document."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import msgspec

from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import Document
from slosmith.model import Origin
from slosmith.policy import catalogue
from slosmith.policy.check import RESERVED
from slosmith.problems import Problem, Severity, at
from slosmith.problems.nearest import suggestion

SCHEMA = Schema("policy-v1", Path(__file__).parents[1] / "schemas")
FOLDER = "policies"
BAD_POLICY = "POL702"
_LEVELS = {"error": Severity.ERROR, "warning": Severity.WARNING, "notice": Severity.NOTICE, "off": None}


class Case(msgspec.Struct, frozen=True):
    """An example in a policy's own file, and whether the policy holds for it."""

    origin: Origin
    holds: bool
    changes: dict[str, Any]
    name: str = ""


class UserPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy. ``expression`` must be true for every SLO (or service), or for those for which ``when`` is true."""

    name: str
    code: str
    origin: Origin
    expression: str
    message: str
    level: Severity | None = Severity.ERROR
    of: Literal["slo", "service"] = "slo"
    when: str = ""
    hint: str = ""
    description: str = ""
    at: str = ""
    cases: tuple[Case, ...] = ()


def read_policies(documents: Iterable[Document]) -> tuple[tuple[UserPolicy, ...], list[Problem]]:
    """The policies in ``documents``, in that order, and their problems. A policy with a problem is left out."""
    problems: list[Problem] = []
    found: dict[str, UserPolicy] = {}
    for document in documents:
        origin = Origin("project", document.file, (), document.index)
        wrong = _kind(document, origin) or SCHEMA.check(document.value, "Policy", origin)
        if not wrong:
            policy = _policy(document.value, origin)
            wrong = list(_problems(policy, found))
            if not wrong:
                found[policy.code] = policy
        problems += wrong
    return tuple(found.values()), problems


def _kind(document: Document, origin: Origin) -> list[Problem]:
    value = document.value
    if not isinstance(value, dict):
        hint = "start with `version: slosmith/v1` and `kind: Policy`"
        return [Problem(code=BAD_POLICY, message="a policy is a mapping", hint=hint, origin=origin)]
    kind = value.get("kind")
    if isinstance(kind, str) and kind != "Policy":
        hint = suggestion(kind, ["Policy"]) if kind.casefold() == "policy" else "this folder holds policies only"
        message = f"'{kind[:60]}' is not a policy"
        return [Problem(code=BAD_POLICY, message=message, hint=hint, origin=at(origin, "kind"))]
    return []


def _policy(value: dict[str, Any], origin: Origin) -> UserPolicy:
    cases = tuple(
        Case(
            origin=at(origin, "cases", index),
            holds=case["holds"],
            changes={key: case[key] for key in ("slo", "service", "today") if key in case},
            name=case.get("name", ""),
        )
        for index, case in enumerate(value["cases"])
    )
    texts = {key: value[key].strip() for key in ("message", "hint", "description", "at") if key in value}
    queries = {key: value[key] for key in ("expression", "when") if key in value}
    return UserPolicy(
        name=value["name"], code=value["code"], origin=origin, level=_LEVELS[value.get("level", "error")],
        of=value.get("of", "slo"), cases=cases, **texts, **queries,
    )  # fmt: skip


def _problems(policy: UserPolicy, known: dict[str, UserPolicy]) -> Iterable[Problem]:
    def report(path: str, message: str, hint: str) -> Problem:
        return Problem(code=BAD_POLICY, message=message, hint=hint, origin=at(policy.origin, path), subject=policy.name)

    letters = policy.code.rstrip("0123456789")
    if letters in RESERVED:
        yield report("code", f"codes that begin with {letters} are slosmith's own", "choose other letters")
    elif policy.code in catalogue.codes():
        yield report("code", f"{policy.code} is the code of a check: {catalogue.family(policy.code)}", "choose another")
    if policy.code in known:
        first = known[policy.code]
        message = f"{policy.code} is the code of policy '{first.name}' already"
        found = report("code", message, "choose another; that one is {other}")
        yield msgspec.structs.replace(found, other=at(first.origin, "code"))
    stem = policy.origin.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if policy.origin.document == 0 and policy.name != stem:
        yield report("name", f"the name '{policy.name}' differs from the file's, '{stem}'", "make them the same")
    if {case.holds for case in policy.cases} != {True, False}:
        missing = "false" if policy.cases[0].holds else "true"
        hint = "add one: a policy is tested with SLOs that pass and SLOs that fail"
        yield report("cases", f"no case has `holds: {missing}`", hint)
    if policy.of == "service" and policy.at not in ("", "team", "runbook", "dashboard", "documentation", "description"):
        yield report("at", f"a service has no '{policy.at}'", "remove it, or judge each slo")
