"""The text of a transcript: a description, an input tree, commands and their output.

docs/testing.md has the format. Reading a text and writing it again gives the same text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

SETTINGS = {"tree": "a folder of tests/transcripts/trees/", "process": "own", "tools": "promtool or git"}
"""Setting -> what its value is. Lines of the head ``NAME: VALUE``."""

_SECTION = re.compile(r"-- (?P<name>\S.*?) --")
_COMMANDS = "commands"
_GUTTERS = {"| ": "stdout", "! ": "stderr"}
_NO_NEWLINE = "\\ no newline at the end"


class TranscriptError(Exception):
    """The text is not a transcript. The message names the line (from 1)."""


@dataclass(frozen=True)
class Answer:
    """The output of a command on each stream, and its exit code."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0


@dataclass(frozen=True)
class Step:
    """One command. ``before`` has the comments and empty lines above it."""

    before: tuple[str, ...]
    command: str
    expected: Answer


@dataclass(frozen=True)
class Transcript:
    """A transcript. ``head`` stays unchanged. ``files`` are added to the folder in the setting ``tree``."""

    head: str
    settings: Mapping[str, str]
    files: Mapping[str, str]
    steps: tuple[Step, ...]
    after: tuple[str, ...] = field(default=())

    def answered(self, answers: list[Answer]) -> Transcript:
        """The same commands with other output, one for each step."""
        steps = (replace(step, expected=answer) for step, answer in zip(self.steps, answers, strict=True))
        return replace(self, steps=tuple(steps))


def parse(text: str) -> Transcript:
    """Raises TranscriptError."""
    head: list[str] = []
    files: dict[str, list[str]] = {}
    lines = text.splitlines()
    into, number = head, 0
    for number, line in enumerate(lines, 1):
        found = _SECTION.fullmatch(line)
        if found is None:
            into.append(line)
        elif found["name"] == _COMMANDS:
            break
        elif found["name"] in files:
            raise TranscriptError(f"line {number}: {found['name']} is there twice")
        else:
            into = files.setdefault(found["name"], [])
    else:
        raise TranscriptError(f"there is no line `-- {_COMMANDS} --`")
    steps, after = _steps(lines, number)
    contents = {name: "".join(f"{line}\n" for line in body) for name, body in files.items()}
    return Transcript("".join(f"{line}\n" for line in head), _settings(head), contents, steps, after)


def _settings(head: list[str]) -> dict[str, str]:
    found = {}
    for number, line in enumerate(head, 1):
        name, colon, value = line.partition(": ")
        if colon and name in SETTINGS:
            found[name] = value.strip()
        elif colon and name.islower() and name.isalpha():
            raise TranscriptError(f"line {number}: there is no setting {name!r}; there are {', '.join(SETTINGS)}")
    if not any(line.strip() and line.partition(": ")[0] not in SETTINGS for line in head):
        raise TranscriptError("line 1: a transcript begins with a sentence about what it shows")
    return found


def _steps(lines: list[str], start: int) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The steps after line ``start`` (from 1), and the comments after the last step."""
    steps: list[Step] = []
    before: list[str] = []
    command: str | None = None
    streams: dict[str, list[str]] = {}
    code = 0

    def close() -> None:
        nonlocal command
        if command is not None:
            steps.append(Step(opened, command, Answer(_join(streams["stdout"]), _join(streams["stderr"]), code)))
        command = None

    opened: tuple[str, ...] = ()
    for number, line in enumerate(lines[start:], start + 1):
        stream = _GUTTERS.get(line[:2].ljust(2)) if line else None
        if line.startswith("$ "):
            close()
            opened, before = tuple(before), []
            command, streams, code = line[2:], {"stdout": [], "stderr": []}, 0
        elif stream is not None and command is not None:
            streams[stream].append(line[2:])
        elif line.startswith("exit ") and line[5:].isdigit() and command is not None:
            code = int(line[5:])
        elif not line.strip() or line.startswith("#"):
            close()
            before.append(line)
        else:
            raise TranscriptError(
                f"line {number}: neither `$ command`, `| output`, `! error`, `exit N` nor `# comment`"
            )
    close()
    if not steps:
        raise TranscriptError("there is no command")
    return tuple(steps), tuple(before)


def _join(lines: list[str]) -> str:
    if lines and lines[-1] == _NO_NEWLINE:
        return "\n".join(lines[:-1])
    return "".join(f"{line}\n" for line in lines)


def render(transcript: Transcript) -> str:
    """The text of a transcript."""
    parts = [transcript.head]
    for name, content in transcript.files.items():
        parts.append(f"-- {name} --\n{content}")
    parts.append(f"-- {_COMMANDS} --\n")
    for step in transcript.steps:
        parts += (f"{line}\n" for line in step.before)
        parts.append(f"$ {step.command}\n{show(step.expected)}")
    parts += (f"{line}\n" for line in transcript.after)
    return "".join(parts)


def show(answer: Answer) -> str:
    """The output as written below its command: standard output, standard error, and the exit code if it is not 0."""
    shown = [*_gutter("|", answer.stdout), *_gutter("!", answer.stderr)]
    if answer.code:
        shown.append(f"exit {answer.code}")
    return "".join(f"{line}\n" for line in shown)


def _gutter(mark: str, text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    if last:
        lines += [last, _NO_NEWLINE]
    return [f"{mark} {line}".rstrip() if not line else f"{mark} {line}" for line in lines]
