"""Completion in shells: what is offered, and the scripts in the shells themselves, as far as they are installed."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slosmith.cli.main import COMMANDS
from tests.cli.project import make_project, slosmith, write

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    make_project(folder)
    write(
        folder / "slo_specs/slosmith.yaml", "version: slosmith/v1\nkind: Project\nname: p\ntargets: {prometheus: {}}\n"
    )
    return folder


def offered(folder: Path, line: str) -> list[str]:
    """What slosmith offers for a line whose last word is being typed; the words are split as bash does it."""
    words = re.sub("=", " = ", line).split(" ")
    asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1), "_SLOSMITH_COMPLETE": "complete_bash"}
    done = slosmith(folder, env=asked)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("slosmith ex", ["explain", "export"]),
        ("slosmith --version li", ["list"]),
        ("slosmith list --cl", ["--class"]),
        ("slosmith list --class ", ["lenient", "stable"]),
        ("slosmith list --class=st", ["stable"]),
        ("slosmith list --class stable --team ", ["ml", "search"]),
        ("slosmith list --site e", ["eqiad"]),
        ("slosmith list --service a", ["alpha"]),
        ("slosmith list --format ", ["text", "json"]),
        ("slosmith export b", ["beta"]),
        ("slosmith export --to s", ["sloth"]),
        ("slosmith explain beta-l", ["beta-latency-codfw", "beta-latency-eqiad"]),
        ("slosmith explain --rules ", ["sloth", "weighted"]),
        ("slosmith checks BUD101", ["BUD101"]),
        ("slosmith validate --select ALT20", [f"ALT20{number}" for number in range(1, 10)]),
        ("slosmith validate --report sa", ["sarif"]),
        ("slosmith templates istio-", ["istio-gateway", "istio-sidecar"]),
        ("slosmith templates --metric istio_requests_", ["istio_requests_total"]),
        ("slosmith schema pol", ["policy-v1"]),
        ("slosmith docs targets/th", ["targets/thanos"]),
        ("slosmith completion ", ["bash", "fish", "zsh"]),
        ("slosmith validate slo_sp", []),  # the shell completes files
        ("slosmith explain nothing", []),
        ("slosmith frobnicate x", []),
    ],
)
def test_what_is_offered(line: str, expected: list[str], project: Path) -> None:
    assert offered(project, line) == expected


def test_every_command_is_offered(project: Path) -> None:
    assert set(offered(project, "slosmith ")) == {*COMMANDS}


def test_names_of_files_are_offered_for_specs_with_errors(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "services/broken.yaml", "version: slosmith/v1\nkind: Service\nname: [\n")
    assert offered(tmp_path, "slosmith export ") == ["alpha", "beta", "broken"]
    assert offered(tmp_path, "slosmith list --class ") == ["lenient", "stable"]
    assert offered(tmp_path, "slosmith list --site ") == []


def test_the_specs_folder_of_the_line_is_read(tmp_path: Path) -> None:
    make_project(tmp_path / "other")
    assert offered(tmp_path, "slosmith export --specs other/slo_specs a") == ["alpha"]
    assert offered(tmp_path, "slosmith export a") == []


@pytest.mark.parametrize("name", ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "*", "a b", "~", "-rf"])
def test_names_that_a_shell_would_run_are_not_offered(name: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / f"classes/{name}.yaml", "version: slosmith/v1\n")
    assert offered(tmp_path, "slosmith list --class ") == ["lenient", "stable"]
    for shell in ("complete_zsh", "complete_fish"):
        asked = {"_TYPER_COMPLETE_ARGS": "slosmith list --class ", "_SLOSMITH_COMPLETE": shell,
                 "_TYPER_COMPLETE_FISH_ACTION": "get-args"}  # fmt: skip
        done = slosmith(tmp_path, env=asked)
        assert "stable" in done.stdout
        assert "touch" not in done.stdout


def test_an_unknown_shell(tmp_path: Path) -> None:
    done = slosmith(tmp_path, "completion", "bsh")
    assert done.returncode == 2
    assert "there is no script for the shell 'bsh'; did you mean 'bash'?" in done.stderr


# --- in the shells


def typed(shell: list[str], folder: Path, steps: list[tuple[str, str]]) -> str:
    """What an interactive shell shows if each text is typed as soon as the one before had the expected effect."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.environ |= {"PATH": f"{BIN}:{os.environ['PATH']}", "TERM": "dumb", "HOME": str(folder), "PS1": "$ "}
        os.execvp(shell[0], shell)
    seen = ""
    try:
        for text, expected in steps:
            os.write(terminal, text.encode())
            end, start = time.monotonic() + 60, len(seen)
            while expected not in seen[start:] and time.monotonic() < end:
                if select.select([terminal], [], [], 0.1)[0]:
                    seen += os.read(terminal, 4096).decode("utf-8", "replace")
            assert expected in seen[start:], seen
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(terminal)
    return seen


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_completes_what_is_typed(shell: str, project: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    start = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}[shell]
    first = "autoload -U compinit; compinit -u -D; " if shell == "zsh" else ""
    prepare = f"{first}eval \"$(slosmith completion {shell})\"; echo re''ady\n"
    for line, completed, shown in (
        ("slosmith vers", "ion", "slosmith 0."),
        ("slosmith list --class len", "ient", "beta"),
    ):
        typed(start, project, [(prepare, "ready"), (f"{line}\t", completed), ("\n", shown)])


def test_fish_completes(project: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    for line, expected in (("slosmith vers", "version"), ("slosmith list --class len", "lenient")):
        script = f'slosmith completion fish | source; complete -C "{line}"'
        done = subprocess.run(
            ["fish", "--no-config", "-c", script], cwd=project, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(project)},
        )  # fmt: skip
        assert expected in done.stdout, done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_its_shell_reads(shell: str, tmp_path: Path) -> None:
    done = slosmith(tmp_path, "completion", shell)
    assert done.returncode == 0
    assert f"_SLOSMITH_COMPLETE=complete_{shell}" in done.stdout
    if shutil.which(shell) is not None:
        write(tmp_path / "script", done.stdout)
        subprocess.run([shell, "-n", tmp_path / "script"], check=True)
