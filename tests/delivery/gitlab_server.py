"""A small server on the loopback interface that answers as GitLab documents it, with failures on order."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ME, SOMEBODY = {"id": 7, "username": "project_1_bot"}, {"id": 8, "username": "reader"}
TOKEN = "glpat-not-a-real-one"
PER_PAGE = 2
"""Fewer than a client asks for: a server may have a lower limit."""


@dataclass
class Failure:
    """An answer instead of the right one, ``times`` times, to requests of ``method`` at paths that contain ``part``."""

    method: str
    part: str
    status: int
    body: str = '{"message": "failed on order"}'
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1


@dataclass
class FakeGitlab:
    """One project (id 1, path ``ops/alerts``), with discussions and merge requests."""

    url: str = ""
    discussions: list[dict[str, Any]] = field(default_factory=list)
    merge_requests: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    log: list[tuple[str, str]] = field(default_factory=list)

    def discuss(self, body: str, author: dict[str, Any], *, resolved: bool = False) -> dict[str, Any]:
        """A thread with one note."""
        number = len(self.discussions) + 1
        note = {"id": 100 + number, "body": body, "author": author, "resolvable": True, "resolved": resolved}
        thread = {"id": f"{number:040x}", "individual_note": False, "notes": [note]}
        self.discussions.append(thread)
        return thread

    def answer(self, method: str, path: str, query: dict[str, list[str]], data: dict[str, Any]) -> tuple[int, Any]:
        """Status and content. Content that is a list is paged by the handler."""
        if path == "/user":
            return 200, ME
        found = re.fullmatch(r"/projects/(1|ops/alerts)/merge_requests(/.*)?", path)
        if found is None:
            return 404, {"message": "404 Project Not Found"}
        rest = found[2] or ""
        if not rest:
            return self._requests(method, query, data)
        if rest == "/5/discussions":
            if method == "GET":
                return 200, self.discussions
            return 201, self.discuss(data["body"], ME)
        thread = next((each for each in self.discussions if rest.startswith(f"/5/discussions/{each['id']}")), None)
        if thread is not None and method == "PUT":
            note = thread["notes"][0]
            if rest.endswith(f"/notes/{note['id']}"):
                note["body"] = data["body"]
                return 200, note
            note["resolved"] = data["resolved"]
            return 200, thread
        number = re.fullmatch(r"/(\d+)", rest)
        if number is not None and method == "PUT":
            request = self.merge_requests[int(number[1]) - 1]
            request |= data
            return 200, request
        return 404, {"message": "404 Not found"}

    def _requests(self, method: str, query: dict[str, list[str]], data: dict[str, Any]) -> tuple[int, Any]:
        if method == "GET":
            wanted = {name: query[name][0] for name in ("state", "source_branch", "target_branch") if name in query}
            return 200, [each for each in self.merge_requests if all(each[k] == v for k, v in wanted.items())]
        taken = any(
            each["state"] == "opened" and each["source_branch"] == data["source_branch"] for each in self.merge_requests
        )
        if taken:
            return 409, {"message": ["Another open merge request already exists for this source branch: !1"]}
        number = len(self.merge_requests) + 1
        made = {"iid": number, "state": "opened", "web_url": f"{self.url}/ops/alerts/-/merge_requests/{number}", **data}
        self.merge_requests.append(made)
        return 201, made


@contextmanager
def running() -> Iterator[FakeGitlab]:
    """A server that runs until the end of the block."""
    state = FakeGitlab()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            path, query = unquote(parts.path).removeprefix("/api/v4"), parse_qs(parts.query)
            length = int(self.headers.get("Content-Length") or 0)
            data = json.loads(self.rfile.read(length) or b"{}")
            state.log.append((self.command, path))
            for failure in state.failures:
                if failure.times and failure.method == self.command and failure.part in path:
                    failure.times -= 1
                    return self._send(failure.status, failure.body.encode(), failure.headers)
            if self.headers.get("Private-Token") != TOKEN:
                return self._send(401, b'{"message": "401 Unauthorized"}', {})
            status, content = state.answer(self.command, path, query, data)
            headers = {}
            if isinstance(content, list):
                page = int(query.get("page", ["1"])[0])
                rest = content[page * PER_PAGE :]
                content = content[(page - 1) * PER_PAGE : page * PER_PAGE]
                headers = {"X-Page": str(page), "X-Next-Page": str(page + 1) if rest else ""}
                if rest:
                    headers["Link"] = (
                        f'<{state.url}/api/v4{parts.path.removeprefix("/api/v4")}?page={page + 1}>; rel="next"'
                    )
            return self._send(status, json.dumps(content).encode(), headers)

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _handle  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
