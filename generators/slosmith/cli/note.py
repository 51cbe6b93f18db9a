"""`slosmith note`: one note on a merge request, kept up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from slosmith.cli.apps import command_app
from slosmith.cli.exits import OUTSIDE_FAILED, fail, usage_error

app = command_app()

_LONGEST = 1_000_000
"""GitLab's limit for a note, in characters."""


@app.command("note")
def note(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The text, Markdown. An empty file: nothing is left to say.")
    ],
    marker: Annotated[
        str,
        typer.Option("--marker", metavar="NAME", help="Distinguishes several notes of slosmith on one merge request."),
    ] = "diff",
) -> None:
    """Write FILE as a note on the merge request of this GitLab pipeline, or bring the note up to date.

    There is one note for each marker: it is found and changed, and its thread is resolved when FILE is empty. The token
    is read from SLOSMITH_GITLAB_TOKEN, everything else from the variables of the pipeline. Without a token nothing is
    sent.
    """
    if not marker.replace("-", "").isalnum() or not marker.isascii():
        raise usage_error(f"--marker {marker}: use letters, digits and hyphens")
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError:
        raise usage_error(f"{file}: this is not text in UTF-8") from None
    try:
        from slosmith.delivery import gitlab
    except ImportError:
        raise fail("GitLab's library is not installed: pip install 'slosmith[gitlab]'", OUTSIDE_FAILED) from None
    server, project, number = gitlab.from_environment()
    if server is None:
        print(f"slosmith: no SLOSMITH_GITLAB_TOKEN, so no note was written; the text is in {file}", file=sys.stderr)
        return
    if number is None or not project:
        print(f"slosmith: this pipeline is not for a merge request; the text is in {file}", file=sys.stderr)
        return
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 200].rpartition("\n")[0] + "\n\nThe rest is left out: GitLab takes no longer note.\n"
    done = gitlab.note(server, project, number, marker, text)
    print(f"note on merge request !{number}: {done}")
