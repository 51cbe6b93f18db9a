"""`slosmith version`."""

from __future__ import annotations

import slosmith
from slosmith.cli.apps import command_app

app = command_app()


@app.command()
def version() -> None:
    """Show the version."""
    print(f"slosmith {slosmith.__version__}")
