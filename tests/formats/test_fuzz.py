"""Damaged specs: every change of a good spec gives problems with places, or a model. It never gives a traceback."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slosmith.problems import Severity
from slosmith.problems.reporters.text import report
from slosmith.workspace import load

SERVICE: dict[str, Any] = {
    "version": "slosmith/v1",
    "kind": "Service",
    "name": "api",
    "class": "stable",
    "team": "ml",
    "description": "An API.",
    "documentation": "https://example.org/{service}",
    "clients": {"external": ["bots"], "internal": ["jobs"]},
    "sites": ["eqiad", "codfw"],
    "indicator_source": {
        "template": "istio-gateway",
        "with": {"namespace": "a", "service": "b(-c)?", "client_gone": "bad"},
    },
    "objectives": {
        "latency": {"threshold": "5s", "measured_threshold": "2500ms", "alerting": {"page": {"disable": True}}},
        "jobs": {
            "target": "99.5%",
            "period": {"rolling": "30d", "calendar": "month"},
            "indicator": {"counter_ratio": {
                "total": 'jobs_total{a="b"}', "bad": [{"metric": "x", "matchers": {"a": "b"}}],
            }},
        },
        "queue": {"target": 99, "indicator": {"query_ratio": {
            "total": 'sum(rate(x{site="{{.site}}"}[{{.window}}]))',
            "bad": 'sum(rate(y{site="{{.site}}"}[{{.window}}]))',
        }}},
    },
    "aspirational": {"availability": {"target": "99.9%"}},
    "no_guarantee": [{"indicator": "other", "reason": "None.", "date": "2026-01-01"}],
    "decisions": [{"date": "2026-01-01", "decision": "5s.", "reason": "Slow."}],
    "dependencies": {"hard": ["mw-api"], "soft": ["logstash"]},
    "operations": {"time_to_detect": "10m", "time_to_repair": "2h", "expected_outages": 1},
    "traffic": {"events_per_day": 1000},
    "alerting": {"catalogue": "default", "max_error_ratio": "50%", "absence": {"for": "1h"}, "labels": {"a": "b"}},
    "labels": {"tier": "gold"},
    "waivers": [{"code": "ALT101", "reason": "r", "owner": "o", "expires": "2027-01-01"}],
}  # fmt: skip

CLASS = """\
version: slosmith/v1
kind: SLOClass
name: stable
description: Stable.
objectives: {availability: {target: 98%}, latency: {target: 98%, threshold: 500ms}}
overrides: {latency: {threshold: [500ms, 5s]}}
"""

TEXT = yaml.safe_dump(SERVICE, sort_keys=False)

relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    for folder in ("classes", "services"):
        (tmp_path / folder).mkdir()
    (tmp_path / "classes" / "stable.yaml").write_text(CLASS)
    return tmp_path


def judge(specs: Path, data: bytes, name: str = "services/api.yaml") -> list[str]:
    """Loads the specs with one file replaced, and checks the properties that every result has. Returns the codes."""
    (specs / name).write_bytes(data)
    loaded = load(specs)
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    assert (loaded.workspace is None) == bool(errors)
    for problem in loaded.problems:
        assert re.fullmatch(r"(SYN1|SCH2|RES3)[0-9]{2}", problem.code)
        assert problem.message
        assert problem.file.startswith(specs.as_posix())
        if problem.line:
            line = loaded.sources.line(problem.file, problem.line)
            assert 1 <= problem.column <= len(line) + 1 or problem.code.startswith("SYN")
            assert (problem.end_line, problem.end_column) >= (problem.line, problem.column) or not problem.end_line
        else:
            assert problem.code.startswith("SYN"), "only a file as a whole has no line"
    assert report(loaded.problems, loaded.sources, colour=True).isprintable() is not None
    return [problem.code for problem in loaded.problems]


def test_the_undamaged_spec_is_good(specs: Path) -> None:
    assert judge(specs, TEXT.encode()) == []


@relaxed
@given(data=st.binary(max_size=300))
def test_bytes(specs: Path, data: bytes) -> None:
    judge(specs, data)


edits = st.lists(
    st.tuples(
        st.integers(0, len(TEXT)),
        st.integers(0, 30),
        st.sampled_from(
            ["", " ", "\n", "\t", ":", "- ", "'", '"', "{", "}", "[", "&a ", "*a", "!x ", "%", "#", "0", "<<: "]
        )
        | st.text(max_size=5),
    ),
    min_size=1,
    max_size=3,
)


@relaxed
@given(changes=edits)
def test_text_edits(specs: Path, changes: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for start, length, inserted in changes:
        text = text[:start] + inserted + text[start + length :]
    judge(specs, text.encode("utf-8", "surrogatepass"))


marks = st.sampled_from(
    ["", " ", "\n", ":", "- ", "'", '"', "{", "}", "[", "&a ", "*a", "!x ", "#", "0", "<<: ", "\xe9\n"]
)


@relaxed
@given(changes=st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 30), marks), min_size=1, max_size=3))
def test_line_ends_and_byte_order_marks_move_no_problem(specs: Path, changes: list[tuple[int, int, str]]) -> None:
    text = TEXT
    for start, length, inserted in changes:
        text = text[:start] + inserted + text[start + length :]

    def places(data: bytes) -> list[tuple[str, int, int, str]]:
        judge(specs, data)
        found = load(specs).problems
        return [(each.code, each.line, each.column, each.message) for each in found]

    plain = places(text.encode())
    bad = places(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert [each for each in bad if each[0] not in ("SYN108", "SYN109")] == plain
    assert [each[0] for each in bad if each not in plain] in (["SYN108", "SYN109"], ["SYN109", "SYN108"])


keys = st.text(max_size=8) | st.sampled_from(["0", "00", "-1", "target", "<<"])
odd: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["0%", "100%", "5s", "500", "{{.window}}", 'up{a="', "../x", "TODO"])
    | st.sampled_from(["x" * 300, "a(", "29-02", "1e9"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=3),
    max_leaves=5,
)  # fmt: skip


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in items:
        found += places(below, (*path, step))
    return found


def damage(value: Any, path: tuple[str | int, ...], new: Any, how: str) -> Any:
    """A copy of ``value``. The value at ``path`` is replaced or removed, or gets another value beside it."""
    result = copy.deepcopy(value)
    holder = result
    for step in path[:-1]:
        holder = holder[step]
    if how == "replace":
        holder[path[-1]] = new
    elif how == "remove":
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder[str(new)[:20]] = new
    else:
        holder.append(new)
    return result


@relaxed
@given(path=st.sampled_from(places(SERVICE)), new=odd, how=st.sampled_from(["replace", "remove", "add"]))
def test_structural_edits(specs: Path, path: tuple[str | int, ...], new: Any, how: str) -> None:
    text = yaml.safe_dump(damage(SERVICE, path, new, how), sort_keys=False, allow_unicode=True)
    judge(specs, text.encode("utf-8", "surrogatepass"))


@relaxed
@given(path=st.sampled_from(places(yaml.safe_load(CLASS))), new=odd, how=st.sampled_from(["replace", "remove", "add"]))
def test_structural_edits_of_a_class(specs: Path, path: tuple[str | int, ...], new: Any, how: str) -> None:
    (specs / "services" / "api.yaml").write_text(TEXT)
    text = yaml.safe_dump(damage(yaml.safe_load(CLASS), path, new, how), sort_keys=False, allow_unicode=True)
    judge(specs, text.encode("utf-8", "surrogatepass"), "classes/stable.yaml")
