"""A branch of another repository, made in a clone of our own: cloned, changed, committed and pushed with git alone.

The branch belongs to slosmith: it is made anew from the base each time. So it has one commit, and an open merge request
shows the newest state. A commit of somebody else on it is never thrown away.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from slosmith.engines.error import EngineError
from slosmith.engines.git import git

TRAILER = "Handed-over-by: slosmith"
"""The last line of our commits. A commit without it is somebody else's."""

_HTTP = re.compile(r"https?://", re.IGNORECASE)
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}")

# no hook and no filter of the clone, or of the user's own settings, runs
_PLAIN = ("-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "core.symlinks=true")


class Branch(msgspec.Struct, frozen=True):
    """A branch of a repository, and a clone in ``folder`` whose working tree is the base."""

    url: str
    folder: Path
    base: str
    name: str
    environment: dict[str, str]
    """Credentials for git, as variables: arguments can be seen by all users of a machine."""

    def write(self, message: str, paths: Iterable[str], author: str | None) -> str | None:
        """Commit ``paths``, as they are in the working tree, and return the commit; None if nothing changed.

        ``author`` is ``Name <address>``; None takes git's own. Raises EngineError.
        """
        self._git("checkout", "-q", "-B", self.name)
        self._git("add", "--force", "--all", "--", *paths)
        if not self._git("status", "--porcelain", "--untracked-files=no").strip():
            return None
        name, _, address = (author or "").rstrip("> ").rpartition(" <")
        identity = ("-c", f"user.name={name}", "-c", f"user.email={address}") if author else ()
        self._git(*identity, "commit", "-q", "--no-verify", "--no-gpg-sign", "-m", f"{message.rstrip()}\n\n{TRAILER}")
        return self._git("rev-parse", "HEAD").strip()

    def push(self, options: Iterable[str] = ()) -> bool:
        """Push the branch. False if the repository has it already, with the same files on the same base.

        ``options`` are push options (GitLab opens a merge request by them). Raises EngineError if the branch has a
        commit of somebody else, or if it was pushed by somebody else meanwhile.
        """
        found = self._git("ls-remote", "--heads", "origin", f"refs/heads/{self.name}").split()
        if found:
            self._git(
                "fetch", "-q", "--no-tags", "--depth=2", "origin", f"+refs/heads/{self.name}:refs/slosmith/before"
            )
            self._refuse_others()
            if self._content("refs/slosmith/before") == self._content("HEAD"):
                return False
        lease = f"--force-with-lease=refs/heads/{self.name}:{found[0] if found else ''}"
        given = [f"--push-option={option}" for option in options]
        self._git("push", "-q", "--no-verify", lease, *given, "origin", f"HEAD:refs/heads/{self.name}")
        return True

    def _refuse_others(self) -> None:
        """The branch has one commit of ours. Everything that somebody adds makes another last commit."""
        author, _, message = self._git("show", "--no-patch", "--format=%an%n%B", "refs/slosmith/before").partition("\n")
        if TRAILER not in message.splitlines():
            raise EngineError(
                f"the last commit of the branch '{self.name}' is by {author}, not by slosmith, and would be lost: "
                "merge the branch, or name another one with --branch"
            )

    def _content(self, revision: str) -> tuple[str, ...]:
        """The files and the parents of a commit."""
        return tuple(self._git("show", "--no-patch", "--format=%T %P", revision).split())

    def _git(self, *arguments: str) -> str:
        return git(self.folder, [*_PLAIN, *arguments], self.environment).decode(errors="replace")


def clone(url: str, folder: Path, base: str | None, name: str, token: str | None) -> Branch:
    """Clone ``url`` into ``folder``, which is empty. ``base`` None: the branch that the repository names as its head.

    ``token`` is used for http and https only. Raises EngineError; ValueError for a name that git or a shell could read
    as something else.
    """
    for branch in (base, name):
        if branch is not None and (not _BRANCH.fullmatch(branch) or ".." in branch or branch.endswith((".lock", "/"))):
            raise ValueError(f"'{branch}' is not a name of a branch")
    if url.startswith("-"):
        raise ValueError(f"'{url}' is not an address of a repository")
    environment = _credentials(url, token)
    wanted = ("--branch", base) if base else ()
    options = ("--quiet", "--no-tags", "--single-branch", "--depth=1", *wanted)
    git(folder, [*_PLAIN, "clone", *options, "--", url, "."], environment)
    try:
        found = git(folder, ["rev-parse", "--abbrev-ref", "HEAD"], environment).decode().strip()
    except EngineError:
        raise EngineError("the other repository has no commit yet, so there is no branch to start from") from None
    return Branch(url, folder, base or found, name, environment)


def _credentials(url: str, token: str | None) -> dict[str, str]:
    if not token or not _HTTP.match(url):
        return {}
    parts = urlsplit(url)
    basic = base64.b64encode(f"oauth2:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        # only for this host: git sends it nowhere else, also after a redirect
        "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{parts.netloc.rpartition('@')[2]}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }
