"""`slosmith handover` into repositories made here: what is copied, removed, refused, pushed and said."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.project import files, make_project, slosmith, write
from tests.delivery.gitlab_server import TOKEN, Failure, FakeGitlab, running

AUTHOR = {"GITLAB_USER_NAME": "A. Reviewer", "GITLAB_USER_EMAIL": "reviewer@example.org"}
TARGET = "operations_alerts"
SUMS = f"slosmith-{TARGET}.sha256"


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with its generated files, for copies."""
    folder = tmp_path_factory.mktemp("generated") / "project"
    make_project(folder)
    write(
        folder / "slo_specs/slosmith.yaml",
        f"version: slosmith/v1\nkind: Project\nname: p\ntargets: {{{TARGET}: {{}}}}\n",
    )
    done = slosmith(folder, "generate", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def project(generated: Path, tmp_path: Path) -> Path:
    return shutil.copytree(generated, tmp_path / "project")


@pytest.fixture
def alerts(tmp_path: Path) -> Path:
    """A bare repository with files of others, whose head is `production`."""
    bare, work = tmp_path / "alerts.git", tmp_path / "work"
    git(tmp_path, "init", "-q", "--bare", "--initial-branch=production", str(bare))
    git(tmp_path, "clone", "-q", str(bare), str(work))
    git(work, "checkout", "-q", "-B", "production")
    write(work / "team-ml/other.yaml", "groups: []\n")
    write(work / "README.md", "Alerts of all teams.\n")
    commit(work, "First")
    return bare


def commit(work: Path, message: str) -> None:
    git(work, "add", "--all")
    git(work, "commit", "-q", "-m", message)
    git(work, "push", "-q", "origin", "HEAD")


def handover(project: Path, repository: Path | str, *more: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = slosmith(project, "handover", TARGET, "--to", str(repository), *more, env={**AUTHOR, **(env or {})})
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def tree(bare: Path, branch: str) -> list[str]:
    return git(bare, "ls-tree", "-r", "--name-only", branch).split()


def test_the_first_hand_over(project: Path, alerts: Path, tmp_path: Path) -> None:
    code, said = handover(project, alerts, "--push")
    assert code == 0, said
    assert "new        team-ml/slo_alpha.yaml" in said
    assert (
        "pushed slosmith/operations_alerts\nopen a merge request from slosmith/operations_alerts to production" in said
    )
    branch = f"slosmith/{TARGET}"
    expected = files(project / "generated" / TARGET)
    assert set(tree(alerts, branch)) == {*expected, "team-ml/other.yaml", "README.md", SUMS}
    out = tmp_path / "out"
    git(tmp_path, "clone", "-q", "--branch", branch, str(alerts), str(out))
    assert {path: (out / path).read_bytes() for path in expected} == expected
    assert slosmith(out, "verify", ".", "--sums", SUMS).returncode == 0
    assert git(alerts, "log", "-1", "--format=%an <%ae>", branch).strip() == "A. Reviewer <reviewer@example.org>"
    assert git(alerts, "rev-list", "--count", f"production..{branch}").strip() == "1"


def test_without_a_token_nothing_is_pushed(project: Path, alerts: Path, tmp_path: Path) -> None:
    write(tmp_path / "diff.md", "**loosened**: alpha availability, 98 % -> 95 %\n")
    code, said = handover(
        project, alerts, "--description", str(tmp_path / "diff.md"),
        env={"CI_PROJECT_URL": "https://gitlab.example.org/slos", "CI_COMMIT_SHA": "c0ffee"},
    )  # fmt: skip
    assert code == 0, said
    assert "not pushed: no SLOSMITH_HANDOVER_TOKEN" in said
    assert "**loosened**: alpha" in said
    assert f"slosmith verify . --sums {SUMS}" in said
    assert "https://gitlab.example.org/slos/-/tree/c0ffee" in said
    assert git(alerts, "branch", "--format=%(refname:short)").split() == ["production"]


def merged(alerts: Path) -> None:
    git(alerts, "update-ref", "refs/heads/production", f"refs/heads/slosmith/{TARGET}")


def test_a_second_one_changes_what_changed_and_removes_what_is_gone(
    project: Path, alerts: Path, tmp_path: Path
) -> None:
    assert handover(project, alerts, "--push")[0] == 0
    merged(alerts)
    code, said = handover(project, alerts, "--push")
    assert (code, "nothing to hand over" in said) == (0, True), said
    # another project's files have the same header, and stay
    work = tmp_path / "another"
    git(tmp_path, "clone", "-q", str(alerts), str(work))
    text = (work / "team-ml/slo_alpha.yaml").read_text("utf-8")
    write(work / "team-ml/slo_others.yaml", text)
    commit(work, "Another project")
    (project / "slo_specs/services/beta.yaml").unlink()
    alpha = project / "slo_specs/services/alpha.yaml"
    alpha.write_text(alpha.read_text("utf-8").replace("sites: [eqiad, codfw]", "sites: [eqiad]"), "utf-8")
    assert slosmith(project, "generate", "--jobs", "1").returncode == 0
    code, said = handover(project, alerts, "--push")
    assert code == 0, said
    assert "changed    team-ml/slo_alpha.yaml" in said
    assert "removed    team-search/slo_beta.yaml" in said
    left = tree(alerts, f"slosmith/{TARGET}")
    assert "team-search/slo_beta.yaml" not in left
    assert {"team-ml/slo_others.yaml", "team-ml/other.yaml", "README.md"} <= set(left)


def test_the_branch_is_made_anew_and_not_pushed_twice(project: Path, alerts: Path) -> None:
    assert handover(project, alerts, "--push")[0] == 0
    code, said = handover(project, alerts, "--push")
    assert code == 0
    assert f"slosmith/{TARGET} is there already, with the same files" in said
    alpha = project / "slo_specs/services/alpha.yaml"
    alpha.write_text(alpha.read_text("utf-8").replace("for the tests", "for all tests"), "utf-8")
    assert slosmith(project, "generate", "--jobs", "1").returncode == 0
    code, said = handover(project, alerts, "--push")
    assert code == 0, said
    assert f"pushed slosmith/{TARGET}" in said
    assert git(alerts, "rev-list", "--count", f"production..slosmith/{TARGET}").strip() == "1"


def test_a_commit_of_somebody_else_is_never_lost(project: Path, alerts: Path, tmp_path: Path) -> None:
    assert handover(project, alerts, "--push")[0] == 0
    work = tmp_path / "mended"
    git(tmp_path, "clone", "-q", "--branch", f"slosmith/{TARGET}", str(alerts), str(work))
    write(work / "team-ml/mended.yaml", "groups: []\n")
    commit(work, "Mend by hand")
    before = git(alerts, "rev-parse", f"slosmith/{TARGET}")
    alpha = project / "slo_specs/services/alpha.yaml"
    alpha.write_text(alpha.read_text("utf-8").replace("for the tests", "for all tests"), "utf-8")
    assert slosmith(project, "generate", "--jobs", "1").returncode == 0
    code, said = handover(project, alerts, "--push")
    assert code == 3
    assert "is by Somebody, not by slosmith, and would be lost" in said
    assert git(alerts, "rev-parse", f"slosmith/{TARGET}") == before


@pytest.mark.parametrize("kind", ["file", "folder", "link", "folder link", "list"])
def test_what_is_not_ours_is_in_the_way(project: Path, alerts: Path, tmp_path: Path, kind: str) -> None:
    work, secret = tmp_path / "work", tmp_path / "secret.yaml"
    secret.write_text("secret\n", "utf-8")
    place = work / "team-ml/slo_alpha.yaml"
    if kind == "file":
        write(place, "groups: []  # by hand\n")
    elif kind == "folder":
        write(place / "a.yaml", "groups: []\n")
    elif kind == "link":
        place.symlink_to(secret)
    elif kind == "folder link":
        (work / "team-search").symlink_to(tmp_path)
    else:
        write(work / SUMS, "this is no list\n")
    commit(work, "In the way")
    before = files(tmp_path)
    code, said = handover(project, alerts, "--push")
    assert code == (3 if kind == "list" else 1), said
    assert "no list" not in said
    assert git(alerts, "branch", "--format=%(refname:short)").split() == ["production"]
    assert files(tmp_path) == before


def test_a_list_cannot_name_what_is_outside(project: Path, alerts: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    write(work / SUMS, f"{'0' * 64}  ../../secret.yaml\n")
    commit(work, "A hostile list")
    code, said = handover(project, alerts, "--push")
    assert code == 3, said


def test_hooks_of_the_user_do_not_run(project: Path, alerts: Path, tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    for name in ("pre-commit", "commit-msg", "post-checkout", "pre-push", "post-commit"):
        write(hooks / name, f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
        (hooks / name).chmod(0o755)
    write(tmp_path / "config", f"[core]\nhooksPath = {hooks}\n[init]\ntemplateDir = {tmp_path}/template\n")
    write(tmp_path / "template/hooks/pre-commit", f"#!/bin/sh\ntouch {tmp_path}/ran-template\n")
    (tmp_path / "template/hooks/pre-commit").chmod(0o755)
    code, said = handover(project, alerts, "--push", env={"GIT_CONFIG_GLOBAL": str(tmp_path / "config")})
    assert code == 0, said
    assert [path.name for path in tmp_path.glob("ran-*")] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--into", "../outside"), "not a path inside"),
        (("--into", "/etc"), "not a path inside"),
        (("--into", ".git/hooks"), "not a path inside"),
        (("--sums", "../list"), "not a path inside"),
        (("--branch", "-x"), "not a name of a branch"),
        (("--branch", "a..b"), "not a name of a branch"),
        (("--base", "--upload-pack=x"), "not a name of a branch"),
        (("--base", "missing"), "git clone"),
        (("--author", "nobody"), "write NAME <ADDRESS>"),
        (("--description", "missing.md"), "no such file"),
    ],
)
def test_wrong_usage(project: Path, alerts: Path, arguments: tuple[str, ...], says: str) -> None:
    code, said = handover(project, alerts, "--push", *arguments)
    assert code in (2, 3)
    assert says in said


@pytest.mark.parametrize("repository", ["--upload-pack=touch x", "/nowhere/at/all.git", "http://127.0.0.1:9/a/b.git"])
def test_repositories_that_are_none(project: Path, repository: str) -> None:
    done = slosmith(project, "handover", TARGET, f"--to={repository}", "--push", env=AUTHOR)
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr
    assert not (project / "x").exists()


def test_a_target_that_was_not_generated(project: Path, alerts: Path) -> None:
    done = slosmith(project, "handover", "grafana", "--to", str(alerts), env=AUTHOR)
    assert done.returncode == 2
    assert f"there are: {TARGET}" in done.stderr


def with_server(server: FakeGitlab, alerts: Path, tmp_path: Path) -> dict[str, str]:
    """git reads the repository of the server's address from the disk."""
    write(tmp_path / "gitconfig", f'[url "file://{alerts}"]\ninsteadOf = {server.url}/ops/alerts.git\n')
    return {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"), "SLOSMITH_HANDOVER_TOKEN": TOKEN}


def test_with_a_token_a_merge_request_is_opened_and_kept(project: Path, alerts: Path, tmp_path: Path) -> None:
    with running() as server:
        env = with_server(server, alerts, tmp_path)
        code, said = handover(project, f"{server.url}/ops/alerts.git", env=env)
        assert code == 0, said
        assert said.rstrip().endswith("/ops/alerts/-/merge_requests/1")
        (request,) = server.merge_requests
        assert (request["source_branch"], request["target_branch"]) == (f"slosmith/{TARGET}", "production")
        assert (
            f"{len(files(project / 'generated' / TARGET))} new files at the top of this repository."
            in request["description"]
        )
        code, said = handover(project, f"{server.url}/ops/alerts.git", "--title", "A new title", env=env)
        assert code == 0, said
        (request,) = server.merge_requests
        assert request["title"] == "A new title"
        assert TOKEN not in said


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (Failure("POST", "merge_requests", 409, '{"message": ["exists already"]}'), "exists already"),
        (Failure("POST", "merge_requests", 422, '{"message": "invalid"}'), "422: invalid"),
        (Failure("GET", "merge_requests", 403), "needs the scope"),
    ],
)
def test_a_merge_request_that_fails(project: Path, alerts: Path, tmp_path: Path, failure: Failure, says: str) -> None:
    with running() as server:
        server.failures.append(failure)
        code, said = handover(project, f"{server.url}/ops/alerts.git", env=with_server(server, alerts, tmp_path))
    assert code == 3
    assert says in said
    assert TOKEN not in said


def test_the_token_is_in_no_argument_and_for_one_host() -> None:
    from slosmith.delivery.branches import _credentials

    found = _credentials("https://user@git.example.org/ops/alerts.git", "secret")
    assert found["GIT_CONFIG_KEY_0"] == "http.https://git.example.org/.extraHeader"
    assert "secret" not in "".join(found.values())
    assert _credentials("ssh://git@git.example.org/ops/alerts.git", "secret") == {}
    assert os.environ.get("GIT_CONFIG_KEY_0") is None
