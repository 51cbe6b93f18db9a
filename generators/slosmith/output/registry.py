"""All targets, and the targets that a project uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from slosmith.discovery import Part, PluginError, own, with_foreign
from slosmith.model import Origin
from slosmith.output.target import ASKED, Configured, Target
from slosmith.problems import Problem, at
from slosmith.problems.nearest import suggestion
from slosmith.settings import Project

TARGETS = "slosmith.targets"
"""The package of our targets, and the group of entry points of other packages."""


def targets() -> Mapping[str, Part]:
    """Every target, by name, sorted. Raises PluginError if another package's target has the name of one of ours."""
    return with_foreign(own(TARGETS), TARGETS)


def load(part: Part) -> Target:
    """The target itself. Raises PluginError if it is another package's and lacks a name that targets must define."""
    module = part.load()
    for name in ASKED:
        part.attribute(module, name)
    return cast("Target", module)


def configured(project: Project) -> tuple[tuple[Configured, ...], tuple[Problem, ...]]:
    """The project's targets, sorted by name, and the problems of their settings.

    A project without ``targets`` gets dashboards, and rules for the server that evaluates its SLOs: Thanos for global
    scope, Prometheus for site scope.
    """
    wanted = project.targets or {"thanos" if project.scope == "global" else "prometheus": {}, "grafana": {}}
    known = targets()
    found: list[Configured] = []
    problems: list[Problem] = []
    for name, written in sorted(wanted.items()):
        place = at(project.origin, "targets", name)
        if name not in known:
            hint = suggestion(name, known, "targets")
            problems.append(
                Problem(code="TGT401", message=f"there is no target '{name}'", origin=place, hint=hint, on_key=True)
            )
            continue
        try:
            target = load(known[name])
        except PluginError as error:
            problems.append(Problem(code="TGT410", message=str(error), origin=place, on_key=True))
            continue
        wrong = _unknown_settings(name, written or {}, target, place)
        try:
            settings = msgspec.convert({} if wrong else written or {}, target.Settings)
        except msgspec.ValidationError as error:
            wrong = [_wrong_value(name, str(error), target, place)]
        if wrong:
            problems += wrong
            continue
        found.append(Configured(known[name], target, settings))
    return tuple(found), tuple(problems)


def _unknown_settings(name: str, written: Mapping[str, Any], target: Target, place: Origin) -> list[Problem]:
    fields = target.Settings.__struct_fields__
    return [
        Problem(
            code="TGT402",
            message=f"the target '{name}' has no setting '{key}'",
            origin=at(place, key),
            hint=suggestion(key, fields, "its settings"),
            on_key=True,
        )
        for key in written
        if key not in fields
    ]


_PATH = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def _wrong_value(name: str, message: str, target: Target, place: Origin) -> Problem:
    """A value of the wrong type, at its place if the message of msgspec names it."""
    found = _PATH.search(message)
    steps = _STEP.findall(found["path"]) if found else []
    reason = message[: found.start()] if found else message
    return Problem(
        code="TGT402",
        message=f"the settings of target '{name}' are wrong: {reason[0].lower()}{reason[1:]}",
        origin=at(place, *(int(index) if index else key for key, index in steps)),
        hint=f"its settings: {', '.join(target.Settings.__struct_fields__)}",
    )
