"""`slosmith validate`: everything that is wrong with the specs, in one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND
from slosmith.cli.judging import ReportOption, TodayOption, judge, parse_reports, write_reports
from slosmith.cli.loading import count_problems, print_problems
from slosmith.cli.options import Format, FormatOption, RulesOption, SpecsOption, find_specs_of
from slosmith.cli.output import plural, print_json
from slosmith.problems import Problem, Severity
from slosmith.workspace import load

if TYPE_CHECKING:
    from slosmith.workspace import Loaded

app = command_app()


@app.command()
def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Files or folders to look at.  [default: all specs]", show_default=False),
    ] = None,
    specs: SpecsOption = None,
    rules: RulesOption = None,
    today: TodayOption = None,
    report: ReportOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Check the specs, by their format and by policy; write nothing. Exit code 1 if anything in them is an error.

    Checks that need all specs are left out when paths are given.
    """
    folder, reports = find_specs_of(paths, specs), parse_reports(report)
    loaded = load(folder, only=paths or None, rules=rules.value if rules is not None else None)
    problems = judge(loaded, folder, today, complete=not paths)
    problems = tuple(sorted((*problems, *_targets(loaded)), key=Problem.sort_key)) if not paths else problems
    write_reports(reports, problems, loaded)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if format is Format.JSON:
        print_json({"problems": problems, "files": len(loaded.sources.files)})
    else:
        print_problems(loaded, problems)
        workspace = loaded.workspace
        read = plural(len(loaded.sources.files), "file")
        if workspace is not None:
            slos = plural(len(workspace.slos()), "SLO")
            read += f", {plural(len(workspace.services), 'service')}, {slos}"
        print(f"{read}: {count_problems(problems)}")
    if errors:
        raise typer.Exit(PROBLEMS_FOUND)


def _targets(loaded: Loaded) -> list[Problem]:
    """What is wrong with the settings of targets; generate would refuse them."""
    if not loaded.project.targets:
        return []
    from slosmith.output.registry import configured

    _, findings = configured(loaded.project)
    return [loaded.sources.locate(finding) for finding in findings]
