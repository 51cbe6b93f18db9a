"""Names of files and folders are checked when specs are read, because headers, comments, tables and links
contain them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from slosmith.policy.judging import judge as judge_policies
from slosmith.problems import Problem
from slosmith.vocabulary.characters import bad_in_file_names
from slosmith.workspace import load
from tests.cli.project import make_project, slosmith

HOSTILE = [
    "a\nb", "a\rb", "a\x1b[31mb", "a\tb", "a\x7f", "a\x85b", "a\u2028b", "a\u202eb", "a\u200bb", "a\ufeff",
    "it's", 'say "so"', "a`b", "a|b", "a\\b", "a<b", "a>b", "a*b", "a?b", "a:b", "a;b", "a&b", "a$b", "a{b}", "a#b",
    "a%b", "a!b", "x\n{ a: importstr 'passwd' } + ", "a\udcff", " a", "\u00a0a",
]  # fmt: skip
FINE = [
    "a",
    "alpha",
    "Alpha_1.2-b",
    "a b",
    "a+b (copy)",
    "user@host",
    "a=b,c~d",
    "ünï",
    "данные",
    "服务",
    "नमस्ते",
    "x" * 200,
]


@pytest.mark.parametrize("name", FINE)
def test_good_names(name: str) -> None:
    assert bad_in_file_names(f"{name}.yaml") is None


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", ["services", "classes", "catalogues", "templates", "policies", ""])
def test_a_file_with_a_bad_name_is_a_problem_and_is_not_read(name: str, place: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    file = specs / place / f"{name}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("version: slosmith/v1\nkind: Secret\nname: [\n", "utf-8")
    loaded = load(specs)
    found = [*loaded.problems] if place != "policies" else [*judge(specs)]
    named = [problem for problem in found if problem.code == "SYN122"]
    assert len(named) == 1
    assert named[0].hint
    assert len(f"{named[0].file}{named[0].message}".splitlines()) == 1
    assert not [problem for problem in found if problem.line and problem.file == named[0].file]
    named[0].file.encode()


def judge(specs: Path) -> tuple[Problem, ...]:
    return judge_policies(load(specs), date(2026, 1, 1), select=())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_folder_with_a_bad_name_is_one_problem(name: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    folder = specs / "services" / name
    folder.mkdir()
    assert [problem.code for problem in load(specs).problems] == []  # it has no spec
    for number in range(3):
        (folder / f"{number}.yaml").write_text("version: [\n")
    assert [problem.code for problem in load(specs).problems] == ["SYN122"]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_the_specs_folder_is_judged(name: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    other = tmp_path / name
    specs.rename(other)
    assert [problem.code for problem in load(other).problems] == ["SYN122"]
    assert load(other).workspace is None


def test_from_the_command_line(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    name = "x\x1b[31m\n{ a: importstr 'passwd' }.yaml"
    (specs / "services" / name).write_text((specs / "services/alpha.yaml").read_text())
    for arguments in (["generate"], ["validate"], ["validate", f"slo_specs/services/{name}"], ["list"], ["export"]):
        done = slosmith(tmp_path, *arguments)
        assert done.returncode == 1
        assert "SYN122" in done.stdout + done.stderr
        assert "\x1b" not in done.stdout + done.stderr
    assert not (tmp_path / "generated").exists()
    (tmp_path / "slo_specs").rename(tmp_path / "sp\necs")
    (tmp_path / "sp\necs" / "services" / name).unlink()
    done = slosmith(tmp_path, "generate", "--specs", "sp\necs")
    assert done.returncode == 1
    assert "the name has the character U+000A" in done.stderr
