"""Reading the specs for a command, and printing their problems."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from slosmith import api
from slosmith.cli.exits import PROBLEMS_FOUND
from slosmith.cli.options import Format
from slosmith.cli.output import print_json
from slosmith.problems import Problem, Severity
from slosmith.problems.reporters.json import as_data
from slosmith.vocabulary.numbers import plural

if TYPE_CHECKING:
    from slosmith.workspace import LoadedWorkspace


def load_or_exit(specs: Path, format: Format, rules: str | None = None) -> LoadedWorkspace:
    """The specs, without errors. Problems that do not stop the command go to standard error; errors end it.

    ``rules`` replaces the setting of this name.
    """
    loaded = api.load(specs, rules=rules)
    if loaded.workspace is None:
        raise refuse(loaded, loaded.problems, format)
    if format is Format.TEXT and loaded.problems:
        print_problems(loaded, loaded.problems, to_stderr=True)
    return loaded


def refuse(loaded: LoadedWorkspace, problems: Sequence[Problem], format: Format, *, but: str = "") -> typer.Exit:
    """Report ``problems``, as text on standard error or as JSON on standard output; the caller raises the result.

    ``but`` adds what the command did not do because of them, for commands that change files.
    """
    if format is Format.JSON:
        print_json({"problems": [as_data(problem) for problem in problems]})
    else:
        print_problems(loaded, problems, to_stderr=True)
        print(f"slosmith: {count_problems(problems)}{f'; {but}' if but else ''}", file=sys.stderr)
    return typer.Exit(PROBLEMS_FOUND)


def print_problems(loaded: LoadedWorkspace, problems: Iterable[Problem], *, to_stderr: bool = False) -> None:
    """Problems for people, with their lines."""
    from slosmith.problems.reporters.text import report

    stream = sys.stderr if to_stderr else sys.stdout
    text = report(tuple(problems), loaded.sources, colour=stream.isatty() and not os.environ.get("NO_COLOR"))
    if text:
        print(text.rstrip("\n"), file=stream)


def count_problems(problems: Iterable[Problem]) -> str:
    """``2 errors, 1 warning``; ``no problems``."""
    found = list(problems)
    counts = [(severity, sum(problem.severity is severity for problem in found)) for severity in Severity]
    return ", ".join(plural(count, severity.value) for severity, count in counts if count) or "no problems"
