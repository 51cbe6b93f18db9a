"""Policy at the command line: the list of checks, pages, the date of judgement, reports."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.project import make_project, slosmith, write

WAIVER = "waivers: [{code: ALT201, reason: It is meant so., owner: search, expires: 2026-06-30}]\n"


def test_the_list_needs_no_project(tmp_path: Path) -> None:
    done = slosmith(tmp_path, "checks")
    assert done.returncode == 0
    assert "BUD101  error    An expected outage is longer than the error budget" in done.stdout


def test_a_page_a_family_and_an_unknown_code(tmp_path: Path) -> None:
    page = slosmith(tmp_path, "checks", "bud101")
    assert page.stdout.startswith("# BUD101: An expected outage is longer than the error budget\n")
    family = slosmith(tmp_path, "checks", "WAI")
    assert [line.split()[0] for line in family.stdout.splitlines()[1:]] == [
        "WAI601", "WAI602", "WAI603", "WAI604", "WAI605",
    ]  # fmt: skip
    unknown = slosmith(tmp_path, "checks", "BUD199")
    assert unknown.returncode == 2
    assert "there is no check BUD199" in unknown.stderr


def test_the_project_decides_the_levels(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    policy = "policy: {levels: {BUD101: off}, parameters: {BUD108: {events: 3}}}\n"
    write(specs / "slosmith.yaml", f"version: slosmith/v1\nkind: Project\nname: x\n{policy}")
    assert "BUD101  off" in slosmith(tmp_path, "checks").stdout
    (check,) = json.loads(slosmith(tmp_path, "checks", "BUD108", "--format", "json").stdout)
    assert check["level"] == "warning"
    assert check["parameters"][0]["value"] == "3"
    assert check["parameters"][0]["default"] == "10"


def test_an_error_of_policy_stops_validate_and_generate(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    with (specs / "services/alpha.yaml").open("a") as file:
        file.write("operations:\n  time_to_repair: 5d\n")
    validated = slosmith(tmp_path, "validate")
    assert validated.returncode == 1
    line = (specs / "services/alpha.yaml").read_text().splitlines().index("  time_to_repair: 5d") + 1
    assert f"slo_specs/services/alpha.yaml:{line}:19: error BUD101" in validated.stdout
    generated = slosmith(tmp_path, "generate")
    assert generated.returncode == 1
    assert "BUD101" in generated.stderr
    assert not (tmp_path / "generated").exists()


def test_warnings_do_not_stop_anything(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    alpha = specs / "services/alpha.yaml"
    alpha.write_text(alpha.read_text().replace("responsible: The ml team.\n", ""))
    validated = slosmith(tmp_path, "validate")
    assert validated.returncode == 0
    assert "warning DOC407" in validated.stdout
    generated = slosmith(tmp_path, "generate")
    assert generated.returncode == 0
    assert "DOC407" in generated.stderr
    assert "ALT201" not in generated.stderr, "notices are for validate"


@pytest.mark.parametrize(("today", "code"), [("2026-06-30", 0), ("2026-07-01", 1)])
def test_the_date_of_judgement_is_an_argument(tmp_path: Path, today: str, code: int) -> None:
    specs = make_project(tmp_path)
    with (specs / "services/beta.yaml").open("a") as file:
        file.write(WAIVER)
    done = slosmith(tmp_path, "validate", "--today", today)
    assert done.returncode == code
    assert ("WAI601" in done.stdout) is (code == 1)


def test_several_reports_at_once(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "out").mkdir()
    reports = {
        "sarif": "out/a.sarif",
        "junit": "out/a.xml",
        "code-quality": "q.json",
        "json": "p.json",
        "text": "t.txt",
    }
    arguments = [part for name, file in reports.items() for part in ("--report", f"{name}={file}")]
    done = slosmith(tmp_path, "validate", *arguments, "--today", "2026-03-01")
    assert done.returncode == 0
    sarif = json.loads((tmp_path / "out/a.sarif").read_text())
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == {"ALT201"}
    assert sarif["runs"][0]["tool"]["driver"]["rules"][0]["name"] == "clamped-tier"
    suites = ElementTree.parse(tmp_path / "out/a.xml").getroot()
    assert [suite.get("name") for suite in suites] == [
        "slo_specs/classes/lenient.yaml", "slo_specs/classes/stable.yaml", "slo_specs/services/alpha.yaml",
        "slo_specs/services/beta.yaml",
    ]  # fmt: skip
    assert {entry["severity"] for entry in json.loads((tmp_path / "q.json").read_text())} == {"info"}
    assert json.loads((tmp_path / "p.json").read_text())["problems"][0]["code"] == "ALT201"
    assert "notice ALT201" in (tmp_path / "t.txt").read_text()
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()], "nothing half written stays behind"


def test_reports_are_written_of_errors_too(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "services/broken.yaml", "version: slosmith/v1\nkind: Service\nname: [\n")
    for command in ("validate", "generate"):
        done = slosmith(tmp_path, command, "--report", f"code-quality={command}.json")
        assert done.returncode == 1
        (entry,) = json.loads((tmp_path / f"{command}.json").read_text())
        assert entry["location"]["path"] == "slo_specs/services/broken.yaml"
        assert entry["check_name"] == "SYN110"


@pytest.mark.parametrize(
    "report",
    [
        "html=x",
        "sarif",
        "sarif=",
        "=x",
        "sarif=missing/dir/x.sarif",
        "json=slo_specs",
        "json=slo_specs/services/alpha.yaml/x",
    ],
)
def test_reports_that_cannot_be(tmp_path: Path, report: str) -> None:
    make_project(tmp_path)
    done = slosmith(tmp_path, "validate", "--report", report)
    assert done.returncode == 2
    assert f"--report {report}: " in done.stderr
    assert not (tmp_path / "missing").exists()
    assert "Traceback" not in done.stderr


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    """The name of the report is too long for the file system. This is known only when the report is written."""
    make_project(tmp_path)
    done = slosmith(tmp_path, "validate", "--report", f"json={'x' * 300}")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "x" * 300 in done.stderr, "the file that was asked for, and no temporary name"
    assert [path.name for path in tmp_path.iterdir()] == ["slo_specs"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "--report", "json={}"),
        ("checksums", "generated", "--output", "{}"),
        ("test", "generated/tiny.yaml", "--junit", "{}"),
    ],
    ids=["validate", "checksums", "test"],
)
def test_reports_are_replaced_whole(tmp_path: Path, arguments: tuple[str, ...], promtool: Path) -> None:
    """A program that reads the old report keeps it, because the new report is another file. A link is replaced. Its
    target stays unchanged.
    """
    make_project(tmp_path)
    assert slosmith(tmp_path, "generate").returncode == 0
    write(tmp_path / "generated/tiny.yaml", "groups: []\n")
    precious, report = tmp_path / "precious", tmp_path / "report"
    precious.write_text("precious")
    report.symlink_to(precious)
    path = {"PATH": f"{promtool.parent}:{os.environ['PATH']}"}
    done = slosmith(tmp_path, *(argument.format(report) for argument in arguments), env=path)
    assert done.returncode == 0, done.stderr
    assert precious.read_text() == "precious"
    assert report.read_text()
    assert not report.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"slo_specs", "generated", "precious", "report"}


def test_a_date_that_is_none(tmp_path: Path) -> None:
    make_project(tmp_path)
    done = slosmith(tmp_path, "validate", "--today", "tomorrow")
    assert done.returncode == 2
    assert "'tomorrow' is not a date" in done.stderr


def test_no_colours_but_on_a_terminal(tmp_path: Path) -> None:
    make_project(tmp_path)
    assert "\x1b" not in slosmith(tmp_path, "validate").stdout


def test_one_file_alone_is_judged_for_itself(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(
        specs / "slosmith.yaml", "version: slosmith/v1\nkind: Project\nname: x\ninventory: {file: inventory/all.json}\n"
    )
    write(specs / "inventory/all.json", '["alpha", "gamma"]')
    assert "DOC409" in slosmith(tmp_path, "validate").stdout
    done = slosmith(tmp_path, "validate", "slo_specs/services/alpha.yaml")
    assert done.returncode == 0
    assert "DOC4" not in done.stdout
