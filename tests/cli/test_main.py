"""The command line as a whole: exit codes, streams, and imports. A command imports only what it needs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.project import make_project, slosmith, write

COMMANDS = ("validate", "generate", "test", "explain", "list", "schema", "version")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    make_project(folder)
    return folder


def test_help_names_every_command(tmp_path: Path) -> None:
    done = slosmith(tmp_path, "--help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert f"\n  {command}" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command: str, tmp_path: Path) -> None:
    done = slosmith(tmp_path, command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: slosmith {command}")


@pytest.mark.parametrize(
    "arguments",
    [["lst"], ["--nonsense"], ["validate", "--nonsense"], ["generate", "--jobs", "0"], ["list", "--format", "xml"],
     ["explain"], ["schema", "nothing"], ["validate", "--specs", "nowhere"]],
)  # fmt: skip
def test_wrong_usage_is_2(arguments: list[str], project: Path) -> None:
    done = slosmith(project, *arguments)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_mistyped_command_is_recognised(tmp_path: Path) -> None:
    assert "Did you mean 'validate'" in slosmith(tmp_path, "valdate").stderr


def test_version(tmp_path: Path) -> None:
    said = slosmith(tmp_path, "--version").stdout
    assert said == slosmith(tmp_path, "version").stdout
    assert said.startswith("slosmith 0.")


def test_validate_tells_problems_and_exits_1(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    good = slosmith(tmp_path, "validate")
    assert good.returncode == 0, good.stdout
    assert "8 SLOs" in good.stdout
    write(specs / "services/alpha.yaml", (specs / "services/alpha.yaml").read_text().replace("team:", "teem:"))
    bad = slosmith(tmp_path, "validate")
    assert bad.returncode == 1
    assert "slo_specs/services/alpha.yaml:5" in bad.stdout
    assert "team" in bad.stdout
    machine = json.loads(slosmith(tmp_path, "validate", "--format", "json").stdout)
    assert {problem["line"] for problem in machine["problems"]} == {5}
    # a single file, named from another folder
    assert slosmith(specs, "validate", "services/beta.yaml").returncode == 0
    assert slosmith(specs / "services", "validate", "alpha.yaml").returncode == 1


def test_schema_is_json_and_listed(tmp_path: Path) -> None:
    assert "slosmith-v1" in slosmith(tmp_path, "schema").stdout
    names = [entry["name"] for entry in json.loads(slosmith(tmp_path, "schema", "--format", "json").stdout)]
    assert "slosmith-v1" in names
    for name in names:
        assert json.loads(slosmith(tmp_path, "schema", name).stdout)["$schema"].endswith("2020-12/schema")


def test_commands_import_only_what_they_need(project: Path) -> None:
    """rich, jsonnet and multiprocessing cost a tenth of a second each. The validation of one file needs
    none of them.
    """
    code = (
        "import sys\nsys.argv = ['slosmith', 'validate', 'slo_specs/services/alpha.yaml']\n"
        "from slosmith.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit as end:\n    print(end.code)\n"
        "print(*sorted(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    *_, code_line, modules = done.stdout.splitlines()
    assert code_line in ("0", "None")
    loaded = set(modules.split())
    assert not loaded & {"rich", "rjsonnet", "multiprocessing", "pydantic", "slosmith.cli.generate", "slosmith.targets"}
    assert not loaded & {"tempfile", "secrets", "importlib.metadata", "slosmith.engines.cel"}
    # half of the time of this command is imports: 200 modules of ours and 220 of others when this was written
    assert len({name for name in loaded if name.startswith("slosmith")}) <= 210
    assert len(loaded) <= 440


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_characters_that_the_terminal_lacks(encoding: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    text = (specs / "services/alpha.yaml").read_text()
    write(specs / "services/alpha.yaml", text.replace("team: ml", "team: \u65e5\u672c"))
    surroundings = {"LC_ALL": "C", "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for arguments in (["list"], ["validate"], ["explain", "alpha"], ["list", "--format", "json"]):
        done = slosmith(tmp_path, *arguments, env=surroundings)
        assert done.returncode in (0, 1), done.stderr
        assert "Traceback" not in done.stderr
        assert "bug" not in done.stderr


def test_a_reader_that_leaves_early_is_no_accident(project: Path) -> None:
    for arguments in ("list", "schema slosmith-v1", "explain alpha"):
        command = f"{sys.executable} -u -m slosmith {arguments} | head -n 1"
        done = subprocess.run(["sh", "-c", command], cwd=project, capture_output=True, text=True, check=False)
        assert done.stdout.count("\n") == 1
        assert done.stderr == ""


@pytest.mark.parametrize("arguments", [["--help"], ["version"], ["validate"], ["generate", "--check"]])
def test_windows_gets_a_clear_message(arguments: list[str], project: Path) -> None:
    """On Windows os.name is "nt", and the modules below and some signals are missing."""
    code = (
        "import os, signal, sys, typer.core, typer.main\n"
        "os.name = 'nt'\n"
        "sys.modules.update(dict.fromkeys(['fcntl', 'resource', 'termios', 'pwd', 'grp']))\n"
        "del signal.SIGPIPE, signal.SIGHUP\n"
        f"sys.argv = ['slosmith', *{arguments!r}]\n"
        "from slosmith.cli.main import run\nrun()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr == "slosmith: this runs on Linux and macOS; on Windows, install it inside WSL\n"


def test_a_full_disk_behind_standard_output(project: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "slosmith", "list"], cwd=project, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_it_without_a_trace(number: signal.Signals, code: int, project: Path, tmp_path: Path) -> None:
    """promtool is replaced by a program that waits. It must have ended when the command has ended."""
    tool = tmp_path / "promtool"
    tool.write_text(
        f"#!{sys.executable}\nimport os, time\nopen('{tmp_path}/pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    )
    tool.chmod(0o755)
    assert slosmith(project, "generate", "--output", str(tmp_path / "out")).returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "slosmith", "test", "--output", str(tmp_path / "out"), "--jobs", "1"],
        cwd=project,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a process in the background may inherit that interrupts are ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.1)
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in errors
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_an_unexpected_error_is_named_and_not_traced(project: Path) -> None:
    code = (
        "import sys\nsys.argv = ['slosmith', 'list']\n"
        "import slosmith.cli.list as module\n"
        "def broken(*arguments): raise KeyError('surprise')\n"
        "module.load_or_exit = broken\n"
        "from slosmith.cli.main import run\nrun()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "bug in slosmith" in done.stderr
    assert "surprise" in done.stderr
    assert "Traceback" not in done.stderr
