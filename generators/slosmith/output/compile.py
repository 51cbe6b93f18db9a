"""The whole compiler: a workspace and its project's settings -> the files below generated/. Pure.

No clock, environment, file system or randomness: the same input gives the same bytes on every machine. The work is
split by service, so that many processes can share it, and only one service's artefacts must be in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from slosmith.model import Origin, Service, Workspace
from slosmith.output import readme
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.registry import configured
from slosmith.output.target import Configured
from slosmith.output.tree import README, check_names
from slosmith.problems import InputError, Problem
from slosmith.settings import Project
from slosmith.vocabulary.provenance import Source


def service_files(service: Service, project: Project, targets: Sequence[Configured], specs: str) -> Files:
    """The files of one service in every target. ``specs`` is the name of the specs folder, for the headers."""
    artefacts = ServiceArtefacts(service, project, specs)
    return _merge([target.service_files(artefacts) for target in targets])


def shared_files(workspace: Workspace, project: Project, targets: Sequence[Configured], specs: str) -> Files:
    """The files that exist once for a workspace, in every target."""
    artefacts = SharedArtefacts(workspace, project, specs)
    return _merge([target.shared_files(artefacts) for target in targets])


def consumer_warnings(workspace: Workspace, project: Project, specs: str) -> tuple[Problem, ...]:
    """What consumers may refuse or ignore although the files are correct, such as too many groups."""
    artefacts = SharedArtefacts(workspace, project, specs)
    return tuple(problem for target in configured(project)[0] for problem in target.warnings(artefacts))


def readme_file(project: Project, targets: Sequence[Configured], specs: str) -> Files:
    """generated/README.md, which says what each folder is."""
    return {README: readme.readme_text(targets, Source(f"{specs}/", project.command))}


def _merge(parts: Sequence[Files]) -> Files:
    return {path: text for part in parts for path, text in part.items()}


class Names:
    """The names of artefacts, each with the origin of its spec: two specs must not make one file."""

    def __init__(self) -> None:
        self._owners: dict[str, list[Origin]] = {}

    def add(self, path: str, origin: Origin) -> None:
        """Add an artefact's path and the origin of its spec."""
        self._owners.setdefault(path, []).append(origin)

    def problems(self) -> tuple[Problem, ...]:
        """A problem for every name that two specs make, or that some file system cannot hold."""
        found = [
            Problem(code="TGT404", message=f"two specs make the file {path}", origin=origin, hint="rename one of them")
            for path, origins in self._owners.items()
            for origin in origins[1:]
        ]
        found += [
            Problem(code="TGT403", message=f"unsafe name of a file: {path} ({reason})", origin=self._owners[path][0])
            for path, reason in check_names(self._owners)
        ]
        return tuple(found)


K = TypeVar("K", bound="Kept")


class Job(msgspec.Struct, frozen=True):
    """The input of the compiler. ``specs`` is the name of the specs folder, for the headers."""

    workspace: Workspace
    project: Project
    targets: Sequence[Configured]
    specs: str

    def service_files(self, index: int) -> Files:
        """The files of the service with that index, in every target."""
        return service_files(self.workspace.services[index], self.project, self.targets, self.specs)


def job_of(workspace: Workspace, project: Project, specs: str) -> Job:
    """The job of compiling ``workspace``. Raises InputError for settings of targets that are wrong."""
    targets, problems = configured(project)
    if problems:
        raise InputError(problems)
    return Job(workspace, project, targets, specs)


class Kept(msgspec.Struct, frozen=True):
    """An artefact that was stored, in memory or on a disk: its path."""

    path: str


def assemble(job: Job, by_service: Iterable[Sequence[K]], keep: Callable[[Files], Sequence[K]]) -> list[K]:
    """All artefacts of ``job``, in a fixed order: services, shared files, README.md.

    ``by_service`` yields the artefacts of each service, compiled and stored; ``keep`` stores the rest. Raises
    InputError for names that are not safe, or that two specs make.
    """
    names = Names()
    kept: list[K] = []

    def take(artefacts: Sequence[K], origin: Origin) -> None:
        for each in artefacts:
            names.add(each.path, origin)
        kept.extend(artefacts)

    for service, artefacts in zip(job.workspace.services, by_service, strict=True):
        take(artefacts, service.origin)
    take(keep(shared_files(job.workspace, job.project, job.targets, job.specs)), Origin("default"))
    take(keep(readme_file(job.project, job.targets, job.specs)), Origin("default"))
    if found := names.problems():
        raise InputError(found)
    return kept


def compile_workspace(workspace: Workspace, project: Project, specs: str = "slo_specs") -> Files:
    """All artefacts, in memory; sorted by path. Raises InputError for settings or names that are wrong."""
    job = job_of(workspace, project, specs)
    files: Files = {}

    def keep(some: Files) -> list[Kept]:
        files.update(some)
        return [Kept(path) for path in sorted(some)]

    assemble(job, (keep(job.service_files(index)) for index in range(len(workspace.services))), keep)
    return dict(sorted(files.items()))
