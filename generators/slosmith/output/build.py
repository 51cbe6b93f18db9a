"""Compiles a workspace into the output folder, or compares it with what is there; with many processes where it pays.

The result does not depend on the number of processes: services are compiled independently, each into files of its own,
and the files are put in place together at the end.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from pathlib import Path

import msgspec

from slosmith.engines.error import EngineError
from slosmith.model import Workspace
from slosmith.output.artefacts import Files
from slosmith.output.checksums import sha256
from slosmith.output.compile import Job, Kept, assemble, job_of
from slosmith.output.tree import Comparison, State, check_names, file_state, refuse_foreign_folder, survey
from slosmith.output.writer import Staging, stage_file
from slosmith.settings import Project

WORTH_PROCESSES = 200
"""SLOs from which a second process pays: starting it costs what compiling some fifty SLOs does."""

_CHUNK = 8

Progress = Callable[[int], None]
"""Called with the number of services that are done since the last call."""


class _Place(msgspec.Struct, frozen=True):
    """Where artefacts go, or with ``check`` what they are compared with."""

    output: Path
    staging: Path | None
    """Where files are staged; None: they are only compared."""


class _Placed(Kept, frozen=True):
    """An artefact, and how the disk compared."""

    state: State


def build(
    workspace: Workspace,
    project: Project,
    specs: str,
    output: Path,
    *,
    check: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Make ``output`` hold what ``workspace`` gives; with ``check``, only say how far it is from that.

    ``specs`` is the name of the specs folder, for the headers. Returns how the folder compared before. Raises
    InputError for settings or names that are wrong, OutputError and EngineError; nothing is changed then.
    """
    job = job_of(workspace, project, specs)
    if check:
        refuse_foreign_folder(output)
    with nullcontext() if check else Staging(output) as staging:
        place = _Place(output, staging.folder if staging is not None else None)
        placed = assemble(job, _services(job, place, jobs, progress), lambda files: _put(files, place))
        states = {each.path: each.state for each in placed}
        if staging is None:
            return survey(output, states)
        for path, state in states.items():
            staging.add(path, state)
        return staging.commit()


def _services(job: Job, place: _Place, jobs: int, progress: Progress | None) -> Iterator[list[_Placed]]:
    """The artefacts of every service, in order."""
    indexes = range(len(job.workspace.services))
    if jobs <= 1 or len(job.workspace.slos()) < WORTH_PROCESSES:
        results: Iterable[list[_Placed]] = (_put(job.service_files(index), place) for index in indexes)
    else:
        results = _in_processes(job, place, jobs, indexes)
    for result in results:
        yield result
        if progress is not None:
            progress(1)


def _in_processes(job: Job, place: _Place, jobs: int, indexes: Sequence[int]) -> Iterator[list[_Placed]]:
    gc.freeze()  # what the workers inherit stays shared, instead of being copied as the collector touches it
    # fork, not spawn: the workspace is inherited, not sent
    fork = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(jobs, mp_context=fork, initializer=_start_worker, initargs=(job, place))
    try:
        yield from pool.map(_in_worker, indexes, chunksize=_CHUNK)
    except BrokenProcessPool as error:
        raise EngineError("a worker process died (out of memory?); try --jobs 1") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        gc.unfreeze()


_work: tuple[Job, _Place] | None = None
"""In a worker process: its work. Nothing sets it in the process that the user has."""


def _start_worker(job: Job, place: _Place) -> None:
    global _work
    _work = job, place


def _in_worker(index: int) -> list[_Placed]:
    assert _work is not None
    job, place = _work
    return _put(job.service_files(index), place)


def _put(files: Files, place: _Place) -> list[_Placed]:
    results = []
    for path, text in sorted(files.items()):
        content = text.encode()
        if check_names([path]):
            state = State.MISSING  # never written: the names are judged together, at the end
        elif place.staging is None:
            state = file_state(place.output, path, content)
        else:
            state = stage_file(place.output, place.staging, path, content)
        results.append(_Placed(path, sha256(content), state))
    return results
