"""`slosmith init`: its project is whole and passes its own pipeline; nothing that exists is changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from slosmith.authoring import project, writing
from slosmith.output.registry import targets
from slosmith.sli.example import example_parameters
from slosmith.sli.library import library
from tests.authoring.terminal import CTRL_C, CTRL_D, on_terminal
from tests.cli.project import files, slosmith, write
from tests.sampling import Sample


def commands_of(folder: Path) -> list[str]:
    """The slosmith commands of the pipeline, in both kinds of file."""
    found: list[str] = []
    gitlab = folder / ".gitlab-ci.yml"
    if gitlab.exists():
        first, *lines = yaml.safe_load(gitlab.read_text("utf-8"))["slos"]["script"]
        assert first == "mkdir -p reports"
        found += lines
    github = folder / ".github/workflows/slos.yml"
    if github.exists():
        steps: list[dict[str, Any]] = yaml.safe_load(github.read_text("utf-8"))["jobs"]["slos"]["steps"]
        found += [step["run"] for step in steps if str(step.get("run", "")).startswith("slosmith ")]
    return found


@pytest.mark.prometheus
@pytest.mark.parametrize("ci", ["gitlab", "github"])
def test_the_pipeline_passes_at_once_and_fails_for_a_stale_file(ci: str, promtool: Path, tmp_path: Path) -> None:
    env = {"PATH": f"{promtool.parent}{os.pathsep}{os.environ['PATH']}"}
    done = slosmith(tmp_path, "init", "shop", "--ci", ci, env=env)
    assert done.returncode == 0, done.stderr
    assert "promtool: 2 files passed" in done.stdout
    shop = tmp_path / "shop"
    commands = commands_of(shop)
    assert [command.split()[1] for command in commands] == ["validate", "fmt", "generate", "test"]
    if ci == "gitlab":
        (shop / "reports").mkdir()  # as the job's first line does
    for command in commands:
        assert slosmith(shop, *command.split()[1:], env=env).returncode == 0, command
    if ci == "gitlab":
        reports = yaml.safe_load((shop / ".gitlab-ci.yml").read_text("utf-8"))["slos"]["artifacts"]["reports"]
        for file in (reports["codequality"], *reports["junit"]):
            assert (shop / file).stat().st_size
    spec = shop / "slo_specs/classes/standard.yaml"
    spec.write_text(spec.read_text("utf-8").replace("99.9%", "99.5%"), "utf-8")
    assert slosmith(shop, *commands[2].split()[1:], env=env).returncode == 1


def test_every_template_makes_a_project_without_errors(tmp_path: Path, sample: Sample) -> None:
    """With the example's parameters, and through `new service` too."""
    for template in sample.of(list(library().templates.values()), lambda each: each.name, one_in=6):
        settings: list[str] = []
        for name, value in example_parameters(template).items():
            for item in value if isinstance(value, list) else [value]:
                settings += ["--set", f"{name}={item}"]
        folder = tmp_path / template.name
        done = slosmith(tmp_path, "init", template.name, "--template", template.name, *settings, "--no-editor")
        assert done.returncode == 0, (template.name, done.stderr)
        assert slosmith(folder, "fmt", "--check").returncode == 0
        done = slosmith(folder, "new", "service", "second", "--template", template.name, *settings)
        assert done.returncode == 0, (template.name, done.stderr)
        assert slosmith(folder, "fmt", "--check").returncode == 0


def test_every_target_can_be_chosen(tmp_path: Path) -> None:
    for name in targets():
        options = ["init", name, "--target", name, "--ci", "none", "--no-editor"]
        done = slosmith(tmp_path, *options)
        if name == "operations_alerts":  # it has a folder for each team
            assert done.returncode == 2
            assert "checkout has no team" in done.stderr
            assert not (tmp_path / name).exists()
            done = slosmith(tmp_path, *options, "--team", "sre")
        assert done.returncode == 0, (name, done.stderr)


