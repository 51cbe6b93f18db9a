"""The command line: finds the command, runs it, and ends with an exit code.

Exit codes: 0 success; 1 problems in the input, differences or failing tests; 2 wrong usage; 3 something outside failed.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

import slosmith
from slosmith.cli.apps import COMPLETING
from slosmith.cli.exits import OUTSIDE_FAILED, Terminated, outcome

COMMANDS: Mapping[str, str] = {
    "init": "slosmith.cli.init",
    "new": "slosmith.cli.new",
    "validate": "slosmith.cli.validate",
    "generate": "slosmith.cli.generate",
    "test": "slosmith.cli.test",
    "explain": "slosmith.cli.explain",
    "diff": "slosmith.cli.diff",
    "list": "slosmith.cli.list",
    "fmt": "slosmith.cli.fmt",
    "watch": "slosmith.cli.watch",
    "export": "slosmith.cli.export",
    "checks": "slosmith.cli.checks",
    "templates": "slosmith.cli.templates",
    "schema": "slosmith.cli.schema",
    "checksums": "slosmith.cli.checksums",
    "verify": "slosmith.cli.verify",
    "handover": "slosmith.cli.handover",
    "note": "slosmith.cli.note",
    "docs": "slosmith.cli.docs",
    "completion": "slosmith.cli.completion",
    "version": "slosmith.cli.version",
}
"""Command -> the module with its ``app``. A module is imported when its command is called."""


class LazyGroup(TyperGroup):
    """Imports a command's module when it is needed, so that a command loads only what it uses."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # names now, commands when called

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = get_command(import_module(COMMANDS[cmd_name]).app)
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        with outcome():
            return super().invoke(ctx)


app = typer.Typer(
    name="slosmith",
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(ctx: typer.Context, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:  # else a shell asks for completions
        print(f"slosmith {slosmith.__version__}")
        raise typer.Exit


@app.callback(help="SLO policy as code: specs in, tested burn-rate rules and dashboards out.")
def _slosmith(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Options before the command."""


@contextmanager
def _tidy_streams() -> Iterator[None]:
    """In every locale, characters that a terminal cannot show are replaced. A closed pipe is not an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader has closed the pipe; the interpreter must not fail again at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(128 + signal.SIGPIPE) from None


def _open_streams() -> None:
    """Open /dev/null for a stream that was closed before the start (``>&-``). Otherwise the next opened file would get
    its number, and the output would go into that file.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free: this one
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", errors="replace"))  # noqa: PTH123, SIM115


def run() -> None:
    """The console script."""
    if os.name != "posix":  # locks, processes and file modes are those of POSIX
        print("slosmith: this runs on Linux and macOS; on Windows, install it inside WSL", file=sys.stderr)
        sys.exit(OUTSIDE_FAILED)

    _open_streams()

    def terminated(number: int, frame: object) -> None:
        raise Terminated

    # specs and artefacts stay in memory until the end: frequent garbage collections took a quarter of the time
    gc.set_threshold(100_000, 50, 100)
    try:
        signal.signal(signal.SIGTERM, terminated)
        with _tidy_streams():
            if COMPLETING in os.environ:
                from slosmith.cli.completion import enable

                enable()
            try:
                app(prog_name="slosmith")
            except SystemExit:
                sys.stdout.flush()
                raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
    except Terminated:
        sys.exit(128 + signal.SIGTERM)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except OSError as error:  # standard output on a full disk
        print(f"slosmith: {error.strerror or error}", file=sys.stderr)
        sys.exit(OUTSIDE_FAILED)
    finally:
        gc.freeze()  # the end of the process frees everything: Python's last collection would look through it in vain
