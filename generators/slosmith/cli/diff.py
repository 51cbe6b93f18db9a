"""`slosmith diff`: what a change of specs means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slosmith import api
from slosmith.cli import completing_specs
from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND, fail, usage_error
from slosmith.cli.loading import count_problems
from slosmith.cli.options import SPECS_FOLDER, RulesOption, SpecsOption, find_specs
from slosmith.cli.output import print_json
from slosmith.cli.policy_options import TodayOption
from slosmith.problems.nearest import suggestion
from slosmith.vocabulary.numbers import plural

if TYPE_CHECKING:
    from slosmith.changes.changing import Change
    from slosmith.changes.difference import Difference
    from slosmith.changes.sides import Side

app = command_app()


class DiffFormat(StrEnum):
    """How the difference is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


_SideArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="BASE",
        help="A commit, or a folder.  [default: the merge base with the default branch]",
        show_default=False,
    ),
]


@app.command()
def diff(
    base: _SideArgument = None,
    head: Annotated[
        str | None,
        typer.Argument(metavar="HEAD", help="A commit, or a folder.  [default: the specs folder]", show_default=False),
    ] = None,
    specs: SpecsOption = None,
    rules: RulesOption = None,
    today: TodayOption = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="SLO",
            autocompletion=completing_specs.slos,
            help="Show one SLO (or all of a service) on both sides, in words.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar="VERDICTS",
            help="Exit code 1 if a change has one of these verdicts: breaking,loosened.",
            show_default=False,
        ),
    ] = None,
    approved: Annotated[
        list[str] | None,
        typer.Option(
            "--approved",
            metavar="FINGERPRINT",
            help="A change that was approved: it needs no approval, and --fail-on ignores it. May be repeated.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        DiffFormat, typer.Option("--format", help="Output for people, for programs, or for a note.")
    ] = DiffFormat.TEXT,
) -> None:
    """Show what a change of specs means: which objectives, budgets and alerts change, for whom, and what follows.

    Compares meaning, not text: comments, order of keys, anchors and names of files are ignored. Changes nothing, also
    not in git. Exit code 1 if one side has errors, or for a verdict of `--fail-on`.
    """
    verdicts, prints = _verdicts(fail_on), _fingerprints(approved)
    with ExitStack() as stack:
        sides = tuple(stack.enter_context(side) for side in _sides(base, head, specs, rules))
        before, after = sides
        for side in sides:
            if side.loaded is not None and side.loaded.workspace is None:
                raise _refuse(side, base=side is before, format=format)
        if before.loaded is None and after.loaded is None:
            raise usage_error(f"there is no folder {after.specs} in {before.title}, and none in {after.title}")
        found = api.diff(before.loaded, after.loaded, today=today)
        _report(found, (before, after), explain, prints, today, format)
    failing = [
        change for change in found.changes if change.verdict in verdicts and not change.fingerprint.startswith(prints)
    ]
    nothing = not found.changes and found.verdict in verdicts
    if failing or nothing:
        found_verdicts = dict.fromkeys(change.verdict.words for change in failing) or ("nothing",)
        raise fail(f"--fail-on: {plural(len(failing), 'change')} {', '.join(found_verdicts)}", PROBLEMS_FOUND)


# --- the command line ---


def _verdicts(wanted: Sequence[str] | None) -> frozenset[str]:
    from slosmith.changes.kinds import Verdict

    known = [verdict.value for verdict in Verdict]
    found = [name.strip().lower() for text in wanted or () for name in text.split(",") if name.strip()]
    for name in found:
        if name not in known:
            raise usage_error(f"--fail-on {name}: there is no verdict '{name}'; {suggestion(name, known, 'there are')}")
    return frozenset(found)


_SHORTEST = 8


def _fingerprints(wanted: Sequence[str] | None) -> tuple[str, ...]:
    found = tuple(name.strip().lower() for text in wanted or () for name in text.split(",") if name.strip())
    for name in found:
        if len(name) < _SHORTEST or set(name) - set("0123456789abcdef"):
            raise usage_error(f"--approved {name}: a fingerprint has 12 hexadecimal digits; write at least {_SHORTEST}")
    return found


