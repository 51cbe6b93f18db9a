"""The generated files that a change touches, by consumer. Both sides are compiled in memory, and bytes are compared.

Compiling is pure, so a service that is equal on both sides has equal files: only the other services are compiled. Files
with unit tests count as changed if their rules did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from slosmith.changes.consequences.row import Area, Row
from slosmith.changes.facts import ProjectFacts
from slosmith.model import Service
from slosmith.output.artefacts import Files, OutlinedArtefacts
from slosmith.output.compile import Job, job_of, shared_files
from slosmith.settings import Project
from slosmith.vocabulary.numbers import plural


def rows(before: ProjectFacts, after: ProjectFacts, specs: str) -> Iterator[Row]:
    """One row a consumer whose files differ. Raises InputError for settings of targets that are wrong."""
    one, other = job_of(before.workspace, before.project, specs), job_of(after.workspace, after.project, specs)
    equal = _same_output(before.project, after.project)
    old, new = _services(one), _services(other)
    changed = [key for key in {**old, **new} if not equal or old.get(key) != new.get(key)]
    files_before, files_after = _shared(one, specs), _shared(other, specs)
    for key in changed:
        files_before |= _files(one, old.get(key))
        files_after |= _files(other, new.get(key))
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    _count(counts, files_before, files_after)
    for target in sorted(counts):
        rewritten, added, removed = counts[target]
        words = [
            f"{plural(count, 'file')} {word}"
            for count, word in ((rewritten, "changed"), (added, "added"), (removed, "removed"))
            if count
        ]
        yield Row(area=Area.ARTEFACTS, what=f"{target}: {', '.join(words)}")


_UNREAD = ("policy", "approvals", "inventory", "max_slos", "description", "origin")
"""Settings that no target reads."""


def _same_output(one: Project, other: Project) -> bool:
    fields = [name for name in one.__struct_fields__ if name not in _UNREAD]
    return all(getattr(one, name) == getattr(other, name) for name in fields)


def _services(job: Job) -> dict[tuple[str, str, int], Service]:
    """By name and place: documents of other tools' formats may share a service's name."""
    return {(each.name, each.origin.file, each.origin.document): each for each in job.workspace.services}


def _files(job: Job, service: Service | None) -> Files:
    if service is None:
        return {}
    artefacts = OutlinedArtefacts(service, job.project, job.specs)
    return {path: text for target in job.targets for path, text in target.service_files(artefacts).items()}


def _shared(job: Job, specs: str) -> Files:
    return shared_files(job.workspace, job.project, job.targets, specs)


def _count(counts: dict[str, list[int]], old: Mapping[str, str], new: Mapping[str, str]) -> None:
    for path in {**old, **new}:
        target = path.split("/", 1)[0].removesuffix(".yaml")
        if path not in old:
            counts[target][1] += 1
        elif path not in new:
            counts[target][2] += 1
        elif old[path] != new[path]:
            counts[target][0] += 1
