"""`slosmith validate`: all problems of the specs, in one run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slosmith import api
from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND
from slosmith.cli.loading import count_problems, print_problems
from slosmith.cli.options import Format, FormatOption, RulesOption, SpecsOption, find_named
from slosmith.cli.output import print_json
from slosmith.cli.policy_options import ReportOption, TodayOption, parse_reports, write_reports
from slosmith.cli.showing import (
    IgnoreOption,
    NewSinceOption,
    QuietOption,
    SelectOption,
    StrictOption,
    new_since,
    shown,
)
from slosmith.problems import Severity
from slosmith.problems.reporters.json import as_data
from slosmith.vocabulary.numbers import plural

app = command_app()


@app.command()
def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files or folders to check, - for standard input.  [default: all specs]",
            show_default=False,
        ),
    ] = None,
    specs: SpecsOption = None,
    rules: RulesOption = None,
    today: TodayOption = None,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    strict: StrictOption = False,
    quiet: QuietOption = False,
    since: NewSinceOption = None,
    report: ReportOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Check the specs: their format, and the policy. Writes nothing. Exit code 1 if there is an error.

    With paths, only these and the files that they refer to are read. Checks that need all specs are left out.
    """
    wanted, reports, named = shown(select, ignore, strict=strict), parse_reports(report), find_named(paths, specs)
    loaded = api.load(named.folder, only=named.only, text=named.text, rules=rules)
    problems = wanted.of(api.check(loaded, today=today))
    if since is not None:
        problems = new_since(since, named, problems, rules=rules, today=today)
    write_reports(reports, problems, loaded)
    if format is Format.JSON:
        print_json({"problems": [as_data(problem) for problem in problems], "files": len(loaded.sources.files)})
    else:
        print_problems(loaded, [each for each in problems if not quiet or each.severity is Severity.ERROR])
    if format is Format.TEXT and not quiet:
        read = plural(len(loaded.sources.files), "file")
        if loaded.workspace is not None:
            read += f", {plural(len(loaded.services), 'service')}, {plural(len(loaded.slos), 'SLO')}"
        print(f"{read}: {count_problems(problems)}")
    if wanted.fails(problems):
        raise typer.Exit(PROBLEMS_FOUND)
