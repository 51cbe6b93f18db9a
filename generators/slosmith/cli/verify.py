"""`slosmith verify`: checks that a copy of generated files is unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND, usage_error
from slosmith.cli.options import Format, FormatOption
from slosmith.cli.output import print_json, shown
from slosmith.output.checksums import SUMS, Verification, read_sums, sums_of, verify
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
            help=f"The list to compare with, if the copy is among other files.  [default: {SUMS} in DIR]",
            show_default=False,
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source",
            metavar="FOLDER",
            help="The generated folder to compare with, instead of a list.",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Check that a copy of generated files is unchanged. Exit code 1 if it is not."""
    if sums is not None and source is not None:
        raise usage_error("--sums and --source: give one of them")
    if source is not None:
        results = {_folder(folder): verify(folder, _listed(_folder(source)))}
    else:
        results = {place: verify(place, read_sums(file), whole=sums is None) for place, file in _lists(folder, sums)}
    clean = all(result.clean for result in results.values())
    if format is Format.JSON:
        print_json({"clean": clean, "folders": {place.as_posix(): result for place, result in results.items()}})
    else:
        for place, result in results.items():
            _print(place, result)
    if not clean:
        raise typer.Exit(PROBLEMS_FOUND)


def _lists(folder: Path, sums: Path | None) -> list[tuple[Path, Path]]:
    """Folders, each with its list of checksums."""
    _folder(folder)
    if sums is not None:
        if not sums.is_file():
            raise usage_error(f"--sums {sums}: no such file")
        return [(folder, sums)]
    if (folder / SUMS).is_file():
        return [(folder, folder / SUMS)]
    found = sorted(folder.glob(f"*/{SUMS}"))
    if not found:
        raise usage_error(f"{folder}: no {SUMS} here or in a folder below: name the generated folder with --source")
    return [(file.parent, file) for file in found]


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise usage_error(f"{path}: {'not a folder' if path.exists() else 'no such folder'}")
    return path


def _listed(source: Path) -> dict[str, str]:
    listed = sums_of(source)
    if not listed:
        raise usage_error(f"--source {source}: slosmith generated no file in this folder")
    return listed


def _print(place: Path, result: Verification) -> None:
    groups = (
        ("changed", result.changed, ""),
        ("changed", result.line_ends, " (only the ends of lines: check git's core.autocrlf)"),
        ("missing", result.missing, ""),
        ("left over", result.left_over, " (generated before, but not in the list)"),
    )
    for word, paths, remark in groups:
        for path in paths:
            print(f"{word:<9}  {shown(place / path)}{remark}")
    listed = plural(sum(map(len, (result.same, result.changed, result.line_ends, result.missing))), "file")
    verdict = "as generated" if result.clean else "not as generated"
    others = f" (and {plural(len(result.foreign), 'other file')})" if result.foreign else ""
    print(f"{place}: {listed}, {verdict}{others}")
