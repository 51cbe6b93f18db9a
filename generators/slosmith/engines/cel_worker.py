"""The process in which CEL expressions are evaluated; :mod:`slosmith.engines.cel` runs it, and nothing imports it.

Reads one request from each line (JSON: ``expression``, and ``variables`` if they have changed). Answers with one line
for each set of variables. The argument is the folder of the package ``cel``.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
import types

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the import: this process should start fast
if TYPE_CHECKING:
    from typing import Any

MEMORY_BYTES = 1 << 30
SEND_SECONDS = 0.02
_POSITION = re.compile(r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?(.*)")


def load_interpreter(folder: str) -> Any:
    """The extension module alone: the package's own ``__init__`` imports a command line that is not needed here."""
    package = types.ModuleType("cel")
    package.__path__ = [folder]
    sys.modules["cel"] = package
    return importlib.import_module("cel.cel")


def limit_memory() -> None:
    """Limit the memory: an expression that builds a huge list fails, before the machine has no memory left."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, OSError, ValueError):
        pass  # not on this system: the time limit still works


def compile_expression(cel: Any, text: str) -> tuple[Any, dict[str, Any] | None]:
    """The program, or the answer that says why there is none."""
    try:
        return cel.compile(text), None
    except BaseException as error:
        found = _POSITION.search(str(error))
        if found is None:
            return None, {"kind": "syntax", "message": str(error).split("\n")[0]}
        line, column, message = found.groups()
        return None, {"kind": "syntax", "message": message, "line": int(line), "column": int(column)}


def evaluate(program: Any, variables: dict[str, Any]) -> dict[str, Any]:
    """The answer for one set of variables."""
    try:
        value = program.execute(variables)
        json.dumps(value)
    except KeyError as error:
        return {"kind": "failed", "message": f"there is no field {error.args[0]!r}"}
    except BaseException as error:
        return {"kind": "failed", "message": str(error)}
    return {"kind": "value", "value": value}


class Answers:
    """Lines for the other process, sent in groups: to send each alone would take longer than the evaluation."""

    def __init__(self) -> None:
        self._sent = time.monotonic()

    def add(self, message: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        if time.monotonic() - self._sent > SEND_SECONDS:
            self.send()

    def send(self) -> None:
        sys.stdout.flush()
        self._sent = time.monotonic()


def main() -> None:
    cel = load_interpreter(sys.argv[1])
    limit_memory()
    answers = Answers()
    sets: list[dict[str, Any]] = []
    for line in sys.stdin:
        request = json.loads(line)
        sets = request.get("variables", sets)
        answers.add({"kind": "ready"})
        answers.send()
        program, problem = compile_expression(cel, request["expression"])
        if problem is not None:
            answers.add(problem)
        else:
            for variables in sets:
                answers.add(evaluate(program, variables))
        answers.send()


if __name__ == "__main__":
    main()
