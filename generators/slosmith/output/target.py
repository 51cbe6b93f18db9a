"""The protocol of targets. A target arranges artefacts into files. It computes nothing about SLOs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from slosmith.discovery import Part
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.ownership import is_ours
from slosmith.problems import InputError, Problem


class Target(Protocol):
    """A module or folder of :mod:`slosmith.targets`, or a module that another package names as an entry point.

    Its name is the module's (the entry point's): the folder below the output folder, and the key in slosmith.yaml. Its
    functions are pure; paths they return are relative to the target's folder, and every file carries the header
    (:func:`slosmith.vocabulary.provenance.header`). They raise InputError if the user must correct something.
    """

    PURPOSE: str
    """The content of its folder and its consumer, in one line, for the README of the output folder."""

    PAGE: str
    """The page that says how to use the folder: a path below docs/ without ``.md``, or the URL of another project's."""

    Settings: type[msgspec.Struct]
    """The settings under ``targets.<name>`` in slosmith.yaml. Unknown fields are refused."""

    service_files: Callable[[ServiceArtefacts, Any], Files]
    """The files of one service, by its settings."""

    shared_files: Callable[[SharedArtefacts, Any], Files]
    """The files that exist once."""

    warnings: Callable[[SharedArtefacts, Any], Iterable[Problem]]
    """What the consumer may refuse or ignore although the files are correct, such as too many groups."""


ASKED = tuple(Target.__annotations__)
"""The names that a target must define."""


def no_files(artefacts: ServiceArtefacts | SharedArtefacts, settings: Any) -> Files:
    """For a target without files of services, or without shared files."""
    return {}


def no_warnings(artefacts: SharedArtefacts, settings: Any) -> tuple[Problem, ...]:
    """For a target whose consumer has no limits."""
    return ()


class Configured(msgspec.Struct, frozen=True):
    """A target that the project turned on, with its settings."""

    part: Part
    target: Target
    settings: Any

    @property
    def name(self) -> str:
        """The name of the target, and of its folder."""
        return self.part.name

    @property
    def folder(self) -> str:
        """The beginning of the paths of its files: its folder with a slash; empty if it has one file and no folder."""
        return "" if self._file else f"{self.name}/"

    @property
    def place(self) -> str:
        """Its folder or its file, for people."""
        return self._file or self.folder

    @property
    def _file(self) -> str:
        """``FILE`` of one of our targets: its only file, which is beside the folders of the others."""
        return "" if self.part.foreign else getattr(self.target, "FILE", "")

    def service_files(self, artefacts: ServiceArtefacts) -> Files:
        """Files of one service, their paths beginning with :attr:`folder`."""
        with self._guarded():
            files = self.target.service_files(artefacts, self.settings)
        return self._inside(files)

    def shared_files(self, artefacts: SharedArtefacts) -> Files:
        """Files that exist once, their paths beginning with :attr:`folder`."""
        with self._guarded():
            files = self.target.shared_files(artefacts, self.settings)
        return self._inside(files)

    def warnings(self, artefacts: SharedArtefacts) -> tuple[Problem, ...]:
        """What the consumer may refuse or ignore although the files are correct."""
        with self._guarded():
            return tuple(self.target.warnings(artefacts, self.settings))

    def _guarded(self) -> Any:
        return self.part.guarded(InputError)

    def _inside(self, files: Mapping[str, str]) -> Files:
        if self.part.foreign:
            self._check(files)
        return {f"{self.folder}{path}": text for path, text in files.items()}

    def _check(self, files: object) -> None:
        """Raises PluginError for results that no target may return. Names of files are checked later, all together."""
        if not isinstance(files, Mapping):
            raise self.part.error(f"it returns {type(files).__name__}, not a mapping from paths to texts")
        for path, text in files.items():
            if not isinstance(path, str) or not isinstance(text, str):
                raise self.part.error(f"it returns a path or a text that is not a str: {path!r}")
            if not is_ours(text.encode(), path):
                raise self.part.error(f"its file {path} has no header, so slosmith could never replace or remove it")
