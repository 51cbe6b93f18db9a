"""Runs user policies: first their cases, then every SLO or service. A policy's problems are reported in its file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from slosmith.engines.cel import CelEngine, Outcome
from slosmith.model import Origin, Service, Slo
from slosmith.policy.check import Violation
from slosmith.policy.context import Context
from slosmith.policy.engine import Judgement, Verdict
from slosmith.policy.user.facts import FIELDS, Facts, changed, example, needed, service_facts, slo_facts
from slosmith.policy.user.policies import Case, UserPolicy
from slosmith.problems import Problem, at
from slosmith.problems.nearest import suggestion

NOT_COMPILED, FAILED, TOO_SLOW, CASE_FAILED = "POL703", "POL704", "POL705", "POL706"

_PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[A-Za-z_]+)*)\}")
_TRUE = Outcome("value", True)


def judge(policies: Sequence[UserPolicy], context: Context, engine: CelEngine) -> tuple[Verdict, list[Problem]]:
    """The violations that ``policies`` find in the workspace, and the problems of the policies themselves."""
    run = _Run(context, engine)
    for policy in policies:
        run.policy(policy)
    return Verdict(run.judgements, frozenset(run.judged)), run.problems


class _Run:
    def __init__(self, context: Context, engine: CelEngine) -> None:
        self._context, self._engine = context, engine
        self.judgements: list[Judgement] = []
        self.problems: list[Problem] = []
        self.judged: list[str] = []

    def policy(self, policy: UserPolicy) -> None:
        base = example()
        cases = [changed(base, case.changes) for case in policy.cases]
        results = self._evaluate(policy, cases, [case.name or "a case" for case in policy.cases])
        if results is None:
            return
        wrong = [case for case, outcome in zip(policy.cases, results, strict=True) if outcome.value is not case.holds]
        for case in wrong:
            self._case_failed(policy, case)
        if not self._message_is_right(policy, base) or wrong or policy.level is None:
            return  # a policy whose own cases fail is not used
        workspace = self._context.workspace
        subjects: Sequence[Slo | Service] = workspace.slos() if policy.of == "slo" else workspace.services
        facts = [self._facts(subject) for subject in subjects]
        names = [subject.id if isinstance(subject, Slo) else subject.name for subject in subjects]
        outcomes = self._evaluate(policy, facts, names)
        if outcomes is None:
            return
        self.judged.append(policy.code)
        for subject, known, outcome in zip(subjects, facts, outcomes, strict=True):
            if outcome.value is False:
                violation = Violation(_place(policy, subject), _filled(policy.message, known), policy.hint)
                self.judgements.append(Judgement(policy.code, policy.level, violation, subject))

    def _facts(self, subject: Slo | Service) -> Facts:
        memo = self._context.memo
        service = self._context.service_of(subject) if isinstance(subject, Slo) else subject
        found = {"service": memo(("facts", id(service)), lambda: service_facts(service))}
        if isinstance(subject, Slo):
            found["slo"] = memo(("facts", id(subject)), lambda: slo_facts(subject, self._context.scheme))
        return found | {"today": self._context.today.isoformat()}

    # --- evaluation ---

    def _evaluate(self, policy: UserPolicy, facts: Sequence[Facts], names: Sequence[str]) -> list[Outcome] | None:
        """True or False for each; None after a problem was reported. True where ``when`` is false."""
        applies = [_TRUE] * len(facts)
        if policy.when:
            found = self._each(policy, "when", facts, names)
            if found is None:
                return None
            applies = found
        chosen = [index for index, outcome in enumerate(applies) if outcome.value]
        wanted = self._each(
            policy, "expression", [facts[index] for index in chosen], [names[index] for index in chosen]
        )
        if wanted is None:
            return None
        results = [_TRUE] * len(facts)
        for index, outcome in zip(chosen, wanted, strict=True):
            results[index] = outcome
        return results

    def _each(
        self, policy: UserPolicy, field: str, facts: Sequence[Facts], names: Sequence[str]
    ) -> list[Outcome] | None:
        text: str = getattr(policy, field)
        outcomes = self._engine.evaluate(text, [needed(known, text) for known in facts])
        for name, outcome in zip(names, outcomes, strict=False):
            if outcome.kind == "value" and isinstance(outcome.value, bool):
                continue
            self._report(policy, field, text, outcome, name)
            return None
        return outcomes

    # --- problems of the policy ---

    def _report(self, policy: UserPolicy, field: str, text: str, outcome: Outcome, name: str) -> None:
        origin = at(policy.origin, field)
        code, span, hint = FAILED, None, ""
        match outcome.kind:
            case "syntax":
                code, message = NOT_COMPILED, f"the expression cannot be read: {_short(outcome.message)}"
                span = (_offset(text, outcome.line, outcome.column), 1) if outcome.line else None
            case "slow":
                code, message = TOO_SLOW, f"the expression was stopped: {outcome.message}"
                hint = "a policy looks at one SLO at a time: it needs no nested loops over long lists"
            case "value":
                message = (
                    f"the result of the expression is {_shown(outcome.value)} for {name}; it must be true or false"
                )
                hint = "compare it with a value: slo.target >= 0.95"
            case _:
                word, message, hint = _explained(outcome.message, text)
                message = f"the expression fails for {name}: {message}"
                start = text.find(word) if word else -1
                span = (start, len(word)) if start >= 0 else None
        self.problems.append(
            Problem(code=code, message=message, hint=hint, origin=origin, span=span, subject=policy.name)
        )

    def _case_failed(self, policy: UserPolicy, case: Case) -> None:
        expected, result = ("holds", "it does not") if case.holds else ("does not hold", "it does")
        what = f"the case '{case.name}'" if case.name else "this case"
        self.problems.append(
            Problem(
                code=CASE_FAILED, message=f"{what} expects that the policy {expected}, but {result}",
                hint="correct the expression or the case", origin=at(case.origin, "holds"), subject=policy.name,
            )
        )  # fmt: skip

    def _message_is_right(self, policy: UserPolicy, facts: Facts) -> bool:
        """Whether the placeholders of the message name fields that exist. Reports the first that does not."""
        right = True
        for found in _PLACEHOLDER.finditer(policy.message):
            variable, *path = found[1].split(".")
            known = FIELDS.get(variable, {})
            if variable == "today" or (path and path[0] in known and (variable == "service" or policy.of == "slo")):
                continue
            right = False
            hint = suggestion(path[0], known, "fields") if path and known else "such as {slo.target_percent}"
            self.problems.append(
                Problem(
                    code=FAILED, message=f"there is no field {found[0]}", hint=hint,
                    origin=at(policy.origin, "message"),
                    span=(found.start(), len(found[0])), subject=policy.name,
                )
            )  # fmt: skip
        return right


def _place(policy: UserPolicy, subject: Slo | Service) -> Origin:
    if isinstance(subject, Service):
        return at(subject.origin, policy.at or "name")
    if policy.at:
        return subject.origin_of(policy.at)
    return subject.origin if subject.origin.path else at(subject.origin, "name")


def _filled(message: str, facts: Facts) -> str:
    """The message with its placeholders filled; a field that an SLO does not have is ``none``."""

    def fill(found: re.Match[str]) -> str:
        value: Any = facts
        for step in found[1].split("."):
            value = value.get(step) if isinstance(value, dict) else None
        return _shown(value)

    return _PLACEHOLDER.sub(fill, message)


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value) or "none"
    return "a map" if isinstance(value, dict) else str(value)


def _offset(text: str, line: int, column: int) -> int:
    """A place in ``text`` from its line and column, both from 1."""
    lines = text.split("\n")
    return sum(len(before) + 1 for before in lines[: line - 1]) + column - 1


def _short(message: str) -> str:
    """The interpreter's message without its list of possible tokens."""
    message = re.sub(r"expecting \{.*\}", "where a value is expected", message)
    if "Recursion limit" in message:
        return "it is nested too deeply"
    return message.replace("'<EOF>'", "the end of the expression").replace("mismatched input", "it has")


def _explained(message: str, text: str) -> tuple[str, str, str]:
    """The word that caused the failure of an evaluation, a message, and a hint."""
    field = re.fullmatch(r"there is no field '(.*)'", message)
    if field is not None:
        known = {name for fields in FIELDS.values() for name in fields}
        name = field[1]
        hint = f"it may be absent: test has(slo.{name}) first" if name in known else suggestion(name, known, "fields")
        return name, message, hint
    variable = re.match(r"Undefined variable or function: '(.*?)'", message)
    if variable is not None:
        return variable[1], f"there is no '{variable[1]}'", suggestion(variable[1], [*FIELDS, "today"], "variables")
    first = message.split(". ")[0].split("\n")[0]
    if "overload" in message or "Unsupported" in message:
        return "", "values of these types cannot be combined", "numbers are doubles: write 1.0, or double(x)"
    return "", first, ""
