"""The application in the module of a command."""

from __future__ import annotations

import typer

COMPLETING = "_SLOSMITH_COMPLETE"
"""The environment variable that is set while a shell asks for completions. typer makes its name of the program's."""


def command_app() -> typer.Typer:
    """Without completion and without rich: a command starts fast and prints plain text."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
