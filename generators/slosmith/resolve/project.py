"""The project's settings, from its declaration and the declared calendars and catalogues."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from slosmith.discovery import PluginError
from slosmith.formats.declarations import AnyDeclaration, CalendarDeclaration, CatalogueDeclaration, ProjectDeclaration
from slosmith.formats.values import ratio
from slosmith.model import Duration, Labels
from slosmith.problems import Problem, at
from slosmith.problems.nearest import suggestion
from slosmith.schemes.registry import scheme, schemes
from slosmith.settings import Approval, DeclaredDependency, Inventory, Project, Site
from slosmith.vocabulary.names import DEFAULT_SCHEME
from slosmith.vocabulary.provenance import COMMAND


def build_project(declarations: Iterable[AnyDeclaration]) -> tuple[Project, list[Problem]]:
    """Settings with defaults, and problems: more than one project, a catalogue declared twice.

    A project's calendar or catalogue replaces our own with the same name. Two of one name in a project are a problem.
    """
    problems: list[Problem] = []
    declaration: ProjectDeclaration | None = None
    catalogues: dict[str, CatalogueDeclaration] = {}
    calendars: dict[str, CalendarDeclaration] = {}
    for found in declarations:
        if isinstance(found, ProjectDeclaration):
            if declaration is not None:
                message, hint, first = "there is a second project", "the first is {other}; remove one", declaration
                place = found.at("kind")
                problems.append(
                    Problem(code="RES308", message=message, hint=hint, origin=place, other=first.at("kind"))
                )
                continue
            declaration = found
        elif isinstance(found, CatalogueDeclaration):
            known = catalogues.get(found.name)
            if known is not None and known.origin.file and found.origin.file:
                message = f"the catalogue '{found.name}' is declared twice"
                hint, place = "the first is {other}; remove one, or rename it", found.at("name")
                problems.append(
                    Problem(code="RES308", message=message, hint=hint, origin=place, other=known.at("name"))
                )
                continue
            catalogues[found.name] = found
        elif isinstance(found, CalendarDeclaration):
            calendars[found.calendar.name] = found
    if declaration is not None:
        calendars.update({found.calendar.name: found for found in declaration.calendars})
    shared: dict[str, Any] = {
        "calendars": tuple(calendars[name].calendar for name in sorted(calendars)),
        "catalogues": tuple(catalogues[name] for name in sorted(catalogues)),
    }
    if declaration is None:
        return Project(**shared), problems
    rules, wrong = _rules(declaration)
    wrong += _unknown_calendars(declaration, calendars)
    return _project(declaration, {**shared, "rules": rules}), [*problems, *wrong]


def _rules(declaration: ProjectDeclaration) -> tuple[str, list[Problem]]:
    """The name of a usable rule scheme, and the problem if it is not the one in the settings."""
    wanted = declaration.settings.get("rules", DEFAULT_SCHEME)
    known, place = schemes(), at(declaration.origin, "rules")
    if wanted not in known:
        message, hint = f"there are no rules '{wanted}'", suggestion(wanted, known, "there are")
        return DEFAULT_SCHEME, [Problem(code="RES334", message=message, hint=hint, origin=place)]
    try:
        scheme(wanted)
    except PluginError as error:
        return DEFAULT_SCHEME, [Problem(code="RES334", message=str(error), origin=place)]
    return wanted, []


def _unknown_calendars(declaration: ProjectDeclaration, known: Collection[str]) -> list[Problem]:
    """Calendars of approvals that do not exist."""
    wanted = [(index, rule.get("effective")) for index, rule in enumerate(declaration.settings.get("approvals", ()))]
    return [
        Problem(
            code="RES303",
            message=f"there is no calendar '{name}'",
            hint=suggestion(name, known, "calendars"),
            origin=at(declaration.origin, "approvals", index, "effective"),
        )
        for index, name in wanted
        if name is not None and name not in known
    ]


def _project(declaration: ProjectDeclaration, shared: dict[str, Any]) -> Project:
    settings = declaration.settings
    urls = settings.get("urls", {})
    # a severity that the project does not map keeps its own name in rules; check ALT207 reports it
    severities = settings.get("severities", {"page": "page", "ticket": "ticket"})
    inventory = settings.get("inventory")
    return Project(
        name=settings["name"],
        description=settings.get("description", ""),
        origin=declaration.origin,
        sites=tuple(
            Site(site)
            if isinstance(site, str)
            else Site(site["name"], site.get("covered", True), site.get("description", ""))
            for site in settings.get("sites", [])
        ),
        scope=settings.get("scope", "global"),
        global_matchers=(
            _labels(settings["global_matchers"]) if "global_matchers" in settings else Project().global_matchers
        ),
        severities=_labels(severities),
        documentation_url=urls.get("documentation", ""),
        runbook_url=urls.get("runbook", ""),
        dashboard_url=urls.get("dashboard", ""),
        evaluation_interval=Duration.parse(settings.get("evaluation_interval", "1m")),
        max_slos=int(settings.get("max_slos", Project().max_slos)),
        team=settings.get("team", ""),
        period=declaration.period,
        alerting=declaration.alerting,
        labels=_labels(settings.get("labels", {})),
        dependencies=tuple(
            DeclaredDependency(
                name, ratio(values["target"]) if "target" in values else None, values.get("description", "")
            )
            for name, values in sorted(settings.get("dependencies", {}).items())
        ),
        inventory=Inventory(inventory["file"], tuple(inventory.get("exclude", ()))) if inventory else None,
        approvals=tuple(
            Approval(tuple(rule["for"]), tuple(rule["by"]), rule.get("effective", ""), rule.get("reason", ""))
            for rule in settings.get("approvals", ())
        ),
        policy=settings.get("policy", {}),
        targets=settings.get("targets", {}),
        keep_firing_for=settings.get("keep_firing_for", True),
        write_only=settings.get("write_only", ""),
        unit_tests=settings.get("unit_tests", "beside_rules"),
        command=settings.get("command", COMMAND),
        **shared,
    )


def _labels(values: dict[str, str]) -> Labels:
    return tuple(sorted((name, value) for name, value in values.items() if value is not None))
