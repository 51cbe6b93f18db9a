"""The texts of new files: settings, a class, a service. What a new user reads first, so short and with reasons."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.authoring.draft import Objectives, ServiceDraft
from slosmith.formats.layout import format_text
from slosmith.formats.layout.files import layout_schemas
from slosmith.formats.layout.scalars import written

_GLOBAL = frozenset(["thanos", "operations_alerts"])
"""Targets whose rules run on a server with the series of all sites."""


def service_text(draft: ServiceDraft) -> str:
    """The spec of a service."""
    lines = ["version: slosmith/v1", "kind: Service", f"name: {written(draft.name)}"]
    lines += [f"class: {written(draft.slo_class)}"] if draft.slo_class else []
    lines += [f"team: {written(draft.team)}"] if draft.team else []
    lines += [f"description: {written(draft.description)}"] if draft.description else []
    lines += [f"sites: [{', '.join(map(written, draft.sites))}]"] if draft.sites else []
    if draft.template or draft.parameters:
        shown = draft.template or draft.class_template
        lines += [f"# `slosmith templates {shown}` describes the indicators and parameters", "indicator_source:"]
        lines += [f"  template: {written(draft.template)}"] if draft.template else []
        lines += [f"  with: {written(dict(draft.parameters))}"] if draft.parameters else []
    lines += ["objectives:", *_objectives(draft.objectives)] if draft.objectives else []
    return _formatted(lines)


def class_text(name: str, description: str, objectives: Objectives, *, template: str = "") -> str:
    """A class with these objectives; with ``template``, its services need not name it."""
    lines = [
        "# The services of a class have the same objectives. A service names it: `class: " + name + "`.",
        "version: slosmith/v1",
        "kind: SLOClass",
        f"name: {written(name)}",
        f"description: {written(description)}",
        "# The error budget and the alerts are about the last 28 days, at every moment.",
        "period: {rolling: 28d}",
    ]
    lines += ["indicator_source:", f"  template: {written(template)}"] if template else []
    lines += ["objectives:", *_objectives(objectives, comments=True)]
    return _formatted(lines)


def settings_text(
    name: str, *, team: str = "", runbook: str = "", targets: Sequence[str] = (), sites: Sequence[str] = ()
) -> str:
    """slosmith.yaml."""
    everywhere = bool(_GLOBAL & {*targets})
    lines = [
        "# The settings of the project. `slosmith docs reference/project` describes every key.",
        "version: slosmith/v1",
        "kind: Project",
        f"name: {written(name)}",
    ]
    lines += [f"team: {written(team)}  # of services that name no other team"] if team else []
    lines += [f"sites: [{', '.join(map(written, sites))}]"] if sites else []
    lines += [
        "# site: rules run beside what they watch. global: on a server with the series of all sites.",
        f"scope: {'global' if everywhere else 'site'}",
    ]
    lines += ["urls:", f"  runbook: {written(runbook)}"] if runbook else []
    lines += [
        "policy:",
        "  # For the first days: specs need no descriptions, owners and decisions. Remove it later.",
        "  profile: starter",
        "# Where the rules and dashboards are used: one folder of generated/ each.",
        "targets:",
        *(f"  {written(target)}: {{}}" for target in targets),
    ]
    return _formatted(lines)


def _objectives(objectives: Objectives, *, comments: bool = False) -> list[str]:
    lines = []
    for name, values in objectives.items():
        if comments and values.get("target") == "99.9%" and "threshold" not in values:
            lines.append("  # a budget of 1 bad event in 1,000: 40 minutes of a full outage in 28 days")
        lines.append(f"  {written(name)}: {written(dict(values))}")
    return lines


def _formatted(lines: list[str]) -> str:
    return format_text("\n".join(lines) + "\n", layout_schemas())
