"""Compiles a workspace into the output folder, or compares it with what is there; with many processes where it pays.

The result does not depend on the number of processes: services are compiled independently, each into files of its own,
and the files are put in place together at the end.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from pathlib import Path

import msgspec

from slosmith.engines.error import EngineError
from slosmith.model import Origin, Service, Workspace
from slosmith.output.artefacts import Files
from slosmith.output.checksums import Made, sha256
from slosmith.output.compile import Names, service_files, shared_files, summary_files
from slosmith.output.registry import configured
from slosmith.output.target import Configured
from slosmith.output.tree import Comparison, State, check_names, file_state, refuse_foreign_folder, survey
from slosmith.output.writer import Staging, stage_file
from slosmith.problems.finding import FindingsError
from slosmith.settings import Project

WORTH_PROCESSES = 200
"""SLOs from which a second process pays: starting it costs what compiling some fifty SLOs does."""

_CHUNK = 8

Progress = Callable[[int], None]
"""Called with the number of services that are done since the last call."""


class _Job(msgspec.Struct, frozen=True):
    """What every worker needs to know; workers inherit it from the process that forks them."""

    services: Sequence[Service]
    project: Project
    targets: Sequence[Configured]
    specs: str
    output: Path
    staging: Path | None
    """Where files are staged; None: they are only compared."""


class _Placed(msgspec.Struct, frozen=True):
    """An artefact: its path, how the disk compared, and its SHA-256."""

    path: str
    state: State
    sha256: str


_job: _Job | None = None


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
    FindingsError for settings or names that are wrong, OutputError and EngineError; nothing is changed then.
    """
    targets, findings = configured(project)
    if findings:
        raise FindingsError(findings)
    names = Names()
    states: dict[str, State] = {}
    made: list[Made] = []

    def take(placed: list[_Placed], origin: Origin) -> None:
        for each in placed:
            names.add(each.path, origin)
            states[each.path] = each.state
            made.append(Made(each.path, f"{specs}/{origin.file}", each.sha256))

    if check:
        refuse_foreign_folder(output)
    with nullcontext() if check else Staging(output) as staging:
        job = _Job(workspace.services, project, targets, specs, output, staging.folder if staging is not None else None)
        for index, placed in _compile_all(job, jobs, len(workspace.slos())):
            take(placed, workspace.services[index].origin)
            if progress is not None:
                progress(1)
        take(_place(shared_files(workspace, project, targets, specs), job), Origin("default"))
        take(_place(summary_files(workspace, project, targets, specs, made), job), Origin("default"))
        if found := names.findings():
            raise FindingsError(found)
        if staging is None:
            return survey(output, states)
        for path, state in states.items():
            staging.add(path, state)
        return staging.commit()


def _compile_all(job: _Job, jobs: int, slos: int) -> Iterator[tuple[int, list[_Placed]]]:
    """Every service's index and the states of its files, in order."""
    indexes = range(len(job.services))
    if jobs <= 1 or slos < WORTH_PROCESSES:
        for index in indexes:
            yield index, _service(job, index)
        return
    global _job
    _job = job
    gc.freeze()  # what the workers inherit stays shared, instead of being copied as the collector touches it
    # fork, not spawn: the workspace is inherited, not sent
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"))
    try:
        yield from enumerate(pool.map(_in_worker, indexes, chunksize=_CHUNK))
    except BrokenProcessPool as error:
        raise EngineError("a worker process died (out of memory?); try --jobs 1") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        _job = None
        gc.unfreeze()


def _in_worker(index: int) -> list[_Placed]:
    assert _job is not None
    return _service(_job, index)


def _service(job: _Job, index: int) -> list[_Placed]:
    return _place(service_files(job.services[index], job.project, job.targets, job.specs), job)


def _place(files: Files, job: _Job) -> list[_Placed]:
    results = []
    for path, text in sorted(files.items()):
        content = text.encode()
        if check_names([path]):
            state = State.MISSING  # never written: the names are judged together, at the end
        elif job.staging is None:
            state = file_state(job.output, path, content)
        else:
            state = stage_file(job.output, job.staging, path, content)
        results.append(_Placed(path, state, sha256(content)))
    return results
