"""The public Python API of `import slosmith`. The command line uses it too (docs/api.md).

The order of the functions: :func:`load` the specs, :func:`check` them, :func:`compile` them, :func:`write` the
artefacts; :func:`generate` does the last two for a large project. Errors in specs are values (``Problem``). A function
that cannot return raises one of the exceptions that this module exports.

Nothing here prints, ends the process or keeps state. Modules that a function needs are imported when it is called.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from slosmith.discovery import PluginError
from slosmith.engines.error import EngineError
from slosmith.model import Duration, Objective, Period, Service, Slo
from slosmith.output.tree import Comparison, OutputError
from slosmith.problems import InputError, Problem, Severity
from slosmith.problems.nearest import suggestion
from slosmith.schemes.registry import schemes
from slosmith.workspace import LoadedWorkspace
from slosmith.workspace import load as load_specs

if TYPE_CHECKING:
    from slosmith.changes.difference import Difference
    from slosmith.explanation.cost import ProjectCost
    from slosmith.explanation.summary import Explanation

__all__ = [
    "Comparison",
    "Duration",
    "EngineError",
    "InputError",
    "LoadedWorkspace",
    "Objective",
    "OutputError",
    "Period",
    "PluginError",
    "Problem",
    "Service",
    "Severity",
    "Slo",
    "UnknownSloError",
    "check",
    "compile",
    "consumer_warnings",
    "cost",
    "diff",
    "explain",
    "generate",
    "load",
    "write",
]


class UnknownSloError(LookupError):
    """Raised if no SLO and no service has the given name. The message has the nearest names."""


def load(
    specs: str | os.PathLike[str],
    *,
    only: Sequence[str | os.PathLike[str]] | None = None,
    text: str | bytes | None = None,
    rules: str | None = None,
    write_only: Literal["alerts", "recordings"] | None = None,
    unit_tests: Literal["beside_rules", "on_demand"] | None = None,
) -> LoadedWorkspace:
    """Read the specs folder ``specs``. Its errors are in ``problems``, also a missing folder.

    ``only`` limits the run to these files or folders below it; the settings are read with them, and whatever they refer
    to in other files. ``text`` is one more spec, without a file; with ``only=[]`` it is the only one.
    ``rules`` replaces the setting of that name (``weighted``, ``sloth``, or a scheme of another package), and so does
    ``write_only`` (``alerts`` or ``recordings``) and ``unit_tests`` (``beside_rules`` or ``on_demand``). Raises
    ValueError for others.
    """
    if rules is not None and rules not in schemes():
        raise ValueError(f"rules={rules!r}: write one of {', '.join(schemes())}")
    if write_only not in (None, "alerts", "recordings"):
        raise ValueError(f"write_only={write_only!r}: write alerts or recordings")
    if unit_tests not in (None, "beside_rules", "on_demand"):
        raise ValueError(f"unit_tests={unit_tests!r}: write beside_rules or on_demand")
    paths = None if only is None else [Path(path) for path in only]
    data = text.encode() if isinstance(text, str) else text
    return load_specs(Path(specs), paths, rules=rules, write_only=write_only, unit_tests=unit_tests, text=data)


def check(
    workspace: LoadedWorkspace, *, today: date | None = None, select: Collection[str] | None = None
) -> tuple[Problem, ...]:
    """Every problem of the specs, sorted by place: those of reading, of policy and of the settings of targets.

    The policy is checked if reading found no error. ``today`` is the date that decides which waivers have expired
    (default: the current date in UTC). ``select`` limits the policy to codes, or to beginnings of codes. Checks that
    need all specs are left out if only some were loaded.

    Raises EngineError if the project has policies of its own in CEL and the extra ``slosmith[policies]`` is not
    installed, and PluginError if another package's check fails.
    """
    from slosmith.policy.judging import judge

    if today is None:
        from datetime import UTC, datetime

        today = datetime.now(UTC).date()
    found = {*workspace.problems, *judge(workspace, today, select=select)}
    if workspace.complete and workspace.project.targets:
        from slosmith.output.registry import configured

        found.update(workspace.sources.locate(problem) for problem in configured(workspace.project)[1])
    return tuple(sorted(found, key=Problem.sort_key))


def compile(workspace: LoadedWorkspace) -> dict[str, str]:
    """The artefacts of all targets: path below the output folder -> text, sorted by path.

    Pure: the same specs give the same texts, everywhere and always. The policy is not checked; see :func:`check`.

    Raises InputError if reading found an error, if a target has wrong settings, or if two specs make one file;
    PluginError if another package's target fails; EngineError if an engine that a target needs is missing.
    """
    from slosmith.output.compile import compile_workspace

    model = workspace.sound()
    try:
        return compile_workspace(model, workspace.project, workspace.name)
    except InputError as error:
        raise _with_texts(workspace, error) from None


def write(artefacts: Mapping[str, str], output: str | os.PathLike[str], *, compare_only: bool = False) -> Comparison:
    """Make the folder ``output`` hold exactly ``artefacts`` (as :func:`compile` gives them). Returns what was found.

    Every file is written whole or not at all, and a file that did not change keeps its time. Files of slosmith that
    are no longer asked for are removed; other files stay. With ``compare_only`` nothing is changed.

    Raises OutputError, and changes nothing, if the folder cannot be written, if slosmith wrote none of its files, or if
    a foreign file has the name of an artefact. Raises ValueError for artefacts with unsafe names or without header.
    """
    from slosmith.output import tree, writer

    return (tree.compare if compare_only else writer.write)(artefacts, Path(output))


def generate(
    workspace: LoadedWorkspace,
    output: str | os.PathLike[str],
    *,
    compare_only: bool = False,
    jobs: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """:func:`compile` and :func:`write` in one, with the memory of one service at a time and ``jobs`` processes.

    Processes are forked: in a program that has threads, leave ``jobs`` at 1. ``progress`` is called with the number of
    services that are done since its last call. Raises what compile and write raise; nothing is changed then.
    """
    from slosmith.output.build import build

    model = workspace.sound()
    try:
        return build(
            model, workspace.project, workspace.name, Path(output), check=compare_only, jobs=jobs, progress=progress
        )
    except InputError as error:
        raise _with_texts(workspace, error) from None


def consumer_warnings(workspace: LoadedWorkspace) -> tuple[Problem, ...]:
    """What consumers may refuse although the specs are correct, such as too many rule groups for Mimir.

    Sorted by place. Raises like :func:`compile`.
    """
    from slosmith.output.compile import consumer_warnings as warnings_of

    found = warnings_of(workspace.sound(), workspace.project, workspace.name)
    return tuple(workspace.sources.locate(problem) for problem in found)


def explain(workspace: LoadedWorkspace, name: str) -> tuple[Explanation, ...]:
    """An SLO in numbers: its error budget, when its alerts fire, where each value was written.

    ``name`` is an SLO's id (``<service>-<slo>`` or ``<service>/<slo>``), or a service for all of its SLOs: an
    explanation for each of them. Raises UnknownSloError, and InputError if reading found an error.
    """
    from slosmith.explanation.summary import explain as explain_slo
    from slosmith.explanation.summary import located

    project = workspace.project
    return tuple(
        located(explain_slo(slo, project.rules, project.evaluation_interval), workspace.sources)
        for slo in _named(workspace, name)
    )


def cost(workspace: LoadedWorkspace, name: str | None = None, *, raw_series: int = 1) -> ProjectCost:
    """What rules cost the server that evaluates them: recorded series, and evaluations and samples a minute.

    ``name`` is that of :func:`explain`; None: of the whole project. ``raw_series`` is the number of series that each
    selector of raw series is taken to have. Raises UnknownSloError, and InputError if reading found an error.
    """
    from slosmith.explanation.cost import project_cost

    slos = None if name is None else [slo.id for slo in _named(workspace, name)]
    return project_cost(workspace.sound(), workspace.project, slos, raw_series)


def _named(workspace: LoadedWorkspace, name: str) -> list[Slo]:
    """The SLO with this name, or the SLOs of the service with this name. Raises UnknownSloError, and InputError."""
    slos = workspace.sound().slos()
    found = [slo for slo in slos if name in (slo.id, f"{slo.service}/{slo.name}")]
    found = found or [slo for slo in slos if slo.service == name]
    if not found:
        known = {slo.id for slo in slos} | {slo.service for slo in slos}
        hint = suggestion(name, known, "there are")
        raise UnknownSloError(f"there is no SLO '{name}'{f'; {hint}' if hint else ''}")
    return found


def diff(before: LoadedWorkspace | None, after: LoadedWorkspace | None, *, today: date | None = None) -> Difference:
    """What a change of specs means: every change with its verdict, and what follows from it with figures.

    None stands for a project that does not exist: then everything is added, or removed. ``today`` is the day on which
    the rules are taken to be deployed (default: the current date in UTC).

    Raises InputError if one of the two has errors, ValueError if both are None, and PluginError if another package's
    target or check fails.
    """
    from slosmith.changes.difference import difference

    if before is None and after is None:
        raise ValueError("there is nothing to compare")
    if today is None:
        from datetime import UTC, datetime

        today = datetime.now(UTC).date()
    return difference(before, after, today)


def _with_texts(workspace: LoadedWorkspace, error: InputError) -> InputError:
    return InputError(workspace.sources.locate(problem) for problem in error.problems)
