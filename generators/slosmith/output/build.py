"""Compiles a workspace into the output folder, or compares the folder with it; in several processes if that is faster.

The result does not depend on the number of processes: services are compiled independently, each into files of its own,
and the files are put in place together at the end.
"""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from pathlib import Path

import msgspec

from slosmith.engines.error import EngineError
from slosmith.model import Workspace
from slosmith.output.artefacts import Files
from slosmith.output.compile import Job, Kept, assemble, job_of
from slosmith.output.tree import Comparison, State, check_names, file_state, refuse_foreign_folder, survey
from slosmith.output.writer import Staging, stage_file
from slosmith.settings import Project

WORTH_SECONDS = 0.1
"""From this amount of work on, a second process is faster. Its start and end take half of this time."""

_PROBE_SECONDS = 0.03
"""How long one process works before it estimates the time for the rest."""

_TURNS = 8
"""The number of pieces for each process, so that none waits long for the last piece."""

_MOST_SERVICES = 16
"""Most services in a piece: progress is reported after a piece."""

Progress = Callable[[int], None]
"""Called with the number of services that are done since the last call."""


class _Place(msgspec.Struct, frozen=True):
    """The folders that artefacts are written to, or compared with."""

    output: Path
    staging: Path | None
    """Where files are staged; None: they are only compared."""


class _Placed(Kept, frozen=True):
    """An artefact, and its state on the disk."""

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
    """Write the artefacts of ``workspace`` to ``output``; with ``check``, only compare.

    ``specs`` is the name of the specs folder, for the headers. Returns the comparison before this run. Raises
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
    for result in _compiled(job, place, jobs):
        yield result
        if progress is not None:
            progress(1)


def _compiled(job: Job, place: _Place, jobs: int) -> Iterator[list[_Placed]]:
    """Compiles in this process first, and measures the time: an SLO with unit tests is ten times the work of one
    without. If the rest would take long enough, more processes compile it.
    """
    weights = [1 + len(service.slos) for service in job.workspace.services]
    total, done, started = sum(weights), 0, time.monotonic()
    for index, weight in enumerate(weights):
        rest = _estimated(time.monotonic() - started, done, total - done)
        if jobs > 1 and index + 1 < len(weights) and rest >= WORTH_SECONDS:
            yield from _in_processes(job, place, jobs, _shares(weights, index, jobs))
            return
        yield _put(job.service_files(index), place)
        done += weight


def _estimated(seconds: float, done: int, left: int) -> float:
    """The seconds that one process needs for ``left``, if ``done`` took ``seconds``; 0 until that can be estimated."""
    return seconds / done * left if done and seconds >= _PROBE_SECONDS else 0.0


def _shares(weights: Sequence[int], first: int, jobs: int) -> Iterator[range]:
    """The services from ``first`` on in pieces of about the same weight: a service may have one SLO or a thousand."""
    most = sum(weights[first:]) / (jobs * _TURNS)
    begin, weight = first, 0
    for index in range(first, len(weights)):
        if begin < index and (weight + weights[index] > most or index - begin >= _MOST_SERVICES):
            yield range(begin, index)
            begin, weight = index, 0
        weight += weights[index]
    yield range(begin, len(weights))


def _in_processes(job: Job, place: _Place, jobs: int, shares: Iterator[range]) -> Iterator[list[_Placed]]:
    gc.freeze()  # the garbage collector does not touch inherited memory, so it stays shared
    # fork, not spawn: the workspace is inherited, not sent
    fork = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(jobs, mp_context=fork, initializer=_start_worker, initargs=(job, place))
    try:
        for results in pool.map(_in_worker, shares):
            yield from results
    except BrokenProcessPool as error:
        raise EngineError("a worker process ended, perhaps because of too little memory: try --jobs 1") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        gc.unfreeze()


_work: tuple[Job, _Place] | None = None
"""The work of a worker process. The main process does not set it."""


def _start_worker(job: Job, place: _Place) -> None:
    global _work
    _work = job, place


def _in_worker(share: range) -> list[list[_Placed]]:
    assert _work is not None
    job, place = _work
    return [_put(job.service_files(index), place) for index in share]


def _put(files: Files, place: _Place) -> list[_Placed]:
    results = []
    for path, text in sorted(files.items()):
        content = text.encode()
        if check_names([path]):
            state = State.MISSING  # never written: all names are checked together at the end
        elif place.staging is None:
            state = file_state(place.output, path, content)
        else:
            state = stage_file(place.output, place.staging, path, content)
        results.append(_Placed(path, state))
    return results
