"""`slosmith fmt`: spec files in one form, with all comments."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from slosmith.authoring import formatting
from slosmith.authoring.formatting import FileLayout, Layouts
from slosmith.cli.apps import command_app
from slosmith.cli.exits import PROBLEMS_FOUND
from slosmith.cli.options import Format, FormatOption, SpecsOption, find_named
from slosmith.cli.output import print_json, shown
from slosmith.problems.reporters.json import as_data
from slosmith.problems.reporters.text import report
from slosmith.vocabulary.numbers import plural

app = command_app()


@app.command()
def fmt(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files or folders, - for standard input.  [default: all specs, policies and templates]",
            show_default=False,
        ),
    ] = None,
    specs: SpecsOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a file is not formatted.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; print the changes.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Format the specs: order of keys, indentation, quotes, line breaks. Comments stay, and no meaning changes.

    Files in the formats of other tools, links, and files that are not YAML are left alone. Text of standard input
    goes to standard output.
    """
    named = find_named(paths, specs)
    if named.text is not None:
        _standard_input(named.text, check=check, diff=diff)
        return
    found = formatting.format_folder(named.folder, named.only)
    changed = [layout for layout in found.files if layout.changes]
    if not check and not diff:
        formatting.write(named.folder, changed)
    if format is Format.JSON:
        files = [
            {"file": named.folder / layout.path, "state": _state(layout), "reason": layout.left}
            for layout in found.files
        ]
        print_json({"files": files, "problems": [as_data(problem) for problem in found.problems]})
    else:
        _print_problems(found)
        _print(named.folder, found.files, check=check, diff=diff)
    if found.problems or (check and changed):
        raise typer.Exit(PROBLEMS_FOUND)


def _standard_input(text: bytes, *, check: bool, diff: bool) -> None:
    found = formatting.format_given_text(text)
    layout = found.files[0]
    _print_problems(found)
    if diff:
        print(formatting.diff(layout, layout.path), end="")
    elif not check and not layout.changes:
        sys.stdout.flush()
        sys.stdout.buffer.write(text)  # exactly as it came, whatever it is
    elif not check:
        print(layout.after, end="")
    if layout.left:
        print(f"slosmith: left alone: {layout.left}", file=sys.stderr)
    if layout.problems or (check and layout.changes):
        raise typer.Exit(PROBLEMS_FOUND)


_STATES = ("changed", "same", "left", "error")


def _state(layout: FileLayout) -> str:
    """One of ``_STATES``."""
    return "error" if layout.problems else "left" if layout.left else "changed" if layout.changes else "same"


def _print(folder: Path, found: Sequence[FileLayout], *, check: bool, diff: bool) -> None:
    stream = sys.stderr if diff else sys.stdout
    counts = dict.fromkeys(_STATES, 0)
    for layout in found:
        path, state = shown(folder / layout.path), _state(layout)
        counts[state] += 1
        if state == "left" and layout.left != formatting.OTHER_FORMAT:
            print(f"left alone  {path}: {layout.left}", file=stream)
        elif state == "changed" and diff:
            print(formatting.diff(layout, path), end="")
        elif state == "changed":
            print(f"{'unformatted' if check else 'formatted'}  {path}")
    parts = [f"{counts['changed']} {'not formatted' if check or diff else 'changed'}", f"{counts['same']} unchanged"]
    parts += [f"{counts['left']} left alone"] if counts["left"] else []
    parts += [f"{counts['error']} with errors"] if counts["error"] else []
    print(f"{plural(len(found), 'file')}: {', '.join(parts)}", file=stream)


def _print_problems(found: Layouts) -> None:
    if found.problems:
        colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
        print(report(found.problems, found.sources, colour=colour).rstrip("\n"), file=sys.stderr)
