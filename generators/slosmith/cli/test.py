"""`slosmith test`: runs promtool on the generated files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from slosmith import api
from slosmith.cli.apps import command_app
from slosmith.cli.exits import OUTSIDE_FAILED, PROBLEMS_FOUND, fail, usage_error
from slosmith.cli.options import (
    Format,
    FormatOption,
    JobsOption,
    OutputOption,
    SpecsOption,
    find_output,
    find_specs,
    nearest_specs,
    processors,
    project_folder,
)
from slosmith.cli.output import print_json, shown
from slosmith.cli.progress import progress_bar
from slosmith.engines.commits import changed_since
from slosmith.engines.promtool import TIMEOUT_SECONDS, FileResult, check_rules, find_promtool, run_rule_tests
from slosmith.output.alike import first_of_each_kind
from slosmith.output.rule_files import RuleFiles, files_from, find_rule_files, test_beside
from slosmith.problems.nearest import nearest
from slosmith.vocabulary.numbers import plural
from slosmith.vocabulary.provenance import COMMAND, spec_name

if TYPE_CHECKING:
    from slosmith.output.long_tests import LongTestFile

app = command_app()

_SHOWN = 40
"""Lines of promtool's output that are shown for one file."""


class Outcome(msgspec.Struct, frozen=True):
    """One file and one step: ``check``, ``test``, or ``ranges`` (the tests of a rule file's long ranges)."""

    step: str
    result: FileResult


@app.command("test")
def run_tests(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Generated files or folders; or specs or services, for what was generated from them."
            "  [default: all generated]",
            show_default=False,
        ),
    ] = None,
    specs: SpecsOption = None,
    output: OutputOption = None,
    jobs: JobsOption = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write a JUnit XML report.", show_default=False)
    ] = None,
    one_of_a_kind: Annotated[
        bool,
        typer.Option(
            "--one-of-a-kind",
            help="Check all rule files, but test only the first of those that differ only in names and label values.",
        ),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--changed-since",
            metavar="REV",
            help="Only rule files that are not as they were at this commit, or whose tests are not.",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that one file may take.")] = TIMEOUT_SECONDS,
    format: FormatOption = Format.TEXT,
) -> None:
    """Run promtool: check the generated rules, run their unit tests."""
    # existing files are tested: the specs only give their folder, and are not needed if it is named
    folder = nearest_specs() if specs is None and (paths or output is not None) else find_specs(specs)
    generated = find_output(output, folder)
    wanted = [place for path in paths for place in _generated(path, folder, generated)] if paths else [generated]
    for place in wanted:
        if not place.exists():
            raise _nothing(f"{place}: no such file or folder", folder)
    found = find_rule_files(wanted)
    if not found.rules and not found.tests:
        raise _nothing(f"no rule files in {', '.join(map(str, wanted))}", folder)
    if since is not None:
        changed = changed_since(generated if generated.is_dir() else Path.cwd(), since)
        found = found.only(lambda file: file.resolve() in changed)
        if not found.rules and not found.tests:
            _print_unchanged(since, junit, format)
            return
    chosen = found.rules
    if one_of_a_kind:
        chosen = first_of_each_kind(found.rules)
        found = found.with_tests_of(chosen)
    promtool = find_promtool(project_folder(folder) if folder is not None else Path.cwd())
    started = time.monotonic()
    # a folder that was named need not exist
    long, made = _tests_from_specs(folder, chosen, generated) if folder is not None and folder.is_dir() else (None, {})
    outcomes = _run(promtool, found, made, long or [], jobs or processors(), timeout)
    seconds = time.monotonic() - started
    if junit is not None:
        from slosmith.cli.junit import junit_xml
        from slosmith.output.replacing import replace_file

        junit.parent.mkdir(parents=True, exist_ok=True)
        replace_file(junit, junit_xml([(each.step, each.result) for each in outcomes], seconds))
    failed = [each for each in outcomes if not each.result.passed]
    if format is Format.JSON:
        print_json({"passed": not failed, "seconds": round(seconds, 3), "files": outcomes})
    else:
        if long is None and found.rules:
            print("untested  long ranges of rules: their tests need the specs, without errors")
        found = msgspec.structs.replace(
            found,
            tests=(*found.tests, *map(test_beside, made)),
            untested=tuple(path for path in found.untested if path not in made),
        )
        _print_results(found, outcomes, failed, seconds)
    if failed:
        raise typer.Exit(PROBLEMS_FOUND)


def _print_unchanged(since: str, junit: Path | None, format: Format) -> None:
    """Nothing is left to test."""
    if junit is not None:
        from slosmith.cli.junit import junit_xml
        from slosmith.output.replacing import replace_file

        junit.parent.mkdir(parents=True, exist_ok=True)
        replace_file(junit, junit_xml([], 0))
    if format is Format.JSON:
        print_json({"passed": True, "seconds": 0, "files": []})
    else:
        print(f"no rule file changed since {since}")


