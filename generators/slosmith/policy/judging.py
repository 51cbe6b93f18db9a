"""Reads the files that policy needs beside the specs (user policies, inventory), and runs policy on a workspace."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from slosmith.engines.error import EngineError
from slosmith.formats import files
from slosmith.formats.neighbours import may_hold
from slosmith.formats.reading import read_file
from slosmith.formats.sources import Sources
from slosmith.formats.yaml.document import Document
from slosmith.model import Origin
from slosmith.policy import engine
from slosmith.policy.context import Context
from slosmith.policy.inventory import Inventory, InventoryShapeError, parse_inventory
from slosmith.problems import Problem, at
from slosmith.workspace import LoadedWorkspace

if TYPE_CHECKING:
    from slosmith.policy.user.policies import UserPolicy

POLICIES = "policies"
BAD_INVENTORY = "POL707"


def judge(loaded: LoadedWorkspace, today: date, *, select: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Every policy problem of a loaded workspace, sorted by place.

    Nothing if the specs have errors: policy needs resolved specs. ``today`` and ``select`` are those of
    :func:`slosmith.policy.engine.run`. Checks that need all specs do not run if only some were loaded.
    Raises EngineError when there are user policies and no CEL interpreter.
    """
    workspace = loaded.workspace
    if workspace is None:
        return ()
    reading = _Reading(loaded.root, loaded.sources)
    paths = reading.policy_files(complete=loaded.complete)
    with contextlib.ExitStack() as stack:
        cel, missing = None, None
        if paths:
            from slosmith.engines.cel import CelEngine

            try:
                cel = stack.enter_context(CelEngine())  # it starts while the policies are read and the checks run
            except EngineError as error:
                missing = error
        policies = reading.policies(paths)
        if policies and missing is not None:
            raise missing
        inventory = reading.inventory(loaded) if loaded.complete and loaded.project.inventory is not None else None

        def user_policies() -> engine.Verdict:
            if cel is None:
                return engine.Verdict()
            from slosmith.policy.user.judge import judge as judge_user_policies

            verdict, problems = judge_user_policies(policies, Context(workspace, loaded.project, today), cel)
            reading.problems += problems
            return verdict

        found = engine.run(
            workspace,
            loaded.project,
            today,
            select=select,
            complete=loaded.complete,
            inventory=inventory,
            templates=loaded.library,
            user_policies=user_policies,
            user_codes=tuple(policy.code for policy in policies),
        )
    problems = (loaded.sources.locate(problem) for problem in (*reading.problems, *found))
    return tuple(sorted(problems, key=Problem.sort_key))


def governing(loaded: LoadedWorkspace) -> dict[str, str]:
    """What governs specs beside the settings, as texts that can be compared: each policy of the project by its code,
    and the workloads of the inventory. Problems of these files are those of :func:`judge`.
    """
    reading = _Reading(loaded.root, Sources())
    found = {}
    for policy in reading.policies(reading.policy_files(complete=loaded.complete)):
        level = "off" if policy.level is None else policy.level.value
        texts = (policy.name, level, f"of {policy.of}", policy.when, policy.expression, policy.message)
        found[f"policy {policy.code}"] = "; ".join(" ".join(text.split()) for text in texts if text)
    inventory = reading.inventory(loaded) if loaded.complete and loaded.project.inventory is not None else None
    if inventory is not None:
        workloads = (f"{each.namespace}/{each.name} {' '.join(each.sites)}" for each in inventory.workloads)
        found["workloads"] = ", ".join(workloads)
    return found


class _Reading:
    """Reads files that are not specs, and collects their problems."""

    def __init__(self, root: Path, sources: Sources) -> None:
        self._root, self._sources = root, sources
        self.problems: list[Problem] = []

    def policy_files(self, *, complete: bool) -> list[str]:
        """The files of the folder ``policies`` that may hold user policies, in the order of their names. If only some
        specs are loaded, files in the folder that are not policies are ignored.
        """
        if not files.is_there(self._root, POLICIES):
            return []
        found = []
        for path in files.find(self._root, POLICIES):
            if isinstance(path, Problem):
                self.problems.append(path)
            elif complete or may_hold(self._root, path, "slosmith/", "Policy"):
                found.append(path)
        return found

    def policies(self, paths: Sequence[str]) -> tuple[UserPolicy, ...]:
        """The user policies of these files, in their order."""
        documents = [document for path in paths for document in self._documents(path)]
        if not documents:
            return ()
        from slosmith.policy.user.policies import read_policies

        policies, problems = read_policies(documents)
        self.problems += problems
        return policies

    def inventory(self, loaded: LoadedWorkspace) -> Inventory | None:
        """The inventory that the settings name; None after a problem was reported."""
        settings, project = loaded.project.inventory, loaded.project
        assert settings is not None
        place = at(project.origin, "inventory", "file")
        if files.leads_out(settings.file) or not settings.file.lower().endswith((".json", *files.SUFFIXES)):
            message = f"the inventory {settings.file} is not a JSON or YAML file below the specs folder"
            hint = "put it into the specs folder: `file: inventory/services.yaml`"
            self.problems.append(Problem(code=BAD_INVENTORY, message=message, hint=hint, origin=place))
            return None
        found = read_file(self._root, settings.file, self._sources, spec=False)
        self.problems += found.problems
        if not found.documents:
            message = f"the inventory {settings.file} has no document that can be read"
            self.problems.append(Problem(code=BAD_INVENTORY, message=message, origin=place))
            return None
        try:
            return parse_inventory(found.documents[0].value, settings.file)
        except InventoryShapeError as error:
            place = Origin("project", settings.file, error.path)
            self.problems.append(Problem(code=BAD_INVENTORY, message=str(error), origin=place))
            return None

    def _documents(self, path: str) -> Sequence[Document]:
        """The documents of a file in our own format; none if it has a problem."""
        found = read_file(self._root, path, self._sources)
        self.problems += (*found.encoding_problems, *found.problems)
        return found.documents
