"""JUnit XML: it is well-formed for all messages, CI systems can read it, and its counts are right."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from slosmith.problems import Problem
from slosmith.problems.reporters.junit import report
from tests.problems.reporters.samples import SAMPLES

# element -> (attributes that must be there, attributes that may, children): Jenkins' junit-10.xsd, and GitLab's `file`
SHAPE: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests"},
        {"failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "classname"},
        {"assertions", "time", "status", "file"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}


def check_shape(element: ElementTree.Element) -> None:
    required, optional, children = SHAPE[element.tag]
    assert required <= set(element.keys()) <= required | optional, element.tag
    for child in element:
        assert child.tag in children
        check_shape(child)


@pytest.mark.parametrize("problems", [SAMPLES, ()], ids=["all", "none"])
def test_the_shape(problems: tuple[Problem, ...]) -> None:
    text = report(problems, ["slo_specs/services/a.yaml", "slo_specs/services/fine.yaml"])
    root = ElementTree.fromstring(text.encode("utf-8"))
    assert root.tag == "testsuites"
    check_shape(root)


def test_the_counts() -> None:
    root = ElementTree.fromstring(report(SAMPLES, ["slo_specs/services/fine.yaml"]).encode("utf-8"))
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == sorted(suite.get("name") or "" for suite in suites)
    for suite in suites:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    assert int(root.get("tests", "")) == len(root.findall(".//testcase")) == len(SAMPLES) + 1
    assert int(root.get("failures", "")) == len(root.findall(".//failure")) == 5


def test_errors_fail_and_the_rest_is_output() -> None:
    root = ElementTree.fromstring(report(SAMPLES[:2]).encode("utf-8"))
    failed, passed = root.iter("testcase")
    failure = failed.find("failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("BUD101", "an outage is longer than the budget")
    assert failure.text is not None
    assert "slo_specs/services/a.yaml:7:3: error BUD101" in failure.text
    assert "hint: set a lower target" in failure.text
    assert failed.get("name") == "BUD101 a-availability"
    assert passed.find("failure") is None
    assert "warning DOC406: no clients" in (passed.findtext("system-out") or "")


def test_a_clean_file_is_a_test_that_passed() -> None:
    root = ElementTree.fromstring(report((), ["a.yaml"]).encode("utf-8"))
    (case,) = root.iter("testcase")
    assert (case.get("classname"), case.get("name"), len(case)) == ("a.yaml", "no problems", 0)
