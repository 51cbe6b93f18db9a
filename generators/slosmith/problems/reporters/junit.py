"""Problems as JUnit XML: a suite for each file, in which errors are failures and the rest is output of tests that pass.

The shape is that of Jenkins' junit-10.xsd, with the attribute ``file`` that GitLab reads.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from slosmith.problems.problem import Problem, Severity
from slosmith.problems.reporters import Facts

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, escaped or not."""


def report(problems: Iterable[Problem], files: Iterable[str] = ()) -> str:
    """``files`` are all files that were checked: a file without a problem is a test that passed."""
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for file in files:
        by_file[file] = []
    for problem in problems:
        by_file[problem.file].append(problem)
    suites = [(file, by_file[file]) for file in sorted(by_file)]
    tests = sum(max(len(found), 1) for _, found in suites)
    failures = sum(_failures(found) for _, found in suites)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="slosmith" tests="{tests}" failures="{failures}" errors="0">',
    ]
    for file, found in suites:
        lines += _suite(file, found)
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(file: str, problems: list[Problem]) -> list[str]:
    name = _attribute(file or "(no file)")
    counts = f'tests="{max(len(problems), 1)}" failures="{_failures(problems)}" errors="0" skipped="0" time="0"'
    lines = [f"  <testsuite name={name} {counts}>"]
    if not problems:
        lines.append(f'    <testcase classname={name} name="no problems" file={name} time="0"/>')
    for problem in problems:
        title = " ".join(part for part in (problem.code, problem.subject) if part)
        lines.append(f'    <testcase classname={name} name={_attribute(title)} file={name} time="0">')
        lines.append(f"      {_body(problem)}")
        lines.append("    </testcase>")
    return [*lines, "  </testsuite>"]


def _body(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}:{problem.column}" if problem.line else problem.file
    text = f"{place}: {problem.severity.value} {problem.code}: {problem.message}"
    text += f"\nhint: {problem.hint}" if problem.hint else ""
    if problem.severity is Severity.ERROR:
        opening = f"<failure type={_attribute(problem.code)} message={_attribute(problem.message)}>"
        return f"{opening}{escape(_clean(text))}</failure>"
    return f"<system-out>{escape(_clean(text))}</system-out>"


def _failures(problems: list[Problem]) -> int:
    return sum(problem.severity is Severity.ERROR for problem in problems)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def render(problems: Sequence[Problem], facts: Facts) -> str:
    """As :func:`report`, with the arguments of every reporter."""
    return report(problems, facts.files)
