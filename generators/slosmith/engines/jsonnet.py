"""Jsonnet, whichever engine runs it: a program, JSON in, JSON out, and imports from a mapping instead of a disk.

The engine is rjsonnet (a Rust implementation, some 40 times as fast as the reference); nothing else in the package
knows that. Tests hold its results equal to those of Google's go-jsonnet.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from slosmith.engines.error import EngineError

MAX_STACK = 500
"""Calls within calls before a program is stopped; the engines' own default."""


class JsonnetError(Exception):
    """A program that does not evaluate. ``file`` is the import path (or the program's name) where it went wrong;
    ``line`` and ``column`` count from 1, and are 0 where the engine gave no place.
    """

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
        self.message, self.file, self.line, self.column = message, file, line, column
        where = f"{file}:{line}:{column}: " if file else ""
        super().__init__(f"{where}{message}")


def evaluate(
    program: str,
    *,
    name: str = "main.jsonnet",
    values: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
) -> Any:
    """Evaluate ``program`` and return what it manifests, as plain Python values.

    ``values`` are readable as ``std.extVar(key)``; they are anything that msgspec can write as JSON. ``files`` are
    what ``import`` and ``importstr`` find: import path -> text; nothing is read from the disk.

    Raises JsonnetError for what is wrong with the program or its files, EngineError when the engine is not installed.
    """
    try:
        import rjsonnet
    except ImportError as error:
        raise EngineError(
            "the jsonnet engine (Python package rjsonnet) is not installed: pip install rjsonnet"
        ) from error
    library = dict(files or {})
    sources = {**library, name: program}
    missing: list[str] = []

    def find(folder: str, wanted: str) -> tuple[str, str | None]:
        path = import_path(folder, wanted, library)
        if path is None:
            missing.append(wanted)
            return wanted, None
        return path, library[path]

    codes = {key: msgspec.json.encode(value).decode() for key, value in (values or {}).items()}
    try:
        text = rjsonnet.evaluate_snippet(name, program, max_stack=MAX_STACK, ext_codes=codes, import_callback=find)
    except Exception as error:
        if missing:
            known = ", ".join(sorted(library)) or "none"
            raise JsonnetError(
                f"cannot import {missing[-1]!r}: there is no such file (known: {known})",
                *_place_of_import(missing[-1], sources),
            ) from None
        raise _error(str(error), sources) from None
    except BaseException as error:
        # a panic of the Rust engine is no Exception, and must not look like a crash of ours
        if type(error).__name__ != "PanicException":
            raise
        raise JsonnetError(f"the jsonnet engine gave up: {error}", name) from None
    return msgspec.json.decode(text)


def import_path(folder: str, wanted: str, files: Mapping[str, str]) -> str | None:
    """The key of ``files`` that ``import wanted`` means in a file in ``folder``: beside it, or from the root."""
    for candidate in (posixpath.join(folder, wanted), wanted):
        path = posixpath.normpath(candidate).lstrip("/")
        if path in files:
            return path
    return None


_PLACE = re.compile(r"^\s*(?P<file>\S.*?):(?P<line>\d+):(?P<column>\d+)", re.MULTILINE)
_FIELD = re.compile(r"^\s*field <(?P<name>[^>]+)> manif", re.MULTILINE)


def _error(message: str, sources: Mapping[str, str]) -> JsonnetError:
    """The engine's words, their first line, with the innermost place that is in one of ``sources``: places in the
    standard library are of no use to anybody.
    """
    first = message.strip().partition("\n")[0].removeprefix("runtime error: ")
    for found in _PLACE.finditer(message):
        if found["file"] in sources:
            return JsonnetError(first, found["file"], int(found["line"]), int(found["column"]))
    fields = [found["name"] for found in _FIELD.finditer(message)]
    return JsonnetError(f"{first} (in {'.'.join(reversed(fields))})" if fields else first)


def _place_of_import(wanted: str, sources: Mapping[str, str]) -> tuple[str, int, int]:
    """Where ``wanted`` is imported. The engine does not say, so the first place that the texts have is taken."""
    statement = re.compile(rf"""import(?:str|bin)?\s*(?P<quote>['"]){re.escape(wanted)}(?P=quote)""")
    for name in sorted(sources):
        found = statement.search(sources[name])
        if found is not None:
            before = sources[name][: found.start()]
            return name, before.count("\n") + 1, found.start() - before.rfind("\n")
    return "", 0, 0
