"""`slosmith completion`: the script with which a shell completes commands, options and names."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from slosmith.cli import completing
from slosmith.cli.apps import COMPLETING, command_app
from slosmith.cli.exits import usage_error
from slosmith.problems.nearest import suggestion

app = command_app()


_SHELLS = ("bash", "zsh", "fish")


@app.command()
def completion(
    shell: Annotated[
        str,
        typer.Argument(
            metavar="SHELL", autocompletion=completing.completing(lambda _: _SHELLS), help=", ".join(_SHELLS)
        ),
    ],
) -> None:
    """Print a script for completion in bash, zsh or fish.

    For bash, write eval "$(slosmith completion bash)" in ~/.bashrc; for zsh the same with zsh in ~/.zshrc, after
    compinit. For fish, write the script to ~/.config/fish/completions/slosmith.fish.
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    if shell not in _SHELLS:
        raise usage_error(f"there is no script for the shell '{shell}'; {suggestion(shell, _SHELLS, 'there are')}")
    print(get_completion_script(prog_name="slosmith", complete_var=COMPLETING, shell=shell))


def enable() -> None:
    """Make typer answer the script, which starts slosmith with :data:`COMPLETING` set."""
    from typer.completion import completion_init  # type: ignore[attr-defined]

    completion_init()
    if os.environ[COMPLETING] == "complete_bash":
        _join_options()


def _join_options() -> None:
    """bash splits ``--class=st`` into three words, and typer takes two."""
    words = os.environ.get("COMP_WORDS", "").split(" ")
    number = os.environ.get("COMP_CWORD", "")
    if number.isdecimal() and words[int(number) - 1 : int(number)] == ["="]:
        del words[int(number) - 1]
        os.environ |= {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(int(number) - 1)}
