"""`slosmith init`: a new project with its first rules."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slosmith import api
from slosmith.authoring import draft as drafts
from slosmith.authoring import project
from slosmith.authoring.draft import DraftError, ServiceDraft
from slosmith.authoring.project import Plan
from slosmith.authoring.writing import write_new
from slosmith.cli import completing_specs
from slosmith.cli.apps import command_app
from slosmith.cli.asking import ask, can_ask, one_of
from slosmith.cli.exits import OUTSIDE_FAILED, PROBLEMS_FOUND, fail, usage_error
from slosmith.cli.loading import count_problems, print_problems, refuse
from slosmith.cli.options import OUTPUT_FOLDER, SPECS_FOLDER, Format
from slosmith.cli.output import shown
from slosmith.problems import Severity
from slosmith.problems.nearest import suggestion
from slosmith.sli.library import library
from slosmith.vocabulary.numbers import plural

if TYPE_CHECKING:
    from slosmith.sli.template import ParameterValue, Template

app = command_app()

_TARGETS = ("prometheus", "grafana")
_TEMPLATE = "http-requests"
_SERVICE = "checkout"


class Ci(StrEnum):
    """The system that runs the pipeline."""

    GITLAB = "gitlab"
    GITHUB = "github"
    NONE = "none"


FolderArgument = Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Folder of the project.")]
NameOption = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="Name of the project.  [default: of the folder]", show_default=False),
]
TeamOption = Annotated[
    str | None, typer.Option("--team", metavar="NAME", help="Team of the services.", show_default=False)
]
ServiceOption = Annotated[
    str | None,
    typer.Option("--service", metavar="NAME", help=f"First service.  [default: {_SERVICE}]", show_default=False),
]
TemplateOption = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="NAME",
        autocompletion=completing_specs.templates,
        help=f"SLI template of the service.  [default: {_TEMPLATE}]",
        show_default=False,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="A parameter of the template. Repeat it for lists.", show_default=False
    ),
]
RunbookOption = Annotated[
    str | None,
    typer.Option("--runbook", metavar="URL", help="URL of runbooks, with {service} in it.", show_default=False),
]
TargetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--target", metavar="NAME", help="Where rules are used.  [default: prometheus, grafana]", show_default=False
    ),
]


@app.command()
def init(
    folder: FolderArgument = Path(),
    name: NameOption = None,
    team: TeamOption = None,
    service: ServiceOption = None,
    template: TemplateOption = None,
    settings: SetOption = None,
    runbook: RunbookOption = None,
    targets: TargetOption = None,
    ci: Annotated[Ci, typer.Option("--ci", help="Pipeline to write.")] = Ci.GITLAB,
    editor: Annotated[bool, typer.Option("--editor/--no-editor", help="Write settings for VS Code.")] = True,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the options and the defaults.")] = False,
) -> None:
    """Start a project: settings, a class, a service, a pipeline and their first rules.

    Asks on a terminal. Files that exist are never changed. Without options, the first service is an example.
    """
    if folder.exists() and not folder.is_dir():
        raise usage_error(f"{folder} is not a folder")
    asking = can_ask() and not yes
    try:
        plan = _plan(folder, name, team, service, template, settings or [], runbook, targets, ci, editor, asking)
        _try(folder, project.specs_of(plan))
    except DraftError as error:
        raise usage_error(str(error)) from None
    _write(folder, plan)
    raise _finish(folder)


def _plan(
    folder: Path,
    name: str | None,
    team: str | None,
    service: str | None,
    template: str | None,
    settings: list[str],
    runbook: str | None,
    targets: list[str] | None,
    ci: Ci,
    editor: bool,
    asking: bool,
) -> Plan:
    """The options, with answers to questions for what they leave out. Raises DraftError."""
    # settings would change the rules of specs that are there
    mine = not (folder / project.SETTINGS).exists() and (not project.has_services(folder) or bool(targets))

    def choose(given: str | None, question: str, default: str, what: str = "") -> str:
        def check(text: str) -> None:
            if what and text:
                drafts.check_name(text, what)

        if given is None:
            return ask(question, default, check) if asking else default
        check(given)
        return given

    if mine:
        name = choose(name, "Name of the project", _folder_name(folder), "the name")
        team = choose(team, "Team that gets the alerts (or nothing)", "", "the team")
        runbook = choose(runbook, "URL of runbooks, with {service} in it (or nothing)", "")
        targets = targets or (_asked_targets() if asking else [*_TARGETS])
        _check_targets(targets)
    draft = None
    objectives: Mapping[str, Mapping[str, str]] = {}
    if not project.has_services(folder):
        service = choose(service, "First service", _SERVICE, "the service")
        used = _template(template, asking=asking)
        draft, objectives = _service(service, used, settings, asking=asking)
    elif service is not None:
        raise DraftError(f"the project has services already: run `slosmith new service {service}`")
    return Plan(
        name=name or "slos", team=team or "", runbook=runbook or "", targets=tuple(targets or ()), service=draft,
        objectives=objectives, ci=ci.value, editor=editor,
    )  # fmt: skip


def _folder_name(folder: Path) -> str:
    """The folder's name as a name of specs."""
    text = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.resolve().name).strip("-_.")[:63]
    return text or "slos"


def _template(wanted: str | None, *, asking: bool) -> Template:
    known = library()
    if wanted is None and asking:
        print(f"Templates: {', '.join(known.names())}", file=sys.stderr)
        wanted = ask("Template of its metrics", _TEMPLATE, one_of(known.names()))
    found = known.get(wanted or _TEMPLATE)
    if found is None:
        from slosmith.sli.search import suggest_template

        raise DraftError(f"there is no template '{wanted}'; {suggest_template(wanted or '', known)}")
    return found


