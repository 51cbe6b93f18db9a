"""`scripts/release` against a server that takes packages and releases as GitLab documents it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.project import CHECKOUT

TOKEN = "a-token-of-a-job"
CHANGES = """# Changelog

## 0.2.0 - 2026-12-01

- A "quoted" line, and a back\\slash.

## 0.1.0

- The first.
"""

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@contextmanager
def running(status: int) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """The address of the API, and the requests that carry the token: method, path, body."""
    taken: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("JOB-TOKEN") == TOKEN:
                taken.append((self.command, self.path, body))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_PUT = do_POST = _take  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api/v4", taken
    finally:
        server.shutdown()
        server.server_close()


def release(folder: Path, api: str, tag: str) -> subprocess.CompletedProcess[str]:
    (folder / "scripts").mkdir()
    shutil.copy(CHECKOUT / "scripts/release", folder / "scripts/release")
    (folder / "CHANGELOG.md").write_text(CHANGES, "utf-8")
    (folder / "dist").mkdir()
    (folder / "dist/slosmith-0.2.0.tar.gz").write_bytes(b"\x00\xff a source package")
    (folder / "dist/slosmith-0.2.0-py3-none-any.whl").write_bytes(b"PK a wheel")
    env = {**os.environ, "CI_API_V4_URL": api, "CI_PROJECT_ID": "7", "CI_COMMIT_TAG": tag, "CI_JOB_TOKEN": TOKEN}
    return subprocess.run(
        ["scripts/release", "dist"], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_files_and_the_text_of_a_version(tmp_path: Path) -> None:
    with running(201) as (api, taken):
        done = release(tmp_path, api, "v0.2.0")
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    packages = "/api/v4/projects/7/packages/generic/slosmith/0.2.0"
    names = ["slosmith-0.2.0-py3-none-any.whl", "slosmith-0.2.0.tar.gz"]
    assert [(method, path) for method, path, _ in taken] == [
        *(("PUT", f"{packages}/{name}") for name in names),
        ("POST", "/api/v4/projects/7/releases"),
    ]
    assert taken[1][2] == b"\x00\xff a source package"
    said = json.loads(taken[2][2])
    assert said["tag_name"] == "v0.2.0"
    assert said["description"].strip() == '- A "quoted" line, and a back\\slash.'
    assert [(link["name"], link["url"]) for link in said["assets"]["links"]] == [
        (name, f"{api}/projects/7/packages/generic/slosmith/0.2.0/{name}") for name in names
    ]


def test_a_version_without_a_text_is_no_release(tmp_path: Path) -> None:
    with running(201) as (api, taken):
        done = release(tmp_path, api, "v0.2")
    assert done.returncode == 1
    assert "CHANGELOG.md has no part '## 0.2'" in done.stderr
    assert taken == []


def test_a_server_that_refuses(tmp_path: Path) -> None:
    with running(403) as (api, taken):
        done = release(tmp_path, api, "v0.2.0")
    assert done.returncode != 0
    assert [method for method, _, _ in taken] == ["PUT"], "nothing is released without its files"
