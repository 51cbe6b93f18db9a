"""promtool: finds it, runs it on many files in parallel, reads its messages.

Each file is checked or tested by a process of its own, in the file's folder: test files name their rule files relative
to it, and some consumers run promtool in the same way. The process has the C locale, UTC and no standard input.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import msgspec

from slosmith.engines.error import EngineError
from slosmith.vocabulary.characters import escaped

UNPACKED = Path(".tools/prometheus/usr/bin")
"""The place of promtool in a project. This repository's `make prometheus` unpacks Debian's package there."""

TIMEOUT_SECONDS = 300.0


class FileResult(msgspec.Struct, frozen=True):
    """promtool's result for one file. ``messages`` are its lines, without progress; ``seconds`` is wall time."""

    file: Path
    passed: bool
    seconds: float
    messages: tuple[str, ...] = ()


Progress = Callable[[FileResult], None]


def find_promtool(project: Path | None = None) -> Path:
    """The promtool binary: on PATH, or unpacked below ``project``. Raises EngineError."""
    found = shutil.which("promtool")
    if found is not None:
        return Path(found)
    if project is not None:
        unpacked = (project / UNPACKED / "promtool").absolute()
        if unpacked.is_file() and os.access(unpacked, os.X_OK):
            return unpacked
    raise EngineError(
        "promtool was not found on PATH: install Prometheus, which contains it (apt-get install prometheus, "
        f"brew install prometheus), or put it into {UNPACKED}/ of the project"
    )


def check_rules(
    promtool: Path,
    files: Sequence[Path],
    jobs: int,
    on_result: Progress | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> list[FileResult]:
    """``promtool check rules --lint=all --lint-fatal`` on each file; results in the order of ``files``.

    Duplicate alerts are no error here: promtool compares names and written labels, and Sloth's own alerts differ only
    in the labels of their series. Duplicate recordings are an error.

    Raises EngineError when promtool cannot be started.
    """
    arguments = ("check", "rules", "--lint=all", "--lint-fatal")
    results = _run_all(promtool, arguments, files, jobs, on_result, timeout)
    again = [index for index, result in enumerate(results) if _duplicates_are_alerts(result)]
    alike = [results[index].file for index in again]
    unlinted = _run_all(promtool, ("check", "rules", "--lint=none"), alike, jobs, None, timeout)
    for index, result in zip(again, unlinted, strict=True):
        results[index] = msgspec.structs.replace(result, seconds=results[index].seconds + result.seconds)
    return results


def _duplicates_are_alerts(result: FileResult) -> bool:
    """Whether promtool found only duplicates, and none of them is a recording."""
    words = [line.strip() for line in result.messages]
    names = [word.removeprefix("Metric: ") for word in words if word.startswith("Metric: ")]
    if result.passed or not names or not any("duplicate rule(s) found" in word for word in words):
        return False
    content = result.file.read_text("utf-8", errors="replace")
    recorded = set(re.findall(r"""^\s*(?:- )?record: ["']?([^\s"']+)""", content, re.MULTILINE))
    return recorded.isdisjoint(names)


def run_rule_tests(
    promtool: Path,
    files: Sequence[Path],
    jobs: int,
    on_result: Progress | None = None,
    timeout: float = TIMEOUT_SECONDS,
) -> list[FileResult]:
    """``promtool test rules`` on each file; results in the order of ``files``.

    ``jobs`` processes at once; ``timeout`` in seconds a file, after which its process is killed and the file failed.
    Each file is run once. Up to Prometheus 3.3, a test that spans more than 36 h can lose a series and fail by chance;
    slosmith writes no such tests of rules (``slosmith.ruletests.spans``).

    ``on_result`` is called from the calling thread as each file is done. Raises EngineError when promtool cannot be
    started.
    """
    return _run_all(promtool, ("test", "rules"), files, jobs, on_result, timeout)


def _run_all(
    promtool: Path,
    arguments: Sequence[str],
    files: Sequence[Path],
    jobs: int,
    on_result: Progress | None,
    timeout: float,
) -> list[FileResult]:
    runner = _Runner(promtool, timeout)
    results: dict[int, FileResult] = {}
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        waiting: dict[Future[FileResult], int] = {}
        try:
            # the largest first: a long file that starts last would run alone at the end
            order = sorted(range(len(files)), key=lambda index: (-_size(files[index]), index))
            waiting = {pool.submit(runner.run, arguments, files[index]): index for index in order}
            for future, index in _as_done(waiting):
                results[index] = future.result()
                if on_result is not None:
                    on_result(results[index])
        except BaseException:  # after Ctrl-C and after errors, no process is left
            for future in waiting:
                future.cancel()
            runner.stop()
            raise
    return [results[index] for index in range(len(files))]


def _as_done(waiting: dict[Future[FileResult], int]) -> Iterator[tuple[Future[FileResult], int]]:
    open_futures = set(waiting)
    while open_futures:
        # a timeout keeps Ctrl-C prompt
        done, open_futures = wait(open_futures, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=lambda each: waiting[each]):
            yield future, waiting[future]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


class _Runner:
    """Starts promtool processes and knows which are running, so that all of them can be stopped."""

    def __init__(self, promtool: Path, timeout: float) -> None:
        self._promtool = promtool.absolute()
        self._timeout = timeout
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, arguments: Sequence[str], file: Path) -> FileResult:
        started = time.monotonic()
        with self._lock:
            if self._stopped:
                return FileResult(file, False, 0.0, ("stopped",))
            process = self._start(arguments, file)
            self._running.add(process)
        try:
            output, errors = process.communicate(timeout=self._timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return FileResult(file, False, time.monotonic() - started, (f"not done after {self._timeout:g} s: killed",))
        finally:
            with self._lock:
                self._running.discard(process)
        passed = process.returncode == 0
        messages = () if passed else tuple(_messages(output, errors))
        if process.returncode < 0:
            messages = (*messages, f"promtool was ended by signal {-process.returncode}")
        return FileResult(file, passed, time.monotonic() - started, messages)

    def _start(self, arguments: Sequence[str], file: Path) -> subprocess.Popen[str]:
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        # two processors for each: promtool's garbage collection runs in parallel to its work. GOGC: fewer collections
        environment |= {"LANG": "C", "LC_ALL": "C", "TZ": "UTC", "GOMAXPROCS": "2", "GOGC": "200"}
        try:
            return subprocess.Popen(
                [self._promtool, *arguments, f"./{file.name}"],
                cwd=file.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise EngineError(f"{self._promtool} cannot be run: {(error.strerror or str(error)).lower()}") from error

    def stop(self) -> None:
        """Kill all running processes, and start no others."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.kill()


_NOISE = re.compile(r"(Unit Testing:|Checking) .*|\s*(SUCCESS.*|FAILED:?)\s*")
_LONGEST_LINE = 2000
"""Characters of a line that are shown: promtool's messages contain the texts of alerts, which come from specs."""
_MOST_LINES = 1000


def _messages(*streams: str) -> Iterable[str]:
    """The lines of promtool's output, without progress. Control characters are escaped, long output is cut."""
    lines = (line.rstrip() for stream in streams for line in stream.split("\n"))
    messages = (line.removeprefix("  ") for line in lines if line and not _NOISE.fullmatch(line))
    for number, line in enumerate(messages):
        if number == _MOST_LINES:
            yield "... and more"
            return
        yield escaped(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} ...")
