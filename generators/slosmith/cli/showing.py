"""Which problems a command shows and counts: by code, by severity, or only those that a change adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from slosmith import api
from slosmith.cli import completing
from slosmith.cli.exits import usage_error
from slosmith.cli.options import Named
from slosmith.problems import Problem, Severity

QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only, and no summary.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit code 1 for warnings too.")]
SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="CODES",
        autocompletion=completing.checks,
        help="Show only these codes: ALT,SLI301.",
        show_default=False,
    ),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="CODES",
        autocompletion=completing.checks,
        help="Do not show these codes.",
        show_default=False,
    ),
]
NewSinceOption = Annotated[
    str | None,
    typer.Option(
        "--new-since",
        metavar="REV",
        help="Show only problems that the specs of this commit do not have.",
        show_default=False,
    ),
]

READING = ("SYN", "SCH", "RES")
_CODE = re.compile(r"[A-Z]{2,}[0-9]{0,4}\Z")
_SUBJECTS = re.compile(r" \(\d+ [^:()]+: .*\)\Z", re.DOTALL)


class Shown(NamedTuple):
    """The options that choose problems."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False

    def of(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems to show. Errors of reading are always shown: without its file, an SLO cannot be checked."""
        return tuple(problem for problem in problems if self._is_shown(problem))

    def fails(self, problems: Iterable[Problem]) -> bool:
        """Whether the run fails because of the shown problems."""
        wrong = (Severity.ERROR, Severity.WARNING) if self.strict else (Severity.ERROR,)
        return any(problem.severity in wrong for problem in problems)

    def _is_shown(self, problem: Problem) -> bool:
        if problem.severity is Severity.ERROR and problem.code.startswith(READING):
            return True
        chosen = not self.select or problem.code.startswith(self.select)
        return chosen and not (self.ignore and problem.code.startswith(self.ignore))


def shown(select: Sequence[str] | None, ignore: Sequence[str] | None, *, strict: bool) -> Shown:
    """The options as values. Raises UsageError for a text that is not a code or the beginning of codes."""
    return Shown(_codes("--select", select), _codes("--ignore", ignore), strict)


def _codes(option: str, texts: Sequence[str] | None) -> tuple[str, ...]:
    found = [code.strip().upper() for text in texts or () for code in text.split(",") if code.strip()]
    for code in found:
        if not _CODE.match(code):
            raise usage_error(f"{option} {code}: write codes or their beginnings, such as ALT,SLI301")
    return tuple(found)


def new_since(
    revision: str, named: Named, problems: Iterable[Problem], *, rules: str | None, today: date | None
) -> tuple[Problem, ...]:
    """The problems that the specs did not have at ``revision``. Raises EngineError if git fails."""
    import tempfile

    from slosmith.engines.commits import folder_at

    with tempfile.TemporaryDirectory(prefix="slosmith-") as scratch:
        before = folder_at(named.folder, revision, Path(scratch))
        if before is None:
            return tuple(problems)
        only = None if named.only is None else [before / _below(path, named.folder) for path in named.only]
        loaded = api.load(before, only=None if only is None else [path for path in only if path.exists()], rules=rules)
        known = {identity(problem) for problem in api.check(loaded, today=today)}
    return tuple(problem for problem in problems if identity(problem) not in known)


def _below(path: Path, folder: Path) -> Path:
    absolute = path.resolve()
    root = folder.resolve()
    return absolute.relative_to(root) if absolute.is_relative_to(root) else Path(path.name)


def identity(problem: Problem) -> tuple[object, ...]:
    """The parts of a problem that do not change if lines move, or if more SLOs have the problem."""
    steps = tuple(step for step in problem.origin.path if isinstance(step, str))
    return problem.code, problem.origin.file, steps, problem.severity, _SUBJECTS.sub("", problem.message)
