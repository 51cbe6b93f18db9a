"""Wrong input and its problems. Each file in cases/ has a specs folder and the expected problems.

A case begins with ``#`` lines that describe it. Then it has files (``-- path --`` and their text), and then
``-- problems --``. Every case also gets the settings and the class of :data:`BASE`, unless it has a file of this name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.problems.reporters.text import report
from slosmith.workspace import load

CASES = sorted(Path(__file__).with_name("cases").glob("*.txt"))

BASE = {
    "slosmith.yaml": """\
version: slosmith/v1
kind: Project
name: example
sites: [eqiad, codfw, {name: staging, covered: false}]
global_matchers: {site: "{site}", prometheus: k8s-mlserve}
""",
    "classes/stable.yaml": """\
version: slosmith/v1
kind: SLOClass
name: stable
description: Stable services.
period: {rolling: 28d, calendar: slo-quarter}
objectives:
  availability: {target: 98%}
  latency: {target: 98%, threshold: 500ms}
""",
}


def read_case(text: str) -> tuple[dict[str, str], str]:
    """Files by path, and the expected problems."""
    files: dict[str, str] = {}
    current = ""
    for line in text.splitlines(keepends=True):
        if line.startswith("-- ") and line.rstrip().endswith(" --"):
            current = line.rstrip()[3:-3]
            files[current] = ""
        elif current:
            files[current] += line
    return files, files.pop("problems", "")


def problems_of(files: dict[str, str], root: Path) -> str:
    for name, content in (BASE | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    loaded = load(root)
    text = report(loaded.problems, loaded.sources, carets=True)
    return text.replace(f"{root.as_posix()}/", "")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_problems(case: Path, tmp_path: Path) -> None:
    files, expected = read_case(case.read_text("utf-8"))
    assert problems_of(files, tmp_path) == expected
