"""`slosmith verify`: is a copy of what was generated still that?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND, usage_error
from slosmith.cli.options import Format, FormatOption
from slosmith.cli.output import print_json
from slosmith.output.checksums import SUMS, Verification, read_sums, verify
from slosmith.vocabulary.numbers import plural

app = command_app()


@app.command("verify")
def verify_copies(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A copy of a folder below generated/, or of generated/ itself.")
    ],
    sums: Annotated[
        Path | None,
        typer.Option(
            "--sums",
            metavar="FILE",
            help=f"The list to compare with, if the copy stands among other files.  [default: {SUMS} in DIR]",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Check that a copy of generated files is unchanged. Exit code 1 if it is not."""
    results = {place: verify(place, read_sums(file), whole=sums is None) for place, file in _lists(folder, sums)}
    clean = all(result.clean for result in results.values())
    if format is Format.JSON:
        print_json({"clean": clean, "folders": {place.as_posix(): result for place, result in results.items()}})
    else:
        for place, result in results.items():
            _tell(place, result)
    if not clean:
        raise typer.Exit(PROBLEMS_FOUND)


def _lists(folder: Path, sums: Path | None) -> list[tuple[Path, Path]]:
    """Folders, each with the list that its files are compared with."""
    if not folder.is_dir():
        raise usage_error(f"{folder}: {'not a folder' if folder.exists() else 'no such folder'}")
    if sums is not None:
        if not sums.is_file():
            raise usage_error(f"--sums {sums}: no such file")
        return [(folder, sums)]
    if (folder / SUMS).is_file():
        return [(folder, folder / SUMS)]
    found = sorted(folder.glob(f"*/{SUMS}"))
    if not found:
        raise usage_error(f"{folder}: no {SUMS} here or in a folder below: copy it too, or name one with --sums")
    return [(file.parent, file) for file in found]


def _tell(place: Path, result: Verification) -> None:
    groups = (
        ("changed", result.changed, ""),
        ("changed", result.line_ends, " (the ends of lines alone: git's core.autocrlf?)"),
        ("missing", result.missing, ""),
        ("left over", result.left_over, " (generated once, and not any more)"),
    )
    for word, paths, remark in groups:
        for path in paths:
            print(f"{word:<9}  {place / path}{remark}")
    listed = plural(sum(map(len, (result.same, result.changed, result.line_ends, result.missing))), "file")
    verdict = "as generated" if result.clean else "not what was generated"
    others = f" ({plural(len(result.foreign), 'other file')} beside)" if result.foreign else ""
    print(f"{place}: {listed}, {verdict}{others}")
