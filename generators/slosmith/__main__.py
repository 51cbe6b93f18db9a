"""`python -m slosmith`."""

from slosmith.cli.main import run

run()
