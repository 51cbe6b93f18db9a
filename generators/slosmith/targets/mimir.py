"""Rule groups for the ruler of Grafana Mimir, as ``mimirtool rules load`` reads them: one namespace for each service.

Mimir limits the rules of a group and the groups of a tenant. The rules of an SLO are split into groups where this has
the smallest effect: docs/targets/mimir.md describes the effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import msgspec

from slosmith.model.rules import AlertingRule, RecordingKind, Rule, RuleFile, RuleGroup
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts, compile_rules
from slosmith.output.rule_text import rule_file_text
from slosmith.problems import Problem, at
from slosmith.problems.problem import Severity
from slosmith.schemes.registry import scheme
from slosmith.vocabulary.provenance import Source

NAME = "mimir"
PURPOSE = "Rule groups for Mimir, within its limits"
PAGE = "targets/mimir"

Limit = Annotated[int, msgspec.Meta(ge=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The limits of the tenant, with the names and defaults of Mimir; 0 is no limit."""

    ruler_max_rules_per_rule_group: Limit = 20
    """Maximum number of rules in a group. Larger groups are split."""
    ruler_max_rule_groups_per_tenant: Limit = 70
    """Maximum number of groups of the tenant. More groups give a warning."""
    namespace_prefix: str = "slo-"
    """Text before the service's name. It keeps the namespaces apart from others of the same tenant."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """``<service>.yaml``: the namespace of a service; none for a service without SLOs."""
    return _namespace(artefacts.rules, artefacts.source, settings)


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``calendars.yaml``, if an SLO has a calendar."""
    return _namespace(artefacts.calendars, artefacts.source, settings)


def warnings(artefacts: SharedArtefacts, settings: Settings) -> Iterator[Problem]:
    """A warning if the tenant's ruler would refuse some of the groups."""
    limit = settings.ruler_max_rule_groups_per_tenant
    groups = _count(artefacts, settings.ruler_max_rules_per_rule_group)
    if limit and groups > limit:
        slos = len(artefacts.workspace.slos())
        yield Problem(
            code="TGT407",
            severity=Severity.WARNING,
            message=f"{slos} SLOs have {groups} rule groups, and Mimir allows {limit} for a tenant",
            origin=at(artefacts.project.origin, "targets", NAME),
            hint=(
                f"raise ruler_max_rule_groups_per_tenant to {groups} or more, in Mimir and in this setting; or raise"
                " ruler_max_rules_per_rule_group, so that an SLO needs fewer groups"
            ),
        )


def split(group: RuleGroup, limit: int) -> tuple[RuleGroup, ...]:
    """``group`` in as few groups of at most ``limit`` rules (0: any number) as possible, in the order of the rules.

    Groups are evaluated independently. So a rule may read a value of another group that is up to one interval old.
    Therefore a group is cut between stages: the rules that count events stay together with the rules of their ratios,
    and the alerts stay together. Only a stage with too many rules is cut inside.
    """
    if not limit or len(group.rules) <= limit:
        return (group,)
    parts: list[list[Rule]] = [[]]
    for stage in _stages(group.rules):
        if len(parts[-1]) + len(stage) <= limit:
            parts[-1] += stage
            continue
        pieces = [list(stage[start : start + limit]) for start in range(0, len(stage), limit)]
        parts += pieces
    filled = [part for part in parts if part]
    return tuple(
        msgspec.structs.replace(
            group,
            name=f"{group.name}:{number}",
            rules=tuple(part),
            comment=(*group.comment, f"Part {number} of {len(filled)}: a group may hold {limit} rules."),
        )
        for number, part in enumerate(filled, 1)
    )


_EVENTS = frozenset({
    RecordingKind.BASE, RecordingKind.TILE, RecordingKind.RATIO, RecordingKind.WINDOW_EVENTS, RecordingKind.EVENTS,
})  # fmt: skip
_CALENDAR = frozenset({
    RecordingKind.CALENDAR_EVENTS, RecordingKind.CALENDAR_RATIO, RecordingKind.CALENDAR_COVERAGE,
    RecordingKind.CALENDAR_BUDGET, RecordingKind.CALENDAR_CLOCK,
})  # fmt: skip


def _stages(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """The rules, split at each change from one stage to the next."""
    stage: list[Rule] = []
    previous = ""
    for rule in rules:
        name = _stage(rule)
        if stage and name != previous:
            yield stage
            stage = []
        stage.append(rule)
        previous = name
    if stage:
        yield stage


def _stage(rule: Rule) -> str:
    if isinstance(rule, AlertingRule):
        return "alerts"
    if rule.kind in _EVENTS:
        return "events and ratios"
    if rule.kind in _CALENDAR:
        return "calendar"
    return "metadata and burn rates"


def _namespace(rules: RuleFile, source: Source, settings: Settings) -> Files:
    if not rules.groups:
        return {}
    limit = settings.ruler_max_rules_per_rule_group
    groups = tuple(part for group in rules.groups for part in split(group, limit))
    whole = msgspec.structs.replace(rules, groups=groups)
    top = {"namespace": f"{settings.namespace_prefix}{rules.name}"}
    return {f"{rules.name}.yaml": rule_file_text(whole, source, top_fields=top)}


def _count(artefacts: SharedArtefacts, limit: int) -> int:
    """How many groups all services and calendars have after the split."""
    known: dict[object, int] = {}
    total = len(artefacts.calendars.groups)
    chosen = scheme(artefacts.project.rules)
    for service in artefacts.workspace.services:
        shapes = [chosen.shape(slo) for slo in service.slos]
        if None in shapes:
            total += _parts(compile_rules(service, artefacts.project).groups, limit)
            continue
        for slo, shape in zip(service.slos, shapes, strict=True):
            if shape not in known:
                one = msgspec.structs.replace(service, slos=(slo,))
                known[shape] = _parts(compile_rules(one, artefacts.project).groups, limit)
            total += known[shape]
    return total


def _parts(groups: Iterable[RuleGroup], limit: int) -> int:
    return sum(len(split(group, limit)) for group in groups)
