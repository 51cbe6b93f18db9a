"""`slosmith export`: the SLOs as specs of another tool."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slosmith.cli import completing, completing_specs
from slosmith.cli.apps import command_app
from slosmith.cli.exits import usage_error
from slosmith.cli.loading import load_or_exit
from slosmith.cli.options import Format, FormatOption, SpecsOption, find_specs
from slosmith.cli.output import print_json
from slosmith.discovery import own
from slosmith.problems.nearest import suggestion
from slosmith.vocabulary.numbers import plural

if TYPE_CHECKING:
    from slosmith.export import Loss
    from slosmith.model import Service

app = command_app()
EXPORTERS = "slosmith.export.formats"


@app.command()
def export(
    services: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SERVICE",
            autocompletion=completing_specs.services,
            help="Only these services.  [default: all]",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            autocompletion=completing.exports,
            help=f"The format to write: {', '.join(own(EXPORTERS))}.",
        ),
    ] = "sloth",
    specs: SpecsOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="DIR", help="Write files there, instead of printing them.", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files in --output that have other content.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Write the SLOs in another tool's format. Standard error lists what the format cannot express."""
    from slosmith.export import export as export_to
    from slosmith.export import export_formats

    known = export_formats()
    if to not in known:
        raise usage_error(f"--to {to}: no such format; {suggestion(to, known, 'there are')}")
    workspace = load_or_exit(find_specs(specs), format)
    found = export_to(_chosen(workspace.services, services), to)
    if output is not None:
        write_files(output, found.files, force=force)
    if format is Format.JSON:
        print_json({"format": to, "output": output, "files": found.files, "losses": found.losses})
        return
    if output is None:
        print("---\n".join(found.files.values()), end="")
    else:
        print(f"{plural(len(found.files), 'file')} in {output}")
        for folder, purpose in found.folders.items():
            print(f"{output / folder}: {purpose}")
    _print_losses(found.losses)


def _chosen(services: Sequence[Service], wanted: Sequence[str] | None) -> list[Service]:
    by_name = {service.name: service for service in services}
    for name in wanted or ():
        if name not in by_name:
            raise usage_error(f"there is no service '{name}'; {suggestion(name, by_name, 'there are')}")
    return [service for service in services if not wanted or service.name in wanted]


def _print_losses(losses: Sequence[Loss]) -> None:
    """Losses on standard error, one line for each kind."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for loss in losses:
        kinds.setdefault((loss.field, loss.why), []).append(loss.slo)
    for (field, why), slos in sorted(kinds.items()):
        shown = ", ".join(slos[:3]) + (f" and {len(slos) - 3} more" if len(slos) > 3 else "")
        print(f"lost: {field} ({why}): {shown}", file=sys.stderr)


def write_files(folder: Path, files: Mapping[str, str], *, force: bool = False) -> None:
    """Write all files, or none. Raises OSError. Without ``force``, raises OutputError if another file would be lost."""
    from slosmith.output.replacing import replace_files
    from slosmith.output.tree import OutputError

    wanted = {folder / name: text for name, text in files.items()}
    lost = [str(path) for path, text in wanted.items() if path.is_symlink() or (path.exists() and not _is(path, text))]
    if lost and not force:
        listed = ", ".join(lost[:3]) + (" and more" if len(lost) > 3 else "")
        raise OutputError(f"these files have other content: {listed}. Name another folder, or replace with --force")
    for path in wanted:
        path.parent.mkdir(parents=True, exist_ok=True)
    replace_files(wanted)


def _is(path: Path, text: str) -> bool:
    """Whether ``path`` is a file that holds ``text``."""
    content = text.encode()
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
