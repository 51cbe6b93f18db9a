"""All files below a folder, at any depth: without recursion, and without following links."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path


def files_below(root: Path, wanted: Callable[[str, str], bool] = lambda folder, name: True) -> Iterator[str]:
    """Relative paths (forward slashes, unsorted) of all below ``root`` except folders; links are not followed.

    ``wanted`` gets the folder (empty, or ending in a slash) and the name of each entry. Entries that it refuses are
    left out, folders with their content. Entries that are removed meanwhile are left out. Raises other OSErrors.
    """
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    if not wanted(folder, entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(f"{folder}{entry.name}/")
                    else:
                        yield f"{folder}{entry.name}"
        except FileNotFoundError:
            continue
