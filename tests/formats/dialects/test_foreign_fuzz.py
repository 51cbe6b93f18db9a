"""Damaged OpenSLO and Pyrra documents give problems with places, or SLOs that compile. They never give a traceback."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from slosmith.formats import dialects
from slosmith.formats.yaml import document
from slosmith.problems import Severity
from slosmith.resolve import resolve
from slosmith.resolve.project import build_project
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.sli.library import library
from tests.formats.dialects import test_openslo, test_openslo_alpha, test_pyrra

GOOD: list[list[dict[str, Any]]] = [
    list(yaml.safe_load_all(text))
    for text in (
        test_openslo.with_policy() + "---\n" + test_openslo.SHARED,
        test_openslo.slo_text("indicatorRef: errors", "Timeslices",
                              "target: 0.9, timeSliceTarget: 0.9, timeSliceWindow: 5m, compositeWeight: 2")
        + "---\n" + test_openslo.SHARED,
        test_openslo.slo_text(test_openslo.threshold_of("max(q)"), "RatioTimeslices",
                              "target: 0.9, op: lt, value: 3, timeSliceWindow: 5"),
        test_openslo.slo_text().replace("isRolling: true", 'calendar: {startTime: "2026-01-01 00:00:00"}')
        .replace("28d", "1Q"),
        test_openslo_alpha.SLO,
        test_pyrra.slo_text(test_pyrra.RATIO + "      grouping: [site]\n", "  alerting: {name: Burns, absent: true}\n"),
        test_pyrra.slo_text(test_pyrra.LATENCY),
        test_pyrra.slo_text(test_pyrra.NATIVE),
        test_pyrra.slo_text(test_pyrra.PROBE),
    )
]  # fmt: skip
JUNK: st.SearchStrategy[Any] = st.sampled_from([
    None, True, 0, -1, 1, 10**30, "", " ", "x", "1", "0m", "1M", "5m", "99", "100", "0", "{{", "sum(", "x{}",
    'a{le="1e999"}', "1 + 1", "x[5m]", "x # y", "\u202e",
    "é", [], [None], [[]], {}, {"x": 1}, "2026-02-30 00:00:00", "UTC", "{{.window}}", "rate(x[{{.window}}])",
])  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*path, key)
        yield from places(below, (*path, key))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    documents = copy.deepcopy(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(documents)) or [()]))
        if not path:
            continue
        parent: Any = documents
        for step in path[:-1]:
            parent = parent[step]
        how = draw(st.sampled_from(["junk", "remove", "rename", "swap"]))
        if how == "remove":
            del parent[path[-1]]
        elif how == "rename" and isinstance(parent, dict):
            parent[f"{path[-1]}s"] = parent.pop(path[-1])
        elif how == "swap":
            other: Any = documents
            for step in draw(st.sampled_from(list(places(documents)))):
                other = other[step]
            parent[path[-1]] = copy.deepcopy(other)
        else:
            parent[path[-1]] = copy.deepcopy(draw(JUNK))
    return yaml.safe_dump_all(documents, allow_unicode=True)


DATA = Path(dialects.__file__).parents[1] / "data"


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_never_a_traceback(text: str) -> None:
    declared: list[Any] = []
    findings = []
    for name in ("catalogues/default.yaml", "calendars.yaml"):
        for part in document.read((DATA / name).read_text("utf-8"), "").documents:
            declared += dialects.declare(part)[0]
    documents, problems, _ = document.read(text, "a.yaml")
    if problems:
        return
    for part in documents:
        made, found = dialects.declare(part)
        declared += made
        findings += found
    linked, found = dialects.link(declared)
    findings += found
    project, found = build_project(linked)
    findings += found
    workspace, resolved = resolve(linked, project, library())
    findings += resolved
    assert all(finding.message and finding.origin.file == "a.yaml" for finding in findings)
    if not any(finding.severity is Severity.ERROR for finding in findings):
        for service in workspace.services:
            compile_service(service)
