"""The writer: writes artefacts into the output folder, each file whole or not at all, and removes obsolete files.

It has two steps. Staging writes every changed file into a folder of this run, and changes nothing else. Committing
syncs these files to the disk, renames them to their places, and removes files that are no longer needed. A failure
before the commit (an error in the input, a full disk) changes nothing. After a kill at any time, all files are whole:
old or new.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath
from types import TracebackType

from slosmith.output.ownership import is_ours
from slosmith.output.staging import is_staging_folder, new_staging_folder, remove_staging_folder, stage, staged
from slosmith.output.tree import (
    Comparison,
    OutputError,
    State,
    file_state,
    output_error,
    refuse_foreign_folder,
    refuse_unsafe_names,
    survey,
)


def stage_file(root: Path, folder: Path, path: str, content: bytes) -> State:
    """Compare one artefact with what is below ``root`` and, if that is missing or stale, write it to the staging
    ``folder``. Safe in parallel processes.

    Raises OutputError.
    """
    if not is_ours(content, path):
        raise ValueError(f"{path} has no header, so slosmith could never replace or remove it")
    state = file_state(root, path, content)
    if state in (State.MISSING, State.STALE):
        try:
            stage(folder, path, content)
        except FileExistsError:
            pass  # two artefacts with one name: the check of all names reports them
        except OSError as error:
            raise output_error(error) from error
    return state


_SYNCS = 16
"""Files that are synced to the disk at once."""


class Staging:
    """One run of the writer. It locks the output folder, so that no other run writes there.

    Use it as a context manager; ``stage`` (or :func:`stage_file` in other processes, then ``add``) every artefact, then
    ``commit``. Leaving it without a commit removes the staged files.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = new_staging_folder(root)
        """Where files are staged."""
        self.states: dict[str, State] = {}
        self._lock = -1
        self._created: list[Path] = []
        """Folders that this run created, in this order: those that stay empty are removed again."""

    def __enter__(self) -> Staging:
        refuse_foreign_folder(self.root)
        try:
            self._create(self.root)
            self._lock = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise OutputError(f"{self.root}: another slosmith is writing here; try again when it is done") from error
        except OSError as error:
            self._remove_created()
            raise output_error(error) from error
        self._remove_left_over()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            remove_staging_folder(self.folder)
            self._remove_created()
        except OSError as error:
            raise output_error(error) from error
        finally:
            os.close(self._lock)

    def stage(self, path: str, text: str) -> State:
        """Stage one artefact. Raises OutputError."""
        state = stage_file(self.root, self.folder, path, text.encode())
        self.add(path, state)
        return state

    def add(self, path: str, state: State) -> None:
        """Add the result of :func:`stage_file` in another process."""
        self.states[path] = state

    def commit(self) -> Comparison:
        """Move all staged files to their places, and remove obsolete files. Returns the comparison before this change.

        Raises OutputError and UnsafeNamesError. If a foreign file is in the way, nothing is changed.
        """
        refuse_unsafe_names(self.states)
        comparison = survey(self.root, self.states)
        if comparison.in_the_way:
            listed = ", ".join(f"{self.root}/{path}" for path in comparison.in_the_way[:5])
            raise OutputError(
                f"files that slosmith did not write have the names of its files: {listed}"
                f"{' and more' if len(comparison.in_the_way) > 5 else ''}. Move or delete them, then generate again"
            )
        changed = sorted((*comparison.missing, *comparison.stale))
        try:
            self._refuse_mounts(changed)
            self._move_into_place(changed)
            self._remove(comparison.obsolete)
        except OSError as error:
            raise output_error(error) from error
        return comparison

    def _refuse_mounts(self, paths: Iterable[str]) -> None:
        """Raises OutputError if a file would have to be moved to another file system. Nothing has been moved then."""
        folders = {folder for path in paths for folder in (self.root / path).parents}
        home = self.root.stat().st_dev
        for folder in sorted(folder for folder in folders if folder.is_relative_to(self.root) and folder.is_dir()):
            if folder.stat().st_dev != home:
                raise OutputError(f"{folder} is on another file system than {self.root}: files cannot be moved there")

    def _move_into_place(self, paths: list[str]) -> None:
        # All contents first, then all names: after a crash, every file is whole. Parallel syncs share the work of the
        # disk.
        with ThreadPoolExecutor(max_workers=_SYNCS) as pool:
            for _ in pool.map(lambda path: _sync(staged(self.folder, path), os.O_RDONLY), paths):
                pass
        folders = sorted({(self.root / path).parent for path in paths})
        known = len(self._created)
        for folder in folders:
            self._create(folder)
        for path in paths:
            staged(self.folder, path).replace(self.root / path)
        for folder in sorted({*folders, *(created.parent for created in self._created[known:])}):
            _sync(folder, os.O_RDONLY | os.O_DIRECTORY)

    def _remove(self, paths: Iterable[str]) -> None:
        emptied: set[PurePosixPath] = set()
        for path in paths:
            (self.root / path).unlink(missing_ok=True)
            emptied.update(PurePosixPath(path).parents[:-1])
        for folder in sorted(emptied, key=lambda folder: len(folder.parts), reverse=True):
            try:
                (self.root / folder).rmdir()
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                    raise

    def _remove_left_over(self) -> None:
        """Remove the staged files of runs that were killed. No other run is active: this one has the lock."""
        try:
            for folder in sorted(self.root.iterdir()):
                if is_staging_folder(folder):
                    remove_staging_folder(folder)
        except OSError as error:
            raise output_error(error) from error

    def _create(self, folder: Path) -> None:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            self._created.append(each)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))

    def _remove_created(self) -> None:
        while self._created:
            with suppress(OSError):  # not empty
                self._created.pop().rmdir()


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(tree: Mapping[str, str], root: Path) -> Comparison:
    """Make ``root`` hold exactly ``tree`` (relative path -> text), apart from foreign files, which stay.

    Unchanged files keep their time of change. Raises OutputError and UnsafeNamesError; nothing is changed then.
    """
    refuse_unsafe_names(tree)
    with Staging(root) as staging:
        for path, text in tree.items():
            staging.stage(path, text)
        return staging.commit()
