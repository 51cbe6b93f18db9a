"""The facts of a service, of a class and of the settings: what is said once for many SLOs."""

from __future__ import annotations

from collections.abc import Iterator

from slosmith.changes.facts import Fact
from slosmith.changes.texts import json_text, records_text, value_text
from slosmith.model import Service, SloClass
from slosmith.settings import Project
from slosmith.vocabulary.numbers import percent_exact


def service_facts(service: Service) -> Iterator[tuple[str, Fact]]:
    operations = service.operations
    texts: dict[str, str] = {
        "about": service.description,
        "responsible": service.responsible,
        "clients_external": "; ".join(sorted(service.clients_external)),
        "clients_internal": "; ".join(sorted(service.clients_internal)),
        "hard": ", ".join(sorted(each.name for each in service.dependencies if each.hard)),
        "soft": ", ".join(sorted(each.name for each in service.dependencies if not each.hard)),
        "decisions": records_text(service.decisions),
        "waivers": records_text(service.waivers),
        "no_guarantee": records_text(service.no_guarantees),
    }
    texts |= {name: value_text(getattr(operations, name)) for name in operations.__struct_fields__}
    for name, text in texts.items():
        if text:
            yield name, Fact(" ".join(text.split()), service.origin)


def class_facts(slo_class: SloClass) -> Iterator[tuple[str, Fact]]:
    texts = {
        "about": slo_class.description,
        "decisions": records_text(slo_class.decisions),
        "no_guarantee": records_text(slo_class.no_guarantees),
        "waivers": records_text(slo_class.waivers),
    }
    for name, text in texts.items():
        if text:
            yield name, Fact(" ".join(text.split()), slo_class.origin)
    for objective in slo_class.objectives:
        yield f"target of {objective.indicator}", Fact(percent_exact(objective.target_ratio), objective.origin)
        if objective.threshold is not None:
            yield f"threshold of {objective.indicator}", Fact(str(objective.threshold), objective.origin)
        if objective.aspirational_ratio is not None:
            text = percent_exact(objective.aspirational_ratio)
            yield f"aspirational target of {objective.indicator}", Fact(text, objective.origin)
        limits = objective.allowed_target
        if limits is not None:
            text = " to ".join(percent_exact(limit) for limit in limits)
            yield f"allowed target of {objective.indicator}", Fact(text, objective.origin)


def settings_facts(project: Project) -> Iterator[tuple[str, Fact]]:
    texts = {
        "rules": project.rules,
        "interval": str(project.evaluation_interval),
        "write_only": project.write_only,
        "keep_firing_for": "" if project.keep_firing_for else "left out",
        "unit_tests": project.unit_tests,
        "project": project.name,
        "about": project.description,
        "sites": ", ".join(site.name if site.covered else f"{site.name} (not covered)" for site in project.sites),
        "max_slos": str(project.max_slos),
        "command": project.command,
        "dependencies": ", ".join(
            each.name if each.target_ratio is None else f"{each.name} {percent_exact(each.target_ratio)}"
            for each in project.dependencies
        ),
        "inventory": value_text(project.inventory),
        "approvals": "" if not project.approvals else json_text(project.approvals),
    }
    for name in sorted(project.policy):
        texts[f"policy {name}"] = json_text(project.policy[name])
    for name in sorted(project.targets):
        texts[f"target {name}"] = json_text(project.targets[name] or {})
    for name, text in texts.items():
        if text:
            yield name, Fact(" ".join(text.split()), project.origin)
