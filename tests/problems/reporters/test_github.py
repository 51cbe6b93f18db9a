"""GitHub's workflow commands: one line for each problem, which the runner reads back as it was."""

from __future__ import annotations

import re
from posixpath import normpath

from hypothesis import example, given
from hypothesis import strategies as st

from slosmith.model import Origin
from slosmith.problems import Problem
from slosmith.problems.reporters.github import report
from slosmith.vocabulary.characters import escaped
from tests.problems.reporters.samples import SAMPLES

COMMAND = re.compile(r"::(?P<command>error|warning|notice) (?P<properties>[^:]*(?::(?!:)[^:]*)*)::(?P<message>.*)")


def read(line: str) -> tuple[str, dict[str, str], str]:
    """As GitHub's runner reads a command: properties are split first, then the escapes are undone."""
    found = COMMAND.fullmatch(line)
    assert found is not None, line

    def undo(text: str, names: dict[str, str]) -> str:
        return re.sub("%..", lambda escape: names.get(escape[0], escape[0]), text)

    data = {"%0D": "\r", "%0A": "\n", "%25": "%"}
    pairs = (pair.split("=", 1) for pair in found["properties"].split(","))
    properties = {name: undo(value, {**data, "%3A": ":", "%2C": ","}) for name, value in pairs}
    return found["command"], properties, undo(found["message"], data)


def test_every_problem_is_one_command() -> None:
    lines = report(SAMPLES).splitlines()
    assert len(lines) == len(SAMPLES)
    for problem, line in zip(SAMPLES, lines, strict=True):
        command, properties, message = read(line)
        assert command == problem.severity.value
        assert properties["title"] == f"slosmith {problem.code}"
        assert message.split("\n")[0] == escaped(problem.message)
        assert not properties["file"].startswith(("/", "./"))


TEXT = st.text(st.sampled_from("%:,=\r\n ") | st.characters(exclude_categories=["Cs"]), max_size=40)


@given(message=TEXT, file=TEXT, hint=TEXT)
@example(message="100%0A::error::more", file="a,line=9::b%2C:c", hint="50%25")
def test_no_text_becomes_a_command_of_its_own(message: str, file: str, hint: str) -> None:
    problem = Problem(code="SYN101", message=message, hint=hint, origin=Origin("default", file))
    (text,) = report([problem]).split("\n")[:-1]
    command, properties, said = read(text)
    assert command == "error"
    assert properties == {"file": escaped(normpath(file or "slo_specs")), "title": "slosmith SYN101"}
    assert said == escaped(message) + (f"\nhint: {escaped(hint)}" if hint else "")
