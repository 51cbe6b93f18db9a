"""`slosmith checks`: the catalogue of policy checks, and the page of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from slosmith import api
from slosmith.cli import completing
from slosmith.cli.apps import command_app
from slosmith.cli.exits import usage_error
from slosmith.cli.options import SPECS_FOLDER, Format, FormatOption, SpecsOption, find_specs
from slosmith.cli.output import print_json, print_table
from slosmith.policy import catalogue
from slosmith.policy.configuration import Configuration, configure
from slosmith.policy.parameters import describe, yaml_text
from slosmith.problems.nearest import suggestion

app = command_app()


@app.command()
def checks(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE",
            autocompletion=completing.checks,
            help="A code, or the beginning of codes.",
            show_default=False,
        ),
    ] = None,
    specs: SpecsOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """List the policy checks, or show the page of one: what it finds, why, and how to correct it.

    The levels are those of the project, if there is one.
    """
    configuration = _configuration(specs)
    wanted = (code or "").upper()
    found = [known for known in catalogue.codes() if known.startswith(wanted)]
    if not found:
        hint = suggestion(wanted, catalogue.codes(), "checks")
        raise usage_error(f"there is no check {code}; {hint}")
    if format is Format.JSON:
        print_json([_data(known, configuration) for known in found])
    elif wanted in found:
        from slosmith.policy.pages import page

        print(page(wanted).rstrip("\n"))
    else:
        rows = [(known, _level(known, configuration), catalogue.title(known)) for known in found]
        print_table(("check", "level", "what it finds"), rows)


def _configuration(specs: Path | None) -> Configuration:
    """The project's settings; the defaults if there is no project."""
    if specs is None and not any((folder / SPECS_FOLDER).is_dir() for folder in (Path.cwd(), *Path.cwd().parents)):
        return Configuration()
    return configure(api.load(find_specs(specs), only=[]).project)[0]


def _level(code: str, configuration: Configuration) -> str:
    level = configuration.level(code, catalogue.check(code).level)
    return level.value if level is not None else "off"


def _data(code: str, configuration: Configuration) -> dict[str, Any]:
    check = catalogue.check(code)
    values = configuration.parameters(code)
    return {
        "code": code,
        "name": catalogue.slug(code),
        "family": catalogue.family(code),
        "title": catalogue.title(code),
        "level": _level(code, configuration),
        "default_level": check.level.value,
        "looks_at": check.of,
        "waivable": check.waivable,
        "parameters": [
            {
                "name": parameter.name,
                "description": parameter.description,
                "value": yaml_text(getattr(values, parameter.name)),
                "default": parameter.default_text,
            }
            for parameter in describe(check.parameters)
        ],
    }