def _sides(base: str | None, head: str | None, specs: Path | None, rules: str | None) -> Iterable[_Entered]:
    """Both sides, ready to be read. A side that names a folder is a folder; anything else is a commit."""
    from slosmith.changes.sides import commit_side, folder_side
    from slosmith.engines import commits

    folders = [_folder(name) if name is not None else None for name in (base, head)]
    home = folders[1] if specs is None and all(folders) else find_specs(specs)
    assert home is not None
    if base is None:
        branch = commits.default_branch(home)
        yield commit_side(home, commits.merge_base(home, branch), rules, name=f"the merge base with {branch}")
    elif folders[0] is not None:
        yield folder_side(folders[0], rules)
    else:
        yield commit_side(home, base, rules)
    if head is None:
        yield folder_side(home, rules)
    elif folders[1] is not None:
        yield folder_side(folders[1], rules)
    else:
        yield commit_side(home, head, rules)


if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    _Entered = AbstractContextManager[Side]


def _folder(name: str) -> Path | None:
    """The specs folder that ``name`` means: itself, or the one in it. None if it is no folder."""
    folder = Path(name)
    if not folder.is_dir():
        return None
    inside = folder / SPECS_FOLDER
    return inside if inside.is_dir() else folder


def _refuse(side: Side, *, base: bool, format: DiffFormat) -> typer.Exit:
    """Report that a side has errors: nothing can be said about what it means."""
    import sys

    from slosmith.problems.reporters.json import as_data
    from slosmith.problems.reporters.text import report

    assert side.loaded is not None
    problems = side.problems(side.loaded.problems)
    which = "base" if base else "head"
    if format is DiffFormat.JSON:
        print_json({"side": which, "problems": [as_data(problem) for problem in problems]})
    else:
        print(report(problems, side.loaded.sources, colour=False).rstrip("\n"), file=sys.stderr)
        message = f"{side.title} has {count_problems(problems)}: without its SLOs, nothing can be compared"
        print(f"slosmith: {message}", file=sys.stderr)
        if format is DiffFormat.MARKDOWN:
            print(
                f"**not compared**: the specs of the {which} have {count_problems(problems)}. Run `slosmith validate`."
            )
    return typer.Exit(PROBLEMS_FOUND)


# --- the output ---


def _report(
    found: Difference, sides: tuple[Side, Side], explain: str | None, approved: tuple[str, ...], today: object,
    format: DiffFormat,
) -> None:  # fmt: skip
    from datetime import UTC, date, datetime

    from slosmith.changes.approvals import approvals
    from slosmith.changes.owners import owners_of
    from slosmith.changes.reporters import data, markdown, text

    day = today if isinstance(today, date) else datetime.now(UTC).date()
    if explain is not None:
        _explain(found, explain, format)
        return
    place = _places(sides)
    needed = approvals(found, day, owners_of(sides[0]), approved)
    titles = (sides[0].title, sides[1].title)
    done = {change.fingerprint for change in found.changes if approved and change.fingerprint.startswith(approved)}
    if format is DiffFormat.JSON:
        print_json(data.as_data(found, sides, needed, place, done))
    elif format is DiffFormat.MARKDOWN:
        print(markdown.report(found, titles, needed, place, done), end="")
    else:
        print(text.report(found, titles, needed, place, done), end="")


def _places(sides: tuple[Side, Side]) -> Callable[[Change], str]:
    """Where a change is written: the file and line after it, or those before it for what is gone."""

    def place(change: Change) -> str:
        for origin, side in ((change.origin_after, sides[1]), (change.origin_before, sides[0])):
            if origin.file and side.loaded is not None:
                span = side.loaded.sources.span(origin)
                if span is not None:
                    return f"{side.specs}/{origin.file}:{span.line}" if span.line else f"{side.specs}/{origin.file}"
        return ""

    return place


def _explain(found: Difference, name: str, format: DiffFormat) -> None:
    from slosmith.changes import explaining
    from slosmith.changes.wording import consequence

    pairs = explaining.find(found, name)
    if not pairs:
        hint = suggestion(name, explaining.names(found), "there are")
        raise usage_error(f"--explain {name}: there is no SLO '{name}' on either side{f'; {hint}' if hint else ''}")
    if format is DiffFormat.JSON:
        print_json([
            {"slo": pair.id, "parts": explaining.parts(pair, found),
             "consequences": [consequence(row) for row in explaining.consequences(pair, found)]}
            for pair in pairs
        ])  # fmt: skip
        return
    fence = format is DiffFormat.MARKDOWN
    if fence:
        print("```text")
    for index, pair in enumerate(pairs):
        print(("\n\n" if index else "") + "\n".join(explaining.lines(pair, found)))
    if fence:
        print("```")
