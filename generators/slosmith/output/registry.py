"""The targets there are, and which of them a project has turned on. One line a target."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import msgspec

from slosmith.model import Origin
from slosmith.output.target import Configured, Target
from slosmith.problems.finding import Finding, at
from slosmith.problems.nearest import suggestion
from slosmith.settings import Project

TARGETS: Mapping[str, str] = {
    "alertmanager": "slosmith.targets.alertmanager",
    "grafana": "slosmith.targets.grafana",
    "mimir": "slosmith.targets.mimir",
    "helmfile": "slosmith.targets.helmfile",
    "mixin": "slosmith.targets.mixin",
    "operations_alerts": "slosmith.targets.operations_alerts",
    "prometheus": "slosmith.targets.prometheus",
    "puppet": "slosmith.targets.puppet",
    "prometheus_operator": "slosmith.targets.prometheus_operator",
    "thanos": "slosmith.targets.thanos",
}
"""Name (the folder below generated/, and the key in slosmith.yaml) -> module."""


def configured(project: Project) -> tuple[tuple[Configured, ...], tuple[Finding, ...]]:
    """The project's targets, sorted by name, and what is wrong with their settings.

    A project that names none gets dashboards, and rules for where its SLOs are evaluated: Thanos for global scope,
    Prometheus for site scope.
    """
    wanted = project.targets or {"thanos" if project.scope == "global" else "prometheus": {}, "grafana": {}}
    targets: list[Configured] = []
    findings: list[Finding] = []
    for name, written in sorted(wanted.items()):
        place = at(project.origin, "targets", name)
        if name not in TARGETS:
            hint = suggestion(name, TARGETS, "targets")
            findings.append(
                Finding(code="TGT401", message=f"there is no target '{name}'", origin=place, hint=hint, on_key=True)
            )
            continue
        target = cast("Target", import_module(TARGETS[name]))
        wrong = _unknown_settings(name, written or {}, target, place)
        try:
            settings = msgspec.convert({} if wrong else written or {}, target.Settings)
        except msgspec.ValidationError as error:
            wrong = [_wrong_value(name, str(error), target, place)]
        if wrong:
            findings += wrong
            continue
        targets.append(Configured(name, target, settings))
    return tuple(targets), tuple(findings)


def _unknown_settings(name: str, written: Mapping[str, Any], target: Target, place: Origin) -> list[Finding]:
    fields = target.Settings.__struct_fields__
    return [
        Finding(
            code="TGT402",
            message=f"the target '{name}' has no setting '{key}'",
            origin=at(place, key),
            hint=suggestion(key, fields, "it has"),
            on_key=True,
        )
        for key in written
        if key not in fields
    ]


_PATH = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def _wrong_value(name: str, message: str, target: Target, place: Origin) -> Finding:
    """A value of the wrong kind, at its own place where the library that converts it says which."""
    found = _PATH.search(message)
    steps = _STEP.findall(found["path"]) if found else []
    said = message[: found.start()] if found else message
    return Finding(
        code="TGT402",
        message=f"the settings of target '{name}' are wrong: {said[0].lower()}{said[1:]}",
        origin=at(place, *(int(index) if index else key for key, index in steps)),
        hint=f"it has: {', '.join(target.Settings.__struct_fields__)}",
    )
