"""`slosmith watch`: problems and changes of meaning when a spec is saved."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from slosmith import api
from slosmith.authoring.watching import changes, snapshot
from slosmith.cli.apps import command_app
from slosmith.cli.loading import count_problems
from slosmith.cli.options import SpecsOption, find_specs
from slosmith.cli.output import shown
from slosmith.cli.showing import READING, identity
from slosmith.problems import Problem, Severity
from slosmith.problems.reporters.text import report
from slosmith.vocabulary.numbers import plural

if TYPE_CHECKING:
    from pathlib import Path

    from slosmith.changes.facts import ProjectFacts
    from slosmith.workspace import LoadedWorkspace

app = command_app()

_MOST_FILES = 5


@app.command()
def watch(specs: SpecsOption = None) -> None:
    """Check the specs now, and again whenever a file is saved, until Ctrl-C. Writes nothing.

    After a change it prints the problems that are new or gone, and what the change means for SLOs and alerts. The
    comparison is with the last state without errors. `slosmith diff` prints what follows from changes.
    """
    root = find_specs(specs)
    try:
        _watch(root)
    except KeyboardInterrupt:
        print()
        raise typer.Exit(128 + signal.SIGINT) from None


def _watch(root: Path) -> None:
    known = snapshot(root)  # before the first check, so that no change is missed
    state = _State(root)
    state.check(first=True)
    for changed in changes(root, known):
        print()
        print(f"{datetime.now().astimezone():%H:%M:%S}  {_files(root, changed)}")
        state.check()


class _State:
    """What was printed before."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._reading: tuple[Problem, ...] = ()
        self._policy: tuple[Problem, ...] = ()
        """Of the last state without errors of reading: only then is the policy checked."""
        self._facts: ProjectFacts | None = None
        """Of the same state."""

    def check(self, *, first: bool = False) -> None:
        """Read and check everything, and print what is new."""
        loaded = api.load(self._root)
        problems = api.check(loaded)
        reading = tuple(problem for problem in problems if problem.code.startswith(READING))
        new, gone = _compared(self._reading, reading)
        self._reading = reading
        if loaded.workspace is not None:
            policy = tuple(problem for problem in problems if not problem.code.startswith(READING))
            more, less = _compared(self._policy, policy)
            new, gone = [*new, *more], [*gone, *less]
            self._policy = policy
        _print(loaded, [each for each in new if not first or each.severity is not Severity.NOTICE])
        for problem in gone:
            print(f"gone: {problem.severity.value} {problem.code} {shown(problem.message)}")
        if loaded.workspace is None:
            print(f"not compared: {count_problems(problems)}", flush=True)
            return
        self._compare(loaded)
        counts = f"{plural(len(loaded.services), 'service')}, {plural(len(loaded.slos), 'SLO')}"
        print(f"{counts}: {count_problems(problems)}", flush=True)

    def _compare(self, loaded: LoadedWorkspace) -> None:
        from slosmith.changes.difference import facts_of_project

        facts = facts_of_project(loaded)
        if self._facts is not None:
            _print_changes(self._facts, facts)
        self._facts = facts


def _compared(before: Sequence[Problem], after: Sequence[Problem]) -> tuple[list[Problem], list[Problem]]:
    """The problems that are new, and those that are gone."""
    known, now = {identity(each) for each in before}, {identity(each) for each in after}
    return [each for each in after if identity(each) not in known], [
        each for each in before if identity(each) not in now
    ]


def _print(loaded: LoadedWorkspace, problems: Sequence[Problem]) -> None:
    if problems:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        print(report(tuple(problems), loaded.sources, colour=colour).rstrip("\n"), flush=True)


def _print_changes(before: ProjectFacts, after: ProjectFacts) -> None:
    from slosmith.changes.comparing import compare
    from slosmith.changes.kinds import Kind
    from slosmith.changes.wording import reach, title

    found = compare(before, after).changes
    for change in found:
        print(f"{change.verdict.words}: {title(change)}")
        if change.kind not in (Kind.ADDED, Kind.REMOVED) and reach(change):
            print(f"  {reach(change)}")
    if not found:
        print("nothing changes for SLOs and alerts")


def _files(root: Path, changed: Sequence[str]) -> str:
    names = ", ".join(shown(root / path) for path in changed[:_MOST_FILES])
    return f"{names} and {len(changed) - _MOST_FILES} more" if len(changed) > _MOST_FILES else names
