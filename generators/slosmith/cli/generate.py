"""`slosmith generate`: specs -> generated/, or the comparison of generated/ with the specs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from slosmith import api
from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND, usage_error
from slosmith.cli.loading import print_problems, refuse
from slosmith.cli.options import (
    Format,
    FormatOption,
    JobsOption,
    Named,
    OutputOption,
    RulesOption,
    SpecsOption,
    find_named,
    find_output,
    processors,
)
from slosmith.cli.output import print_json, shown
from slosmith.cli.policy_options import ReportOption, TodayOption, parse_reports, write_reports
from slosmith.cli.progress import progress_bar
from slosmith.problems import Severity
from slosmith.problems.reporters.json import as_data
from slosmith.vocabulary.numbers import plural

if TYPE_CHECKING:
    from slosmith.output.tree import Comparison
    from slosmith.workspace import LoadedWorkspace

app = command_app()
_Kind = Literal["alerts", "recordings"]
_UNCHANGED = "nothing was changed"


@app.command()
def generate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Only these files (- for standard input), into --output.  [default: all specs]",
            show_default=False,
        ),
    ] = None,
    specs: SpecsOption = None,
    output: OutputOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a file is missing, stale or foreign.")
    ] = False,
    rules: RulesOption = None,
    disable_alerts: Annotated[
        bool, typer.Option("--disable-alerts", help="Write recordings only, as `write_only: recordings` does.")
    ] = False,
    disable_recordings: Annotated[
        bool, typer.Option("--disable-recordings", help="Write alerts only, as `write_only: alerts` does.")
    ] = False,
    jobs: JobsOption = None,
    today: TodayOption = None,
    report: ReportOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Compile the specs into rules, tests and dashboards.

    With paths, the output folder has only the artefacts of these files. Then --output is required.
    """
    if paths and output is None:
        raise usage_error("name a folder with --output: it will have only the artefacts of these files")
    if disable_alerts and disable_recordings:
        raise usage_error("--disable-alerts and --disable-recordings leave no rules: write one of them")
    kind: _Kind | None = "recordings" if disable_alerts else "alerts" if disable_recordings else None
    reports, named = parse_reports(report), find_named(paths, specs)
    target = find_output(output, named.folder)
    loaded = _checked(named, format, _Wanted(rules, kind, today), reports)
    try:
        with progress_bar("generating", len(loaded.services)) as advance:
            comparison = api.generate(loaded, target, compare_only=check, jobs=jobs or processors(), progress=advance)
    except api.InputError as error:
        raise refuse(loaded, error.problems, format, but=_UNCHANGED) from None
    warnings = api.consumer_warnings(loaded)
    if format is Format.JSON:
        answer = {
            "output": target,
            "clean": comparison.clean,
            "check": check,
            "files": comparison,
            "problems": [as_data(warning) for warning in warnings],
        }
        print_json(answer)
    else:
        print_problems(loaded, warnings, to_stderr=True)
        _print_comparison(comparison, target, loaded.project.command if check else None)
    if check and not comparison.clean:
        raise typer.Exit(PROBLEMS_FOUND)


class _Wanted(NamedTuple):
    """The options of the checks."""

    rules: str | None
    write_only: _Kind | None
    today: date | None


def _checked(named: Named, format: Format, wanted: _Wanted, reports: list[tuple[str, Path]]) -> LoadedWorkspace:
    """The specs, if neither reading nor policy finds an error. Warnings are printed, notices are not."""
    loaded = api.load(named.folder, only=named.only, text=named.text, rules=wanted.rules, write_only=wanted.write_only)
    problems = api.check(loaded, today=wanted.today)
    write_reports(reports, problems, loaded)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise refuse(loaded, problems, format, but=_UNCHANGED)
    if format is Format.TEXT:
        warnings = [problem for problem in problems if problem.severity is Severity.WARNING]
        print_problems(loaded, warnings, to_stderr=True)
    return loaded


def _print_comparison(comparison: Comparison, target: Path, command: str | None) -> None:
    """``command`` None: the files were written. Otherwise they were only compared, and ``command`` would write them."""
    check = command is not None
    groups = (
        ("missing" if check else "written", comparison.missing),
        ("stale" if check else "changed", comparison.stale),
        ("obsolete" if check else "removed", comparison.obsolete),
        ("foreign", comparison.foreign),
    )
    for word, paths in groups:
        for path in paths:
            print(f"{word:<8}  {shown(target / path)}")
    total = plural(len(comparison.same) + len(comparison.missing) + len(comparison.stale), "file")
    if comparison.clean:
        print(f"{total} in {target}: up to date")
    elif check and not (comparison.missing or comparison.stale or comparison.obsolete):
        print(f"{target} matches the specs, but also has foreign files: move them elsewhere")
    elif check:
        print(f"{target} does not match the specs: run `{command}` and commit the result")
    else:
        print(f"{total} in {target}: {sum(len(paths) for _, paths in groups[:3])} changed")
        if comparison.foreign:
            print("slosmith did not write the foreign files, and does not change them")
