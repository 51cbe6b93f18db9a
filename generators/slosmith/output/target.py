"""What a target is asked. A target arranges; it computes nothing about SLOs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.problems.finding import Finding


class Target(Protocol):
    """A module of this package. Its functions are pure; paths they return are relative to the target's folder."""

    Settings: type[msgspec.Struct]
    """What slosmith.yaml may say under ``targets.<name>``; unknown fields are refused."""

    service_files: Callable[[ServiceArtefacts, Any], Files]
    """The files of one service, by its settings."""

    shared_files: Callable[[SharedArtefacts, Any], Files]
    """The files that exist once."""


class Configured(msgspec.Struct, frozen=True):
    """A target that the project turned on, with its settings."""

    name: str
    target: Target
    settings: Any

    def service_files(self, artefacts: ServiceArtefacts) -> Files:
        """Files of one service, their paths beginning with the target's folder."""
        return self._inside(self.target.service_files(artefacts, self.settings))

    def shared_files(self, artefacts: SharedArtefacts) -> Files:
        """Files that exist once, their paths beginning with the target's folder."""
        return self._inside(self.target.shared_files(artefacts, self.settings))

    def warnings(self, artefacts: SharedArtefacts) -> tuple[Finding, ...]:
        """What the consumer may stumble over though the files are right. A target says so in a function ``warnings``
        with the arguments of ``shared_files``; most have none.
        """
        find = getattr(self.target, "warnings", None)
        return tuple(find(artefacts, self.settings)) if find is not None else ()

    def _inside(self, files: Mapping[str, str]) -> Files:
        return {f"{self.name}/{path}": text for path, text in files.items()}
