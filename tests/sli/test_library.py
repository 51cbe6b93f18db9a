"""Template files: they are read strictly, errors have a reason, a project can replace them, and they have pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from slosmith.sli.describe import describe, summary
from slosmith.sli.expand import expand
from slosmith.sli.library import FOLDER, TemplateFileError, library, read_template
from slosmith.sli.template import TemplateLibrary
from slosmith.sli.template_error import TemplateError

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEMA = jsonschema_rs.validator_for(json.loads((CHECKOUT / "schemas/sli-template-v1.schema.json").read_text("utf-8")))

GOOD: dict[str, Any] = {
    "version": "slosmith/v1", "kind": "SLITemplate", "name": "mine", "title": "Mine", "description": "Mine.",
    "references": ["https://example.org/"],
    "parameters": {"job": {"type": "label_value", "required": True, "description": "Job.", "example": "x"},
                   "mode": {"type": "choice", "default": "a", "description": "Mode.",
                            "choices": {"a": "A.", "b": "B."}}},
    "metrics": {"m_total": {"type": "counter", "unit": "requests", "description": "M."}},
    "indicators": {"availability": {
        "kind": "counter_ratio", "description": "Share.",
        "select": [{"metric": "m_total", "match": [{"label": "job", "op": "=", "parameter": "job"}]}],
        "bad": [{"match": [{"label": "code", "op": "=~", "value": "5..", "when": {"mode": "a"}}]}],
    }},
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    """GOOD with another value (or none, for None) at a dotted path."""
    document: Any = json.loads(json.dumps(GOOD))
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here = document
    for part in parents:
        here = here[part]
    if value is None:
        del here[last]
    else:
        here[last] = value
    return dict(document)


STRUCTURE: list[tuple[str, object]] = [
    ("versoin", "slosmith/v1"), ("title", None), ("references", None), ("kind", "Template"),
    ("parameters.job.type", "text"), ("parameters.job.requird", True), ("metrics.m_total.type", "counters"),
    ("indicators.availability.kind", "ratio"), ("indicators.availability.select.0.match.0.op", "=="),
    ("indicators.availability.select.0.macth", []), ("indicators.availability.bad.0.wen", {}),
]  # fmt: skip
CONSISTENCY: list[tuple[str, object, str]] = [
    ("parameters.mode.choices", {}, "choices"), ("parameters.job.default", "x", "no default"),
    ("parameters.mode.default", "c", "not one of"), ("parameters.job.example", "", "empty"),
    ("indicators.availability.bad", [], "either bad or good"),
    ("indicators.availability.select.0.metric", "n_total", "not among the metrics"),
    ("indicators.availability.select.0.match.0.parameter", "jbo", "no parameter jbo"),
    ("indicators.availability.select.0.match.0.value", "x", "either a value or a parameter"),
    ("indicators.availability.select.0.match.0.suffix", "x", "prefix or suffix"),
    ("indicators.availability.select.0.match.0.label", "a-b", "not a label name"),
    ("indicators.availability.bad.0.match.0.value", "(", "closing parenthesis"),
    ("indicators.availability.bad.0.match.0.when", {"mode": "c"}, "never c"),
    ("indicators.availability.bad.0.match.0.when", {"job": "x"}, "choice or boolean"),
    ("indicators.availability.select.0.select", ["job"], "not of type matchers"),
    ("indicators.availability.kind", "histogram_latency", "neither bad nor good"),
    ("indicators.availability.max_age", "threshold", "max_age belongs"),
    ("indicators.availability.op", "<", "op and value belong"),
]  # fmt: skip


FRESH: dict[str, Any] = {
    "metrics": {"done": {"type": "gauge", "unit": "seconds", "description": "The last run."}},
    "parameters": {
        "age": {"type": "duration", "description": "The largest age.", "example": "1h"},
        "count": {"type": "number", "description": "A number.", "example": 5},
    },
}


def limited(kind: str, field: str, limit: object) -> dict[str, Any]:
    """A template of one gauge with this limit."""
    indicator = {"kind": kind, "description": "Runs.", "select": [{"metric": "done"}], field: limit}
    return {**GOOD, **FRESH, "indicators": {"runs": indicator | ({"op": "<"} if field == "value" else {})}}


@pytest.mark.parametrize(
    ("kind", "field", "limit", "words"),
    [
        ("freshness", "max_age", "x[5m:]", "max_age must be a duration"),
        ("freshness", "max_age", "0.25s", "max_age must be a duration"),
        ("freshness", "max_age", "0s", "max_age must be a duration"),
        ("freshness", "max_age", {"parameter": "count"}, "not of type duration"),
        ("gauge_threshold", "value", "many", "value must be a number"),
        ("gauge_threshold", "value", "NaN", "value must be a number"),
        ("gauge_threshold", "value", "", "value must be a number"),
        ("gauge_threshold", "value", {"parameter": "nothing"}, "no parameter nothing"),
    ],
)
def test_limits_that_are_none_are_refused(kind: str, field: str, limit: object, words: str) -> None:
    with pytest.raises(TemplateFileError) as caught:
        read(limited(kind, field, limit))
    assert words in caught.value.reason


@pytest.mark.parametrize(
    ("kind", "field", "parameter"), [("freshness", "max_age", "age"), ("gauge_threshold", "value", "count")]
)
def test_a_limit_that_was_omitted_is_a_problem(kind: str, field: str, parameter: str) -> None:
    """The parameter is optional and has no default."""
    template = read_template(json.dumps(limited(kind, field, {"parameter": parameter})), Path("mine.yaml"))
    with pytest.raises(TemplateError, match=f"needs {parameter}"):
        expand(template.name, {}, indicator="runs", library=TemplateLibrary({template.name: template}))
    assert f"{parameter}: " in describe(template), "the example has a value for it"


def read(document: dict[str, Any]) -> object:
    return read_template(json.dumps(document), Path("mine.yaml"))


def test_a_good_template_is_good_for_both() -> None:
    assert read(GOOD)
    assert SCHEMA.is_valid(GOOD)


@pytest.mark.parametrize(("path", "value"), STRUCTURE)
def test_structure_is_refused_by_reader_and_schema_alike(path: str, value: object) -> None:
    document = changed(path, value)
    with pytest.raises(TemplateFileError):
        read(document)
    assert not SCHEMA.is_valid(document)


@pytest.mark.parametrize(("path", "value", "words"), CONSISTENCY)
def test_parts_that_do_not_fit_are_refused(path: str, value: object, words: str) -> None:
    with pytest.raises(TemplateFileError) as caught:
        read(changed(path, value))
    assert words in caught.value.reason


@pytest.mark.parametrize("text", ["a: [", "", "- 1", "!!python/object/apply:os.getcwd []"])
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(TemplateFileError):
        read_template(text, Path("x.yaml"))


def test_our_templates_fit_the_schema() -> None:
    for path in sorted(FOLDER.glob("*.yaml")):
        errors = [str(error) for error in SCHEMA.iter_errors(yaml.safe_load(path.read_text("utf-8")))]
        assert errors == [], path.name


def test_labels_of_matchers_are_labels_of_the_metric_or_of_scraping() -> None:
    """A label with a typing error is reported. It would match nothing, or everything."""
    scraping = {"job", "instance", "namespace"}
    for template in library().templates.values():
        for indicator in template.indicators.values():
            for part in indicator.select:
                metric = template.metrics.get(str(part.metric))
                used = {item.label for item in part.match if isinstance(item.label, str)}
                for narrowing in (*indicator.bad, *indicator.good):
                    if narrowing.metric is None:
                        used |= {item.label for item in narrowing.match if isinstance(item.label, str)}
                if metric is not None and metric.labels:
                    assert used <= set(metric.labels) | scraping, template.name


def test_a_project_has_templates_of_its_own() -> None:
    found = library([read_template(json.dumps(each), Path("x.yaml")) for each in (GOOD, changed("name", "coredns"))])
    assert "mine" in found.names()
    assert found.names() == tuple(sorted(found.names()))
    replaced = found.get("coredns")
    assert replaced is not None
    assert replaced.title == "Mine"
    assert library().names() != found.names()


def test_every_template_has_a_page() -> None:
    for name, template in library().templates.items():
        page = describe(template)
        assert page.startswith(f"# {name}: ")
        for parameter in template.parameters:
            assert f"| `{parameter}` |" in page
        for indicator in template.indicators:
            assert f"## Indicator `{indicator}`" in page
        assert page.count("```promql") == 2 * len(template.indicators)


def test_the_documentation_lists_every_template() -> None:
    assert summary(library()) in (CHECKOUT / "docs/templates.md").read_text("utf-8")


def test_the_documented_example_works() -> None:
    page = (CHECKOUT / "docs/templates.md").read_text("utf-8")
    block = page[page.index("    version: slosmith/v1") :].split("\n\n")[0]
    text = "\n".join(line.removeprefix("    ") for line in block.splitlines())
    assert SCHEMA.is_valid(yaml.safe_load(text))
    assert read_template(text, Path("job-queue.yaml")).name == "job-queue"
