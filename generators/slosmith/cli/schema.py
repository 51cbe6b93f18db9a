"""`slosmith schema`: the JSON Schemas of specs, templates and policies."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer

from slosmith.cli import completing
from slosmith.cli.apps import command_app
from slosmith.cli.exits import usage_error
from slosmith.cli.options import Format, FormatOption, SpecsOption, find_specs
from slosmith.cli.output import print_json, print_table
from slosmith.problems.nearest import suggestion

app = command_app()

_PACKAGES = ("slosmith.formats", "slosmith.sli", "slosmith.policy")
_SUFFIX = ".schema.json"


@app.command()
def schema(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            autocompletion=completing.completing(lambda _: find_schemas()),
            help="A format from the list of formats.",
            show_default=False,
        ),
    ] = None,
    project: Annotated[
        bool,
        typer.Option("--project", help="The schema of specs with this project's names, for completion in editors."),
    ] = False,
    specs: SpecsOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Print the JSON Schema of a format, or list the formats."""
    if project:
        if kind is not None:
            raise usage_error("--project prints the schema of specs: leave out the format")
        _project(specs)
        return
    schemas = find_schemas()
    if kind is not None:
        if kind not in schemas:
            raise usage_error(f"there is no schema '{kind}'; {suggestion(kind, schemas, 'there are')}")
        print(schemas[kind].read_text("utf-8").rstrip("\n"))
        return
    import json

    rows = []
    for name, file in schemas.items():
        content = json.loads(file.read_text("utf-8"))
        rows.append((name, str(content.get("title", "")), str(content.get("$id", ""))))
    if format is Format.JSON:
        print_json([{"name": name, "title": title, "id": identity} for name, title, identity in rows])
    else:
        print_table(("schema", "title", "id"), rows)


def _project(specs: Path | None) -> None:
    """Errors in specs do not matter: names that can be read are there."""
    import json

    from slosmith import api
    from slosmith.authoring.project_schema import project_schema

    print(json.dumps(project_schema(api.load(find_specs(specs))), indent=2, ensure_ascii=False))


def find_schemas() -> dict[str, Traversable]:
    """Every schema that is shipped, by name, sorted."""
    found = {}
    for package in _PACKAGES:
        folder = resources.files(package).joinpath("schemas")
        if folder.is_dir():
            for file in folder.iterdir():
                if file.name.endswith(_SUFFIX):
                    found[file.name.removesuffix(_SUFFIX)] = file
    return dict(sorted(found.items()))
