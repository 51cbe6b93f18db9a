"""GitLab, by its REST API: one note on a merge request, and merge requests of a branch.

Source: https://docs.gitlab.com/api/discussions/ and https://docs.gitlab.com/api/merge_requests/. The library is
python-gitlab (the extra ``gitlab``). It reads all pages, and repeats requests that GitLab refuses for a while.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gitlab
import msgspec
import requests
from gitlab.exceptions import GitlabAuthenticationError, GitlabError, GitlabHttpError

from slosmith.engines.error import EngineError

_TIMEOUT_SECONDS = 30
_LONGEST_WAIT_SECONDS = 60
"""A server may ask a client to wait for an hour. A job of a pipeline does not wait that long."""

_CALM: dict[str, Any] = {"max_retries": 4}
"""Repeated after errors that pass: a limit of the rate, a connection that breaks, an error of the server."""

_ONCE: dict[str, Any] = {"max_retries": 4, "retry_transient_errors": False}
"""Repeated only where the server did nothing. After a broken connection nobody knows whether the note exists already,
and a second one is worse than a job that fails.
"""


class Server(msgspec.Struct, frozen=True):
    """Where GitLab is, and who asks."""

    url: str
    """For example ``https://gitlab.example.org``."""
    token: str
    """Needs the scope ``api``."""


def note(server: Server, project: str, merge_request: int, marker: str, text: str) -> str:
    """Bring the one note with ``marker`` up to date, and say in a word what was done.

    With ``text`` the note is ``created``, ``updated`` or left ``unchanged``, and its thread is open. Without text, a
    note that stands is ``resolved``; without one there is ``nothing``. Raises EngineError.
    """
    with _errors(server):
        client = _client(server)
        request = client.projects.get(project, lazy=True).mergerequests.get(merge_request, lazy=True)
        mark = f"<!-- slosmith: {marker} -->"
        thread = _own_thread(request, mark, _user(client))
        if thread is None:
            if not text.strip():
                return "nothing"
            request.discussions.create({"body": f"{mark}\n{text.strip()}\n"}, **_ONCE)
            return "created"
        first = thread.attributes["notes"][0]
        body = f"{mark}\n{text.strip() or 'Nothing is left to say here.'}\n"
        changed = first["body"].strip() != body.strip()
        if changed:
            own = thread.notes.get(first["id"], lazy=True)
            own.body = body
            own.save(**_CALM)
        resolved, done = bool(first.get("resolved")), not text.strip()
        if first.get("resolvable") and resolved != done:
            thread.manager.update(thread.id, {"resolved": done}, **_CALM)
            changed = True
        if not changed:
            return "unchanged"
        return "resolved" if done else "updated"


def merge_request(server: Server, project: str, branch: str, base: str, title: str, text: str) -> str:
    """Open a merge request from ``branch`` to ``base``, or update the one that is open. Returns its address.

    Raises EngineError.
    """
    with _errors(server):
        requests_of = _client(server).projects.get(project, lazy=True).mergerequests
        found = requests_of.list(state="opened", source_branch=branch, target_branch=base, get_all=True, **_CALM)
        if found:
            first = min(found, key=lambda each: each.iid)
            if (first.title, first.description) != (title, text):
                first.title, first.description = title, text
                first.save(**_CALM)
        else:
            first = requests_of.create({
                "source_branch": branch, "target_branch": base, "title": title, "description": text,
                "remove_source_branch": True,
            }, **_ONCE)  # fmt: skip
        return str(first.web_url)


def _own_thread(request: Any, mark: str, user: int | None) -> Any:
    """The oldest thread that begins with our note. A note of another user that quotes the marker is not ours."""
    for thread in request.discussions.list(iterator=True, **_CALM):
        notes = thread.attributes.get("notes") or [{}]
        first = notes[0]
        ours = user is None or first.get("author", {}).get("id") == user
        if ours and str(first.get("body", "")).startswith(mark):
            return thread
    return None


def _user(client: gitlab.Gitlab) -> int | None:
    """The id of the token's user; None for a token that may not ask."""
    try:
        found = client.http_get("/user", **_CALM)
    except GitlabHttpError as error:
        if error.response_code == 403:
            return None
        raise
    return found.get("id") if isinstance(found, dict) else None


def _client(server: Server) -> gitlab.Gitlab:
    session = requests.Session()
    session.trust_env = True
    session.hooks["response"].append(_bounded_wait)
    return gitlab.Gitlab(
        server.url,
        private_token=server.token,
        timeout=_TIMEOUT_SECONDS,
        retry_transient_errors=True,
        per_page=100,
        keep_base_url=True,
        session=session,
        user_agent="slosmith",
    )


def _bounded_wait(response: requests.Response, **arguments: Any) -> None:
    asked = response.headers.get("Retry-After")
    if asked is not None or "RateLimit-Reset" in response.headers:
        seconds = int(asked) if asked is not None and asked.isdecimal() else _LONGEST_WAIT_SECONDS
        response.headers["Retry-After"] = str(min(seconds, _LONGEST_WAIT_SECONDS))


@contextmanager
def _errors(server: Server) -> Iterator[None]:
    """What went wrong, and what to do, without the token."""
    try:
        yield
    except GitlabAuthenticationError as error:
        raise EngineError(
            f"{server.url} does not accept the token ({error.response_code}): it may be wrong or expired"
        ) from error
    except GitlabError as error:
        code = error.response_code
        hint = _HINTS.get(code or 0, "")
        reason = " ".join(str(error.error_message or error).split())[:300]
        raise EngineError(f"{server.url} answers {code or 'no status'}: {reason}{hint}") from error
    except requests.RequestException as error:
        raise EngineError(f"{server.url} cannot be reached: {type(error).__name__}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EngineError(f"{server.url} gives an answer that is not GitLab's: {type(error).__name__}") from error


_HINTS = {
    403: ". The token needs the scope `api`, and its user the role Reporter for a note, Developer for a merge request",
    404: ". Without the right to see a project, GitLab says that it does not exist",
    429: ". GitLab limits the rate of requests; run the job again later",
}


def from_environment() -> tuple[Server | None, str, int | None]:
    """The server, the project and the merge request of the pipeline that runs this process.

    The variables are those of GitLab's pipelines, and ``SLOSMITH_GITLAB_TOKEN``. The server is None without a token or
    without an address; the number is None in a pipeline that is not for a merge request.
    """
    url, token = os.environ.get("CI_SERVER_URL", ""), os.environ.get("SLOSMITH_GITLAB_TOKEN", "")
    number = os.environ.get("CI_MERGE_REQUEST_IID", "")
    server = Server(url, token) if url and token else None
    return server, os.environ.get("CI_PROJECT_ID", ""), int(number) if number.isdecimal() else None