def _service(
    name: str, template: Template, settings: list[str], *, asking: bool
) -> tuple[ServiceDraft, Mapping[str, Mapping[str, str]]]:
    """The first service and the objectives of its class."""
    parameters = drafts.parse_parameters(template, settings)
    for missing in drafts.missing_parameters(template, parameters):
        parameters[missing] = _parameter(name, template, missing, asking=asking)
    objectives = drafts.default_objectives(template, parameters)
    made = ServiceDraft(name=name, slo_class=project.CLASS, template=template.name, parameters=parameters)
    return made, objectives


def _parameter(service: str, template: Template, name: str, *, asking: bool) -> ParameterValue:
    parameter = template.parameters[name]
    default = f'job="{service}"' if parameter.type == "matchers" else service if name in ("job", "service") else ""
    if asking:
        question = f"{name}: {parameter.description} (such as {drafts.example_text(parameter)})"
        default = ask(question, default, lambda text: drafts.parse_value(name, parameter, text))
    elif not default:
        example = drafts.example_text(parameter)
        message = f"the template {template.name} needs {name}: {parameter.description}"
        raise DraftError(f"{message} Write --set '{name}={example}'")
    return drafts.parse_value(name, parameter, default)


def _asked_targets() -> list[str]:
    answer = ask("Targets", ", ".join(_TARGETS), lambda text: _check_targets(_split(text)))
    return _split(answer)


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", text) if part]


def _check_targets(names: list[str]) -> None:
    from slosmith.output.registry import targets

    known = targets()
    for name in names:
        if name not in known:
            raise DraftError(f"there is no target '{name}'; {suggestion(name, known, 'targets:')}")
    if not names:
        raise DraftError(f"name a target; targets: {', '.join(known)}")


def _try(folder: Path, specs: Mapping[str, str]) -> None:
    """Check the specs before anything is written. Raises DraftError, with the first error."""
    if (folder / SPECS_FOLDER).exists():
        return  # the project's own specs are a part of the answer: they are checked at the end
    with tempfile.TemporaryDirectory(prefix="slosmith-") as scratch:
        for path, text in specs.items():
            write_new(Path(scratch) / path, text)
        loaded = api.load(Path(scratch) / SPECS_FOLDER)
        errors = [problem for problem in api.check(loaded) if problem.severity is Severity.ERROR]
        if not errors:
            try:
                api.compile(loaded)
            except api.InputError as error:
                errors = [*error.problems]
        if errors:
            raise DraftError(f"{errors[0].message}{f'; {errors[0].hint}' if errors[0].hint else ''}")


def _write(folder: Path, plan: Plan) -> None:
    files = project.specs_of(plan) | project.surroundings_of(plan)
    for path, text in files.items():
        _say(folder / path, created=write_new(folder / path, text))
    if plan.editor:
        from slosmith.authoring.project_schema import project_schema

        schema = json.dumps(project_schema(api.load(folder / SPECS_FOLDER)), indent=2, ensure_ascii=False) + "\n"
        _say(folder / project.SCHEMA, created=write_new(folder / project.SCHEMA, schema))


def _say(path: Path, *, created: bool) -> None:
    print(f"created  {shown(path)}" if created else f"exists   {shown(path)} (not changed)")


def _finish(folder: Path) -> typer.Exit:
    """Check the project, write its rules and test them. The answer is the exit code."""
    loaded = api.load(folder / SPECS_FOLDER)
    problems = [each for each in api.check(loaded) if each.severity is not Severity.NOTICE]
    print_problems(loaded, problems, to_stderr=True)
    if any(problem.severity is Severity.ERROR for problem in problems):
        print(f"slosmith: {count_problems(problems)}: correct them, then run `slosmith generate`", file=sys.stderr)
        return typer.Exit(PROBLEMS_FOUND)
    counts = f"{plural(len(loaded.services), 'service')}, {plural(len(loaded.slos), 'SLO')}"
    output = folder / OUTPUT_FOLDER
    try:
        comparison = api.generate(loaded, output)
    except api.InputError as error:
        raise refuse(loaded, error.problems, Format.TEXT) from None
    except api.OutputError as error:
        return fail(str(error), OUTSIDE_FAILED)
    written = len(comparison.missing) + len(comparison.stale)
    print(f"{counts}; {plural(written, 'file')} written to {shown(output)}")
    return _test(folder, output)


def _test(folder: Path, output: Path) -> typer.Exit:
    from slosmith.engines.error import EngineError
    from slosmith.engines.promtool import check_rules, find_promtool, run_rule_tests
    from slosmith.output.rule_files import find_rule_files

    found = find_rule_files([output])
    try:
        promtool = find_promtool(folder.resolve())
    except EngineError:
        print("promtool is not installed: install Prometheus, then run `slosmith test`")
    else:
        results = [*check_rules(promtool, found.rules, 1), *run_rule_tests(promtool, found.tests, 1)]
        failed = [shown(each.file) for each in results if not each.passed]
        if failed:
            print(f"slosmith: promtool fails on {', '.join(failed)}: run `slosmith test`", file=sys.stderr)
            return typer.Exit(PROBLEMS_FOUND)
        print(f"promtool: {plural(len(results), 'file')} passed")
    print("next: put your own values into the specs, run `slosmith generate`, and commit everything")
    return typer.Exit()
