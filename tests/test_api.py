"""docs/api.md: its examples print the shown output, it has all public names, and no function has side effects."""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import FunctionType

import pytest

import slosmith
from tests.cli.project import CHECKOUT, files, make_project, write
from tests.cli.project import slosmith as command

PAGE = (CHECKOUT / "docs" / "api.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^### `(\w+)(\(.*\))?`$", re.MULTILINE)


def sections() -> dict[str, str]:
    """The text of the page about each name with a heading."""
    found = list(HEADING.finditer(PAGE))
    ends = [match.start() for match in found[1:]] + [PAGE.index("## Errors")]
    return {match[1]: PAGE[match.start() : end] for match, end in zip(found, ends, strict=True)}


def test_examples_print_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs all blocks of the page in one run, like a reader."""
    blocks = BLOCK.findall(PAGE)
    assert [kind for kind, _ in blocks[:3]] == ["yaml", "python", "text"]
    write(tmp_path / "slo_specs/services/checkout.yaml", blocks[0][1])
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    examples = 0
    for (kind, code), (next_kind, expected) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, "docs/api.md", "exec"), names)  # the code of the page
            assert next_kind == "text", f"the page does not say what this prints:\n{code}"
            assert printed.getvalue() == expected
            examples += 1
    assert examples == sum(kind == "text" for kind, _ in blocks)
    assert examples >= len([name for name in slosmith.__all__ if isinstance(getattr(slosmith, name), FunctionType)])


def test_every_public_name_has_its_place() -> None:
    described = sections()
    for name in slosmith.__all__:
        thing = getattr(slosmith, name)
        if isinstance(thing, type) and issubclass(thing, Exception):
            assert re.search(rf"^\| `{name}` \|", PAGE, re.MULTILINE), name
        else:
            assert name in described, name
        assert inspect.getdoc(thing), name
    assert set(described) <= set(slosmith.__all__)


@pytest.mark.parametrize(
    "name", [name for name in slosmith.__all__ if isinstance(getattr(slosmith, name), FunctionType)]
)
def test_signatures_are_those_of_the_page(name: str) -> None:
    function = getattr(slosmith, name)
    parameters = inspect.signature(function).parameters.values()
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
    assert f"### `{name}{inspect.Signature(bare)}`" in PAGE
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in parameters)
    assert inspect.signature(function).return_annotation is not inspect.Signature.empty


def test_the_fields_that_the_page_names_exist() -> None:
    found = 0
    for name, text in sections().items():
        thing = getattr(slosmith, name)
        if isinstance(thing, type) and "| field |" in text:
            for row in re.findall(r"^\| (`.*?) \| ", text, re.MULTILINE):
                for field in re.findall(r"`(\w+)`", row):
                    assert hasattr(thing, field), f"{name}.{field}"
                    found += 1
    assert found > 60


def test_the_import_costs_nothing() -> None:
    code = "import sys, slosmith\nprint(*sorted(name for name in sys.modules if name.startswith('slosmith')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["slosmith"]


def test_what_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'loaded'"):
        _ = slosmith.loaded  # type: ignore[attr-defined]
    assert set(slosmith.__all__) <= set(dir(slosmith))


def test_public_names_stay_when_everything_is_imported(tmp_path: Path) -> None:
    """A subpackage with the name of a public function would replace the function."""
    specs = make_project(tmp_path)
    code = (
        "import slosmith, pkgutil, importlib\n"
        "for module in pkgutil.walk_packages(slosmith.__path__, 'slosmith.'):\n"
        "    if not module.name.endswith('__main__'):\n        importlib.import_module(module.name)\n"
        "print(all(callable(getattr(slosmith, name)) for name in slosmith.__all__))\n"
        f"print(len(slosmith.explain(slosmith.load({str(specs)!r}), 'alpha')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "4"]


def test_the_command_line_gives_what_the_api_gives(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    workspace = slosmith.load(specs)
    slosmith.write(slosmith.compile(workspace), tmp_path / "written")
    slosmith.generate(workspace, tmp_path / "generated-by-api")
    assert command(tmp_path, "generate").returncode == 0
    assert files(tmp_path / "written") == files(tmp_path / "generated") == files(tmp_path / "generated-by-api")


def test_commands_reach_specs_through_the_api() -> None:
    """There is one pipeline: commands use the public API to read, check, compile and write specs."""
    own_ways = {
        "slosmith.output.build", "slosmith.output.compile", "slosmith.output.writer", "slosmith.policy.judging",
        "slosmith.policy.engine", "slosmith.formats.files", "slosmith.formats.yaml", "slosmith.resolve",
    }  # fmt: skip
    for path in sorted((CHECKOUT / "generators/slosmith/cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in own_ways, f"{path.name} imports {node.module}"


def test_nothing_is_printed_and_nothing_is_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Two projects in two threads at the same time: each gets its own results."""
    made = {name: make_project(tmp_path / name) for name in ("one", "two")}
    write(made["two"] / "slosmith.yaml", "version: slosmith/v1\nkind: Project\nname: two\nrules: sloth\n")
    alone = {name: slosmith.compile(slosmith.load(specs)) for name, specs in made.items()}
    together: dict[str, dict[str, str]] = {}

    def work(name: str) -> None:
        workspace = slosmith.load(made[name])
        slosmith.check(workspace)
        together[name] = slosmith.compile(workspace)

    threads = [threading.Thread(target=work, args=(name,)) for name in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
    assert together["one"] != together["two"]
    assert capfd.readouterr() == ("", "")


def test_wrong_settings_of_targets_are_problems(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", "version: slosmith/v1\nkind: Project\nname: a\ntargets: {tanos: {}}\n")
    workspace = slosmith.load(specs)
    assert [problem.code for problem in slosmith.check(workspace) if problem.severity is slosmith.Severity.ERROR] == [
        "TGT401"
    ]
    for function in (slosmith.compile, lambda found: slosmith.generate(found, tmp_path / "generated")):
        with pytest.raises(slosmith.InputError, match="there is no target 'tanos'") as caught:
            function(workspace)
        assert [(each.code, each.line) for each in caught.value.problems] == [("TGT401", 4)]
    assert not (tmp_path / "generated").exists()


def test_wrong_arguments_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sloth, weighted"):
        slosmith.load(tmp_path, rules="ours")
    with pytest.raises(ValueError, match="has no header"):
        slosmith.write({"a.yaml": "a: 1\n"}, tmp_path / "generated")
    with pytest.raises(ValueError, match=r"\.\./a"):
        slosmith.write({"../a.yaml": "a: 1\n"}, tmp_path / "generated")
