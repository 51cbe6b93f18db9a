"""Finds the declarations that the named files refer to, in files that were not named.

A run for some files reports the problems of these files. From all other files it needs only what these files refer to:
their class, their alert catalogue, the documents that they name. Another file is parsed only if its path or its text
has the name that is searched for. From a parsed file, only the declarations with that name are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from slosmith.formats import dialects, files
from slosmith.formats.declarations import (
    AlertingDeclaration,
    AnyDeclaration,
    BrokenDeclaration,
    CatalogueDeclaration,
    ClassDeclaration,
    PartDeclaration,
    ProjectDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.sources import Sources
from slosmith.problems import Problem
from slosmith.vocabulary.names import DEFAULT_CATALOGUE

FOLDERS = {"class": "classes", "catalogue": "catalogues"}
"""Kind of slosmith's own -> the folder of its declarations."""

BY_PERIOD = ""
"""The name in a reference to the catalogue for a period. Sloth's specs do not name their catalogue."""

ANY = "*"
"""Kind and name in the references of a dialect that cannot list what its documents refer to."""


class Reference(NamedTuple):
    """A declaration by its kind (``class``, ``catalogue``, or a dialect and its own kind) and name."""

    kind: str
    name: str


class Declared(NamedTuple):
    """What one file declares. ``sources`` has its text. The run uses it only if it uses a declaration of the file."""

    path: str
    declarations: Sequence[AnyDeclaration]
    problems: Sequence[Problem]
    sources: Sources


class Found(NamedTuple):
    """A declaration that was searched for, and its problems."""

    file: Declared
    declaration: AnyDeclaration | None
    """None: the file may have the declaration, but cannot be read."""
    problems: Sequence[Problem]


def references(declaration: AnyDeclaration) -> Iterator[Reference]:
    """What a declaration refers to in other files."""
    match declaration:
        case ServiceDeclaration():
            if declaration.slo_class is not None:
                yield Reference("class", declaration.slo_class)
            yield Reference("catalogue", DEFAULT_CATALOGUE)
            if not declaration.dialect.startswith("slosmith/"):
                yield Reference("catalogue", BY_PERIOD)
            yield from _catalogues(declaration.alerting, *(each.alerting for each in declaration.objectives))
        case ClassDeclaration():
            yield from _catalogues(declaration.alerting, *(each.alerting for each in declaration.objectives))
        case ProjectDeclaration():
            yield from _catalogues(declaration.alerting)
        case BrokenDeclaration(partial=ServiceDeclaration() as partial):
            yield from references(partial)
        case PartDeclaration():
            known = dialects.references(declaration)
            for kind, name in known if known is not None else [(ANY, ANY)]:
                yield Reference(f"{declaration.dialect} {kind}", name)


def _catalogues(*alerting: AlertingDeclaration | None) -> Iterator[Reference]:
    yield from (Reference("catalogue", each.catalogue) for each in alerting if each is not None and each.catalogue)


def identity(declaration: AnyDeclaration) -> Reference | None:
    """The reference that other files use for a declaration; None if no file can refer to it."""
    match declaration:
        case ClassDeclaration(name=name):
            return Reference("class", name)
        case CatalogueDeclaration(name=name):
            return Reference("catalogue", name)
        case PartDeclaration(shared=True):
            return Reference(f"{declaration.dialect} {declaration.kind}", declaration.name)
        case BrokenDeclaration(kind="class" | "catalogue", name=str(name)):
            return Reference(declaration.kind, name)
    return None


