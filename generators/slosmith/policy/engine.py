"""The engine: runs checks, and applies levels and waivers.

Order: the checks of the catalogue, user policies, then the waiver checks, which look at how the
others used the waivers. Callers sort the problems by place, so the order does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from slosmith.model import Service, Slo, SloClass, Workspace
from slosmith.policy import catalogue
from slosmith.policy.check import Check, Violation
from slosmith.policy.configuration import Configuration, configure
from slosmith.policy.context import Context
from slosmith.policy.inventory import Inventory
from slosmith.policy.waivers import Waivers, WaiverUse
from slosmith.problems import Problem, Severity
from slosmith.settings import Project
from slosmith.sli.template import TemplateLibrary

_SHOWN = 4
"""A problem names this number of subjects, and counts the rest."""

_About = Slo | Service | SloClass | Workspace | WaiverUse


class Judgement(msgspec.Struct, frozen=True):
    """A violation found by a user policy, with the policy's level and code."""

    code: str
    level: Severity
    violation: Violation
    about: Slo | Service | SloClass


class Verdict(msgspec.Struct, frozen=True):
    """The violations of user policies, and the codes of the policies that ran to the end (not off, no error)."""

    judgements: Sequence[Judgement] = ()
    codes: frozenset[str] = frozenset()


def run(
    workspace: Workspace,
    project: Project,
    today: date,
    *,
    select: Collection[str] | None = None,
    complete: bool = True,
    inventory: Inventory | None = None,
    templates: TemplateLibrary | None = None,
    user_policies: Callable[[], Verdict] = lambda: Verdict(),
    user_codes: Collection[str] = (),
) -> tuple[Problem, ...]:
    """Every policy problem of ``workspace``.

    ``today`` decides which waivers have expired. ``select`` limits the run to codes, or to beginnings of codes.
    ``complete`` is False when only some files were loaded: checks that need all specs do not run, and nothing is
    reported as missing. ``templates`` are the project's SLI templates (default: our own).

    ``user_policies`` returns the violations of the policies with ``user_codes`` (:mod:`slosmith.policy.user`). It is
    called after the checks: its process starts meanwhile. Settings and waivers apply to its violations as to checks.
    """
    configuration, problems = configure(project, user_codes)
    context = Context(workspace, project, today, complete=complete, inventory=inventory, templates=templates)
    selected = [code for code in catalogue.codes() if _wanted(code, select) and not configuration.is_off(code)]
    return _Run(context, configuration, Waivers(workspace, today)).problems(
        selected, user_policies, tuple(user_codes), problems, select
    )


def _wanted(code: str, select: Collection[str] | None) -> bool:
    return select is None or code.startswith(tuple(select))


class _Run:
    """One run. Equal violations of several subjects become one problem."""

    def __init__(self, context: Context, configuration: Configuration, waivers: Waivers) -> None:
        self._context, self._configuration, self._waivers = context, configuration, waivers
        self._found: dict[tuple[str, Severity, Violation], dict[str, _About]] = {}

    def problems(
        self, codes: list[str], user_policies: Callable[[], Verdict], user_codes: tuple[str, ...],
        of_settings: list[Problem], select: Collection[str] | None,
    ) -> tuple[Problem, ...]:  # fmt: skip
        late = []
        by_subject: dict[str, list[str]] = {}
        for code in codes:
            check = catalogue.check(code)
            if check.of == "waivers":
                late.append(code)
            else:
                by_subject.setdefault(check.of, []).append(code)
        for of, checks in by_subject.items():
            self._checks(checks, self._subjects(of))
        verdict = user_policies()
        for judgement in verdict.judgements:
            level = self._configuration.level(judgement.code, judgement.level)
            if _wanted(judgement.code, select):
                self._record(judgement.code, level, judgement.violation, judgement.about)
        for code in late:
            self._checks([code], self._waiver_uses(codes, user_codes, verdict.codes))
        found = [self._problem(*key, subjects) for key, subjects in self._found.items()]
        return (*of_settings, *found)

    def _subjects(self, of: str) -> Iterable[_About]:
        workspace = self._context.workspace
        match of:
            case "slo":
                return workspace.slos()
            case "service":
                return workspace.services
            case "class":
                return workspace.classes
            case _:
                return (workspace,) if self._context.complete else ()

    def _waiver_uses(
        self, codes: list[str], user_codes: tuple[str, ...], user_judged: frozenset[str]
    ) -> list[WaiverUse]:
        known = (*catalogue.codes(), *user_codes)
        named = {use.waiver.code for use in self._waivers.uses(known, frozenset(), frozenset())}
        unwaivable = frozenset(code for code in named & set(catalogue.codes()) if not catalogue.check(code).waivable)
        judged = {code for code in codes if self._context.complete or catalogue.check(code).of != "workspace"}
        return self._waivers.uses(known, unwaivable, frozenset(judged | user_judged))

    def _checks(self, codes: Iterable[str], subjects: Iterable[Any]) -> None:
        """All checks of one subject, then of the next, so that the checks of a subject share caches."""
        configuration, context = self._configuration, self._context
        checks = [(code, check := catalogue.check(code), check.find, configuration.parameters(code)) for code in codes]
        for subject in subjects:
            for code, check, find, parameters in checks:
                for violation in find(subject, context, parameters):
                    level = configuration.level(code, _default_level(check, violation))
                    self._record(code, level, violation, violation.about or subject, waivable=check.waivable)

    def _record(
        self, code: str, level: Severity | None, violation: Violation, about: Any, *, waivable: bool = True
    ) -> None:
        if level is None:
            return
        is_subject = isinstance(about, Slo | Service | SloClass | Workspace)
        if waivable and is_subject and self._waivers.stop(code, violation, about, notice=level is Severity.NOTICE):
            return
        key = (code, level, msgspec.structs.replace(violation, about=None))
        self._found.setdefault(key, {})[_name(about)] = about

    def _problem(self, code: str, level: Severity, violation: Violation, subjects: dict[str, _About]) -> Problem:
        names = [name for name in subjects if name]
        message = violation.message
        if len(names) > 1:
            message = f"{message} ({_listed(names, list(subjects.values()))})"
        return Problem(
            code=code,
            message=message,
            origin=violation.origin,
            hint=violation.hint,
            severity=level,
            subject=names[0] if len(names) == 1 else _common(subjects.values()),
            on_key=violation.on_key,
            span=violation.span,
        )


def _default_level(check: Check[Any, Any], violation: Violation) -> Severity:
    """The check's own level, or the violation's ``at_most`` if that is lower."""
    order = tuple(Severity)  # the most severe first
    return max(check.level, violation.at_most or check.level, key=order.index)


def _name(about: object) -> str:
    match about:
        case Slo():
            return about.id
        case Service() | SloClass():
            return about.name
        case WaiverUse():
            return about.holder
        case _:
            return ""


def _listed(names: list[str], subjects: list[_About]) -> str:
    kind = {Slo: "SLOs", Service: "services", SloClass: "classes"}.get(type(subjects[0]), "subjects")
    shown = ", ".join(names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{len(names)} {kind}: {shown}{more}"


def _common(subjects: Iterable[_About]) -> str:
    """The service that all subjects belong to; empty when they belong to several."""
    services = {subject.service for subject in subjects if isinstance(subject, Slo)}
    return services.pop() if len(services) == 1 else ""
