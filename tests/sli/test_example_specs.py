"""The example of every template with all steps: the spec that `slosmith templates NAME` prints, its rules, their unit
tests with promtool, and its dashboard.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
import pytest
import yaml

from slosmith.engines.promtool import check_rules, run_rule_tests
from slosmith.output.compile import compile_workspace
from slosmith.problems import Severity
from slosmith.sli.describe import describe
from slosmith.sli.example import example_spec, example_threshold
from slosmith.sli.library import library
from slosmith.sli.template import Template
from slosmith.vocabulary.dashboard_uids import service_uid
from slosmith.workspace import LoadedWorkspace, load
from tests.sampling import Sample
from tests.targets.compiling import put, read_yaml, sound

SETTINGS = """version: slosmith/v1
kind: Project
name: examples
period: {rolling: 7d}
targets: {prometheus: {}, grafana: {}}
# the tiers read what is recorded, whatever was counted: tests/schemes tests them, and here they cost most time
alerting: {page: {disable: true}, ticket: {disable: true}}
"""

pytestmark = pytest.mark.xdist_group("examples")

NOT_FED = {"latency-histogram-native_latency"}
"""promtool before 3 cannot be fed native histograms; the file of tests says so."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedWorkspace:
    root = tmp_path_factory.mktemp("examples")
    texts = {f"services/my-{name}.yaml": example_spec(template) for name, template in library().templates.items()}
    return load(put({"slosmith.yaml": SETTINGS, **texts}, root))


@pytest.fixture(scope="module")
def compiled(loaded: LoadedWorkspace) -> dict[str, str]:
    workspace = sound(loaded).workspace
    assert workspace is not None
    return compile_workspace(workspace, loaded.project)


def test_every_indicator_of_every_template_is_an_slo(loaded: LoadedWorkspace) -> None:
    assert [problem for problem in loaded.problems if problem.severity is Severity.ERROR] == []
    workspace = sound(loaded).workspace
    assert workspace is not None
    assert {(slo.template, slo.indicator_name) for slo in workspace.slos()} == {
        (name, indicator) for name, template in library().templates.items() for indicator in template.indicators
    }


def of_raw_series(text: str) -> str:
    """The test groups that begin with raw series. All others begin with recordings, whatever was counted: they are the
    same for every template, and tests/schemes/ruletests runs them for every kind of indicator.
    """
    document = read_yaml(text)
    document["tests"] = [group for group in document["tests"] if group["name"].startswith("raw series of ")]
    assert document["tests"]
    return json.dumps(document)


@pytest.mark.prometheus
def test_promtool_passes_the_rules_and_their_tests(
    compiled: dict[str, str], promtool: Path, sample: Sample, tmp_path: Path
) -> None:
    """`make test` runs the unit tests of raw series, `make test-all` all of them."""
    files = {path: text for path, text in compiled.items() if path.startswith("prometheus/")}
    if not sample.everything:
        files = {path: of_raw_series(text) if path.endswith("_test.yaml") else text for path, text in files.items()}
    folder = put(files, tmp_path)
    rules = sorted(path for path in folder.rglob("*.yaml") if not path.stem.endswith("_test"))
    tests = sorted(folder.rglob("*_test.yaml"))
    assert {path.stem.removesuffix("_test") for path in tests} >= {f"my-{name}" for name in library().names()}
    jobs = os.cpu_count() or 1
    results = [*check_rules(promtool, rules, jobs), *run_rule_tests(promtool, tests, jobs)]
    assert [(result.file.name, result.messages) for result in results if not result.passed] == []


def test_the_raw_series_of_every_indicator_are_fed(compiled: dict[str, str]) -> None:
    notes = [
        line
        for path, text in compiled.items()
        if path.endswith("_test.yaml")
        for line in text.splitlines()
        if "are not tested" in line
    ]
    assert {slo for line in notes for slo in NOT_FED if slo in line} == NOT_FED
    assert len(notes) == len(NOT_FED), notes


def test_every_example_has_a_dashboard_that_shows_its_objectives(compiled: dict[str, str]) -> None:
    boards = {path: json.loads(text) for path, text in compiled.items() if path.endswith(".json")}
    by_uid = {board["uid"]: json.dumps(board) for board in boards.values()}
    for name, template in library().templates.items():
        board = by_uid[service_uid(f"my-{name}")]
        for indicator in template.indicators:
            threshold = example_threshold(template, indicator)
            assert f"{indicator}: 99%" + (f" within {threshold}" if threshold is not None else "") in board


@pytest.mark.parametrize(
    ("template", "words"),
    [("cron-freshness", "older than 1d2h"), ("mysql", "above 30s"), ("kubernetes-apiserver", "slower than 1s")],
)
def test_alerts_say_what_the_threshold_limits(template: str, words: str, tmp_path: Path) -> None:
    spec = {f"services/my-{template}.yaml": example_spec(library().templates[template])}
    found = load(put({"slosmith.yaml": SETTINGS.partition("# the tiers")[0], **spec}, tmp_path))
    workspace = sound(found).workspace
    assert workspace is not None
    rules = compile_workspace(workspace, found.project)[f"prometheus/my-{template}.yaml"]
    assert words in rules
    assert ("slower than" in rules) is ("slower than" in words)


def test_a_day_and_two_hours_are_written_as_people_do() -> None:
    page = describe(library().templates["cron-freshness"])
    assert "threshold: 26h}" in page
    assert "(threshold 26h)" in page
    assert "1d2h" not in page


@pytest.mark.parametrize("name", library().names())
def test_the_page_prints_the_spec_and_every_indicators_promql(name: str) -> None:
    template = library().templates[name]
    page = describe(template)
    assert f"```yaml\n{example_spec(template)}```\n" in page
    assert page.count("```promql") == 2 * len(template.indicators)
    for indicator, shape in template.indicators.items():
        assert shape.takes_threshold is bool(shape.example_threshold), (name, indicator)


def test_an_example_is_made_for_a_template_that_names_no_threshold() -> None:
    for template in library().templates.values():
        text = yaml.safe_load(example_spec(_without_thresholds(template)))
        for indicator, shape in template.indicators.items():
            assert ("threshold" in text["objectives"][indicator]) is shape.takes_threshold


def _without_thresholds(template: Template) -> Template:
    indicators = {
        name: msgspec.structs.replace(indicator, example_threshold="")
        for name, indicator in template.indicators.items()
    }
    return msgspec.structs.replace(template, indicators=indicators)
