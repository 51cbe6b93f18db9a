"""Cases of checks: specs as text, the lines at which the check must report a problem, and the messages.

A case file ``cases/<CODE>.yaml`` holds a list of cases::

    - name: what the case shows
      today: 2026-03-10                 # the date of judgement; this one by default
      files: {services/x.yaml: ...}     # below slo_specs/; `version` is put in front where it is missing
      found:                            # optional: text that the messages at each marked line contain, in order
        - ...

A line of a file that ends in ``# <CODE>`` is one where the check must find something; on all others it must not. The
case passes a check without marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from slosmith.policy.judging import judge
from slosmith.problems import Problem, Severity
from slosmith.workspace import load

FOLDER = Path(__file__).with_name("cases")
TODAY = date(2026, 3, 10)
_MARK = re.compile(r"#.*?\b([A-Z]{3}[0-9]{3}(?: x[0-9]+)?)\s*$")


class Case(msgspec.Struct, frozen=True):
    """One case of one check."""

    code: str
    name: str
    files: dict[str, str]
    today: date = TODAY
    found: tuple[str, ...] = ()

    @property
    def marked(self) -> list[tuple[str, int]]:
        """File and line of every mark. A mark ``<CODE> x2`` counts twice."""
        places = []
        for file, content in sorted(self.files.items()):
            for number, line in enumerate(content.split("\n"), 1):
                mark = _MARK.search(line)
                if mark is not None and mark[1].startswith(self.code):
                    _, _, times = mark[1].partition(" x")
                    places += [(f"slo_specs/{file}", number)] * int(times or 1)
        return places


class Judged(msgspec.Struct, frozen=True):
    """The result of a case: problems of reading, and problems of policy."""

    read: tuple[Problem, ...]
    found: tuple[Problem, ...]

    def of(self, code: str) -> list[Problem]:
        return [problem for problem in self.found if problem.code == code]


def cases(code: str) -> list[Case]:
    """The cases of a check. A missing file has none."""
    file = FOLDER / f"{code}.yaml"
    return list(_read(file, code)) if file.exists() else []


def _read(file: Path, code: str) -> Iterator[Case]:
    items: list[dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))
    for item in items:
        files = {name: _complete(name, content) for name, content in item["files"].items()}
        yield Case(code, item["name"], files, item.get("today", TODAY), tuple(item.get("found", ())))


def _complete(name: str, content: str) -> str:
    """The spec with ``version`` and ``kind`` at its start, if it has none. They are on one line, so cases are short."""
    if not name.endswith(".yaml") or "version:" in content.lower() or name.startswith("inventory"):
        return content
    kinds = {"services": "Service", "classes": "SLOClass", "catalogues": "AlertCatalogue", "policies": "Policy"}
    kind = kinds.get(name.split("/")[0], "Project")
    own = "" if re.search(r"^name:", content, re.MULTILINE) else f"name: {Path(name).stem}\n"
    return f"version: slosmith/v1\nkind: {kind}\n{own}{content}"


def run(case: Case, folder: Path, *, complete: bool = True) -> Judged:
    """Writes the files of a case below ``folder``, reads them and runs policy. The current folder must be
    ``folder``.
    """
    root = folder / "slo_specs"
    root.mkdir()
    for name, content in case.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    loaded = load(Path("slo_specs"))
    return Judged(loaded.problems, judge(msgspec.structs.replace(loaded, complete=complete), case.today))


def errors(problems: tuple[Problem, ...]) -> list[Problem]:
    """The problems that are errors."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]
