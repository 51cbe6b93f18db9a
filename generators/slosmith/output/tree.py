"""The tree of artefacts (relative path -> text), and its comparison with the output folder.

Files that are not ours (:mod:`slosmith.output.ownership`) are never overwritten and never removed.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import islice
from pathlib import Path, PurePosixPath

import msgspec

from slosmith.output.ownership import is_ours_on_disk
from slosmith.output.staging import is_staging_folder
from slosmith.output.walking import files_below

README = "README.md"
"""The file at the top of an output folder. If it is ours, slosmith writes this folder."""

_GITS_OWN = frozenset((".git", ".gitattributes", ".gitignore", ".gitkeep"))
_SHOWN = 3
"""Files that a message names."""
_COMPONENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._()+-]*")
_LONGEST_COMPONENT = 200
_LONGEST_PATH = 400
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


class OutputError(Exception):
    """The output folder cannot be used: not writable, disk full, foreign files in it. The message says what to do."""


class UnsafeNamesError(ValueError):
    """Names of artefacts that some file system cannot hold, or cannot distinguish. ``problems``: (name, reason)."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in self.problems))


class State(StrEnum):
    """The comparison of a file on the disk with the artefact of its name."""

    SAME = "same"
    MISSING = "missing"
    STALE = "stale"
    OBSOLETE = "obsolete"
    """Ours, and no longer needed."""
    FOREIGN = "foreign"
    """Not ours. In the way, if an artefact has the same name."""


class Comparison(msgspec.Struct, frozen=True):
    """The comparison of the output folder with the artefacts. Paths relative to the folder, sorted."""

    same: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    obsolete: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    in_the_way: tuple[str, ...] = ()
    """Foreign files (or folders, or links) with the name of an artefact; also listed in ``foreign``."""

    @property
    def clean(self) -> bool:
        """True if the folder holds the artefacts, and nothing else."""
        return not (self.missing or self.stale or self.obsolete or self.foreign)


def check_names(paths: Iterable[str]) -> list[tuple[str, str]]:
    """(path, reason) for every artefact name that is not safe on all common file systems; sorted."""
    problems = []
    folded: dict[str, str] = {}
    files: set[str] = set()
    for path in sorted(paths):
        reason = _unsafe(path)
        if reason is None:
            other = folded.setdefault(path.casefold(), path)
            if other != path:
                reason = f"differs from {other} only in case: on many file systems they are one file"
        if reason is not None:
            problems.append((path, reason))
        files.add(path.casefold())
    for path in sorted(folded.values()):
        for parent in PurePosixPath(path).parents:
            if str(parent).casefold() in files:
                problems.append((path, f"{parent} is both a file and a folder"))
    return sorted(problems)


def _unsafe(path: str) -> str | None:
    if len(path) > _LONGEST_PATH:
        return f"longer than {_LONGEST_PATH} characters"
    for part in path.split("/"):
        if not _COMPONENT.fullmatch(part):
            return "not a plain relative path of letters, digits and . _ - + ( )"
        if part.endswith(".") or _WINDOWS_DEVICES.fullmatch(part):
            return f"{part} is not a file name on Windows"
        if len(part) > _LONGEST_COMPONENT:
            return f"a name of more than {_LONGEST_COMPONENT} characters"
    return None


def file_state(root: Path, path: str, content: bytes) -> State:
    """Compare one artefact with the disk. FOREIGN: its path has a file, folder or link that is not ours."""
    target = root / path
    try:
        for parent in reversed(PurePosixPath(path).parents[:-1]):
            if not stat.S_ISDIR((root / parent).lstat().st_mode):
                return State.FOREIGN
        status = target.lstat()
        if not stat.S_ISREG(status.st_mode):
            return State.FOREIGN
        # only a file of the same size is read whole: a foreign file may be very large
        if status.st_size == len(content) and target.read_bytes() == content:
            return State.SAME
        return State.STALE if is_ours_on_disk(target) else State.FOREIGN
    except FileNotFoundError:
        return State.MISSING
    except OSError as error:
        raise output_error(error) from error


def survey(root: Path, states: Mapping[str, State]) -> Comparison:
    """Add the other files of the folder to the states of the artefacts. Raises OutputError."""
    found: dict[State, list[str]] = {state: [] for state in State}
    for path, state in states.items():
        found[state].append(path)
    in_the_way = sorted(found[State.FOREIGN])
    for path in _files(root):
        if path in states:
            continue
        try:
            ours = is_ours_on_disk(root / path)
        except OSError as error:
            raise output_error(error) from error
        found[State.OBSOLETE if ours else State.FOREIGN].append(path)
    return Comparison(
        same=tuple(sorted(found[State.SAME])),
        missing=tuple(sorted(found[State.MISSING])),
        stale=tuple(sorted(found[State.STALE])),
        obsolete=tuple(sorted(found[State.OBSOLETE])),
        foreign=tuple(sorted(set(found[State.FOREIGN]))),
        in_the_way=tuple(in_the_way),
    )


def refuse_foreign_folder(root: Path) -> None:
    """Raises OutputError unless ``root`` may be an output folder: it is missing or empty, its README is ours, or all
    its files are ours. So a mistake in ``--output`` does not write into another project.
    """
    try:
        if root.is_symlink():
            raise OutputError(f"{root} is a link, and links are not followed: name the folder itself with --output")
        if not ((root / README).exists() and is_ours_on_disk(root / README)):
            foreign = sorted(islice((path for path in _files(root) if not is_ours_on_disk(root / path)), _SHOWN + 1))
            if foreign:
                listed = ", ".join(f"{root / path}" for path in foreign[:_SHOWN])
                raise OutputError(
                    f"{root} is not a folder that slosmith wrote, and it holds other files: {listed}"
                    f"{' and more' if len(foreign) > _SHOWN else ''}. Name another folder with --output: "
                    "a new one, an empty one, or one that slosmith wrote"
                )
    except OSError as error:
        raise output_error(error) from error


def _files(root: Path) -> Iterator[str]:
    """Everything below ``root`` that is not a folder, unsorted; links are not followed. Without git's own files and the
    staging folders of slosmith.
    """

    def wanted(folder: str, name: str) -> bool:
        return name not in _GITS_OWN and (bool(folder) or not is_staging_folder(root / name))

    try:
        yield from files_below(root, wanted)
    except OSError as error:
        raise output_error(error) from error


def compare(tree: Mapping[str, str], root: Path) -> Comparison:
    """Compare ``tree`` with the files below ``root``; changes nothing. Raises OutputError and UnsafeNamesError."""
    refuse_unsafe_names(tree)
    return survey(root, {path: file_state(root, path, text.encode()) for path, text in tree.items()})


def refuse_unsafe_names(paths: Iterable[str]) -> None:
    """Raises UnsafeNamesError if :func:`check_names` finds anything."""
    names = check_names(paths)
    if names:
        raise UnsafeNamesError(names)


def output_error(error: OSError) -> OutputError:
    """The error of the operating system, as a message for users."""
    where = f"{error.filename}: " if error.filename else ""
    return OutputError(f"{where}{(error.strerror or str(error)).lower()}")
