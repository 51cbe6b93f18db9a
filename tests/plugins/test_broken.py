"""A package that is broken, or uses a name of slosmith's own, gives a clear problem. It never gives a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.project import make_project, write
from tests.plugins.installing import EXAMPLE, install, metadata, with_plugins

SETTINGS = "version: slosmith/v1\nkind: Project\nname: x\ntargets: {%s: {}}\n"
TARGET = (EXAMPLE / "slosmith_example/status_page.py").read_text("utf-8")
CHECK = (EXAMPLE / "slosmith_example/exa101_too_many_nines.py").read_text("utf-8")
DIALECT = (EXAMPLE / "slosmith_example/plain.py").read_text("utf-8")
PLAIN = "version: plain/v1\nservice: pier\nslos: {a: {objective: 99%, total: x_total, bad: y_total}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    make_project(tmp_path / "p")
    return tmp_path / "p"


def run(project: Path, family: str, name: str, text: str, *arguments: str, value: str = "broken.part") -> str:
    """Standard error of the command line, with a package that has ``text`` as ``name``. The exit code must be 3 (an
    external error), and there must be no traceback. The message must name the package.
    """
    paths = install(
        project.parent / "site",
        "broken-kit",
        {f"slosmith.{family}": {name: value}},
        {"broken/__init__.py": "", "broken/part.py": text},
    )
    done = with_plugins(project, paths, *arguments)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "a bug in slosmith" not in done.stderr
    assert f"slosmith: the package broken-kit 1.0 gives slosmith.{family} '{name}': " in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nowhere\n", "ModuleNotFoundError: No module named 'nowhere'"),
        ("def f(:\n", "SyntaxError: "),
        ("raise RuntimeError('not today')\n", "RuntimeError: not today"),
        ("raise SystemExit(9)\n", "SystemExit: 9"),
        ("", "has no `PURPOSE`"),
        (TARGET.replace("warnings = no_warnings\n", ""), "has no `warnings`"),
    ],
)
def test_a_target_that_cannot_be_used_is_a_problem_of_the_settings(project: Path, text: str, reason: str) -> None:
    paths = install(
        project.parent / "site",
        "broken-kit",
        {"slosmith.targets": {"mine": "broken.part"}},
        {"broken/__init__.py": "", "broken/part.py": text},
    )
    write(project / "slo_specs/slosmith.yaml", SETTINGS % "mine")
    for command in ("validate", "generate"):
        done = with_plugins(project, paths, command)
        assert done.returncode == 1, done.stdout + done.stderr
        said = done.stdout + done.stderr
        assert "slo_specs/slosmith.yaml:4:11: error TGT410: the package broken-kit 1.0 gives" in said
        assert reason in said
        assert "Traceback" not in said
    write(project / "slo_specs/slosmith.yaml", SETTINGS % "prometheus")
    assert with_plugins(project, paths, "generate").returncode == 0, "a target that is not wanted does no harm"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"services": services', '"services": 1 / 0', "ZeroDivisionError"),
        ('"description": header(artefacts.source), "title"', '"title"', "its file index.json has no header"),
        ('return {"index.json": json_text(content)}', "return None", "it returns NoneType"),
        ('return {"index.json": json_text(content)}', 'return {"index.json": b""}', "not a str: 'index.json'"),
        ("warnings = no_warnings", "warnings = lambda *_: 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_target_that_fails_names_its_package(project: Path, old: str, new: str, reason: str) -> None:
    write(project / "slo_specs/slosmith.yaml", SETTINGS % "mine")
    assert old in TARGET
    assert reason in run(project, "targets", "mine", TARGET.replace(old, new), "generate")


def test_files_outside_of_the_folder_are_refused(project: Path) -> None:
    paths = install(
        project.parent / "site",
        "broken-kit",
        {"slosmith.targets": {"mine": "part"}},
        {"part.py": TARGET.replace('"index.json"', '"../thanos/index.json"')},
    )
    write(project / "slo_specs/slosmith.yaml", SETTINGS % "mine")
    done = with_plugins(project, paths, "generate")
    assert done.returncode == 1
    assert "TGT403: unsafe name of a file: mine/../thanos/index.json" in done.stderr
    assert not (project / "generated").exists() or not list((project / "generated").rglob("*.json"))


@pytest.mark.parametrize(
    ("family", "name", "arguments"),
    [
        ("targets", "grafana", ("generate",)),
        ("dialects", "openslo", ("validate",)),
        ("templates", "istio", ("templates",)),
        ("reporters", "json", ("validate", "--report", "json=x")),
        ("exporters", "sloth", ("export",)),
        ("checks", "ALT201", ("checks",)),
        ("checks", "SYN999", ("validate",)),
        ("checks", "mine", ("checks",)),
    ],
)
def test_a_name_of_ours_is_not_taken(project: Path, family: str, name: str, arguments: tuple[str, ...]) -> None:
    said = run(project, family, name, "", *arguments)
    if family != "templates":
        assert any(words in said for words in ("does not replace it", "are slosmith's own", "three capital letters")), (
            said
        )


def test_two_packages_with_one_name(project: Path) -> None:
    site = project.parent / "site"
    metadata(site, "first", "2.0", {"slosmith.exporters": {"same": "first.same"}})
    metadata(site, "second", "1.0", {"slosmith.exporters": {"same": "second.same"}})
    done = with_plugins(project, (site,), "export")
    assert done.returncode == 3
    assert "first 2.0" in done.stderr
    assert "second 1.0" in done.stderr


def test_a_template_with_a_name_of_ours(project: Path) -> None:
    example = (EXAMPLE / "slosmith_example/templates/pier-gates.yaml").read_text("utf-8")
    site = project.parent / "site"
    paths = install(
        site,
        "broken-kit",
        {"slosmith.templates": {"kit": "broken"}},
        {"broken/__init__.py": "", "broken/istio-gateway.yaml": example},
    )
    done = with_plugins(project, paths, "validate")
    assert done.returncode == 3
    assert "there is a template 'istio-gateway' already" in done.stderr
    (site / "broken/istio-gateway.yaml").rename(site / "broken/other.yaml")
    done = with_plugins(project, paths, "templates")
    assert done.returncode == 3
    assert "the template in broken/other.yaml is called 'pier-gates'" in done.stderr
    write(site / "broken/other.yaml", "[")
    done = with_plugins(project, paths, "templates")
    assert (done.returncode, "TemplateFileError" in done.stderr) == (3, True), done.stderr


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("CHECK = ", "NO = ", "has no `CHECK`"),
        ('CHECK = Check(code="EXA101", level=Severity.ERROR, of="slo", find=find, parameters=Parameters)', "CHECK = 1",
         "is not a slosmith.policy.check.Check"),
        ('code="EXA101"', 'code="EXA102"', "has the code EXA102"),
        ('of="slo"', 'of="moon"', "looks at 'moon'"),
        (CHECK[: CHECK.index("from __future__")], "", "has no docstring"),
        ("allowed = 1 -", "allowed = 1 / 0 -", "ZeroDivisionError"),
        ("yield Violation(", "yield (", "returns something that is not a"),
    ],
)  # fmt: skip
def test_a_check_that_fails_names_its_package(project: Path, old: str, new: str, reason: str) -> None:
    spec = (project / "slo_specs/classes/stable.yaml").read_text("utf-8").replace("98%", "99.99999%")
    write(project / "slo_specs/classes/stable.yaml", spec)
    assert old in CHECK
    assert reason in run(project, "checks", "EXA101", CHECK.replace(old, new), "validate", "--today", "2026-03-01")


def test_a_check_that_is_off_is_not_imported(project: Path) -> None:
    paths = install(
        project.parent / "site",
        "broken-kit",
        {"slosmith.checks": {"EXA101": "broken.part"}},
        {"broken/__init__.py": "", "broken/part.py": "import nowhere\n"},
    )
    write(
        project / "slo_specs/slosmith.yaml",
        "version: slosmith/v1\nkind: Project\nname: x\npolicy: {levels: {EXA101: off}}\n",
    )
    assert with_plugins(project, paths, "validate", "--today", "2026-03-01").returncode == 0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("DIALECTS = ", "NO = ", "has no `DIALECTS`"),
        ('(Dialect(NAME, __name__, (Mark("version", "plain/v1"), Mark("version", "plain/*"))),)', "[1]", "not a tuple"),
        ('NAME = "plain/v1"', 'NAME = "openslo/v1"', "there is a dialect 'openslo/v1' already"),
        ('Mark("version", "plain/v1")', 'Mark("version", "slosmith/v1")', "'slosmith/v1' reads documents"),
        ('Mark("version", "plain/*")', 'Mark("version", "slosmith/v1", "Service")', "'slosmith/v1' reads documents"),
        ("def declare(", "def read(", "has no `declare`"),
        ("place = document.origin()", "place = 1 / 0", "ZeroDivisionError"),
        ("return (service,), problems", "return None", "TypeError"),
    ],
)
def test_a_dialect_that_fails_names_its_package(project: Path, old: str, new: str, reason: str) -> None:
    schema = (EXAMPLE / "slosmith_example/plain-v1.schema.json").read_text("utf-8")
    write(project.parent / "site/broken/plain-v1.schema.json", schema)
    write(project / "slo_specs/services/pier.yaml", PLAIN)
    assert old in DIALECT
    assert reason in run(project, "dialects", "kit", DIALECT.replace(old, new), "validate")


def test_a_reporter_and_an_exporter_that_fail_name_their_package(project: Path) -> None:
    text = "def render(problems, facts):\n    return problems[10 ** 6]\n"
    assert "IndexError" in run(project, "reporters", "kit", text, "validate", "--report", "kit=x.txt")
    assert "has no `export_services`" in run(project, "exporters", "kit", "", "export", "--to", "kit")


def test_the_error_of_a_package_can_be_shown(project: Path) -> None:
    paths = install(
        project.parent / "site", "broken-kit", {"slosmith.exporters": {"kit": "part"}}, {"part.py": "1 / 0\n"}
    )
    done = with_plugins(project, paths, "export", "--to", "kit", debug=True)
    assert "ZeroDivisionError" in done.stderr
    assert "Traceback" in done.stderr


def test_help_and_version_need_no_package(project: Path) -> None:
    groups = ("targets", "dialects", "checks", "templates", "reporters", "exporters")
    paths = install(
        project.parent / "site",
        "broken-kit",
        {f"slosmith.{group}": {"json": "broken", "grafana": "broken", "x": "broken"} for group in groups},
        {"broken/__init__.py": "raise SystemExit(9)\n"},
    )
    for arguments in (("--help",), ("version",), ("validate", "--help"), ("generate", "--help"), ("export", "--help")):
        done = with_plugins(project, paths, *arguments)
        assert done.returncode == 0, done.stderr
