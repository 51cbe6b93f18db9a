"""docs/reference/ is made from the schemas, and the descriptions in the schemas are true."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

import slosmith
from slosmith.cli.schema import find_schemas
from tests.documentation.pages import CHECKOUT

OURS = ("slosmith-v1", "sli-template-v1", "policy-v1")
SCHEMAS = {name: json.loads(find_schemas()[name].read_text("utf-8")) for name in OURS}
_BRANCHES = ("if", "then", "else", "allOf")
"""Below them stand conditions, not fields."""

Rule = dict[str, Any]


def test_the_pages_are_what_the_schemas_give() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/make-reference", "--check"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), "run `make reference`"


def fields(rule: Any, path: str = "") -> Iterator[tuple[str, Rule]]:
    """Every field of a schema, with its path."""
    if isinstance(rule, dict):
        for name, below in rule.get("properties", {}).items():
            yield f"{path}/{name}", below
        for key, below in rule.items():
            if key not in _BRANCHES:
                yield from fields(below, f"{path}/{key}")
    elif isinstance(rule, list):
        for index, below in enumerate(rule):
            yield from fields(below, f"{path}/{index}")


@pytest.mark.parametrize("schema", OURS)
def test_every_key_has_a_meaning_and_a_valid_example(schema: str) -> None:
    document = SCHEMAS[schema]
    checked = 0
    for path, rule in fields(document):
        target = document["$defs"][rule["$ref"].removeprefix("#/$defs/")] if "$ref" in rule else {}
        both = target | rule
        assert both.get("description", "").strip(), path
        assert both.get("examples") or "const" in both, path
        validator = jsonschema_rs.Draft202012Validator(rule | {"$defs": document["$defs"]})
        values = [*rule.get("examples", []), *([rule["default"]] if "default" in rule else [])]
        assert [value for value in values if not validator.is_valid(value)] == [], path
        checked += 1
    assert checked > 10
    for example in document.get("examples", []):
        assert jsonschema_rs.Draft202012Validator(document).is_valid(example)


def test_a_key_has_a_default_or_words_for_it_and_never_both() -> None:
    for path, rule in fields(SCHEMAS["slosmith-v1"]):
        assert not ("default" in rule and "otherwise" in rule), path


# --- defaults ---

PROJECT = """version: slosmith/v1
kind: Project
name: shop
sites: [east, {name: staging}]
calendars: {halves: ["01-01", "07-01"]}
severities: {}
"""
SERVICE = """version: slosmith/v1
kind: Service
name: checkout
team: shop
sites: [east]
objectives:
  availability:
    target: 99%
    indicator:
      counter_ratio:
        total: http_requests_total{job="checkout"}
        bad: http_requests_total{job="checkout",code="500"}
  queue:
    target: 99%
    indicator: {gauge_threshold: {gauges: 'queue_length{job="checkout"}', op: <, value: 10}}
  fresh:
    target: 99%
    period: {calendar: halves}
    alerting: {catalogue: quarterly}
    indicator: {freshness: {timestamps: last_unixtime, max_age: 1h}}
"""
CATALOGUE = """version: slosmith/v1
kind: AlertCatalogue
name: quarterly
periods: [28d, 30d]
windows: [{burn_rate: 2, long: 1d, short: 2h, severity: ticket}]
"""
# definition of the schema -> where its keys may be written: file and path to the mapping
PLACES: dict[str, tuple[str, tuple[str, ...]]] = {
    "AlertCatalogue": ("catalogue", ()),
    "Project": ("project", ()),
    "alerting": ("service", ("alerting",)),
    "period": ("service", ("period",)),
    "gauge_threshold": ("service", ("objectives", "queue", "indicator", "gauge_threshold")),
}


def written_defaults() -> Iterator[tuple[str, str, tuple[str, ...], Any]]:
    """Every default of the format, with the file and the path where it can be written."""
    for definition, rule in SCHEMAS["slosmith-v1"]["$defs"].items():
        for path, field in fields(rule):
            if "default" not in field:
                continue
            keys = tuple(path.replace("/properties/", "/").strip("/").split("/"))
            assert definition in PLACES, f"a default in {definition}: say where it is written"
            file, place = PLACES[definition]
            if keys[0] == "sites":  # the fields of one site
                keys = ("sites", "1", keys[-1])
            yield f"{definition}/{'/'.join(keys)}", file, (*place, *keys), field["default"]


DEFAULTS = {name: rest for name, *rest in written_defaults()}


def generated(folder: Path, project: Rule, service: Rule, catalogue: Rule | None = None) -> dict[str, str]:
    (folder / "slo_specs/services").mkdir(parents=True)
    (folder / "slo_specs/catalogues").mkdir()
    written = yaml.safe_load(CATALOGUE) if catalogue is None else catalogue
    (folder / "slo_specs/catalogues/quarterly.yaml").write_text(yaml.safe_dump(written), "utf-8")
    (folder / "slo_specs/slosmith.yaml").write_text(yaml.safe_dump(project), "utf-8")
    (folder / "slo_specs/services/checkout.yaml").write_text(yaml.safe_dump(service), "utf-8")
    workspace = slosmith.load(folder / "slo_specs")
    assert workspace.problems == (), workspace.problems
    return dict(slosmith.compile(workspace))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return generated(tmp_path_factory.mktemp("plain"), yaml.safe_load(PROJECT), yaml.safe_load(SERVICE))


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_that_is_written_out_changes_nothing(name: str, plain: dict[str, str], tmp_path: Path) -> None:
    file, path, value = DEFAULTS[name]
    texts = {"project": PROJECT, "service": SERVICE, "catalogue": CATALOGUE}
    documents = {name: yaml.safe_load(text) for name, text in texts.items()}
    before = copy.deepcopy(documents)
    place: Any = documents[file]
    for key in path[:-1]:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    assert path[-1] not in place
    place[path[-1]] = value
    assert documents != before
    assert generated(tmp_path, documents["project"], documents["service"], documents["catalogue"]) == plain


def test_another_value_would_have_been_noticed(plain: dict[str, str], tmp_path: Path) -> None:
    """The comparison above is not empty: it finds a difference."""
    project, service = yaml.safe_load(PROJECT), yaml.safe_load(SERVICE)
    for number, alerting in enumerate(
        ({"minimum_bad_events": 6}, {"absence": {"for": "31m"}}, {"page": {"disable": True}})
    ):
        assert generated(tmp_path / str(number), project, service | {"alerting": alerting}) != plain
