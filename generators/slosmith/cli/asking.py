"""Questions on a terminal. Without one, the defaults and options are used, and nothing waits for an answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import typer

from slosmith.problems.nearest import suggestion

Check = Callable[[str], object]
"""Raises ValueError, with a message, for an answer that cannot be used."""


def can_ask() -> bool:
    """Whether a person can answer: standard input and standard error are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, default: str = "", check: Check | None = None) -> str:
    """The answer to a question, which is asked again until ``check`` accepts it. Raises KeyboardInterrupt."""
    while True:
        try:
            answer = str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()
        except typer.Abort:
            raise KeyboardInterrupt from None
        try:
            if check is not None:
                check(answer)
        except ValueError as error:
            print(f"  {error}", file=sys.stderr)
        else:
            return answer


def one_of(names: Sequence[str], *, or_nothing: bool = False) -> Check:
    """A check: the answer is one of ``names``."""

    def check(answer: str) -> None:
        if answer not in names and not (or_nothing and not answer):
            raise ValueError(f"there is no '{answer}'; {suggestion(answer, names, 'there are')}")

    return check
