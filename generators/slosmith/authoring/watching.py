"""Waits for changes of a folder's files, by looking at their times and sizes.

Looking works everywhere: in containers, on network file systems, and with editors that replace a file when they save.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

_INTERVAL_SECONDS = 0.2
_SHARE = 10
"""Looking takes at most a tenth of the time: with many files the interval is longer."""
_SUFFIXES = (".yaml", ".yml", ".json", ".jsonnet", ".libsonnet")

Snapshot = Mapping[str, tuple[int, int, int]]
"""Path below the folder -> time of change (ns), size and number of the file."""


def changes(root: Path, known: Snapshot) -> Iterator[list[str]]:
    """The files that changed, were added or removed since ``known``, sorted; again and again. Raises nothing.

    A change is reported when the files have been quiet for one interval, so that an editor or git can finish.
    """
    while True:
        started = time.monotonic()
        found = snapshot(root)
        interval = max(_INTERVAL_SECONDS, _SHARE * (time.monotonic() - started))
        if found == known:
            time.sleep(interval)
            continue
        while True:
            time.sleep(min(interval, _INTERVAL_SECONDS) / 2)
            later = snapshot(root)
            if later == found:
                break
            found = later
        changed = [path for path in {*known, *found} if known.get(path) != found.get(path)]
        known = found
        yield sorted(changed)


def snapshot(root: Path) -> Snapshot:
    """The files of specs below a folder, as they are now. A folder that cannot be read has none."""
    found: dict[str, tuple[int, int, int]] = {}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif entry.name.lower().endswith(_SUFFIXES):
                    status = entry.stat()
                    found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
            except OSError:
                continue  # it is gone, or a broken link
    return found
