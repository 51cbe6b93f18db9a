"""Options that show fewer problems: by code, by severity, and only the problems that a change adds."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .project import make_project, slosmith, write

TODAY = ("--today", "2026-03-01")


def git(folder: Path, *arguments: str) -> None:
    options = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *options, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose first commit has a warning: alpha has no runbook."""
    folder = tmp_path / "repository"
    specs = make_project(folder / "inner")
    change(specs / "services/alpha.yaml", "runbook: https://docs.example.org/alpha/runbook\n", "")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder / "inner"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    write(path, text.replace(old, new))


def test_only_what_a_change_brings(project: Path) -> None:
    before = slosmith(project, "validate", *TODAY)
    assert "ALT205" in before.stdout
    assert "no problems" in slosmith(project, "validate", "--new-since", "HEAD", *TODAY).stdout
    alpha = project / "slo_specs/services/alpha.yaml"
    write(alpha, "# a line more\n" + alpha.read_text("utf-8"))
    change(project / "slo_specs/services/beta.yaml", "runbook: https://docs.example.org/beta/runbook\n", "")
    new = slosmith(project, "validate", "--new-since", "HEAD", *TODAY)
    assert new.returncode == 0
    assert "beta.yaml" in new.stdout
    assert "alpha.yaml" not in new.stdout
    # another service is added to the subjects of an existing problem
    beta = (project / "slo_specs/services/beta.yaml").read_text("utf-8")
    write(project / "slo_specs/services/gamma.yaml", beta.replace("beta", "gamma"))
    assert "4 SLOs: " in slosmith(project, "validate", "--select", "ALT201", *TODAY).stdout
    joined = slosmith(project, "validate", "--new-since", "HEAD", "--select", "ALT201", *TODAY)
    assert "no problems" in joined.stdout
    change(alpha, "class: stable", "class: stabel")
    broken = slosmith(project, "validate", "--new-since", "HEAD", "slo_specs/services/alpha.yaml", *TODAY)
    assert broken.returncode == 1
    assert "RES301" in broken.stdout


def test_a_folder_that_was_not_there_has_only_new_problems(project: Path) -> None:
    other = project / "other"
    specs = make_project(other)
    change(specs / "services/alpha.yaml", "runbook: https://docs.example.org/alpha/runbook\n", "")
    assert "ALT205" in slosmith(other, "validate", "--new-since", "HEAD", *TODAY).stdout


def test_what_git_cannot_say(project: Path, tmp_path: Path) -> None:
    unknown = slosmith(project, "validate", "--new-since", "no-such-revision")
    assert unknown.returncode == 3
    assert "git knows no commit 'no-such-revision'" in unknown.stderr
    option = slosmith(project, "validate", "--new-since", "--output=x")
    assert option.returncode in (2, 3)
    make_project(tmp_path / "plain")
    outside = slosmith(tmp_path / "plain", "validate", "--new-since", "HEAD")
    assert outside.returncode == 3
    assert "git" in outside.stderr


def test_codes_are_selected_and_ignored(project: Path) -> None:
    def found(*arguments: str) -> str:
        return slosmith(project, "validate", *TODAY, *arguments).stdout

    assert "ALT205" in found("--select", "ALT")
    assert "no problems" in found("--select", "SLI,NAM501")
    assert "ALT205" not in found("--ignore", "alt205")
    assert "ALT205" not in found("--ignore", "BUD", "--ignore", "ALT")
    assert slosmith(project, "validate", "--select", "a b").returncode == 2


def test_an_error_of_reading_is_never_ignored(project: Path) -> None:
    change(project / "slo_specs/services/alpha.yaml", "team: ml", "teem: ml")
    done = slosmith(project, "validate", "--ignore", "SCH,SYN,RES", "--select", "ALT")
    assert done.returncode == 1
    assert "SCH203" in done.stdout


def test_warnings_fail_a_strict_run_and_quiet_ones_are_not_printed(project: Path) -> None:
    assert slosmith(project, "validate", *TODAY).returncode == 0
    assert slosmith(project, "validate", "--strict", *TODAY).returncode == 1
    assert slosmith(project, "validate", "--strict", "--ignore", "ALT205", *TODAY).returncode == 0
    quiet = slosmith(project, "validate", "-q", *TODAY)
    assert (quiet.returncode, quiet.stdout) == (0, "")
    change(project / "slo_specs/services/alpha.yaml", "class: stable", "class: stabel")
    assert "RES301" in slosmith(project, "validate", "-q", *TODAY).stdout
