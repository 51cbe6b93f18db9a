"""`slosmith note` against a server that speaks GitLab's API: one note, found, changed, resolved; and its failures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from slosmith.delivery.gitlab import Server, note
from slosmith.engines.error import EngineError
from tests.cli.project import slosmith
from tests.delivery.gitlab_server import ME, SOMEBODY, TOKEN, Failure, FakeGitlab, running

MARK = "<!-- slosmith: diff -->"
PATH = "/projects/1/merge_requests/5/discussions"


@pytest.fixture
def gitlab() -> Iterator[FakeGitlab]:
    with running() as server:
        yield server


def write(server: FakeGitlab, text: str, marker: str = "diff", token: str = TOKEN) -> str:
    return note(Server(server.url, token), "1", 5, marker, text)


def bodies(server: FakeGitlab) -> list[str]:
    return [thread["notes"][0]["body"] for thread in server.discussions]


def test_one_note_lives_through_a_merge_request(gitlab: FakeGitlab) -> None:
    assert write(gitlab, "") == "nothing"
    assert gitlab.discussions == []
    assert write(gitlab, "loosened: tts\n") == "created"
    assert write(gitlab, "loosened: tts\n") == "unchanged"
    assert write(gitlab, "loosened: tts, langid\n") == "updated"
    assert bodies(gitlab) == [f"{MARK}\nloosened: tts, langid\n"]
    assert write(gitlab, " \n") == "resolved"
    (thread,) = gitlab.discussions
    assert thread["notes"][0]["resolved"]
    assert "loosened" not in thread["notes"][0]["body"]
    assert write(gitlab, "") == "unchanged"
    assert write(gitlab, "tightened: tts") == "updated"
    assert not thread["notes"][0]["resolved"]
    assert "tightened: tts" in thread["notes"][0]["body"]


def test_it_is_found_on_a_later_page_and_not_mistaken(gitlab: FakeGitlab) -> None:
    for number in range(5):
        gitlab.discuss(f"a remark, number {number}", SOMEBODY)
    gitlab.discuss(f"{MARK}\nwritten by hand, to be clever", SOMEBODY)
    gitlab.discuss(f"what is {MARK} for?", ME)
    gitlab.discuss("<!-- slosmith: problems -->\nanother note of ours", ME)
    ours = gitlab.discuss(f"{MARK}\nbefore", ME)
    others = [body for body in bodies(gitlab) if body != f"{MARK}\nbefore"]
    assert write(gitlab, "after") == "updated"
    assert ours["notes"][0]["body"] == f"{MARK}\nafter\n"
    assert [body for body in bodies(gitlab) if "after" not in body] == others
    assert write(gitlab, "more", marker="problems") == "updated"
    assert len(gitlab.discussions) == 9


def test_a_limit_of_the_rate_is_waited_for(gitlab: FakeGitlab) -> None:
    gitlab.failures.append(Failure("GET", "discussions", 429, headers={"Retry-After": "0"}, times=2))
    gitlab.failures.append(Failure("POST", "discussions", 429, headers={"Retry-After": "0"}))
    assert write(gitlab, "text") == "created"
    assert len(gitlab.discussions) == 1


@pytest.mark.parametrize("waiting", ["86400", "Fri, 27 Nov 2026 20:00:00 GMT"])
def test_no_server_makes_a_job_wait_for_long(gitlab: FakeGitlab, waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    gitlab.failures.append(Failure("GET", "discussions", 429, headers={"Retry-After": waiting}, times=99))
    with pytest.raises(EngineError, match="answers 429"):
        write(gitlab, "text")
    assert 0 < sum(waited) <= 5 * 60


def test_an_error_that_passes_is_tried_again_but_no_note_is_written_twice(gitlab: FakeGitlab) -> None:
    gitlab.failures.append(Failure("GET", "discussions", 502, "<html>Bad Gateway</html>", times=2))
    assert write(gitlab, "text") == "created"
    gitlab.discussions.clear()
    gitlab.log.clear()
    gitlab.failures.append(Failure("POST", "discussions", 500))
    with pytest.raises(EngineError, match="answers 500"):
        write(gitlab, "text")
    assert gitlab.log.count(("POST", PATH)) == 1


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (Failure("GET", "discussions", 403), "scope `api`"),
        (Failure("GET", "discussions", 404, '{"message": "404 Not found"}'), "without the right"),
        (Failure("POST", "discussions", 409, '{"message": "conflict"}'), "answers 409: conflict"),
        (Failure("POST", "discussions", 422, '{"message": {"body": ["is too long"]}}'), "too long"),
        (Failure("POST", "discussions", 400, "not JSON"), "answers 400"),
        (Failure("GET", "discussions", 200, "<html>a login page</html>"), "answer"),
        (Failure("GET", "discussions", 200, '{"a": "map"}'), "answer"),
    ],
)
def test_failures_say_what_to_do(gitlab: FakeGitlab, failure: Failure, says: str) -> None:
    gitlab.failures.append(failure)
    with pytest.raises(EngineError) as found:
        write(gitlab, "text")
    assert says in str(found.value).lower() or says in str(found.value)
    assert TOKEN not in str(found.value)
    assert "\n" not in str(found.value)


def test_a_token_that_may_not_ask_who_it_is(gitlab: FakeGitlab) -> None:
    gitlab.failures.append(Failure("GET", "/user", 403, times=9))
    assert write(gitlab, "one") == "created"
    assert write(gitlab, "two") == "updated"


def test_a_wrong_token(gitlab: FakeGitlab) -> None:
    with pytest.raises(EngineError, match="does not accept the token"):
        write(gitlab, "text", token="wrong")


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with running() as server:
        gone = server
    with pytest.raises(EngineError, match="cannot be reached"):
        write(gone, "text")


def pipeline(server: FakeGitlab, **changed: str) -> dict[str, str]:
    return {
        "CI_SERVER_URL": server.url, "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_IID": "5", "SLOSMITH_GITLAB_TOKEN": TOKEN,
    } | changed  # fmt: skip


def test_the_command_reads_the_pipelines_variables(gitlab: FakeGitlab, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("loosened: tts\n", "utf-8")
    done = slosmith(tmp_path, "note", "note.md", env=pipeline(gitlab))
    assert (done.returncode, done.stdout) == (0, "note on merge request !5: created\n"), done.stderr
    assert bodies(gitlab) == [f"{MARK}\nloosened: tts\n"]
    (tmp_path / "note.md").write_text("", "utf-8")
    done = slosmith(tmp_path, "note", "note.md", env=pipeline(gitlab))
    assert done.stdout == "note on merge request !5: resolved\n"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"SLOSMITH_GITLAB_TOKEN": ""}, "no SLOSMITH_GITLAB_TOKEN, so no note was written; the text is in note.md"),
        ({"CI_MERGE_REQUEST_IID": ""}, "not for a merge request"),
    ],
)
def test_without_a_token_the_text_stays_an_artefact(
    gitlab: FakeGitlab, tmp_path: Path, changed: dict[str, str], says: str
) -> None:
    (tmp_path / "note.md").write_text("text", "utf-8")
    done = slosmith(tmp_path, "note", "note.md", env=pipeline(gitlab, **changed))
    assert done.returncode == 0
    assert says in done.stderr
    assert gitlab.log == []


def test_a_long_note_is_cut_at_a_line(gitlab: FakeGitlab, tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("a line that is long enough\n" * 50_000, "utf-8")
    done = slosmith(tmp_path, "note", "note.md", env=pipeline(gitlab))
    assert done.returncode == 0, done.stderr
    (body,) = bodies(gitlab)
    assert len(body) < 1_000_000
    assert body.endswith("enough\n\nThe rest is left out: GitLab takes no longer note.\n")


@pytest.mark.parametrize("arguments", [["missing.md"], ["note.md", "--marker", "a b"], ["bytes.md"], ["."]])
def test_wrong_usage(gitlab: FakeGitlab, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "note.md").write_text("text", "utf-8")
    (tmp_path / "bytes.md").write_bytes(b"\xff\xfe\x00")
    done = slosmith(tmp_path, "note", *arguments, env=pipeline(gitlab))
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) < 8
    assert gitlab.log == []
