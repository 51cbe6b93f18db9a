"""The pipeline, really executed: gitlab-ci-local runs jobs of .gitlab-ci.yml and templates/slosmith.yml in a clone.

`make pipeline-test` runs this file. Its name keeps it out of `make test`, which needs no Node.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.project import CHECKOUT
from tests.delivery.gitlab_server import TOKEN, running

PROGRAM = CHECKOUT / ".tools/pipeline/node_modules/.bin/gitlab-ci-local"
SERVICE = "slo_specs/services/langid.yaml"


@dataclass
class Clone:
    """A clone whose last commit is the change of a merge request."""

    folder: Path
    home: Path
    base: str

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
        done = subprocess.run(
            ["git", "-C", str(self.folder), *identity, *arguments],
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return done.stdout

    def change(self, path: str, old: str, new: str, times: int = 1) -> None:
        file = self.folder / path
        text = file.read_text("utf-8")
        assert text.count(old) == times, (path, old, text.count(old))
        file.write_text(text.replace(old, new), "utf-8")

    def generate(self) -> None:
        subprocess.run(["make", "generate"], cwd=self.folder, check=True, capture_output=True, timeout=300)

    def commit(self) -> None:
        self.git("add", "--all", "--", "slo_specs", "generated")
        self.git("commit", "-q", "-m", "A change")

    def run(self, *jobs: str, file: str = ".gitlab-ci.yml", **variables: str) -> tuple[int, str]:
        """Exit code and output of these jobs, in a pipeline for a merge request."""
        given = {
            "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.base, **variables,
        }  # fmt: skip
        options = [part for name, value in given.items() for part in ("--variable", f"{name}={value}")]
        done = subprocess.run(
            [
                str(PROGRAM), "--file", file, "--home", str(self.home), "--force-shell-executor",
                "--no-artifacts-to-source", *options, *jobs,
            ],
            cwd=self.folder, capture_output=True, text=True, timeout=300, check=False, stdin=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self.home)},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def artefact(self, job: str, name: str) -> str:
        (found,) = self.folder.glob(f".gitlab-ci-local/artifacts/{job}*/{name}")
        return found.read_text("utf-8")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with its own environment, made once: it costs a minute."""
    folder = tmp_path_factory.mktemp("pipeline") / "clone"
    subprocess.run(["git", "clone", "-q", "--no-local", str(CHECKOUT), str(folder)], check=True, timeout=120)
    (folder / ".tools").symlink_to(CHECKOUT / ".tools")  # promtool is fetched once
    subprocess.run(["make", "venv"], cwd=folder, check=True, capture_output=True, timeout=600)
    return folder


@pytest.fixture
def clone(prepared: Path, tmp_path: Path) -> Iterator[Clone]:
    started = subprocess.run(
        ["git", "-C", str(prepared), "rev-parse", "HEAD"], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    made = Clone(prepared, tmp_path / "home", started)
    made.home.mkdir()
    made.git("remote", "set-url", "origin", "git@gitlab.example.org:slos/slosmith.git")
    yield made
    shutil.rmtree(prepared / ".gitlab-ci-local", ignore_errors=True)
    made.git("reset", "-q", "--hard", started)


JOBS = ("validate", "drift", "rules", "diff")


def test_a_good_change(clone: Clone) -> None:
    clone.change(SERVICE, "description: ", "description: In short. ")
    clone.generate()
    clone.commit()
    code, said = clone.run(*JOBS)
    assert code == 0, said
    assert json.loads(clone.artefact("validate", "reports/code-quality.json")) is not None
    assert "documentation" in clone.artefact("diff", "reports/diff.md")


def test_a_bad_spec(clone: Clone) -> None:
    clone.change(SERVICE, "class: experimental", "class: experimentel")
    clone.commit()
    code, said = clone.run("validate")
    assert code == 1, said
    assert "there is no class 'experimentel'" in said
    (entry,) = json.loads(clone.artefact("validate", "reports/code-quality.json"))
    assert entry["location"]["path"] == SERVICE


def test_a_stale_folder(clone: Clone) -> None:
    clone.change(SERVICE, "description: ", "description: In short. ")
    clone.commit()
    code, said = clone.run("drift")
    assert code == 1, said
    assert "slo_langid.yaml" in said


def test_a_loosened_target(clone: Clone) -> None:
    # both objectives, as this project's own policy asks, and its table of agreed targets
    clone.change("slo_specs/classes/kubernetes-api.yaml", "target: 99%", "target: 98%", times=2)
    clone.change("slo_specs/policies/agreed-targets.yaml", "'kubernetes-api': 99.0", "'kubernetes-api': 98.0")
    clone.generate()
    clone.commit()
    with running() as server:
        code, said = clone.run(
            "rules", "diff",
            CI_SERVER_URL=server.url, CI_PROJECT_ID="1", CI_MERGE_REQUEST_IID="5", SLOSMITH_GITLAB_TOKEN=TOKEN,
        )  # fmt: skip
        assert code == 0, said
        (thread,) = server.discussions
    note = thread["notes"][0]["body"]
    assert "loosened" in note
    assert len(note) > 200
    assert json.loads(clone.artefact("diff", "reports/diff.json"))["verdict"] == "loosened"
    assert TOKEN not in said


def test_nothing_that_changes_a_meaning(clone: Clone) -> None:
    with (clone.folder / SERVICE).open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    clone.commit()
    with running() as server:
        code, said = clone.run(
            *JOBS, CI_SERVER_URL=server.url, CI_PROJECT_ID="1", CI_MERGE_REQUEST_IID="5", SLOSMITH_GITLAB_TOKEN=TOKEN
        )
        assert code == 0, said
        assert server.discussions == []
    assert "no rule file changed" in said


INCLUDING = """stages: [test]
include:
  - local: templates/slosmith.yml
    inputs:
      image: none
      rules: --changed-since $CI_MERGE_REQUEST_DIFF_BASE_SHA
      fail_on: FAIL_ON
"""
TEMPLATE_JOBS = ("slosmith validate", "slosmith drift", "slosmith rules", "slosmith diff")


def run_template(clone: Clone, *jobs: str, fail_on: str = '""') -> tuple[int, str]:
    """The jobs of the template, in a pipeline that includes it."""
    file = clone.folder / "including.yml"
    file.write_text(INCLUDING.replace("FAIL_ON", fail_on), "utf-8")
    try:
        return clone.run(*jobs, file=file.name, PATH=f"{clone.folder}/.venv/bin:{os.environ['PATH']}")
    finally:
        file.unlink()


def test_the_template_in_another_repository(clone: Clone) -> None:
    clone.change(SERVICE, "description: ", "description: In short. ")
    clone.generate()
    clone.commit()
    code, said = run_template(clone, *TEMPLATE_JOBS)
    assert code == 0, said
    assert "1 rule file, 1 test file" in said
    assert "**documentation only**" in said
    # the same change, in a project that wants none
    code, said = run_template(clone, "slosmith diff", fail_on="documentation-only")
    assert code == 1, said


def test_the_template_finds_what_is_wrong(clone: Clone) -> None:
    clone.change(SERVICE, "class: experimental", "class: experimentel")
    clone.commit()
    for job in ("slosmith validate", "slosmith drift", "slosmith diff"):
        code, said = run_template(clone, job)
        assert code == 1, (job, said)
        assert "there is no class 'experimentel'" in said, (job, said)
