"""Files for an alerts repository that is split by team, and that deploys each file by the tags in its first lines.

``team-<team>/slo_<service>.yaml`` has a service's recording rules and alerts, ``..._test.yaml`` beside it their unit
tests. The repository has requirements for every alert. This module changes alerts to meet them, and reports a problem
if only the user can do that: docs/targets/operations_alerts.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from slosmith.model import Origin, Service, Slo
from slosmith.model.rules import AlertingRule, Rule, RuleFile
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.rule_test_text import rule_test_text
from slosmith.output.rule_text import rule_file_text
from slosmith.output.target import no_warnings
from slosmith.problems import InputError, Problem, at
from slosmith.settings import Project
from slosmith.vocabulary import names as rule_names

NAME = "operations_alerts"
PURPOSE = "Rules and their unit tests for the alerts repository, one folder for each team"
PAGE = "targets/operations_alerts"

LONGEST_INTERVAL_MS = 300_000
"""The longest interval of a group. A sample older than 5 minutes is stale: alerts would fire and resolve in turns."""

_PAGE, _MARK = "page", "#page"
_TO_DO = "TODO"
"""The text that the consumer accepts for a link that is not written yet. Check ALT206 warns about it."""

_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VALUE_TEMPLATE = re.compile(r"\{\{[^}]*\$value\b|\{\{[^}]*\.Value\b")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the files are deployed, and which servers evaluate them."""

    instances: tuple[str, ...] = ()
    """Prometheus instances that evaluate rules of site scope (``deploy-tag``). A Thanos ruler evaluates global ones."""
    sites: tuple[str, ...] = ()
    """Sites of rules of site scope (``deploy-site``), for services without sites; by default all covered sites."""
    team: str = ""
    """Team whose folder contains the reporting calendars; by default the project's team, else the first by name."""
    tests: bool = True
    """Whether unit tests of the rules are written."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """The service's files, one pair for each team that owns some of its SLOs (usually one team)."""
    files: Files = {}
    for part in _by_team(artefacts.service):
        files.update(_files(part, artefacts, settings))
    return files


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``team-<team>/slo_calendars.yaml``, if an SLO has a calendar: recordings only, once for all teams."""
    calendars = artefacts.calendars
    if not calendars.groups:
        return {}
    project, services = artefacts.project, artefacts.workspace.services
    team = settings.team or project.team or min((service.team for service in services if service.team), default="")
    if not team:
        hint = "set `team` in the settings of the target, or in those of the project"
        raise InputError(
            [_problem("no team is set, and the reporting calendars need the folder of a team", _place(project), hint)]
        )
    tags = _tags(_scope(artefacts.workspace.slos(), project), (), project, settings)
    text = _tagged(tags, rule_file_text(calendars, artefacts.source))
    return {f"team-{team}/slo_{calendars.name}.yaml": text}


warnings = no_warnings


def _files(service: Service, whole: ServiceArtefacts, settings: Settings) -> Files:
    part = whole if service is whole.service else whole.part(service)
    name = f"slo_{service.name}"
    arranged = msgspec.structs.replace(_arranged(part), name=name)
    tags = _tags(_scope(service.slos, whole.project), service.sites, whole.project, settings)
    folder = f"team-{service.team}"
    files = {f"{folder}/{name}.yaml": _tagged(tags, rule_file_text(arranged, whole.source))}
    if settings.tests and whole.tested:
        same = all(a is b for a, b in zip(arranged.groups, part.rules.groups, strict=True))
        # tests contain the texts of alerts: if one was changed, the tests are compiled from the changed rules
        tests = part.tests if same else part.tests_of(arranged)
        tests = msgspec.structs.replace(tests, rule_file=f"{name}.yaml")
        files[f"{folder}/{name}_test.yaml"] = rule_test_text(tests, whole.source)
    return files


def _by_team(service: Service) -> Iterator[Service]:
    """The service split by the teams of its SLOs, in the order of teams; the service itself if they have one team."""
    teams = sorted({slo.team for slo in service.slos})
    if teams == [service.team]:
        yield service
        return
    for team in teams:
        own = tuple(slo for slo in service.slos if slo.team == team)
        yield msgspec.structs.replace(service, team=team, slos=own)


# --- who evaluates a file


def _tags(scope: str, sites: Sequence[str], project: Project, settings: Settings) -> tuple[str, ...]:
    """The tag lines. Raises InputError if settings and scope do not fit together."""
    if scope == "global":
        return ("deploy-tag: global",)
    sites = sites or settings.sites or tuple(site.name for site in project.sites if site.covered)
    problems = []
    if not settings.instances:
        hint = "add `instances: [k8s]` to the target, with the names in the consumer's `deploy-tag`"
        message = "rules of site scope are deployed to Prometheus instances, and the target has none"
        problems.append(_problem(message, _place(project), hint))
    if not sites:
        hint = "add `sites: [eqiad]` to the target, or to the project's settings"
        message = "rules of site scope are deployed to sites, and no site is set"
        problems.append(_problem(message, _place(project), hint))
    for field, values in (("instances", settings.instances), ("sites", settings.sites)):
        problems += [
            _problem(
                f"'{value}' is not allowed in a tag line", at(_place(project), field), "write letters, digits, - _ ."
            )
            for value in values
            if not _TAG.fullmatch(value)
        ]
    if problems:
        raise InputError(problems)
    return (f"deploy-tag: {', '.join(settings.instances)}", f"deploy-site: {', '.join(sites)}")


def _scope(slos: Sequence[Slo], project: Project) -> str:
    return slos[0].scope if slos else project.scope


def _tagged(tags: Sequence[str], text: str) -> str:
    """The tag lines, then the file's own head: one block of comment lines, from the first line on."""
    return "".join(f"# {tag}\n" for tag in tags) + text


