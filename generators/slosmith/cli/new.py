"""`slosmith new`: the spec of a new service or class."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slosmith import api
from slosmith.authoring import draft as drafts
from slosmith.authoring.draft import DraftError, ServiceDraft
from slosmith.authoring.writing import write_new
from slosmith.cli import completing_specs
from slosmith.cli.apps import command_app
from slosmith.cli.asking import ask, can_ask, one_of
from slosmith.cli.exits import PROBLEMS_FOUND, usage_error
from slosmith.cli.loading import print_problems
from slosmith.cli.options import SpecsOption, find_specs
from slosmith.cli.output import shown
from slosmith.problems import Severity
from slosmith.problems.nearest import suggestion
from slosmith.sli.template import ParameterValue, Template
from slosmith.vocabulary.numbers import plural

if TYPE_CHECKING:
    from slosmith.authoring.metrics.proposing import Proposal
    from slosmith.formats.declarations import ClassDeclaration
    from slosmith.workspace import LoadedWorkspace

app = command_app()

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Print the file; write nothing.")]


@app.callback(help="Write the spec of a new service or class. Files that exist are never changed.")
def _new() -> None:
    """The commands below `new`."""


@app.command()
def service(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the service, and of its file.")],
    slo_class: Annotated[
        str | None,
        typer.Option("--class", metavar="NAME", autocompletion=completing_specs.classes,
                     help="Class that gives the objectives.", show_default=False),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", autocompletion=completing_specs.templates,
                     help="SLI template; `slosmith templates` lists them.", show_default=False),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the template. Repeat it for lists.",
                     show_default=False),
    ] = None,
    sites: Annotated[
        list[str] | None,
        typer.Option("--site", metavar="NAME", autocompletion=completing_specs.sites,
                     help="A site of the service.  [default: all sites of the project]", show_default=False),
    ] = None,
    team: Annotated[str, typer.Option("--team", metavar="NAME", autocompletion=completing_specs.teams,
                                      help="The responsible team.", show_default=False)] = "",
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help="What the service does.", show_default=False)
    ] = "",
    from_metrics: Annotated[
        str | None,
        typer.Option("--from-metrics", metavar="FILE|URL", show_default=False,
                     help="Propose template and parameters from a metrics page or a Prometheus server."),
    ] = None,
    match: Annotated[
        list[str] | None,
        typer.Option("--match", metavar="MATCHER", show_default=False,
                     help="With a server: only series with this matcher, such as 'job=\"checkout\"'."),
    ] = None,
    dry_run: DryRunOption = False,
    specs: SpecsOption = None,
) -> None:  # fmt: skip
    """Write slo_specs/services/NAME.yaml, and check it.

    On a terminal, missing values are asked for. Without a class, the service gets an objective for each indicator of
    the template.
    """
    root = find_specs(specs)
    loaded = api.load(root)
    with _wrong_usage():
        drafts.check_name(name, "the name")
        if name in loaded.declared_services:
            raise DraftError(f"there is a service '{name}' already")
        path = drafts.place_of(root, "services", name)
        chosen = _class(loaded, slo_class)
        inherited = chosen.source.template or "" if chosen is not None and chosen.source is not None else ""
        proposal = None
        if from_metrics is not None:
            proposal = _proposal(loaded, name, template or inherited or None, from_metrics, match or [])
            template = proposal.template
        elif match:
            raise DraftError("--match selects series of a server: name it with --from-metrics")
        used = _template(loaded, template, inherited)
        given = dict(chosen.source.parameters) if chosen is not None and chosen.source is not None else {}
        parameters = dict(proposal.parameters) if proposal is not None else {}
        parameters |= drafts.parse_parameters(used, settings or [])
        for missing in drafts.missing_parameters(used, {**given, **parameters}):
            parameters[missing] = _parameter(used, missing, proposal.candidates.get(missing, ()) if proposal else ())
        made = ServiceDraft(
            name=name,
            slo_class=chosen.name if chosen is not None else "",
            team=team or _asked_team(loaded, chosen),
            description=description or (ask("What does it do? (one sentence, or nothing)") if can_ask() else ""),
            sites=_sites(loaded, sites or (proposal.sites if proposal is not None else None)),
            template="" if used.name == inherited else used.name,
            class_template=inherited,
            parameters=parameters,
            objectives={}
            if chosen is not None
            else drafts.default_objectives(used, parameters, proposal.indicators if proposal is not None else ()),
        )
    from slosmith.authoring.texts import service_text

    _write(root, path, service_text(made), dry_run=dry_run)


@app.command("class")
def slo_class(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the class, and of its file.")],
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="NAME", autocompletion=completing_specs.templates,
                     help="SLI template of all its services.", show_default=False),
    ] = None,
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help="Which services belong here.", show_default=False)
    ] = "",
    dry_run: DryRunOption = False,
    specs: SpecsOption = None,
) -> None:  # fmt: skip
    """Write slo_specs/classes/NAME.yaml, and check it.

    The class has an objective for each indicator of the template; without a template, for availability and latency.
    """
    root = find_specs(specs)
    loaded = api.load(root)
    with _wrong_usage():
        drafts.check_name(name, "the name")
        if name in {each.name for each in loaded.classes}:
            raise DraftError(f"there is a class '{name}' already")
        path = drafts.place_of(root, "classes", name)
        used = _known_template(loaded, template) if template is not None else None
    from slosmith.authoring.texts import class_text

    objectives = drafts.class_objectives(used)
    text = class_text(name, description or drafts.CLASS_DESCRIPTION, objectives, template=template or "")
    _write(root, path, text, dry_run=dry_run)


@contextmanager
def _wrong_usage() -> Iterator[None]:
    try:
        yield
    except DraftError as error:
        raise usage_error(str(error)) from None


def _class(loaded: LoadedWorkspace, wanted: str | None) -> ClassDeclaration | None:
    known = {each.name: each for each in loaded.classes}
    if wanted is None and known and can_ask():
        wanted = ask(f"Class ({', '.join(known)}; nothing for none)", check=one_of([*known], or_nothing=True))
    if not wanted:
        return None
    if wanted not in known:
        hint = suggestion(wanted, known, "there are") if known else "`slosmith new class` writes one"
        raise DraftError(f"there is no class '{wanted}'; {hint}")
    return known[wanted]


def _template(loaded: LoadedWorkspace, wanted: str | None, inherited: str) -> Template:
    if wanted is None and inherited in loaded.library:
        wanted = inherited
    if wanted is None and can_ask():
        names = loaded.library.names()
        print(f"Templates: {', '.join(names)}", file=sys.stderr)
        wanted = ask("Template", "http-requests", one_of(names))
    if wanted is None:
        raise DraftError("name a template with --template; `slosmith templates` lists them")
    return _known_template(loaded, wanted)


def _known_template(loaded: LoadedWorkspace, name: str) -> Template:
    found = loaded.library.get(name)
    if found is None:
        from slosmith.sli.search import suggest_template

        raise DraftError(f"there is no template '{name}'; {suggest_template(name, loaded.library)}")
    return found


def _proposal(
    loaded: LoadedWorkspace, name: str, template: str | None, place: str, matchers: Sequence[str]
) -> Proposal:
    """The best proposal, or the one that a person chooses. Prints why. Raises DraftError if there is none."""
    from slosmith.authoring.metrics.proposing import propose, wanted_metrics
    from slosmith.authoring.metrics.series import MetricsError, load_metrics
    from slosmith.promql import parse_matcher

    for matcher in matchers:
        try:
            parse_matcher(matcher)
        except ValueError as error:
            raise DraftError(f"--match {matcher}: {error}") from None
    try:
        metrics = load_metrics(place, matchers, wanted_metrics(loaded.library))
    except MetricsError as error:
        raise DraftError(f"--from-metrics: {error}") from None
    found = {each.template: each for each in propose(metrics, name, loaded.library, loaded.project)}
    if template is not None and template not in found:
        raise DraftError(f"no series of {metrics.source} is one that the template {template} selects")
    if not found:
        count = plural(len(metrics.by_name), "metric")
        raise DraftError(
            f"no template reads the {count} of {metrics.source}; `slosmith templates` lists those for any metric"
        )
    picked = found[template] if template is not None else next(iter(found.values()))
    if template is None and len(found) > 1 and can_ask():
        names = ", ".join(f"{each.template} ({', '.join(each.indicators)})" for each in found.values())
        print(f"Templates that read these series: {names}", file=sys.stderr)
        picked = found[ask("Template", picked.template, one_of([*found]))]
    print(f"{picked.template}, from {shown(metrics.source)}:", file=sys.stderr)
    for reason in picked.reasons:
        print(f"  - {shown(reason)}", file=sys.stderr)
    others = [each for each in found if each != picked.template]
    if others and template is None:
        print(f"  other templates for these series: {', '.join(others)} (--template)", file=sys.stderr)
    return picked


def _parameter(template: Template, name: str, candidates: Sequence[str]) -> ParameterValue:
    """The answer to a question; ``candidates`` are values that series have."""
    parameter = template.parameters[name]
    example = drafts.example_text(parameter)
    if not can_ask():
        if candidates:
            known = ", ".join(f"'{name}={each}'" for each in candidates[:20])
            raise DraftError(f"the template {template.name} needs {name}: write --set with one of {known}")
        raise DraftError(
            f"the template {template.name} needs {name}: {parameter.description} Write --set '{name}={example}'"
        )
    if candidates:
        print(f"The series have: {', '.join(candidates)}", file=sys.stderr)
    answer = ask(f"{name}: {parameter.description} (such as {example})",
                 check=lambda text: drafts.parse_value(name, parameter, text))  # fmt: skip
    return drafts.parse_value(name, parameter, answer)


def _asked_team(loaded: LoadedWorkspace, chosen: ClassDeclaration | None) -> str:
    """A team, if neither the class nor the project has one, and somebody can name it."""
    if loaded.project.team or (chosen is not None and chosen.team) or not can_ask():
        return ""
    return ask("Team (or nothing)", check=lambda text: text and drafts.check_name(text, "the team"))


def _sites(loaded: LoadedWorkspace, wanted: Sequence[str] | None) -> tuple[str, ...]:
    known = [site.name for site in loaded.project.sites if site.covered]
    for site in wanted or ():
        if known and site not in known:
            raise DraftError(f"there is no site '{site}'; {suggestion(site, known, 'there are')}")
    return tuple(wanted or known)


def _write(root: Path, path: Path, text: str, *, dry_run: bool) -> None:
    if dry_run:
        print(text, end="")
        return
    if not write_new(path, text):
        raise usage_error(f"{shown(path)} exists: choose another name, or change that file")
    print(f"written  {shown(Path(os.path.relpath(path)))}")
    raise _checked(root, path)


def _checked(root: Path, path: Path) -> typer.Exit:
    """Check the new file, print its problems, and what to do next."""
    loaded = api.load(root, only=[path])
    problems = [each for each in api.check(loaded) if each.severity is not Severity.NOTICE]
    print_problems(loaded, problems, to_stderr=True)
    if any(problem.severity is Severity.ERROR for problem in problems):
        print(f"slosmith: correct {shown(path)}, then run `slosmith validate`", file=sys.stderr)
        return typer.Exit(PROBLEMS_FOUND)
    mine = [slo.id for slo in loaded.slos if slo.service == path.stem]
    if mine:
        print(f"{plural(len(mine), 'SLO')}: {', '.join(mine)}")
    print(f"next: `{loaded.project.command}` writes the rules")
    return typer.Exit()
