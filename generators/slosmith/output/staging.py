"""The folder in which one run stages its files, and the removal of such a folder after a run that was killed.

Its name is random and it is created exclusively, so it cannot be a folder of another program. A note in it names the
folder. A later run knows a left-over folder by its name, its note and its content together. A folder that fails one of
these tests is not slosmith's, and is not changed.
"""

from __future__ import annotations

import os
import re
import stat
from hashlib import sha256
from pathlib import Path

_NAME = re.compile(r"\.slosmith-[0-9a-f]{32}")
_FILE = re.compile(r"[0-9a-f]{64}")
_NOTE = "NOTE"


def new_staging_folder(root: Path) -> Path:
    """An unused name below ``root``. The folder is created when the first file is staged."""
    return root / f".slosmith-{os.urandom(16).hex()}"


def stage(folder: Path, path: str, content: bytes) -> None:
    """Write the file that will be moved to ``path`` (relative to the output folder). Safe in parallel processes.

    Raises FileExistsError if one was staged for ``path`` already, and other OSErrors.
    """
    _create(folder)
    with staged(folder, path).open("xb") as file:
        file.write(content)


def staged(folder: Path, path: str) -> Path:
    """Where the file for ``path`` is staged."""
    return folder / sha256(path.encode()).hexdigest()


def is_staging_folder(folder: Path) -> bool:
    """Whether slosmith created ``folder`` to stage files, and it contains nothing else. Raises OSError."""
    if not _NAME.fullmatch(folder.name) or not stat.S_ISDIR(folder.lstat().st_mode):
        return False
    entries = list(folder.iterdir())
    for entry in entries:
        status = entry.lstat()
        if not stat.S_ISREG(status.st_mode) or not (entry.name == _NOTE or _FILE.fullmatch(entry.name)):
            return False
    return not entries or _noted(folder)


def remove_staging_folder(folder: Path) -> None:
    """Remove ``folder`` and the staged files in it. Raises OSError, also if it contains other files: these stay."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name == _NOTE)
    except FileNotFoundError:
        return  # nothing was staged
    for entry in entries:  # the note last: it shows that the folder is ours
        if entry.name == _NOTE or _FILE.fullmatch(entry.name):
            entry.unlink(missing_ok=True)
    folder.rmdir()


def _create(folder: Path) -> None:
    try:
        folder.mkdir()
    except FileExistsError:
        return  # another process of this run was first: no other program knows the name
    with (folder / _NOTE).open("xb") as note:
        note.write(_note(folder))


def _note(folder: Path) -> bytes:
    text = f"{folder.name}: files that a run of slosmith was about to put into place. The next run removes them.\n"
    return text.encode()


def _noted(folder: Path) -> bool:
    """Whether the note is there; a run may have been killed while it wrote it."""
    expected = _note(folder)
    try:
        with (folder / _NOTE).open("rb") as note:
            return expected.startswith(note.read(len(expected) + 1))
    except FileNotFoundError:
        return False