def test_nothing_that_exists_is_changed(tmp_path: Path) -> None:
    """Files, links and broken links with the names of the new files stay as they are."""
    write(tmp_path / ".gitlab-ci.yml", "mine\n")
    write(tmp_path / ".vscode/settings.json", "{}\n")
    (tmp_path / ".gitignore").symlink_to("nowhere")
    before = files(tmp_path)
    done = slosmith(tmp_path, "init")
    assert done.returncode == 0
    assert "exists   .gitlab-ci.yml (not changed)" in done.stdout
    assert {path: text for path, text in files(tmp_path).items() if path in before} == before
    assert (tmp_path / ".gitignore").is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_a_project_of_others_keeps_its_rules(tmp_path: Path) -> None:
    """Specs without settings have defaults; settings would change their rules, so none are written."""
    write(tmp_path / "slo_specs/services/a.yaml", "version: slosmith/v1\nkind: Service\nname: a\nteam: t\nobjectives:\n"
          "  availability: {target: 99%, indicator: {counter_ratio: {total: a_total, bad: b_total}}}\n")  # fmt: skip
    assert slosmith(tmp_path, "init", "--ci", "none").returncode == 0
    assert not (tmp_path / "slo_specs/slosmith.yaml").exists()
    assert slosmith(tmp_path, "generate", "--check").returncode == 0


def test_a_foreign_output_folder_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "generated/notes.txt", "mine\n")
    done = slosmith(tmp_path, "init")
    assert done.returncode == 3
    assert "generated" in done.stderr
    assert files(tmp_path)["generated/notes.txt"] == b"mine\n"


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails in the middle of a file: the file is not left behind."""
    path = tmp_path / "a" / "b.yaml"
    monkeypatch.setattr(Path, "open", lambda *_, **__: _FullDisk(path))
    with pytest.raises(OSError, match="No space"):
        writing.write_new(path, "text")
    monkeypatch.undo()
    assert not path.exists()


class _FullDisk:
    def __init__(self, path: Path) -> None:
        path.touch()

    def __enter__(self) -> _FullDisk:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, _: str) -> None:
        raise OSError(28, "No space left on device")


def test_the_folder_is_a_file_below(tmp_path: Path) -> None:
    write(tmp_path / "slo_specs", "a file\n")
    done = slosmith(tmp_path, "init")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


# --- on a terminal


def test_questions_are_asked_until_the_answer_is_good(tmp_path: Path) -> None:
    answers = ["my shop", "shop", "payments", "", "prometeus", "prometheus", "pay", "istio", "istio-gateway", "",
               "shop"]  # fmt: skip
    screen, code = on_terminal(tmp_path, ["init", "--no-editor"], answers)
    assert code == 0, screen
    assert "the name 'my shop' cannot be used" in screen
    assert "did you mean 'prometheus'?" in screen
    settings = yaml.safe_load((tmp_path / project.SETTINGS).read_text("utf-8"))
    assert (settings["name"], settings["team"], settings["targets"]) == ("shop", "payments", {"prometheus": {}})
    service = yaml.safe_load((tmp_path / "slo_specs/services/pay.yaml").read_text("utf-8"))
    assert service["indicator_source"] == {"template": "istio-gateway", "with": {"namespace": "shop"}}


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_an_interrupted_question_writes_nothing(key: str, tmp_path: Path) -> None:
    screen, code = on_terminal(tmp_path, ["init"], ["shop", key])
    assert code == 130, screen
    assert "Traceback" not in screen
    assert files(tmp_path) == {}


def test_yes_asks_nothing(tmp_path: Path) -> None:
    screen, code = on_terminal(tmp_path, ["init", "--yes", "--ci", "none", "--no-editor"], [])
    assert code == 0, screen
    assert (tmp_path / "slo_specs/services/checkout.yaml").exists()


def test_new_service_asks_for_what_the_template_needs(tmp_path: Path) -> None:
    assert slosmith(tmp_path, "init", "--ci", "none", "--no-editor", "--team", "sre").returncode == 0
    answers = ["standrd", "standard", "cron", "http-requests", "job=x", 'job="search"', "Finds things."]
    screen, code = on_terminal(tmp_path, ["new", "service", "search"], answers)
    assert code == 0, screen
    spec = yaml.safe_load((tmp_path / "slo_specs/services/search.yaml").read_text("utf-8"))
    assert spec["class"] == "standard"
    assert spec["description"] == "Finds things."
    assert spec["indicator_source"]["with"] == {"select": ['job="search"']}


def test_a_link_out_of_the_specs_folder_is_refused(tmp_path: Path) -> None:
    assert slosmith(tmp_path, "init", "--ci", "none", "--no-editor").returncode == 0
    shutil.rmtree(tmp_path / "slo_specs/services")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "slo_specs/services").symlink_to("../elsewhere")
    done = slosmith(tmp_path, "new", "service", "a", "--template", "http-requests", "--set", 'select=job="a"')
    assert done.returncode == 2
    assert "leads out of the specs folder" in done.stderr
    assert files(tmp_path / "elsewhere") == {}
