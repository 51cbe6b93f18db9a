"""Who has to approve a change: the project's rules (``approvals:`` in slosmith.yaml), applied to a difference.

The rules are those before the change: a change cannot remove the rules that apply to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import msgspec

from slosmith.changes.changing import Change
from slosmith.changes.consequences.dependants import dependants_of
from slosmith.changes.consequences.series import next_start
from slosmith.changes.difference import Difference
from slosmith.changes.facts import ProjectFacts
from slosmith.changes.kinds import Kind
from slosmith.model import Calendar, Decision
from slosmith.settings import Approval as Rule
from slosmith.vocabulary.numbers import plural

POLICY = "policy"
_DATE = "effective date"


class Approval(msgspec.Struct, frozen=True):
    """Somebody who has to approve changes, or a condition that they have to meet."""

    who: str
    """``team ml``, ``owner @ml/leads``, a name, or ``effective date``."""
    words: str
    """What for, and why."""
    fingerprints: tuple[str, ...]
    """The changes, sorted."""
    met: bool | None = None
    """Of a condition: whether the change meets it. None: only a person can know."""


Owners = Callable[[str], tuple[str, ...]]
"""The owners of a spec, by its path below the specs folder. Empty if there is no CODEOWNERS file, or none for it."""


def approvals(
    difference: Difference, today: date, owners: Owners, approved: Iterable[str] = ()
) -> tuple[Approval, ...]:
    """Every approval that is needed, by name; conditions come last. ``approved`` are fingerprints of changes (or their
    beginnings) that were approved already.
    """
    known = tuple(approved)
    open_changes = [each for each in difference.changes if not (known and each.fingerprint.startswith(known))]
    prints: dict[str, set[str]] = defaultdict(set)
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    conditions: list[Approval] = []
    for rule in difference.before.project.approvals:
        changes = [change for change in open_changes if _applies(rule, change)]
        for change in changes:
            for who, why in _approvers(rule, change, difference, owners):
                prints[who].add(change.fingerprint)
                reasons[who].update(dict.fromkeys(filter(None, (why, rule.reason.rstrip(".")))))
        if changes and rule.effective:
            conditions.append(_effective(rule, changes, difference, today))
    people = [
        Approval(who, _words(len(prints[who]), "; ".join(reasons[who])), tuple(sorted(prints[who])))
        for who in sorted(prints)
    ]
    return (*people, *conditions)


def _applies(rule: Rule, change: Change) -> bool:
    return change.verdict.value in rule.verdicts or (change.kind is Kind.GOVERNED and POLICY in rule.verdicts)


def _words(count: int, why: str) -> str:
    return f"{plural(count, 'change')}{f' ({why})' if why else ''}"


def _approvers(rule: Rule, change: Change, difference: Difference, owners: Owners) -> Iterator[tuple[str, str]]:
    """Who approves, and why it is them."""
    for name in rule.by:
        if name == "team":
            yield from ((f"team {team}", "") for team in _teams(change.services or change.subjects, difference))
        elif name == "dependants":
            needed = dependants_of(change.services, difference.after)
            for service, needing in needed.items():
                for team in _teams(needing, difference):
                    yield f"team {team}", f"depends on {service}"
        elif name == "owners":
            files = dict.fromkeys(origin.file for origin in (change.origin_before, change.origin_after) if origin.file)
            yield from ((f"owner {owner}", "") for file in files for owner in owners(file))
        else:
            yield name, ""


def _teams(services: Iterable[str], difference: Difference) -> tuple[str, ...]:
    """The teams of services, before and after: whoever hands over a service approves too."""
    wanted = set(services)
    sides: tuple[ProjectFacts, ...] = (difference.before, difference.after)
    found = {
        service.team for side in sides for service in side.workspace.services if service.name in wanted and service.team
    }
    return tuple(sorted(found))


def _effective(rule: Rule, changes: Iterable[Change], difference: Difference, today: date) -> Approval:
    """Whether every change has a new decision that names the first day of a period of the rule's calendar."""
    calendar = next((each for each in difference.before.project.calendars if each.name == rule.effective), None)
    prints = tuple(sorted(change.fingerprint for change in changes))
    if calendar is None:
        return Approval(_DATE, f"not checked, there is no calendar {rule.effective}", prints)
    wrong, dates = [], set()
    for change in changes:
        found = [decision for decision in _new_decisions(change, difference) if decision.effective]
        good = [each.effective for each in found if _is_first_day(calendar, date.fromisoformat(each.effective))]
        future = [day for day in good if day >= today.isoformat()]
        if future:
            dates.add(min(future))
        else:
            late = next(iter(good), "") or next((each.effective for each in found), "")
            wrong.append(late)
    if not wrong:
        return Approval(
            _DATE, f"{', '.join(sorted(dates))}, the first day of a period of {calendar.name}", prints, True
        )
    coming = next_start(calendar, today)
    hint = f": write a decision with `effective: {coming}`" if coming is not None else ""
    given = next((each for each in wrong if each), "")
    reason = (
        f"{given} is not a first day of {calendar.name} to come"
        if given
        else f"no new decision names a first day of {calendar.name}"
    )
    return Approval(_DATE, f"missing, {reason}{hint}", prints, False)


def _new_decisions(change: Change, difference: Difference) -> list[Decision]:
    """Decisions of the change's services, and of their classes, that were not there before."""
    before, after = (_decisions(change, side) for side in (difference.before, difference.after))
    known = {(each.date, each.decision, each.reason, each.effective) for each in before}
    return [each for each in after if (each.date, each.decision, each.reason, each.effective) not in known]


def _decisions(change: Change, side: ProjectFacts) -> list[Decision]:
    services = [each for each in side.workspace.services if each.name in change.services]
    classes = {each.slo_class for each in services}
    found = [decision for service in services for decision in service.decisions]
    return found + [decision for each in side.workspace.classes if each.name in classes for decision in each.decisions]


def _is_first_day(calendar: Calendar, day: date) -> bool:
    return (day.month, day.day) in calendar.starts
