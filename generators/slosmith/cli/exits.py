"""Errors -> a message that says what to do, and an exit code. Never a traceback."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from slosmith.vocabulary.characters import escaped

PROBLEMS_FOUND = 1
WRONG_USAGE = 2
OUTSIDE_FAILED = 3


class Terminated(BaseException):
    """SIGTERM. It ends the run like Ctrl-C, so that no half-written files are left."""


def fail(message: str, code: int) -> typer.Exit:
    """Print ``message`` on standard error; the caller raises the result."""
    lines = "\n".join(escaped(line) for line in message.split("\n"))  # messages contain names of files
    print(f"slosmith: {lines}", file=sys.stderr)
    return typer.Exit(code)


def usage_error(message: str) -> typer.Exit:
    """Wrong usage that the parser of the command line cannot find."""
    return fail(message, WRONG_USAGE)


@contextmanager
def outcome() -> Iterator[None]:
    """Runs a command: its errors become messages and exit codes."""
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter, SystemExit):
        raise
    except KeyboardInterrupt:
        raise fail("interrupted", 128 + signal.SIGINT) from None
    except Terminated:
        raise fail("terminated", 128 + signal.SIGTERM) from None
    except BrokenPipeError:
        raise
    except MemoryError:
        raise fail("out of memory", OUTSIDE_FAILED) from None
    except Exception as error:
        raise _explain(error) from None


def _explain(error: Exception) -> typer.Exit:
    """The message and exit code of an error. The classes of errors are imported only here, after an error."""
    from slosmith.discovery import PluginError
    from slosmith.engines.error import EngineError
    from slosmith.output.tree import OutputError

    if isinstance(error, PluginError) and error.__cause__ is not None and os.environ.get("SLOSMITH_DEBUG"):
        raise error
    if isinstance(error, EngineError | OutputError | PluginError):
        return fail(str(error), OUTSIDE_FAILED)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return fail(
            f"{where}{(error.strerror or errno.errorcode.get(error.errno or 0, str(error))).lower()}", OUTSIDE_FAILED
        )
    if type(error).__module__.startswith("typer."):
        raise error  # wrong usage, found while arguments were converted: typer prints it
    if os.environ.get("SLOSMITH_DEBUG"):
        raise error
    return fail(
        f"a bug in slosmith, please report it: {type(error).__name__}: {error} (SLOSMITH_DEBUG=1 shows where)",
        OUTSIDE_FAILED,
    )
