"""Every format through the function render: complete text, without colours, the same each time."""

from __future__ import annotations

import json

import pytest

from slosmith.problems.reporters import Facts, formats, render
from tests.problems.reporters.samples import SAMPLES

# text and JSON for machines: surrogates cannot be written to a file
PRINTABLE = tuple(problem for problem in SAMPLES if "\ud800" not in problem.message)


@pytest.mark.parametrize("name", formats())
def test_each_format(name: str) -> None:
    text = render(name, SAMPLES, Facts(["slo_specs/services/a.yaml"]))
    assert text == render(name, SAMPLES, Facts(["slo_specs/services/a.yaml"]))
    assert text.endswith("\n")
    assert "\x1b" not in text
    for problem in PRINTABLE:
        assert problem.code in text
    text.encode("utf-8")


def test_json_holds_everything() -> None:
    (first, *_) = json.loads(render("json", SAMPLES, Facts()))["problems"]
    assert first["path"] == ["operations", "time_to_repair"]
    assert first["severity"] == "error"
    assert first["subject"] == "a-availability"


def test_an_unknown_format() -> None:
    with pytest.raises(KeyError):
        render("html", SAMPLES, Facts())
