"""The two sides of a comparison: a folder on the disk, or a commit of git.

A commit is read into a temporary folder. The working tree is not touched, and no hook or filter of git runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from slosmith import workspace
from slosmith.engines import commits
from slosmith.problems import Problem
from slosmith.workspace import LoadedWorkspace

_SHORT = 12


class Side(msgspec.Struct, frozen=True):
    """One side. ``loaded`` is None if the project does not exist there."""

    name: str
    """For people: a path, or a revision as it was named."""
    commit: str
    """The full name of the commit. Empty for a folder."""
    specs: str
    """The path of the specs folder, as the user knows it."""
    loaded: LoadedWorkspace | None

    @property
    def title(self) -> str:
        """``main (0123456789ab)``, or the path."""
        short = self.commit[:_SHORT]
        if self.commit and self.commit.startswith(self.name):
            return short
        return f"{self.name} ({short})" if short else self.name

    def problems(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """``problems`` of this side, with the names of files as the user knows them, without the temporary folder."""
        if self.loaded is None or not self.commit:
            return problems
        root = self.loaded.root.as_posix()

        def renamed(problem: Problem) -> Problem:
            file = (
                f"{self.specs}/{problem.origin.file}"
                if problem.origin.file
                else problem.named.replace(root, self.specs)
            )
            texts = {name: getattr(problem, name).replace(root, self.specs) for name in ("message", "hint")}
            return msgspec.structs.replace(problem, named=file, **texts)

        return tuple(renamed(problem) for problem in problems)


@contextmanager
def folder_side(specs: Path, rules: str | None = None) -> Iterator[Side]:
    """The specs in a folder, as they are on the disk."""
    yield Side(specs.as_posix(), "", specs.as_posix(), workspace.load(specs, rules=rules))


@contextmanager
def commit_side(specs: Path, revision: str, rules: str | None = None, name: str = "") -> Iterator[Side]:
    """The specs of a commit: the files of the folder ``specs`` at ``revision``. ``name`` replaces the revision for
    people. Raises EngineError if git fails.
    """
    commit = commits.commit_of(specs, revision)
    with tempfile.TemporaryDirectory(prefix="slosmith-") as scratch:
        folder = commits.folder_at(specs, commit, Path(scratch))
        loaded = None if folder is None else workspace.load(folder, rules=rules)
        yield Side(name or revision, commit, specs.as_posix(), loaded)
