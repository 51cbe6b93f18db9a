"""The process in which jsonnet is evaluated; :mod:`slosmith.engines.jsonnet` runs it, and nothing imports it.

Reads one request from each line (JSON: ``name``, ``program``, ``codes``, and ``files`` if they have changed). Answers
with a line (JSON: ``kind`` and ``length``) and ``length`` bytes: the result, or the error. The arguments are the folder
of the package ``rjsonnet`` and the limits: nested calls, seconds, bytes of memory, bytes of a result.
"""

from __future__ import annotations

import importlib
import json
import posixpath
import sys
import time
import types

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without the import: this process should start fast
if TYPE_CHECKING:
    from typing import Any

try:
    import resource
except ImportError:  # Windows: the process that reads the answer has a time limit
    resource = None  # type: ignore[assignment]


def load_engine(folder: str) -> Any:
    """The extension module alone."""
    package = types.ModuleType("rjsonnet")
    package.__path__ = [folder]
    sys.modules["rjsonnet"] = package
    return importlib.import_module("rjsonnet.rjsonnet")


def limit(kind: str, soft: int, hard: int | None = None) -> None:
    """Set a limit of the operating system, if the system has it."""
    try:
        number = getattr(resource, kind)
        resource.setrlimit(number, (soft, resource.getrlimit(number)[1] if hard is None else hard))
    except (AttributeError, OSError, ValueError):
        pass


def import_path(folder: str, wanted: str, files: dict[str, str]) -> str | None:
    """The key of ``files`` that ``import wanted`` means in a file in ``folder``: beside it, or from the root."""
    for candidate in (posixpath.join(folder, wanted), wanted):
        path = posixpath.normpath(candidate).lstrip("/")
        if path in files:
            return path
    return None


def evaluate(engine: Any, request: dict[str, Any], files: dict[str, str], max_stack: int) -> tuple[str, str]:
    """The kind of the answer, and its text."""
    missing: list[str] = []

    def find(folder: str, wanted: str) -> tuple[str, str | None]:
        path = import_path(folder, wanted, files)
        if path is None:
            missing.append(wanted)
            return wanted, None
        return path, files[path]

    try:
        return "value", engine.evaluate_snippet(
            request["name"], request["program"], max_stack=max_stack, ext_codes=request["codes"], import_callback=find
        )
    except Exception as error:
        return ("missing", missing[-1]) if missing else ("error", str(error))
    except BaseException as error:  # a panic of the engine is not an Exception
        return "panic", str(error)


def main() -> None:
    folder, max_stack, seconds, memory, largest = sys.argv[1], *map(int, sys.argv[2:])
    engine = load_engine(folder)
    limit("RLIMIT_CORE", 0, 0)
    limit("RLIMIT_AS", memory, memory)
    files: dict[str, str] = {}
    for line in sys.stdin.buffer:
        request = json.loads(line)
        files = request.get("files", files)
        # the limit is for the whole process: add the time that it has used
        limit("RLIMIT_CPU", int(time.process_time()) + 1 + seconds)
        kind, text = evaluate(engine, request, files, max_stack)
        answer = text.encode("utf-8", "replace")
        if len(answer) > largest:
            kind, answer = "large", str(len(answer)).encode()
        sys.stdout.buffer.write(json.dumps({"kind": kind, "length": len(answer)}).encode() + b"\n" + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
