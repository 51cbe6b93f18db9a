"""Files at places that the user named: each is written beside its place under a random name, then put there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def replace_files(files: Mapping[Path, str]) -> None:
    """Write all files, or none: all are written before the first is put into place. A link is replaced, not followed.

    Folders have to exist. Raises OSError.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, text in files.items():
            handle, name = tempfile.mkstemp(prefix=f".{path.name[:64]}.", dir=path.parent)
            staged[Path(name)] = path
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            Path(name).chmod(0o644)
        for temporary, path in list(staged.items()):
            temporary.replace(path)
            del staged[temporary]
    finally:
        for temporary in staged:
            temporary.unlink(missing_ok=True)
