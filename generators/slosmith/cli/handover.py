"""`slosmith handover`: generated files as a merge request of another repository."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec
import typer

from slosmith import api
from slosmith.cli.apps import command_app
from slosmith.cli.exits import OUTSIDE_FAILED, PROBLEMS_FOUND, fail, usage_error
from slosmith.cli.options import OutputOption, find_output, nearest_specs
from slosmith.delivery.handover import Order, Prepared, changes, prepare, summary
from slosmith.output.checksums import sums_of

app = command_app()

TOKEN = "SLOSMITH_HANDOVER_TOKEN"
_REMOTE = re.compile(
    r"(?:(?P<scheme>https?)://(?:[^/@]*@)?|ssh://(?:[^/@]*@)?|(?:[^/@:]+@))(?P<host>[^/:]+(?::\d+)?)[/:](?P<path>.+)"
)


@app.command("handover")
def handover(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The target whose files are handed over.")],
    to: Annotated[str, typer.Option("--to", metavar="REPOSITORY", help="The other repository: an address for git.")],
    into: Annotated[str, typer.Option("--into", metavar="DIR", help="The folder in the other repository.")] = ".",
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="BRANCH",
            help="The branch that the change is for.  [default: its head]",
            show_default=False,
        ),
    ] = None,
    branch: Annotated[
        str | None,
        typer.Option(
            "--branch",
            metavar="BRANCH",
            help="The branch that slosmith makes.  [default: slosmith/TARGET]",
            show_default=False,
        ),
    ] = None,
    sums: Annotated[
        str | None,
        typer.Option(
            "--sums",
            metavar="FILE",
            help="The list of checksums in the other repository.  [default: slosmith-TARGET.sha256 in --into]",
            show_default=False,
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="Title of the merge request.", show_default=False)
    ] = None,
    description: Annotated[
        Path | None,
        typer.Option(
            "--description",
            metavar="FILE",
            help="Markdown for the description, for example of slosmith diff.",
            show_default=False,
        ),
    ] = None,
    author: Annotated[
        str | None,
        typer.Option("--author", metavar="'NAME <ADDRESS>'", help="Author of the commit.", show_default=False),
    ] = None,
    push: Annotated[
        bool,
        typer.Option("--push", help=f"Push the branch with git's own credentials, without {TOKEN}."),
    ] = False,
    output: OutputOption = None,
) -> None:
    """Put the generated files of TARGET into a branch of another repository, and open a merge request.

    Without --push and without a token in SLOSMITH_HANDOVER_TOKEN, the command only shows what it would do. With a token
    it pushes, and opens or updates a merge request on GitLab.
    """
    token = os.environ.get(TOKEN) or None
    order = Order(
        target=target,
        source=_source(target, output),
        url=to,
        branch=branch or f"slosmith/{target}",
        into=_inside("--into", into),
        base=base,
        sums=_inside("--sums", sums) if sums else _inside("--into", into) / f"slosmith-{target}.sha256",
        title=" ".join((title or f"SLO rules and dashboards: {target}").split()),
        description=_text(description),
        origin=_origin(),
        author=_author(author),
    )
    with tempfile.TemporaryDirectory(prefix="slosmith-handover-") as temporary:
        clone = Path(temporary, "clone")
        clone.mkdir()
        order = _with_tests(order, Path(temporary, "source"), output)
        try:
            prepared = prepare(order, clone, token)
        except ValueError as error:
            raise usage_error(str(error)) from None
        if prepared.plan.refused:
            for path in prepared.plan.refused:
                print(f"in the way  {path}")
            raise fail(
                "nothing was handed over: slosmith did not write what is in the way. Move it, or name another --into",
                PROBLEMS_FOUND,
            )
        for word, path in changes(prepared.plan):
            print(f"{word:<9}  {path}")
        print(f"{to}: {summary(prepared.plan)}")
        if prepared.commit is None:
            print("nothing to hand over")
        elif token is None and not push:
            print(f"not pushed: no {TOKEN}, and no --push. The merge request would say:\n\n{prepared.text}", end="")
        else:
            _send(order, prepared, token)


def _with_tests(order: Order, folder: Path, output: Path | None) -> Order:
    """The order, with a source in ``folder`` that has the unit tests too, if the project has them made on demand."""
    specs = nearest_specs()
    if specs is None:
        return order
    workspace = api.load(specs)
    if workspace.project.unit_tests == "beside_rules":
        return order
    from slosmith.output.unit_tests import unit_test_files

    try:
        model = workspace.sound()
        rule_files = [f"{order.target}/{path}" for path in sums_of(order.source)]
        tests = unit_test_files(model, workspace.project, workspace.name, rule_files)
    except api.InputError as error:
        raise fail(f"the unit tests of the rules cannot be made, because the specs have errors:\n{error}", 1) from None
    shutil.copytree(order.source, folder, symlinks=True)
    for name, text in tests.items():
        (folder / name.removeprefix(f"{order.target}/")).write_text(text, "utf-8")
    return msgspec.structs.replace(order, source=folder)


def _send(order: Order, prepared: Prepared, token: str | None) -> None:
    name, base = prepared.branch.name, prepared.branch.base
    pushed = prepared.branch.push()
    print(f"pushed {name}" if pushed else f"{name} is there already, with the same files")
    found = _REMOTE.fullmatch(order.url)
    if token is None or found is None:
        if pushed:
            print(f"open a merge request from {name} to {base}")
        return
    try:
        from slosmith.delivery import gitlab
    except ImportError:
        raise fail("GitLab's library is not installed: pip install 'slosmith[gitlab]'", OUTSIDE_FAILED) from None
    server = gitlab.Server(f"{found['scheme'] or 'https'}://{found['host']}", token)
    project = found["path"].removesuffix("/").removesuffix(".git")
    print(gitlab.merge_request(server, project, name, base, order.title, prepared.text))


def _source(target: str, output: Path | None) -> Path:
    generated = find_output(output, nearest_specs())
    source = generated / target
    if "/" in target or target in ("", ".", "..") or not source.is_dir():
        known = (
            ", ".join(sorted(path.name for path in generated.iterdir() if path.is_dir())) if generated.is_dir() else ""
        )
        raise usage_error(
            f"{generated} has no files of a target '{target}'" + (f"; there are: {known}" if known else "")
        )
    return source


def _inside(option: str, text: str) -> PurePosixPath:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or ".git" in (part.casefold() for part in path.parts) or "\n" in text:
        raise usage_error(f"{option} {text}: this is not a path inside the other repository")
    return path


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise usage_error(f"{file}: this is not text in UTF-8") from None


def _author(given: str | None) -> str | None:
    """The author of the commit. In a GitLab pipeline it is the person who started the pipeline."""
    name, address = os.environ.get("GITLAB_USER_NAME"), os.environ.get("GITLAB_USER_EMAIL")
    author = given or (f"{name} <{address}>" if name and address else None)
    if author is not None and not re.fullmatch(r"[^<>\n]+ <[^<>\s]+>", author):
        raise usage_error(f"--author {author}: write NAME <ADDRESS>")
    return author


def _origin() -> str:
    """The repository and the commit, in a GitLab pipeline."""
    url, commit = os.environ.get("CI_PROJECT_URL"), os.environ.get("CI_COMMIT_SHA")
    return f"{url}/-/tree/{commit}" if url and commit else ""
