"""Everything that `slosmith diff` reports about two projects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from slosmith.changes.changing import Change, fingerprint_of, verdicts_of
from slosmith.changes.collecting import facts_of
from slosmith.changes.comparing import Compared, compare
from slosmith.changes.consequences import alerts, artefacts, budgets, cost, dependants, problems, series
from slosmith.changes.consequences.row import Area, Row, joined
from slosmith.changes.facts import ProjectFacts
from slosmith.changes.kinds import Verdict
from slosmith.engines.error import EngineError
from slosmith.model import Workspace
from slosmith.policy.judging import governing, judge
from slosmith.problems import InputError
from slosmith.workspace import LoadedWorkspace


class Difference(msgspec.Struct, frozen=True):
    """The changes from one project to another, and what follows."""

    changes: tuple[Change, ...]
    """The worst first."""
    consequences: tuple[Row, ...]
    """In the order of areas."""
    compared: Compared
    before: ProjectFacts
    after: ProjectFacts

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, the worst first; ``nothing`` alone if nothing changed."""
        return verdicts_of(self.changes)

    @property
    def verdict(self) -> Verdict:
        return self.verdicts[0]

    @property
    def fingerprint(self) -> str:
        """The fingerprint of all changes together. Empty if nothing changed."""
        return fingerprint_of(self.changes)


def difference(old: LoadedWorkspace | None, new: LoadedWorkspace | None, today: date) -> Difference:
    """The whole report. None is a project that does not exist; one of the two exists. ``today`` is the day on which
    the new rules are taken to be deployed, and which decides about waivers.

    Raises InputError if one of the two has errors.
    """
    known = new if new is not None else old
    assert known is not None
    before = _facts(old, known)
    after = _facts(new, known, before)
    compared = compare(before, after)
    rows: list[Row] = []
    if compared.changes:
        same = before.project == after.project
        for pair in compared.pairs:
            if pair.before is pair.after and same:
                continue
            if not same or pair.before is None or pair.after is None or pair.before != pair.after:
                rows += budgets.rows(pair)
                rows += alerts.rows(pair, before, after)
                rows += series.rows(pair, today)
        rows += dependants.rows(compared.changes, before, after, today)
        rows += _problems(old, new, today)
        rows += cost.rows(before, after)
        rows += _artefacts(before, after, known.name)
    return Difference(compared.changes, joined(rows), compared, before, after)


def facts_of_project(loaded: LoadedWorkspace, other: ProjectFacts | None = None) -> ProjectFacts:
    """The facts of a project that was read without errors. Rules that ``other`` has too are not compiled again."""
    return facts_of(loaded.sound(), loaded.project, governing(loaded), other)


def _facts(loaded: LoadedWorkspace | None, known: LoadedWorkspace, other: ProjectFacts | None = None) -> ProjectFacts:
    """The facts of a side. A project that does not exist has no SLOs, and the settings of the other side: so everything
    is added, or removed, and nothing else.
    """
    if loaded is not None:
        return facts_of_project(loaded, other)
    return facts_of(Workspace(()), known.project, governing(known))


def _problems(old: LoadedWorkspace | None, new: LoadedWorkspace | None, today: date) -> Iterable[Row]:
    try:
        found = [() if side is None else judge(side, today) for side in (old, new)]
    except EngineError as error:
        return (Row(area=Area.PROBLEMS, what=f"policy problems: not compared, {error}", estimated=False),)
    return tuple(problems.rows(*found))


def _artefacts(before: ProjectFacts, after: ProjectFacts, specs: str) -> Iterable[Row]:
    try:
        return tuple(artefacts.rows(before, after, specs))
    except (InputError, EngineError) as error:
        return (Row(area=Area.ARTEFACTS, what=f"generated files: not compared, {error}", estimated=False),)
