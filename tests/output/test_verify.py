"""`slosmith verify`, the lists of checksums and the README: their results for copies are right."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from slosmith.output.checksums import SUMS, parse_sums, sums_text, verify
from slosmith.output.tree import UnsafeNamesError
from tests.cli.project import files, slosmith, write
from tests.targets.compiling import small_project

SETTINGS = "targets: {thanos: {}, grafana: {}, puppet: {}}\n"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """generated/ of a small project."""
    small_project(tmp_path, SETTINGS)
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 0, done.stderr
    return tmp_path / "generated"


def handed_over(folder: Path) -> Path:
    """``folder``, with its list of checksums."""
    done = slosmith(folder, "checksums", ".", "--output", SUMS)
    assert done.returncode == 0, done.stderr
    return folder


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def test_a_copy_of_one_folder(made: Path, tmp_path: Path) -> None:
    copy = copied(handed_over(made / "thanos"), tmp_path / "elsewhere")
    done = slosmith(tmp_path, "verify", "elsewhere")
    assert (done.returncode, done.stdout) == (0, "elsewhere: 5 files, as generated\n")
    assert slosmith(copy, "verify", ".").returncode == 0
    # the list covers every file but itself
    assert parse_sums((copy / SUMS).read_text()).keys() == files(copy).keys() - {SUMS}


def test_all_folders_at_once(made: Path, tmp_path: Path) -> None:
    for name in ("grafana", "puppet", "thanos"):
        handed_over(made / name)
    done = slosmith(tmp_path, "verify", "generated")
    assert done.returncode == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        f"generated/{name}" for name in ("grafana", "puppet", "thanos")
    ]


def test_what_differs_is_named(made: Path, tmp_path: Path) -> None:
    copy = copied(handed_over(made / "thanos"), tmp_path / "copy")
    alpha, beta = copy / "alpha.yaml", copy / "beta.yaml"
    alpha.write_text(alpha.read_text().replace("0.98", "0.97"))
    beta.write_bytes(beta.read_bytes().replace(b"\n", b"\r\n"))
    (copy / "beta_test.yaml").unlink()
    shutil.copy(copy / "alpha_test.yaml", copy / "gamma_test.yaml")
    write(copy / "OWNERS", "ml\n")
    write(copy / ".git/config", "[core]\n")
    done = slosmith(tmp_path, "verify", "copy")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "changed    copy/alpha.yaml",
        "changed    copy/beta.yaml (only the ends of lines: check git's core.autocrlf)",
        "missing    copy/beta_test.yaml",
        "left over  copy/gamma_test.yaml (generated before, but not in the list)",
        "copy: 5 files, not as generated (and 1 other file)",
    ]
    machine = json.loads(slosmith(tmp_path, "verify", "copy", "--format", "json").stdout)
    assert machine["clean"] is False
    assert machine["folders"]["copy"] == {
        "same": ["alpha_test.yaml", "calendars.yaml"],
        "changed": ["alpha.yaml"],
        "line_ends": ["beta.yaml"],
        "missing": ["beta_test.yaml"],
        "left_over": ["gamma_test.yaml"],
        "foreign": ["OWNERS"],
    }


@pytest.mark.parametrize("change", ["changed", "missing", "left over"])
def test_each_difference_alone_is_enough(made: Path, tmp_path: Path, change: str) -> None:
    copy = copied(handed_over(made / "grafana"), tmp_path / "copy")
    if change == "changed":
        (copy / "slo-alpha.json").write_bytes((copy / "slo-alpha.json").read_bytes() + b"\n")
    elif change == "missing":
        (copy / "slo-alpha.json").unlink()
    else:
        shutil.copy(copy / "slo-alpha.json", copy / "slo-gamma.json")
    done = slosmith(tmp_path, "verify", "copy")
    assert done.returncode == 1
    assert done.stdout.startswith(change)


def test_a_copy_among_other_files(made: Path, tmp_path: Path) -> None:
    modules = tmp_path / "modules"
    copied(made / "puppet/slo_rules", modules / "slo_rules")
    write(modules / "other/manifests/init.pp", "class other {}\n")
    # the folder of another project
    write(modules / "theirs/files/x.yaml", (made / "thanos/alpha.yaml").read_text())
    sums = str(handed_over(made / "puppet") / SUMS)
    assert slosmith(tmp_path, "verify", "modules", "--sums", sums).returncode == 0
    shutil.copy(modules / "slo_rules/files/slo_alpha.yaml", modules / "slo_rules/files/slo_old.yaml")
    done = slosmith(tmp_path, "verify", "modules", "--sums", sums)
    assert done.returncode == 1
    assert "left over  modules/slo_rules/files/slo_old.yaml" in done.stdout


def test_a_copy_is_compared_with_its_source(made: Path, tmp_path: Path) -> None:
    copy = copied(made / "thanos", tmp_path / "copy")
    done = slosmith(tmp_path, "verify", "copy", "--source", "generated/thanos")
    assert (done.returncode, done.stdout) == (0, "copy: 5 files, as generated\n")
    (copy / "alpha.yaml").unlink()
    shutil.copy(copy / "beta.yaml", copy / "gamma.yaml")
    done = slosmith(tmp_path, "verify", "copy", "--source", "generated/thanos")
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        "missing    copy/alpha.yaml",
        "left over  copy/gamma.yaml (generated before, but not in the list)",
    ]


def test_a_list_holds_what_slosmith_wrote_and_nothing_else(made: Path, tmp_path: Path) -> None:
    write(made / "thanos/OWNERS", "ml\n")
    (made / "thanos/link.yaml").symlink_to(made / "thanos/alpha.yaml")
    done = slosmith(tmp_path, "checksums", "generated/thanos")
    assert done.returncode == 0
    assert parse_sums(done.stdout).keys() == files(made / "thanos").keys() - {"OWNERS", "link.yaml"}
    assert not (made / "thanos" / SUMS).exists(), "it is printed"
    whole = slosmith(tmp_path, "checksums", "generated")
    assert "grafana/slo-alpha.json" in parse_sums(whole.stdout)
    nothing = slosmith(tmp_path, "checksums", "slo_specs")
    assert nothing.returncode == 2
    assert "slosmith generated no file in this folder" in nothing.stderr
    assert slosmith(tmp_path, "verify", "generated", "--source", "slo_specs").returncode == 2


def test_without_a_list_it_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in (("empty",), ("nowhere",), ("empty", "--sums", "nowhere"), ()):
        done = slosmith(tmp_path, "verify", *arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "line", ["nonsense", "0" * 64 + "  ../outside", "0" * 64 + "  /etc/passwd", "0" * 63 + "  a.yaml"]
)
def test_a_list_that_is_damaged(tmp_path: Path, line: str) -> None:
    write(tmp_path / "copy" / SUMS, f"# {line}\n{line}\n")
    done = slosmith(tmp_path, "verify", "copy")
    assert done.returncode == 3
    assert f"copy/{SUMS}: " in done.stderr
    assert "bug" not in done.stderr


def test_lists_are_read_as_they_were_written() -> None:
    listed = {f"{name}.yaml": hashlib.sha256(name.encode()).hexdigest() for name in "cab"}
    assert parse_sums(sums_text(listed)) == listed
    with pytest.raises(ValueError, match="line 2"):
        parse_sums("# x\n" + "0" * 64 + " a\n")
    with pytest.raises(UnsafeNamesError):
        parse_sums("0" * 64 + "  a/../../b\n")


def test_coreutils_agree(made: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    handed_over(made / "thanos")
    assert subprocess.run(command, cwd=made / "thanos", check=False).returncode == 0
    (made / "thanos/alpha.yaml").write_text("")
    assert subprocess.run(command, cwd=made / "thanos", check=False, capture_output=True).returncode == 1
    assert verify(made / "thanos", parse_sums((made / "thanos" / SUMS).read_text())).changed == ("alpha.yaml",)


def test_the_readme_names_folders(made: Path) -> None:
    text = (made / "README.md").read_text("utf-8")
    rows = [[cell.strip("` ") for cell in line.split("|")[1:-1]] for line in text.splitlines() if line[:1] == "|"]
    assert {row[0]: row[2] for row in rows if row[0].endswith("/")} == {
        f"{name}/": f"slosmith docs targets/{name}" for name in ("grafana", "puppet", "thanos")
    }


def test_changes_of_two_specs_meet_in_no_file(made: Path, tmp_path: Path) -> None:
    """Two merge requests for different services do not conflict, because they change different files."""
    touched = []
    for name in ("alpha", "beta", "gamma"):
        before = files(made)
        spec = tmp_path / f"slo_specs/services/{name}.yaml"
        if name == "gamma":  # a new service
            write(spec, (tmp_path / "slo_specs/services/beta.yaml").read_text().replace("beta", "gamma"))
        else:
            text, count = re.subn(r"(?m)^description: .*$", "description: Something else.", spec.read_text())
            assert count == 1
            spec.write_text(text)
        assert slosmith(tmp_path, "generate").returncode == 0
        after = files(made)
        touched.append({path for path in before.keys() | after.keys() if before.get(path) != after.get(path)})
    for number, mine in enumerate(touched):
        assert mine, "each changes something"
        for other in touched[:number]:
            assert not mine & other


def test_what_lies_there_already_is_not_overwritten(tmp_path: Path) -> None:
    small_project(tmp_path)
    write(tmp_path / "generated/README.md", "# Mine\n")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 3
    assert "generated/README.md" in done.stderr
    assert files(tmp_path / "generated") == {"README.md": b"# Mine\n"}
