"""The folder in which one run stages what it will put into place, and what a run that was killed left of such a folder.

Its name is random and it is created exclusively, so it can be no folder of anybody else. A note in it names the folder:
by name, note and content together a later run knows a left-over folder for one of ours. Whatever fails one of these
tests is somebody else's, and is left alone.
"""

from __future__ import annotations

import re
import secrets
import stat
from hashlib import sha256
from pathlib import Path

_NAME = re.compile(r"\.slosmith-[0-9a-f]{32}")
_FILE = re.compile(r"[0-9a-f]{64}")
_NOTE = "NOTE"


def new_staging_folder(root: Path) -> Path:
    """A name below ``root`` that nothing has; the folder is created when the first file is staged."""
    return root / f".slosmith-{secrets.token_hex(16)}"


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
    """Whether slosmith created ``folder`` to stage files, and nobody has put anything else into it. Raises OSError."""
    if not _NAME.fullmatch(folder.name) or not stat.S_ISDIR(folder.lstat().st_mode):
        return False
    entries = list(folder.iterdir())
    for entry in entries:
        status = entry.lstat()
        if not stat.S_ISREG(status.st_mode) or not (entry.name == _NOTE or _FILE.fullmatch(entry.name)):
            return False
    return not entries or _noted(folder)


def remove_staging_folder(folder: Path) -> None:
    """Remove ``folder`` and what was staged in it. Raises OSError, also where it holds anything else: that stays."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name == _NOTE)
    except FileNotFoundError:
        return  # nothing was staged
    for entry in entries:  # the note last: without it the folder would not be known for ours
        if entry.name == _NOTE or _FILE.fullmatch(entry.name):
            entry.unlink(missing_ok=True)
    folder.rmdir()


def _create(folder: Path) -> None:
    try:
        folder.mkdir()
    except FileExistsError:
        return  # another process of this run was first: nobody else knows the name
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
