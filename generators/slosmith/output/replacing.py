"""Files at paths that the user named: each is written beside its path under a random name, then renamed."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path


def replace_file(path: Path, text: str) -> None:
    """Write one file, whole or not at all. A pipe or a device (/dev/stdout) is written directly. Raises OSError."""
    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8")
    else:
        replace_files({path: text})


def replace_files(files: Mapping[Path, str]) -> None:
    """Write all files, or none: all are written before the first is renamed. A link is replaced, not followed.
    A file keeps its mode; a new file gets 0644.

    Folders must exist. Raises OSError, with the name of the file that cannot be written.
    """
    staged: dict[Path, Path] = {}
    path = Path()
    try:
        for path, text in files.items():
            handle, name = tempfile.mkstemp(prefix=f".{path.name[:64]}.", dir=path.parent)
            staged[path] = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            staged[path].chmod(stat.S_IMODE(path.stat().st_mode) if path.is_file() else 0o644)
        for path in files:
            staged[path].replace(path)
            del staged[path]
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
