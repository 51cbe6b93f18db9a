"""The manual: the pages of documentation in the package, in reading order.

In a checkout, the folder ``docs`` beside this module is a link to the repository's. A built package has the pages.
"""

from __future__ import annotations

import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from posixpath import normpath

import msgspec

FOLDER = "docs"
_SUFFIX = ".md"
_INDEX = "README.md"
_ENTRY = re.compile(r"- \[(?P<title>[^\]]+)\]\((?P<path>[^)#]+)\): (?P<about>.+?)\.?")


class Entry(msgspec.Struct, frozen=True):
    """A line of the index. ``page`` is the page's name: its path without ``.md``, a folder for the folder's index."""

    page: str
    title: str
    about: str


class ManualError(Exception):
    """The pages are not where the package should have them."""


def pages() -> dict[str, Traversable]:
    """Every page by name, sorted, without the index itself. Raises ManualError if the package has no pages."""
    root = _root()
    found = {page_name(path): file for path, file in _files(root, PurePosixPath()) if path.name.endswith(_SUFFIX)}
    found.pop("", None)
    return dict(sorted(found.items()))


def index() -> list[Entry]:
    """The index: one entry for each page, in reading order. Raises ManualError."""
    return parse_index(_root().joinpath(_INDEX).read_text("utf-8"))


def parse_index(text: str) -> list[Entry]:
    """The entries of the index page: items of its lists, each a link, a colon and a sentence."""
    items = re.sub(r"\n +", " ", text).splitlines()
    found = (_ENTRY.fullmatch(item) for item in items)
    return [
        Entry(page_name(PurePosixPath(entry["path"])), entry["title"], entry["about"])
        for entry in found
        if entry is not None
    ]


def page_name(path: PurePosixPath) -> str:
    """The name of the page at ``path``, below docs/: ``targets/thanos``; ``targets`` for targets/README.md."""
    name = path.parent if path.name == _INDEX else path.with_suffix("")
    return "" if name == PurePosixPath() else name.as_posix()


def find_page(wanted: str, known: dict[str, Traversable]) -> str | None:
    """The name of the page that ``wanted`` means: its name or path in any case, or only the last part of its name, if
    no other page has the same last part (``thanos``). None if there is no such page.
    """
    plain = normpath(wanted).casefold().removeprefix(f"{FOLDER}/").removesuffix(_SUFFIX).removesuffix("/readme")
    names = {name.casefold(): name for name in known}
    ending = [name for folded, name in names.items() if folded.endswith(f"/{plain}")]
    return names.get(plain) or (ending[0] if len(ending) == 1 else None)


def linked_page(link: str, page: str, known: dict[str, Traversable]) -> str | None:
    """The page that ``link`` on ``page`` leads to; None if it leads elsewhere."""
    path, _, _ = link.partition("#")
    if "://" in path or not path.endswith(_SUFFIX):
        return None
    folder = known[page].name == _INDEX
    base = PurePosixPath(page) if folder else PurePosixPath(page).parent
    name = page_name(PurePosixPath(normpath(base / path)))
    return name if name in known else None


def _root() -> Traversable:
    root = resources.files("slosmith").joinpath(FOLDER)
    if not root.is_dir():
        raise ManualError(f"the pages of documentation are missing from the installed package ({root} is not a folder)")
    return root


def _files(folder: Traversable, path: PurePosixPath) -> list[tuple[PurePosixPath, Traversable]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _files(entry, path / entry.name)
        else:
            found.append((path / entry.name, entry))
    return found