class Neighbours:
    """The files below ``root`` that were not named. ``declare`` reads one of them."""

    def __init__(self, root: Path, named: Iterable[str], declare: Callable[[str], Declared]) -> None:
        self._root, self._named, self._declare = root, frozenset(named), declare
        self._texts: dict[str, bytes] | None = None
        self._declared: dict[str, Declared] = {}

    def find(self, reference: Reference) -> list[Found]:
        """Every declaration that ``reference`` means. If there is none: the unreadable files that may have it."""
        found: list[Found] = []
        unreadable: list[Found] = []
        for path in self._candidates(reference):
            file = self._read(path)
            meant = [each for each in file.declarations if _is_meant(each, reference)]
            found += (Found(file, each, _problems_of(file, each)) for each in meant)
            if not file.declarations and file.problems:
                unreadable.append(Found(file, None, file.problems))
        return found or unreadable

    def all_parts(self, reference: Reference) -> list[Found]:
        """Every document of the kind in ``reference``, without problems."""
        dialect, kind = reference.kind.rsplit(" ", 1)
        words = (dialect.encode(), b"" if kind == ANY else kind.encode())
        marked = [path for path, text in self._marked().items() if all(word in text for word in words)]
        parts = [(file, each) for file in map(self._read, marked) for each in file.declarations]
        return [
            Found(file, each, ())
            for file, each in parts
            if isinstance(each, PartDeclaration)
            and (each.shared, each.dialect) == (True, dialect)
            and kind in (ANY, each.kind)
        ]

    def names(self, kind: str) -> frozenset[str]:
        """The names of all declarations of one of slosmith's own kinds, from the names of their files."""
        return frozenset(PurePosixPath(path).stem for path in self._below(FOLDERS[kind]))

    def obstacles(self, kind: str) -> list[Problem]:
        """Why the folder of one of slosmith's own kinds cannot be read, such as a link that leads out."""
        folder = FOLDERS[kind]
        if not files.is_there(self._root, folder):
            return []
        found = (path for path in files.find(self._root, folder) if isinstance(path, Problem))
        return [problem for problem in found if problem.origin.file == folder]

    def _candidates(self, reference: Reference) -> Iterator[str]:
        if reference.kind not in FOLDERS:
            dialect, name = reference.kind.rsplit(" ", 1)[0].encode(), reference.name.encode("utf-8", "replace")
            yield from (path for path, text in self._marked().items() if dialect in text and name in text)
            return
        for path in self._below(FOLDERS[reference.kind]):
            text = _text(self._root, path)
            named = PurePosixPath(path).stem == reference.name
            if named or (_has_mark(text) and reference.name.encode("utf-8", "replace") in text):
                yield path

    def _read(self, path: str) -> Declared:
        if path not in self._declared:
            self._declared[path] = self._declare(path)
        return self._declared[path]

    def _below(self, folder: str) -> list[str]:
        if not files.is_there(self._root, folder):
            return []
        found = (path for path in files.find(self._root, folder) if isinstance(path, str))
        return [path for path in found if path not in self._named]

    def _marked(self) -> dict[str, bytes]:
        """The texts of all files that contain the mark of a format, by path. Each file is read once."""
        if self._texts is None:
            found = (path for path in files.find(self._root) if isinstance(path, str) and path not in self._named)
            texts = ((path, _text(self._root, path)) for path in found)
            self._texts = {path: text for path, text in texts if _has_mark(text)}
        return self._texts


def may_hold(root: Path, path: str, *words: str) -> bool:
    """Whether the file's text contains all ``words``. If not, the file need not be parsed."""
    text = _text(root, path)
    return all(word.encode("utf-8", "replace") in text for word in words)


def _text(root: Path, path: str) -> bytes:
    data = files.read(root, path)
    return data if isinstance(data, bytes) else b""


def _has_mark(text: bytes) -> bool:
    return any(mark in text for mark in dialects.mark_texts())


def _is_meant(declaration: AnyDeclaration, reference: Reference) -> bool:
    known = identity(declaration)
    if known is None or known.kind != reference.kind:
        return False
    return known.name == reference.name or reference.name == BY_PERIOD


def _problems_of(file: Declared, declaration: AnyDeclaration) -> Sequence[Problem]:
    """The problems of the file that are about this declaration, or about the file as a whole."""
    if len(file.declarations) == 1:
        return file.problems
    place = declaration.origin
    return [
        problem
        for problem in file.problems
        if problem.origin.document == place.document and problem.origin.path[: len(place.path)] == place.path
    ]
