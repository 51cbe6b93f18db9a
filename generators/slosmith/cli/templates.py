"""`slosmith templates`: the SLI templates that a spec can name, and the page of each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from slosmith.cli import completing, completing_specs
from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND, usage_error
from slosmith.cli.options import SPECS_FOLDER, Format, FormatOption, SpecsOption, find_specs
from slosmith.cli.output import print_json, print_table
from slosmith.problems.reporters.json import as_data
from slosmith.problems.reporters.text import report
from slosmith.sli.library import library
from slosmith.sli.template import TemplateLibrary
from slosmith.workspace import load_library

app = command_app()


@app.command()
def templates(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", autocompletion=completing_specs.templates, help="A template.", show_default=False
        ),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(
            "--metric",
            metavar="METRIC",
            autocompletion=completing.metrics,
            help="List the templates that read this metric.",
            show_default=False,
        ),
    ] = None,
    specs: SpecsOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """List the SLI templates, or show the page of one: parameters, metrics, an example, and the PromQL it gives.

    The list includes the project's own templates (slo_specs/templates/).
    """
    if name is not None and metric is not None:
        raise usage_error("write the name of a template or --metric, not both")
    known = _library(specs, format)
    if name is None:
        found = {each: list(known.templates[each].indicators) for each in sorted(known.templates)}
        if metric is not None:
            found = _reading(metric.partition("{")[0].strip(), known)
        if format is Format.JSON:
            print_json([known.templates[each] for each in found])
        else:
            rows = [(each, ", ".join(indicators), known.templates[each].title) for each, indicators in found.items()]
            print_table(("template", "indicators", "about"), rows)
        return
    if name not in known.templates:
        from slosmith.sli.search import suggest_template

        raise usage_error(f"there is no template {name}; {suggest_template(name, known)}")
    if format is Format.JSON:
        print_json(known.templates[name])
        return
    from slosmith.sli.describe import describe

    print(describe(known.templates[name]).rstrip("\n"))


def _reading(metric: str, known: TemplateLibrary) -> dict[str, list[str]]:
    """Templates that read ``metric``, each with the indicators that read it. Raises UsageError if there is none."""
    from slosmith.sli.search import for_any_metric, indicators_reading, nearest_metric

    found = {name: indicators_reading(known.templates[name], metric) for name in known.names()}
    found = {name: indicators for name, indicators in found.items() if indicators}
    if not found:
        near = nearest_metric(metric, known)
        hint = f"did you mean {near}? " if near is not None else ""
        general = ", ".join(for_any_metric(known))
        raise usage_error(f"no template reads {metric}; {hint}templates for any metric: {general}")
    return found


def _library(specs: Path | None, format: Format) -> TemplateLibrary:
    """The project's library; only our templates if there is no project. Raises typer.Exit after printing problems."""
    if specs is None and not any((folder / SPECS_FOLDER).is_dir() for folder in (Path.cwd(), *Path.cwd().parents)):
        return library()
    root = find_specs(specs)
    found, problems, sources = load_library(root)
    if problems and format is Format.JSON:
        print_json({"problems": [as_data(problem) for problem in problems]})
    elif problems:
        print(report(problems, sources).rstrip("\n"), file=sys.stderr)
    if problems:
        raise typer.Exit(PROBLEMS_FOUND)
    return found
