"""Runs the commands of a transcript in a folder: ``slosmith``, and a few commands that change or show files."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import slosmith
from slosmith.cli.main import run
from tests.transcripts.transcript import Answer

CHECKOUT = Path(__file__).resolve().parents[2]


class Shell:
    """Runs commands in ``folder``. ``tools`` are the folders with programs for slosmith. With ``own``, every slosmith
    runs in a process of its own.
    """

    def __init__(self, folder: Path, tools: list[Path], *, own: bool = False) -> None:
        self.folder = folder
        self.slosmith = _in_a_process if own else _in_this_process
        # nothing of the environment: no width of a terminal, no language, no variables of a CI system
        self.env = {
            "PATH": os.pathsep.join(map(str, tools)),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "100",
        }

    def run(self, line: str) -> Answer:
        """``[NAME=VALUE]... command [| filter]...``, quoted as for a POSIX shell. Raises ValueError for another
        command, OSError where a file is missing.
        """
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|")
        lexer.whitespace_split = True
        commands: list[list[str]] = [[]]
        for word in lexer:
            if word == "|":
                commands.append([])
            else:
                commands[-1].append(word)
        answer = self._command(commands[0])
        for name, *arguments in commands[1:]:
            if name not in FILTERS:
                raise ValueError(f"there is no filter {name!r}; there are {', '.join(FILTERS)}")
            answer = Answer(FILTERS[name](answer.stdout, *arguments), answer.stderr, answer.code)
        return Answer(self._normal(answer.stdout), self._normal(answer.stderr), answer.code)

    def _command(self, words: list[str]) -> Answer:
        env = dict(self.env)
        while re.match(r"[A-Z_]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            env[name] = value
        name, *arguments = words
        if name == "slosmith":
            return self.slosmith(self.folder, env, arguments)
        if name == "cd":
            self.folder = self.folder / arguments[0]
            return Answer()
        if name not in FILE_COMMANDS:
            raise ValueError(f"there is no command {name!r}; there are slosmith, cd, {', '.join(FILE_COMMANDS)}")
        return Answer(FILE_COMMANDS[name](self.folder, *arguments))

    def _normal(self, text: str) -> str:
        """The text without parts that differ between machines, days and versions. docs/testing.md lists them."""
        for place, shown in ((self.env["HOME"], "<folder>"), (str(CHECKOUT), "<checkout>")):
            text = text.replace(place, shown)
        text = re.sub(rf'(\bslosmith |"version": ?"){re.escape(slosmith.__version__)}\b', r"\1<version>", text)
        text = re.sub(r"\b\d+\.\d+ s\b", "<seconds> s", text)
        text = re.sub(r'("seconds": |\btime=)"?\d+(\.\d+)?"?', r'\1"<seconds>"', text)
        return text.replace(datetime.now(UTC).date().isoformat(), "<today>")


def _in_a_process(folder: Path, env: Mapping[str, str], arguments: list[str]) -> Answer:
    done = subprocess.run(
        [sys.executable, "-m", "slosmith", *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return Answer(done.stdout.decode(), done.stderr.decode(), done.returncode)


def _in_this_process(folder: Path, env: Mapping[str, str], arguments: list[str]) -> Answer:
    """Runs the console script with other streams, another folder and another environment."""
    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2)]
    code: object = None
    with _surroundings(folder, env, arguments, streams):
        try:
            run()
        except SystemExit as end:
            code = end.code
    printed = []
    for stream in streams:
        stream.flush()
        printed.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return Answer(printed[0], printed[1], code if isinstance(code, int) else 0 if code is None else 1)


@contextmanager
def _surroundings(
    folder: Path, env: Mapping[str, str], arguments: list[str], streams: list[io.TextIOWrapper]
) -> Iterator[None]:
    before = Path.cwd(), dict(os.environ), sys.argv, sys.stdout, sys.stderr, signal.getsignal(signal.SIGTERM)
    threshold = gc.get_threshold()
    try:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(env)
        sys.argv = ["slosmith", *arguments]
        sys.stdout, sys.stderr = streams
        yield
    finally:
        here, environment, sys.argv, sys.stdout, sys.stderr, handler = before
        signal.signal(signal.SIGTERM, handler)
        gc.set_threshold(*threshold)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(here)


def _cat(folder: Path, *paths: str) -> str:
    return "".join((folder / path).read_text("utf-8") for path in paths)


def _ls(folder: Path, *paths: str) -> str:
    """Every file below the folder, sorted. An empty folder ends with a slash."""
    found = []
    for root in [folder / path for path in paths or (".",)]:
        for path in sorted(root.rglob("*")):
            if path.is_file() or path.is_symlink():
                found.append(path.relative_to(folder).as_posix())
            elif not any(path.iterdir()):
                found.append(f"{path.relative_to(folder).as_posix()}/")
    return "".join(f"{line}\n" for line in found)


def _rm(folder: Path, *paths: str) -> str:
    for path in paths:
        if (folder / path).is_dir():
            shutil.rmtree(folder / path)
        else:
            (folder / path).unlink()
    return ""


def _mkdir(folder: Path, *paths: str) -> str:
    for path in paths:
        (folder / path).mkdir(parents=True)
    return ""


def _mv(folder: Path, source: str, target: str) -> str:
    (folder / target).parent.mkdir(parents=True, exist_ok=True)
    (folder / source).rename(folder / target)
    return ""


def _cp(folder: Path, source: str, target: str) -> str:
    (folder / target).parent.mkdir(parents=True, exist_ok=True)
    if (folder / source).is_dir():
        shutil.copytree(folder / source, folder / target)
    else:
        shutil.copy(folder / source, folder / target)
    return ""


def _replace(folder: Path, path: str, old: str, new: str) -> str:
    text = (folder / path).read_text("utf-8")
    if old not in text:
        raise ValueError(f"replace: {path} does not hold {old!r}")
    (folder / path).write_text(text.replace(old, new), "utf-8")
    return ""


def _append(folder: Path, path: str, line: str) -> str:
    with (folder / path).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    return ""


def _write(folder: Path, path: str, *lines: str) -> str:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return ""


def _git(folder: Path, *arguments: str) -> str:
    """git as one author at one time, so that the names of commits are always the same. Prints nothing.

    ``file:.`` is the URL of the folder: only from a URL a clone can be shallow.
    """
    role = {"NAME": "T", "EMAIL": "t@example.org", "DATE": "2026-01-01T00:00:00Z"}
    who = {f"GIT_{who}_{part}": value for who in ("AUTHOR", "COMMITTER") for part, value in role.items()}
    fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    words = [f"file://{folder}" if word == "file:." else word for word in arguments]
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **who, **fixed})
    return ""


FILE_COMMANDS: Mapping[str, Callable[..., str]] = {
    "cat": _cat,
    "ls": _ls,
    "rm": _rm,
    "mkdir": _mkdir,
    "mv": _mv,
    "cp": _cp,
    "replace": _replace,
    "append": _append,
    "write": _write,
    "git": _git,
}


def _lines(keep: Callable[[list[str]], list[str]], text: str) -> str:
    return "".join(keep(text.splitlines(keepends=True)))


def _json(text: str, path: str = "") -> str:
    """The value at a path of names and numbers (``problems.0.code``). ``*`` means every entry, with a line for each."""
    values: list[Any] = [json.loads(text)]
    for part in path.split(".") if path else ():
        if part == "*":
            values = [each for value in values for each in (value.values() if isinstance(value, dict) else value)]
        else:
            values = [value[int(part)] if isinstance(value, list) else value[part] for value in values]
    return "".join(f"{json.dumps(value, ensure_ascii=False)}\n" for value in values)


FILTERS: Mapping[str, Callable[..., str]] = {
    "grep": lambda text, word: _lines(lambda lines: [line for line in lines if word in line], text),
    "head": lambda text, count: _lines(lambda lines: lines[: int(count)], text),
    "tail": lambda text, count: _lines(lambda lines: lines[-int(count) :], text),
    "json": _json,
}
"""What a transcript shows of a long output, and so asserts."""
