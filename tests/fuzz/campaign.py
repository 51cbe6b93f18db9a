"""Runs all steps on one document after the other, for a given time, and keeps unexpected results.

Round ``n`` depends on ``n`` only: `python -m tests.fuzz --round n` repeats it.
"""

from __future__ import annotations

import re
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from slosmith.vocabulary.names import DEFAULT_SCHEME
from tests.fuzz.corpus import Seed, by_key, pick
from tests.fuzz.generation import generate
from tests.fuzz.mutation import QUERIES, damage, junk, spoil, touch, written
from tests.fuzz.world import CLASS, SCHEMES, SERVICE, lay_out, live, settings, target_settings

ROUND_SECONDS = 60
"""How long one round may take. Jsonnet and CEL have limits of their own, and a busy machine is slow."""


class Failure(msgspec.Struct):
    """An unexpected result: the round, the origin of its document, and the files that caused it."""

    round: int
    kind: str
    """The exception and the innermost place of ours: the same for what is probably the same fault."""
    trace: str
    files: dict[str, str]


class Tally(msgspec.Struct):
    """The numbers of a campaign. Tallies of several processes can be added."""

    rounds: int = 0
    documents: int = 0
    seconds: float = 0.0
    reached: dict[str, int] = {}
    failures: list[Failure] = []

    def add(self, other: Tally) -> None:
        self.rounds += other.rounds
        self.documents += other.documents
        self.seconds = max(self.seconds, other.seconds)
        self.reached = dict(Counter(self.reached) + Counter(other.reached))
        self.failures += other.failures


def files_of(number: int) -> tuple[dict[str, bytes], bool]:
    """The files of round ``number``, and whether they are compiled.

    There are two kinds of rounds. One has many documents with much damage, which are only read. The other has one
    document with little damage in a good project, which often passes all steps.
    """
    random = Random(number)
    if random.random() < 0.75:
        files: dict[str, bytes] = {}
        for index in range(24):
            seed = generate(random) if random.random() < 0.3 else pick(random)
            made = damage(seed, random, random.choice((1, 2, 3, 8)))
            if made.folder or random.random() < 0.2:
                files[_path(made, index)] = written(made.value, random)
        if random.random() < 0.3:
            files["inventory/all.json"] = written([random.choice(("a", {"name": "b"}, {"namespace": 3}, []))], random)
        return files, False
    if random.random() < 0.2:
        made = damage(pick(random), random, random.choice((1, 1, 2)))
    else:
        seed = generate(random) if random.random() < 0.1 else pick(random)
        made = touch(seed, random, random.choice((0, 1, 1, 2, 4)))
    if isinstance(made.value, dict) and made.value.get("class") not in ("stable", None) and random.random() < 0.9:
        made.value["class"] = "stable"
    files = {
        "slosmith.yaml": _settings_text(random),
        "classes/stable.yaml": CLASS.encode(),
        "services/good.yaml": SERVICE.encode(),
    }
    path = _path(made, None)
    files[path] = written(made.value, random, damaged=random.random() < 0.1)
    if made.beside:
        beside = (written(value, random, damaged=False) for value in made.beside)
        files[path] = b"\n---\n".join((files[path], *beside))
    if random.random() < 0.1:
        query = random.choice(QUERIES)
        query = spoil(query, random) if random.random() < 0.3 else query.replace("[5m]", "[{{.window}}]")
        files["services/asked.yaml"] = _asked(query)
    return files, True


def _settings_text(random: Random) -> bytes:
    """The project's settings, as YAML: a part of another document may have keys that JSON does not know."""
    chosen = settings(_targets(random), random.choice((*SCHEMES, DEFAULT_SCHEME)))
    return written(chosen, random, damaged=False)


def _targets(random: Random) -> dict[str, dict[str, Any]]:
    """Some targets, sometimes all of them, and some of them with unusual settings."""
    known = target_settings()
    names = sorted(known) if random.random() < 0.2 else random.sample(sorted(known), 2)
    chosen: dict[str, dict[str, Any]] = {name: {} for name in names}
    if random.random() < 0.4:
        name = random.choice(names)
        for setting in random.sample(sorted(known[name]), min(len(known[name]), random.choice((1, 1, 2, 4)))):
            usual = known[name][setting]
            plain = [value for value in by_key().get(setting, ()) if isinstance(value, type(usual))]
            chosen[name][setting] = (
                random.choice((usual, *plain)) if random.random() < 0.5 else junk(random, (setting,))
            )
    return chosen


def _path(seed: Seed, index: int | None) -> str:
    """The path of the document: its name if it has one, as people do it."""
    if not seed.folder:
        return "slosmith.yaml"
    name = seed.value.get("name") if isinstance(seed.value, dict) else None
    plain = name if isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9][-A-Za-z0-9_.]{0,60}", name) else "x"
    return f"{seed.folder}/{plain}.yaml" if index is None else f"{seed.folder}/{index}/{plain}.yaml"


def _asked(query: str) -> bytes:
    """A service whose indicator is a query."""
    indicator = {"query_ratio": {"total": "sum(rate(x[{{.window}}]))", "bad": query}}
    objectives = {"queue": {"target": 99, "indicator": indicator}}
    return msgspec.json.encode({"version": "slosmith/v1", "kind": "Service", "name": "asked", "objectives": objectives})


def run(first: int, step: int, *, seconds: float | None = None, rounds: int | None = None) -> Tally:
    """Rounds ``first``, ``first + step``, ... until the given number of rounds or the given time."""
    tally = Tally()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        while True:
            tally.seconds = time.monotonic() - started
            if (rounds is not None and tally.rounds >= rounds) or (seconds is not None and tally.seconds >= seconds):
                return tally
            _round(first + tally.rounds * step, Path(folder, "slo_specs"), tally)


def _round(number: int, root: Path, tally: Tally) -> None:
    files, deep = files_of(number)
    tally.rounds += 1
    tally.documents += len(files) - (3 if deep else 0)
    lay_out(root, files)
    try:
        with _limited(ROUND_SECONDS):
            reached = live(root, Random(f"{number} done"), deep=deep)
    except Exception as error:
        shown = {path: content.decode("utf-8", "backslashreplace") for path, content in files.items()}
        tally.failures.append(Failure(number, _kind(error), traceback.format_exc(), shown))
        return
    for stage in reached:
        tally.reached[stage] = tally.reached.get(stage, 0) + 1


def _kind(error: BaseException) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "slosmith" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno} {frames[-1].name}" if frames else "nowhere"
    return f"{type(error).__name__} at {place}"


class _TooSlowError(Exception):
    pass


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """A limit of time. A slower result is unexpected too."""

    def late(number: int, frame: object) -> None:
        raise _TooSlowError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