def _generated(path: Path, specs: Path | None, output: Path) -> list[Path]:
    """``path`` itself if it was generated; what was generated from it if it is a spec, or the name of a service."""
    if specs is None:
        return [path]
    if path.is_file() and path.resolve().is_relative_to(specs.resolve()):
        spec = path.resolve().relative_to(specs.resolve()).as_posix()
    else:
        known = {} if path.exists() else {service.name: service for service in api.load(specs).services}
        meant = nearest(str(path), known)
        if str(path) not in known and meant is not None:
            raise usage_error(f"{path}: no such file, folder or service; did you mean '{meant}'?")
        if str(path) not in known:
            return [path]
        spec = known[str(path)].origin.file
    found = files_from(output, spec_name(specs.resolve().name, spec)) if output.is_dir() else []
    if not found:
        raise _nothing(f"{path}: nothing in {output} was generated from it", specs)
    return found


def _nothing(message: str, specs: Path | None) -> typer.Exit:
    """The error that there is nothing to test, with the project's command that generates files."""
    command = api.load(specs, only=[]).project.command if specs is not None else COMMAND
    return fail(f"{message}: run `{command}` first", OUTSIDE_FAILED)


def _tests_from_specs(
    specs: Path, rule_files: Sequence[Path], generated: Path
) -> tuple[list[LongTestFile] | None, dict[Path, str]]:
    """Tests that are not beside the rules: those of long ranges (None if the specs have errors), and rule file -> its
    unit tests, if the project has them made on demand.
    """
    from slosmith.output.long_tests import long_test_files
    from slosmith.output.unit_tests import unit_test_files

    workspace = api.load(specs)
    try:
        model = workspace.sound()
        long = long_test_files(model, workspace.project, workspace.name, rule_files)
        if workspace.project.unit_tests == "beside_rules":
            return long, {}
        whole = generated.resolve()
        places = {path.resolve(): path for path in rule_files if path.resolve().is_relative_to(whole)}
        beside = {test_beside(path): path for path in places}
        names = [path.relative_to(whole).as_posix() for path in places]
        texts = unit_test_files(model, workspace.project, workspace.name, names)
        return long, {places[beside[whole / name]]: text for name, text in texts.items()}
    except api.InputError:
        return None, {}


def _run(
    promtool: Path, found: RuleFiles, made: dict[Path, str], long: Sequence[LongTestFile], jobs: int, timeout: float
) -> list[Outcome]:
    total = len(found.rules) + len(found.tests) + len(made) + len(long)
    with TemporaryDirectory(prefix="slosmith-") as folder, progress_bar("promtool", total) as advance:

        def done(result: FileResult) -> None:
            advance(1)

        checked = check_rules(promtool, found.rules, jobs, done, timeout)
        # where each test is, and the step and the file that it is about
        tests = {path: ("test", path) for path in found.tests}
        for number, (rules, text) in enumerate(made.items()):
            # beside a copy of the rules as they were generated
            place = Path(folder, f"made-{number}")
            place.mkdir()
            shutil.copyfile(rules, place / rules.name)
            test_beside(place / rules.name).write_text(text, "utf-8")
            tests[test_beside(place / rules.name)] = ("test", test_beside(rules))
        for number, long_test in enumerate(long):
            place = Path(folder, f"{number}_test.yaml")
            place.write_text(long_test.text, "utf-8")
            tests[place] = ("ranges", long_test.rules)
        # all tests in one call, so that every processor works until the end
        tested = run_rule_tests(promtool, list(tests), jobs, done, timeout)
    return [
        *(Outcome("check", result) for result in checked),
        *(
            Outcome(step, msgspec.structs.replace(result, file=file))
            for (step, file), result in zip(tests.values(), tested, strict=True)
        ),
    ]


def _print_results(found: RuleFiles, outcomes: list[Outcome], failed: list[Outcome], seconds: float) -> None:
    for each in failed:
        step = "test of long ranges" if each.step == "ranges" else each.step
        print(f"FAILED  promtool {step}  {shown(each.result.file)}  ({each.result.seconds:.1f} s)")
        for line in each.result.messages[:_SHOWN]:
            print(f"    {line}")
        if len(each.result.messages) > _SHOWN:
            print(
                f"    ... {len(each.result.messages) - _SHOWN} more lines (all of them: --format json, or --junit FILE)"
            )
    for rules in found.untested:
        print(f"untested  {shown(rules)}")
    for rules in found.thanos:
        print(f"not read  {shown(rules)}: promtool does not know partial_response_strategy")
    counts = f"{plural(len(found.rules), 'rule file')}, {plural(len(found.tests), 'test file')}"
    if found.alike:
        counts += f" (and {plural(len(found.alike), 'test file')} of rules that differ only in names)"
    if found.copies:
        counts += f" (and {plural(len(found.copies), 'copy', 'copies')})"
    ranges = sum(each.step == "ranges" for each in outcomes)
    if ranges:
        counts += f", long ranges of {plural(ranges, 'rule file')}"
    verdict = f"{len(failed)} failed" if failed else "all passed"
    print(f"{counts}: {verdict}, in {seconds:.1f} s")
    slowest = max(outcomes, key=lambda each: each.result.seconds)
    if slowest.result.seconds > 10:
        print(f"slowest: {shown(slowest.result.file)}, {slowest.result.seconds:.1f} s")
