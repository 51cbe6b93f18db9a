"""GET requests to servers of users: limits of time and size, checked certificates, and no credentials in messages."""

from __future__ import annotations

import base64
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import IO
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit, urlunsplit

from slosmith.engines.error import EngineError

MAX_BYTES = 64 * 1024 * 1024
TIMEOUT_SECONDS = 15.0
TOKEN = "SLOSMITH_HTTP_TOKEN"
"""Environment variable with a bearer token for the server."""


class HttpError(EngineError):
    """The server cannot be reached, refuses the request, or answers too much. ``status`` is 0 without an answer."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class _SameServer(urllib.request.HTTPRedirectHandler):
    """Follows redirects only on the same server: credentials are for no other one."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            raise HttpError(f"{shown_url(req.full_url)} redirects to another server, {shown_url(newurl)}: use its URL")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def get(url: str, path: str = "", query: Sequence[tuple[str, str]] = ()) -> bytes:
    """The body of ``url`` (http or https), with ``path`` added to its path. Raises HttpError.

    A user name and a password in the URL, or a token in the environment, are sent to this server only.
    """
    parts = _parts(url)
    headers = {"Accept": "text/plain, application/json;q=0.9, */*;q=0.1", "User-Agent": "slosmith"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    elif os.environ.get(TOKEN):
        headers["Authorization"] = f"Bearer {os.environ[TOKEN]}"
    host = parts.netloc.rpartition("@")[2]
    full_path = f"{parts.path.rstrip('/')}/{path}" if path else parts.path
    asked = urlencode(query) if query else parts.query
    full = urlunsplit((parts.scheme, host, quote(full_path, safe="/%:@!$&'()*+,;=~"), asked, ""))
    secure = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    request = urllib.request.Request(full, headers=headers)
    try:
        with urllib.request.build_opener(_SameServer(), secure).open(request, timeout=TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read(MAX_BYTES + 1)
    except HttpError:
        raise
    except urllib.error.HTTPError as error:
        raise HttpError(f"{shown_url(full)} answers {error.code} {error.reason}", error.code) from None
    except urllib.error.URLError as error:
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise HttpError(f"{shown_url(full)} cannot be reached: {reason}") from None
    except (OSError, ValueError) as error:
        raise HttpError(f"{shown_url(full)} cannot be read: {error}") from None
    if len(body) > MAX_BYTES:
        raise HttpError(f"{shown_url(full)} answers more than {MAX_BYTES // 1024 // 1024} MB")
    return body


def is_url(text: str) -> bool:
    """Whether a text is meant as a URL."""
    return "://" in text


def shown_url(url: str) -> str:
    """The URL without user, password and query: they are not for a log."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError
    except ValueError as error:
        raise HttpError(f"not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HttpError(f"{shown_url(url)}: write a URL that begins with http:// or https://")
    return parts
