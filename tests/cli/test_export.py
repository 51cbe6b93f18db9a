"""`slosmith export`: the files that it writes, and reading them again."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.project import make_project, slosmith, write

WINDOWS = """version: slosmith/v1
kind: AlertCatalogue
name: odd
windows:
  - {budget_share: 3%, long: 1h, short: 5m, severity: page}
  - {budget_share: 5%, long: 6h, short: 30m, severity: page}
  - {budget_share: 10%, long: 1d, short: 2h, severity: ticket}
  - {budget_share: 12%, long: 3d, short: 6h, severity: ticket}
"""


def test_windows_of_a_sloth_export_say_where_they_belong(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "catalogues/odd.yaml", WINDOWS)
    for file in (specs / "classes").iterdir():
        file.write_text(file.read_text("utf-8").replace("catalogue: default", "catalogue: odd"), "utf-8")
    done = slosmith(tmp_path, "export", "--to", "sloth", "--output", "d")
    assert done.returncode == 0, done.stderr
    assert "3 files in d\n" in done.stdout
    assert "d/windows: for Sloth's --slo-period-windows-path; slosmith reads it in slo_specs/catalogues/" in done.stdout

    back = tmp_path / "back"
    shutil.copytree(tmp_path / "d", back / "slo_specs/services")
    write(back / "slo_specs/slosmith.yaml", "version: slosmith/v1\nkind: Project\nname: back\nperiod: {rolling: 28d}\n")
    done = slosmith(back, "validate")
    assert done.returncode == 1
    assert "services/windows/28d.yaml:2:7: error RES315" in done.stdout
    assert "move it to slo_specs/catalogues/" in done.stdout

    shutil.move(back / "slo_specs/services/windows", back / "slo_specs/catalogues")
    done = slosmith(back, "validate")
    assert done.returncode == 0, done.stdout
    assert "8 SLOs" in done.stdout


def test_an_export_without_windows_says_nothing_of_them(tmp_path: Path) -> None:
    for file in (make_project(tmp_path) / "classes").iterdir():
        file.write_text(file.read_text("utf-8").replace("catalogue: default", "catalogue: sloth"), "utf-8")
    assert slosmith(tmp_path, "export", "--to", "sloth", "--output", "d").stdout == "2 files in d\n"
