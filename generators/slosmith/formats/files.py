"""Access to the file system: which files a specs folder has, and their bytes. Nothing here raises OSError."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

import msgspec

from slosmith.formats.yaml.text import MAX_BYTES
from slosmith.model import Origin
from slosmith.problems import Problem
from slosmith.vocabulary.characters import bad_in_file_names, escaped

SUFFIXES = (".yaml", ".yml")
PROJECT_FILE = "slosmith.yaml"
NOT_SPECS = frozenset({"inventory", "policies", "templates"})
"""Folders of the specs folder whose YAML files are not specs."""
MOST_FOLDERS = 32
"""Levels of folders: more than any project has, and few enough for the path limits of every system."""


def as_text(name: str) -> str:
    """A file name that can be shown: bytes that are not UTF-8 become replacement characters, and control characters are
    escaped.
    """
    return escaped(name.encode("utf-8", "replace").decode("utf-8"))


def bad_name(path: str, *, named: str = "") -> Problem | None:
    """What is wrong with the names in a relative path. They are written into headers, comments, tables and links.
    ``named`` is the path as the user wrote it, if it is not below the specs folder.
    """
    bad = next((found for part in path.split("/") if (found := bad_in_file_names(part)) is not None), None)
    if bad is None:
        return None
    what = "a space at its start or end" if bad == " " else f"the character {_named(bad)}"
    hint = "rename it: letters, digits, spaces and . _ - + ( ) @ , = ~ are allowed"
    return Problem(
        code="SYN122", message=f"the name has {what}", hint=hint, origin=Origin("default", as_text(path)), named=named
    )


def _named(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"0x{ord(character) - 0xDC00:02X}, which is not UTF-8"
    return character if character.isprintable() and character.isascii() else f"U+{ord(character):04X}"


def is_there(root: Path, folder: str) -> bool:
    """Whether ``root`` has an entry ``folder``. A broken link counts too: reading it reports the problem."""
    return os.path.lexists(root / folder)


def leads_out(path: str) -> bool:
    """Whether a written path leads out of the folder that it is relative to. Links are not considered."""
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).anchor != "" or ".." in re.split(r"[/\\]", path)


def find(root: Path, folder: str = "") -> Iterator[str | Problem]:
    """Relative paths (forward slashes, sorted) of the YAML files below a folder, and a problem for each wrong entry.

    Links are followed inside ``root`` only. A link to a folder that contains the link is a problem.
    """
    problem = _linked_out(root, folder) if folder else None
    if problem is not None:
        yield problem
        return
    yield from _find(root, folder, frozenset({os.path.realpath(root / folder)}))


def _find(root: Path, folder: str, above: frozenset[str]) -> Iterator[str | Problem]:
    """``above`` are the folders, without links, that lead here."""
    base = root / folder if folder else root
    try:
        entries = sorted(os.scandir(base), key=lambda entry: entry.name)
    except OSError as error:
        message = f"cannot be read: {_reason(error)}"
        # the relative path of the specs folder is empty, so its problem names the folder as the user did
        named = "" if folder else as_text(root.as_posix())
        yield Problem(code="SYN101", message=message, origin=Origin("default", as_text(folder)), named=named)
        return
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.name.startswith(".") or (not folder and entry.name in NOT_SPECS):
            continue
        yaml = entry.name.lower().endswith(SUFFIXES)
        if _is_folder(entry):
            if yaml:
                message, hint = "this is a folder, but it has the name of a spec file", "rename it"
                yield Problem(code="SYN102", message=message, hint=hint, origin=Origin("default", as_text(path)))
            yield from _find_below(root, path, entry, above)
        elif yaml:
            yield path
        elif entry.is_symlink() and not (root / path).exists():
            origin = Origin("default", as_text(path))
            message, hint = "a broken link: its target does not exist", "correct or remove the link"
            yield Problem(code="SYN101", message=message, hint=hint, origin=origin)


def _find_below(root: Path, path: str, entry: os.DirEntry[str], above: frozenset[str]) -> Iterator[str | Problem]:
    target = os.path.realpath(root / path)
    if len(above) >= MOST_FOLDERS:
        message = f"folders are nested more than {MOST_FOLDERS - 1} levels deep"
        origin = Origin("default", as_text(path))
        hint = "move the files of this folder to a higher level"
        yield Problem(code="SYN123", message=message, hint=hint, origin=origin)
        return
    if entry.is_symlink():
        problem = _linked_out(root, path)
        if problem is None and target in above:
            message, hint = "a link to a folder that contains the link", "remove the link"
            problem = Problem(code="SYN106", message=message, hint=hint, origin=Origin("default", as_text(path)))
        if problem is not None:
            yield problem
            return
    above |= {target}
    bad = bad_name(entry.name)
    if bad is None:
        yield from _find(root, path, above)
    elif any(True for _ in _find(root, path, above)):
        # once, not for every file in it
        yield msgspec.structs.replace(bad, origin=Origin("default", as_text(path)))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that cannot be followed
        return False


def _linked_out(root: Path, path: str) -> Problem | None:
    """A problem if links lead from ``path`` out of ``root``, or to hidden files in it (``.git`` may hold passwords)."""
    real = os.path.realpath(root / path)
    home = os.path.realpath(root)
    below = os.path.relpath(real, home)
    if not leads_out(below) and not any(part.startswith(".") for part in Path(below).parts):
        return None
    message = "a link that leads out of the specs folder"
    if not leads_out(below):
        message = "a link to a hidden file or folder"
    hint = "replace the link with a copy of its target"
    return Problem(code="SYN106", message=message, hint=hint, origin=Origin("default", as_text(path)))


def read(root: Path, path: str) -> bytes | Problem:
    """The bytes of a file, or why it cannot be read. A link must stay inside ``root``."""
    full, origin = root / path, Origin("default", as_text(path))
    if (problem := bad_name(path)) is not None:
        return problem
    if leads_out(path):
        return Problem(code="SYN106", message="the file is outside the specs folder", origin=origin)
    try:
        status = full.stat()
        # the file or a folder above it may be a link
        if (problem := _linked_out(root, path)) is not None:
            return problem
        if stat.S_ISDIR(status.st_mode):
            return Problem(code="SYN102", message="this is a folder, not a file", origin=origin)
        if not stat.S_ISREG(status.st_mode):
            return Problem(code="SYN102", message="this is not a regular file", origin=origin)
        with full.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Problem(code="SYN101", message=f"cannot be read: {_reason(error)}", origin=origin)
    except (ValueError, RuntimeError) as error:  # a NUL in the name; a loop of links
        return Problem(code="SYN101", message=f"cannot be read: {error}", origin=origin)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def relative(root: Path, paths: Iterable[Path]) -> tuple[list[str], list[Path]]:
    """The user's paths that are below ``root``, relative to it; and the user's other paths."""
    inside, outside = [], []
    base = _absolute(root)
    for path in paths:
        full = _absolute(path)
        if full.is_relative_to(base):
            inside.append(full.relative_to(base).as_posix())
        else:
            outside.append(path)
    return inside, outside


def _absolute(path: Path) -> Path:
    """The path without ``.`` and ``..``. Links stay as they are: reading checks where they lead."""
    return Path(os.path.normpath(path.absolute()))
