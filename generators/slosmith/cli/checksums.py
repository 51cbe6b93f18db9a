"""`slosmith checksums`: the list of checksums for copies of a generated folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slosmith.cli.apps import command_app
from slosmith.cli.exits import usage_error
from slosmith.output.checksums import sums_of, sums_text
from slosmith.output.replacing import replace_file

app = command_app()


@app.command("checksums")
def checksums(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder below generated/, or generated/ itself.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the list to FILE, instead of standard output.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the checksums of generated files, in the form of sha256sum.

    Files that slosmith did not write are left out. `slosmith verify` compares a copy with such a list.
    """
    if not folder.is_dir():
        raise usage_error(f"{folder}: {'not a folder' if folder.exists() else 'no such folder'}")
    listed = sums_of(folder)
    if not listed:
        raise usage_error(f"{folder}: slosmith generated no file in this folder")
    text = sums_text(listed)
    if output is None:
        print(text, end="")
        return
    replace_file(output, text)
