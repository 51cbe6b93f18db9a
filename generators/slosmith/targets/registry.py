"""The targets there are, and which of them a project has turned on. One line a target."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

import msgspec

from slosmith.problems.finding import Finding, at
from slosmith.problems.nearest import suggestion
from slosmith.settings import Project
from slosmith.targets.target import Configured, Target

TARGETS: Mapping[str, str] = {
    "grafana": "slosmith.targets.grafana",
    "prometheus": "slosmith.targets.prometheus",
    "thanos": "slosmith.targets.thanos",
}
"""Name (the folder below generated/, and the key in slosmith.yaml) -> module."""


def configured(project: Project) -> tuple[tuple[Configured, ...], tuple[Finding, ...]]:
    """The project's targets, sorted by name, and what is wrong with their settings.

    A project that names none gets dashboards, and rules for where its SLOs are evaluated: Thanos for global scope,
    Prometheus for site scope.
    """
    wanted = project.targets or {"thanos" if project.scope == "global" else "prometheus": {}, "grafana": {}}
    targets, findings = [], []
    for name, written in sorted(wanted.items()):
        place = at(project.origin, "targets", name)
        if name not in TARGETS:
            hint = suggestion(name, TARGETS, "targets")
            findings.append(
                Finding(code="TGT401", message=f"there is no target '{name}'", origin=place, hint=hint, on_key=True)
            )
            continue
        target = cast("Target", import_module(TARGETS[name]))
        try:
            settings = msgspec.convert(written or {}, target.Settings)
        except msgspec.ValidationError as error:
            fields = ", ".join(target.Settings.__struct_fields__)
            message = f"the settings of target '{name}' are wrong: {str(error)[0].lower()}{str(error)[1:]}"
            findings.append(Finding(code="TGT402", message=message, origin=place, hint=f"it has: {fields}"))
            continue
        targets.append(Configured(name, target, settings))
    return tuple(targets), tuple(findings)
