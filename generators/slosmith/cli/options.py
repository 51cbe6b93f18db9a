"""Options of several commands, and the project that they name."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from slosmith.cli import completing
from slosmith.cli.exits import usage_error
from slosmith.discovery import own
from slosmith.problems.nearest import suggestion

SPECS_FOLDER = "slo_specs"
OUTPUT_FOLDER = "generated"


class Format(StrEnum):
    """How a command prints."""

    TEXT = "text"
    JSON = "json"


SpecsOption = Annotated[
    Path | None,
    typer.Option(
        "--specs",
        metavar="DIR",
        help=f"Folder of the specs.  [default: {SPECS_FOLDER}, here or in a folder above]",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="DIR",
        help=f"Folder of the generated files.  [default: {OUTPUT_FOLDER}, beside the specs]",
        show_default=False,
    ),
]


def _known_rules(wanted: str | None) -> str | None:
    if wanted is not None:
        from slosmith.schemes.registry import schemes

        known = schemes()
        if wanted not in known:
            raise typer.BadParameter(f"there are no rules '{wanted}'; {suggestion(wanted, known, 'there are')}")
    return wanted


RulesOption = Annotated[
    str | None,
    typer.Option(
        "--rules",
        metavar="SCHEME",
        autocompletion=completing.schemes,
        callback=_known_rules,
        help=f"The scheme of the rules: {', '.join(own('slosmith.schemes', folders=True))}."
        "  [default: as in slosmith.yaml]",
        show_default=False,
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="Output for people, or for programs.")]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        metavar="N",
        help="Number of parallel processes.  [default: one for each processor]",
        show_default=False,
    ),
]


def find_specs(given: Path | None) -> Path:
    """The specs folder: as given, or found in the current folder or the nearest one above it.

    The path is relative to the current folder, unless the user gave another path: problems show it before the names of
    files. Raises typer.Exit (wrong usage) if there is no such folder.
    """
    if given is not None:
        if not given.is_dir():
            raise usage_error(f"--specs {given}: {'not a folder' if given.exists() else 'no such folder'}")
        return given
    found = nearest_specs()
    if found is None:
        raise usage_error(f"no folder {SPECS_FOLDER}/ here or in a folder above: name it with --specs")
    return found


def nearest_specs() -> Path | None:
    """The specs folder in the current folder or the nearest one above it, relative to the current one."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SPECS_FOLDER).is_dir():
            return _found(folder)
    return None


def _found(project: Path) -> Path:
    """The specs folder of ``project``, relative to the current folder. Raises typer.Exit (wrong usage) if it is a link
    out of the project: such a link is followed only if the user names it.
    """
    specs = project / SPECS_FOLDER
    shown = os.path.relpath(specs)
    if not specs.resolve().is_relative_to(project.resolve()):
        raise usage_error(f"{shown} is a link that leads out of its project: name the folder itself with --specs")
    return Path(shown)


STANDARD_INPUT = Path("-")


class Named(NamedTuple):
    """The specs that the command line names. Standard input is read once, here."""

    folder: Path
    only: list[Path] | None
    """None: all specs."""
    text: bytes | None


def find_named(paths: Sequence[Path] | None, given: Path | None) -> Named:
    """The specs folder and the files in it that ``paths`` name; ``-`` among them is standard input."""
    if not paths:
        return Named(find_specs(given), None, None)
    only = [path for path in paths if path != STANDARD_INPUT]
    if len(only) == len(paths):
        return Named(find_specs_of(paths, given), only, None)
    folder = find_specs_of(only, given) if only or given is not None else nearest_specs() or Path()
    from slosmith.formats.reading import MAX_BYTES

    # one byte more than a spec may have, so that it is refused for its size
    return Named(folder, only, sys.stdin.buffer.read(MAX_BYTES + 1))


def find_specs_of(paths: Sequence[Path] | None, given: Path | None) -> Path:
    """The specs folder for files named on the command line: as usual, or the folder of files that are outside of it.

    So a spec in another tool's format can be checked in its own folder, before it is moved.
    """
    if given is not None or not paths:
        return find_specs(given)
    absolute = [Path(os.path.normpath(path.absolute())) for path in paths]
    here = Path.cwd()
    for folder in (here, *here.parents):
        specs = folder / SPECS_FOLDER
        if specs.is_dir() and any(path.is_relative_to(specs) for path in absolute):
            return _found(folder)
    missing = next((path for path, full in zip(paths, absolute, strict=True) if not full.exists()), None)
    if missing is not None:
        raise usage_error(f"{missing}: no such file or folder")
    common = os.path.commonpath([path if path.is_dir() else path.parent for path in absolute])
    return Path(os.path.relpath(common))


def find_output(given: Path | None, specs: Path | None) -> Path:
    """The output folder: as given, or beside the specs, or without specs in the current folder; it need not exist."""
    if given is not None:
        return given
    return Path(os.path.relpath(project_folder(specs) / OUTPUT_FOLDER)) if specs is not None else Path(OUTPUT_FOLDER)


def project_folder(specs: Path) -> Path:
    """The folder that holds the specs folder, absolute."""
    return specs.resolve().parent


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
