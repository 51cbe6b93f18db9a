"""New files: each is written only if it is not there yet."""

from __future__ import annotations

from pathlib import Path


def write_new(path: Path, text: str) -> bool:
    """Write a file that does not exist; False if it exists, also as a broken link. Folders are created.

    Raises OSError. A file that cannot be written completely is removed again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        stream = path.open("x", encoding="utf-8", newline="")
    except FileExistsError:
        return False
    try:
        with stream:
            stream.write(text)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return True
