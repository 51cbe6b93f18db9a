"""Commits of git: a folder as it was at another commit. The working tree and the index are neither read nor changed.

Files come from git's objects, byte by byte. So no filter, hook or attribute of the repository takes part (LFS, line
endings, ``export-ignore``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from slosmith.engines.error import EngineError
from slosmith.engines.git import git

MAX_FILES = 50_000
"""The most files of a folder at a commit. A specs folder has far fewer: another folder was named."""
MAX_BYTES = 512 * 1024 * 1024
"""The most bytes of a folder at a commit."""

_BRANCHES = ("origin/main", "origin/master", "main", "master")
"""Names of a default branch, if the clone does not record which one it is."""


def folder_at(folder: Path, revision: str, into: Path) -> Path | None:
    """The files of ``folder`` at ``revision``, written below ``into``; None if the commit has no such folder.

    Links that lead out of ``into`` and submodules are left out: they are not specs. Raises EngineError if there is no
    git, no repository, or no such commit, or if the folder is too large.
    """
    top, prefix = _place(folder)
    commit = commit_of(folder, revision)
    entries = list(_tree(top, commit, prefix))
    if not entries and prefix:
        return None
    _write(top, entries, into)
    return into / os.fsdecode(prefix)


def file_at(folder: Path, revision: str, paths: Iterable[str]) -> tuple[str, bytes] | None:
    """The first of ``paths``, from the top of the repository that holds ``folder``, that is a file at ``revision``: its
    path and its content. None if none of them is. Raises EngineError like :func:`folder_at`.
    """
    top, _ = _place(folder)
    commit = commit_of(folder, revision)
    for path in paths:
        found = [entry for entry in _tree(top, commit, path.encode()) if entry.path == path.encode() and entry.regular]
        if found:
            return path, next(_contents(top, found))
    return None


def commit_of(folder: Path, revision: str) -> str:
    """The full name of the commit ``revision``. Raises EngineError if there is none."""
    top, _ = _place(folder)
    try:
        name = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except EngineError:
        raise EngineError(f"git knows no commit '{revision}' in {top}{_missing_hint(top)}") from None
    return name.decode().strip()


def default_branch(folder: Path) -> str:
    """The default branch of the repository: the one of its remote ``origin``, or ``main`` or ``master``. Raises
    EngineError if it has none of these.
    """
    top, _ = _place(folder)
    try:
        return _git(top, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD").decode().strip()
    except EngineError:
        pass
    for name in _BRANCHES:
        if _exists(top, name):
            return name
    names = ", ".join(_BRANCHES)
    raise EngineError(
        f"the default branch of {top} is not known (there is no {names}): name the commit to compare with"
    )


def merge_base(folder: Path, one: str, other: str = "HEAD") -> str:
    """The full name of the best common ancestor of two commits. Raises EngineError if the clone has none."""
    top, _ = _place(folder)
    commits = [commit_of(folder, one), commit_of(folder, other)]
    try:
        return _git(top, "merge-base", *commits).decode().split("\n")[0].strip()
    except EngineError:
        message = f"git knows no common ancestor of '{one}' and '{other}' in {top}"
        raise EngineError(f"{message}{_missing_hint(top)}") from None


def top_of(folder: Path) -> Path:
    """The top folder of the working tree that holds ``folder``. Raises EngineError if it is in no repository."""
    return _place(folder)[0]


def changed_since(folder: Path, revision: str) -> set[Path]:
    """The files below ``folder`` that are not as they were at ``revision``, absolute: changed, new, or not in git.

    Raises EngineError like :func:`folder_at`.
    """
    top, prefix = _place(folder)
    commit = commit_of(folder, revision)
    plain = ("-c", "core.fsmonitor=false")
    options = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
    changed = _git(top, *plain, "diff", *options, commit, "--", prefix or b".")
    new = _git(top, *plain, "ls-files", "-z", "--others", "--", prefix or b".")
    return {top / os.fsdecode(name) for name in (changed + new).split(b"\0") if name}


class _Entry(NamedTuple):
    mode: bytes
    name: bytes
    """The name of the object."""
    size: int
    path: bytes

    @property
    def regular(self) -> bool:
        return self.mode in (b"100644", b"100755", b"100664")


_LINK = b"120000"


def _place(folder: Path) -> tuple[Path, bytes]:
    """The top of the repository, and the path of ``folder`` in it."""
    try:
        top = _git(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n")
    except EngineError as error:
        if "not a git repository" in str(error):
            raise EngineError(f"{folder} is not in a git repository, so it has no other commits") from None
        raise
    prefix = _git(folder, "rev-parse", "--show-prefix").removesuffix(b"\n").rstrip(b"/")
    return Path(os.fsdecode(top)), prefix


def _tree(top: Path, commit: str, path: bytes) -> Iterator[_Entry]:
    """The files and links at or below ``path``. Raises EngineError for too many, and for names that are not safe."""
    below: list[str | bytes] = ["--", path] if path else []
    listed = _git(top, "ls-tree", "-r", "-l", "-z", "--full-tree", commit, *below)
    for count, line in enumerate(filter(None, listed.split(b"\0"))):
        if count >= MAX_FILES:
            raise EngineError(f"{os.fsdecode(path) or top} has more than {MAX_FILES} files: it is not a specs folder")
        head, _, name = line.partition(b"\t")
        mode, kind, digest, size = head.split()
        if kind != b"blob":
            continue
        if any(part in (b"", b".", b"..") or part.lower() == b".git" for part in name.split(b"/")):
            raise EngineError(f"the commit {commit} has a file with an unsafe name")
        yield _Entry(mode, digest, int(size), name)


def _write(top: Path, entries: list[_Entry], into: Path) -> None:
    if sum(entry.size for entry in entries) > MAX_BYTES:
        raise EngineError(f"the folder is larger than {MAX_BYTES // 1024 // 1024} MiB: it is not a specs folder")
    links: list[tuple[Path, bytes]] = []
    for entry, content in zip(entries, _contents(top, entries), strict=True):
        path = into / os.fsdecode(entry.path)
        if entry.mode == _LINK:
            links.append((path, content))  # last, so that nothing is written through them
        elif entry.regular:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    inside = Path(os.path.realpath(into))
    for path, content in links:
        leads = os.fsdecode(content)
        if b"\0" in content or Path(leads).is_absolute():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if Path(os.path.realpath(path.parent / leads)).is_relative_to(inside):
            path.symlink_to(leads)


def _contents(top: Path, entries: Iterable[_Entry]) -> Iterator[bytes]:
    """The contents of the entries, in their order."""
    asked = b"".join(entry.name + b"\n" for entry in entries)
    answered, at = _git(top, "cat-file", "--batch", stdin=asked), 0
    while at < len(answered):
        end = answered.index(b"\n", at)
        head = answered[at:end].split()
        if len(head) != 3:
            raise EngineError(f"git lacks an object of the commit: {answered[at:end].decode(errors='replace')}")
        size = int(head[2])
        yield answered[end + 1 : end + 1 + size]
        at = end + size + 2


def _missing_hint(top: Path) -> str:
    """What to do if a commit is missing, as part of a message."""
    try:
        shallow = _git(top, "rev-parse", "--is-shallow-repository").strip() == b"true"
    except EngineError:
        shallow = False
    if shallow:
        return ": the clone is shallow, so run `git fetch --unshallow` (in GitLab: `GIT_DEPTH: 0`)"
    return ""


def _exists(top: Path, revision: str) -> bool:
    try:
        _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except EngineError:
        return False
    return True


def _git(folder: Path, *arguments: str | bytes, stdin: bytes = b"") -> bytes:
    # messages are compared, so they are in English
    fixed = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    return git(folder, [os.fsdecode(argument) for argument in arguments], fixed, stdin=stdin)
