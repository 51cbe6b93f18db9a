"""Every transcript below this folder: its commands print the text in it. `make transcripts` writes the transcripts
again.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from slosmith.cli.main import COMMANDS
from tests.transcripts.shell import Shell
from tests.transcripts.transcript import SETTINGS, Answer, Transcript, TranscriptError, parse, render, show

FOLDER = Path(__file__).parent
TREES = FOLDER / "trees"
FILES = sorted(path for path in FOLDER.rglob("*.txt") if not path.is_relative_to(TREES))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).with_suffix("").as_posix())
def test_transcript(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    transcript = parse(path.read_text("utf-8"))
    tools = _tools(transcript.settings.get("tools", ""), request)
    own = "process" in transcript.settings
    answers = _run(transcript, tmp_path / "1", tools, own=own)
    for answer in answers:
        # problems that `make transcripts` must not write into a transcript
        assert "Traceback" not in answer.stderr
        assert "a bug in slosmith" not in answer.stderr
    if own:
        assert _run(transcript, tmp_path / "2", tools, own=False) == answers, "this process is not like one of its own"
    if request.config.getoption("--update-transcripts"):
        path.write_text(render(transcript.answered(answers)), "utf-8")
        return
    for step, answer in zip(transcript.steps, answers, strict=True):
        assert f"$ {step.command}\n{show(answer)}" == f"$ {step.command}\n{show(step.expected)}"


def _tools(name: str, request: pytest.FixtureRequest) -> list[Path]:
    """The folders on PATH."""
    if name == "promtool":
        return [request.getfixturevalue("promtool").parent]
    git = shutil.which(name) if name else None
    return [Path(git).parent] if git is not None else []


def _run(transcript: Transcript, folder: Path, tools: list[Path], *, own: bool) -> list[Answer]:
    """The output of all commands, run in a new folder with the transcript's files."""
    project = folder / "project"
    project.mkdir(parents=True)
    if "tree" in transcript.settings:
        shutil.copytree(TREES / transcript.settings["tree"], project, dirs_exist_ok=True)
    for name, content in transcript.files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content, "utf-8")
    shell = Shell(project, tools, own=own)
    return [shell.run(step.command) for step in transcript.steps]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_shown(command: str) -> None:
    """Every command has transcripts: its output, its help, and its message for wrong arguments."""
    shown = [step for path in FILES for step in parse(path.read_text("utf-8")).steps
             if step.command.startswith(f"slosmith {command}")]  # fmt: skip
    assert any(step.expected.code == 0 and step.expected.stdout for step in shown)
    assert any(step.command == f"slosmith {command} --help" for step in shown)
    assert any(step.expected.code == 2 and step.expected.stderr for step in shown)


def test_no_two_say_the_same() -> None:
    counts = Counter(_asked(path) for path in FILES)
    assert [asked for asked, count in counts.items() if count > 1] == []


def _asked(path: Path) -> str:
    """The settings, the input and the commands, without the output."""
    it = parse(path.read_text("utf-8"))
    return "\n".join((str(it.settings), str(it.files), *(step.command for step in it.steps)))


def test_settings_are_used() -> None:
    """An unknown value of a setting is an error."""
    for path in FILES:
        settings = parse(path.read_text("utf-8")).settings
        assert settings.get("process", "own") == SETTINGS["process"], path
        assert settings.get("tools", "promtool") in SETTINGS["tools"].split(" or "), path
        assert "tree" not in settings or (TREES / settings["tree"]).is_dir(), path


TEXT = """\
A title.
tree: none

-- a/b.txt --
$ not a command

-- commands --

# A comment.
$ slosmith version
| out
|
|  spaces stay
! err
exit 3
$ cat a/b.txt
| half
| \\ no newline at the end

# The end.
"""


def test_a_transcript_is_read_and_written_alike() -> None:
    it = parse(TEXT)
    assert it.files == {"a/b.txt": "$ not a command\n\n"}
    first, second = it.steps
    assert (first.expected.stdout, first.expected.stderr, first.expected.code) == ("out\n\n spaces stay\n", "err\n", 3)
    assert second.expected.stdout == "half"
    assert render(it) == TEXT
    for path in FILES:
        assert render(parse(path.read_text("utf-8"))) == path.read_text("utf-8"), path


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("A title.\n", "no line `-- commands --`"),
        ("tree: x\n-- commands --\n$ slosmith\n", "begins with a sentence"),
        ("A title.\ntrees: x\n-- commands --\n$ slosmith\n", "line 2: there is no setting 'trees'"),
        ("A title.\n-- a --\n-- a --\n-- commands --\n$ slosmith\n", "line 3: a is there twice"),
        ("A title.\n-- commands --\n", "no command"),
        ("A title.\n-- commands --\n$ slosmith\nout\n", "line 4: neither"),
        ("A title.\n-- commands --\n| out\n", "line 3: neither"),
    ],
)
def test_what_is_no_transcript_is_refused(text: str, why: str) -> None:
    with pytest.raises(TranscriptError, match=why):
        parse(text)
