"""A project -> its facts."""

from __future__ import annotations

from collections.abc import Mapping

from slosmith.changes.facts import Fact, Facts, ProjectFacts, SloFacts
from slosmith.changes.other_facts import class_facts, service_facts, settings_facts
from slosmith.changes.slo_facts import slo_facts
from slosmith.model import Workspace
from slosmith.model.rules import AlertingRule, RecordingRule
from slosmith.output.artefacts import compile_rules
from slosmith.schemes.registry import scheme
from slosmith.settings import Project


def facts_of(
    workspace: Workspace,
    project: Project,
    governing: Mapping[str, str] = {},
    known: ProjectFacts | None = None,
) -> ProjectFacts:
    """The facts of a project. Its rules are compiled once. ``governing`` adds facts of policy that are in files of
    their own. Services that are equal in ``known`` are not compiled again: equal services have equal facts.
    """
    alike = _equal(workspace, known) if known is not None and known.project == project else frozenset()
    slos: dict[str, SloFacts] = {}
    made = scheme(project.rules)
    for service in workspace.services:
        if known is not None and id(service) in alike:
            slos.update((slo.id, known.slos[slo.id]) for slo in service.slos)
            continue
        rules: dict[str | None, list[RecordingRule | AlertingRule]] = {}
        for group in compile_rules(service, project).groups:
            for rule in group.rules:
                rules.setdefault(rule.slo, []).append(rule)
        for slo in service.slos:
            slos[slo.id] = slo_facts(slo, made, rules.get(slo.id, ()))
    services: dict[str, Facts] = {}
    for service in workspace.services:
        services[service.name] = {**services.get(service.name, {}), **dict(service_facts(service))}
    return ProjectFacts(
        workspace=workspace,
        project=project,
        slos=slos,
        services=services,
        classes={slo_class.name: dict(class_facts(slo_class)) for slo_class in workspace.classes},
        settings={**dict(settings_facts(project)), **{name: Fact(text) for name, text in governing.items()}},
    )


def _equal(workspace: Workspace, known: ProjectFacts) -> frozenset[int]:
    """The services that are equal in both, by identity."""
    others = {(each.name, each.origin.file, each.origin.document): each for each in known.workspace.services}
    return frozenset(
        id(each)
        for each in workspace.services
        if each == others.get((each.name, each.origin.file, each.origin.document))
    )
