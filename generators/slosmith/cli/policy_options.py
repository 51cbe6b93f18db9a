"""Options of commands that check the policy, and reports in files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import slosmith
from slosmith.cli import completing
from slosmith.cli.exits import usage_error
from slosmith.problems import Problem
from slosmith.problems.nearest import suggestion
from slosmith.problems.reporters import Facts, Rule, formats, own_formats, render

if TYPE_CHECKING:
    from slosmith.workspace import LoadedWorkspace


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a date: write YYYY-MM-DD") from None


TodayOption = Annotated[
    date | None,
    typer.Option(
        "--today",
        metavar="DATE",
        parser=_date,
        help="The date that decides which waivers have expired.  [default: today, UTC]",
        show_default=False,
    ),
]
ReportOption = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        metavar="FORMAT=FILE",
        autocompletion=completing.reports,
        help=f"Also write the problems to a file; may be repeated. Formats: {', '.join(own_formats())}.",
        show_default=False,
    ),
]


def parse_reports(wanted: Iterable[str] | None) -> list[tuple[str, Path]]:
    """``FORMAT=FILE`` as format and file. Raises typer.Exit (wrong usage) for an unknown format, a missing file name,
    and a folder that does not exist. A folder is never created: a typo would hide the report.
    """
    found = []
    for text in wanted or ():
        name, _, file = text.partition("=")
        known = formats()
        if name not in known:
            raise usage_error(f"--report {text}: there is no format '{name}'; {suggestion(name, known, 'there are')}")
        if not file:
            raise usage_error(f"--report {text}: the file is missing: write {name}=FILE")
        path = Path(file)
        if path.is_dir():
            raise usage_error(f"--report {text}: {path} is a folder; name a file")
        if not path.parent.is_dir():
            why = f"{path.parent} is not a folder" if path.parent.exists() else f"there is no folder {path.parent}"
            raise usage_error(f"--report {text}: {why}")
        found.append((name, path))
    return found


def write_reports(reports: Sequence[tuple[str, Path]], problems: Sequence[Problem], loaded: LoadedWorkspace) -> None:
    """Write each report, whole or not at all. Raises OSError."""
    if not reports:
        return
    from slosmith.output.replacing import replace_file

    files = [loaded.sources.shown(file) for file in loaded.sources.files]
    rules = _rules(problems) if any(name == "sarif" for name, _ in reports) else {}
    facts = Facts(files, loaded.sources, rules, slosmith.__version__)
    for name, file in reports:
        replace_file(file, render(name, problems, facts))


def _rules(problems: Iterable[Problem]) -> dict[str, Rule]:
    from slosmith.policy import catalogue

    found: dict[str, Rule] = {}
    for code in sorted({problem.code for problem in problems} & set(catalogue.codes())):
        level, page = catalogue.check(code).level, catalogue.documentation(code)
        found[code] = Rule(catalogue.slug(code), catalogue.title(code), page, level)
    return found
