"""`slosmith docs`: the pages of documentation that the package ships."""

from __future__ import annotations

import sys
from importlib.resources.abc import Traversable
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated

import typer

from slosmith.cli import completing
from slosmith.cli.apps import command_app
from slosmith.cli.exits import OUTSIDE_FAILED, fail, usage_error
from slosmith.cli.options import Format, FormatOption
from slosmith.cli.output import print_json, print_table
from slosmith.manual import ManualError, find_page, index, linked_page, pages
from slosmith.problems.nearest import nearest

if TYPE_CHECKING:
    from rich.markdown import Markdown

app = command_app()

_WIDEST = 100
"""Columns of a page on a terminal; longer lines are harder to read."""


@app.command()
def docs(
    page: Annotated[
        str | None,
        typer.Argument(
            metavar="PAGE", autocompletion=completing.pages, help="A page from the list of pages.", show_default=False
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Print a page of the documentation, or list the pages.

    The list is in reading order. It does not have the pages of single checks and targets: the pages `checks` and
    `targets` list them.
    """
    try:
        known, entries = pages(), index()
    except ManualError as error:
        raise fail(str(error), OUTSIDE_FAILED) from None
    if page is None:
        if format is Format.JSON:
            print_json(entries)
        else:
            print_table(("page", "about"), [(entry.page, entry.about) for entry in entries])
        return
    name = find_page(page, known)
    if name is None:
        meant = nearest(page, known)
        hint = f"did you mean '{meant}'?" if meant is not None else "`slosmith docs` lists them"
        raise usage_error(f"there is no page '{page}'; {hint}")
    text = known[name].read_text("utf-8")
    if format is Format.JSON:
        print_json({"page": name, "text": text})
    elif sys.stdout.isatty():
        _show(text, name, known)
    else:
        print(text.rstrip("\n"))


def _show(text: str, name: str, known: dict[str, Traversable]) -> None:
    """Print the page for a terminal. Links to other pages become the commands that print them."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    rendered = Markdown(text, code_theme="ansi_dark", hyperlinks=False)
    _relink(rendered, name, known)
    console.print(rendered, width=min(console.width, _WIDEST))


def _relink(rendered: Markdown, name: str, known: dict[str, Traversable]) -> None:
    """Change the links. A link to a page keeps only its words if `slosmith docs` finds the page by them; otherwise the
    command is written after the words. Links to other files of the repository, which the package does not have, and
    links to places on a page keep only their words.
    """
    for token in rendered.parsed:
        if token.children is None:
            continue
        kept, dropped = [], False
        for child, following in zip_longest(token.children, token.children[1:]):
            if child.type == "link_open":
                link = str(child.attrs.get("href", ""))
                other = linked_page(link, name, known)
                if other is None:
                    dropped = "://" not in link
                else:
                    dropped = following is not None and find_page(following.content, known) == other
                    child.attrs["href"] = f"slosmith docs {other}"
            if child.type not in ("link_open", "link_close") or not dropped:
                kept.append(child)
        token.children = kept