# --- what is asked of alerts and groups


def _arranged(artefacts: ServiceArtefacts) -> RuleFile:
    """The rules as the consumer wants them; groups that need no change are the same objects. Raises InputError."""
    service, project = artefacts.service, artefacts.project
    problems: list[Problem] = []
    if project.evaluation_interval.milliseconds > LONGEST_INTERVAL_MS:
        message = f"the consumer refuses groups that are evaluated every {project.evaluation_interval}"
        problems.append(_problem(message, at(project.origin, "evaluation_interval"), "at most 5m"))
    if not service.team:
        problems.append(_problem(f"{service.name} has no team, and so no folder", service.origin, "set `team`"))
    slos = {slo.id: slo for slo in service.slos}
    groups = []
    for group in artefacts.rules.groups:
        rules: list[Rule] = []
        for rule in group.rules:
            if isinstance(rule, AlertingRule):
                rule = _alert(rule, slos.get(rule.slo or ""), service.team)
                problems += _refused(rule, slos.get(rule.slo or ""), service)
            rules.append(rule)
        changed = any(new is not old for new, old in zip(rules, group.rules, strict=True))
        groups.append(msgspec.structs.replace(group, rules=tuple(rules)) if changed else group)
    if problems:
        raise InputError(problems)
    return msgspec.structs.replace(artefacts.rules, groups=tuple(groups))


def _alert(rule: AlertingRule, slo: Slo | None, team: str) -> AlertingRule:
    """The alert with the labels and annotations that the consumer requires; the same object if it has them already."""
    labels, annotations = dict(rule.labels), dict(rule.annotations)
    alerting = slo.alerting if slo is not None else None

    def written(own: str) -> str:
        """The text of one of our annotations, which may have another name."""
        return annotations.get(alerting.annotation_name(own), "") if alerting is not None else ""

    severity = labels.setdefault(rule_names.SEVERITY, rule.severity)
    labels.setdefault(rule_names.TEAM, team)
    said = (written("description"), annotations.get("title"), annotations.get("summary"), written("summary"))
    annotations.setdefault("description", next((text for text in said if text), ""))
    for link in ("runbook", "dashboard"):
        annotations.setdefault(link, written(link) or _TO_DO)
    summary = annotations.setdefault("summary", written("summary") or rule.alert)
    if severity == _PAGE and _MARK not in summary:
        annotations["summary"] = f"{summary} {_MARK}"
    if labels == dict(rule.labels) and annotations == dict(rule.annotations):
        return rule
    return msgspec.structs.replace(rule, labels=tuple(sorted(labels.items())), annotations=tuple(annotations.items()))


def _refused(rule: AlertingRule, slo: Slo | None, service: Service) -> Iterator[Problem]:
    """Problems that only the author of the spec can correct."""
    labels, annotations = dict(rule.labels), dict(rule.annotations)
    owner, of = (slo, slo.id) if slo is not None else (service, service.name)
    place, what = owner.origin, f"the alert '{rule.alert}' of {of}"
    if re.search(r"\s", rule.alert):
        yield _problem(f"{what} has white space in its name", place, "write the words together: ErrorBudgetBurn")
    if not labels.get(rule_names.SEVERITY):
        yield _problem(f"{what} has no label severity", place, "map severities in the project's settings")
    if _MARK in annotations["summary"] and labels[rule_names.SEVERITY] != _PAGE:
        message = f"{what} has {_MARK} in its summary, and its severity is not '{_PAGE}'"
        yield _problem(message, place, f"remove {_MARK}: slosmith adds it to pages")
    for name, value in rule.labels:
        if _VALUE_TEMPLATE.search(value):
            message = f"{what} has its value in the label {name}: every new value would be a new alert"
            yield _problem(message, place, "put the value into an annotation")


def _place(project: Project) -> Origin:
    return at(project.origin, "targets", NAME)


def _problem(message: str, origin: Origin, hint: str) -> Problem:
    return Problem(code="TGT406", message=f"{NAME}: {message}", origin=origin, hint=hint)
