"""A project's own SLI templates are read like ours, and every problem has a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.formats.template_files import template_of
from slosmith.formats.yaml import document
from slosmith.model import Origin
from slosmith.sli.library import FOLDER, read_template
from slosmith.workspace import load

TEMPLATE = """\
version: slosmith/v1
kind: SLITemplate
name: jobs
title: Jobs
description: Jobs, as the workers count them.
references: [https://example.org/metrics]
parameters:
  queue: {type: label_value, required: true, description: Name of the queue.}
metrics:
  jobs_total: {type: counter, unit: jobs, description: Jobs., labels: [queue, result]}
indicators:
  availability:
    kind: counter_ratio
    description: Jobs that did not fail.
    select: [{metric: jobs_total, match: [{label: queue, op: "=", parameter: queue}]}]
    bad: [{match: [{label: result, op: "=", value: failed}]}]
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: api
objectives: {availability: {target: 99%}}
indicator_source: {template: jobs, with: {queue: mail}}
"""


def problems_of(root: Path, files: dict[str, str | bytes]) -> list[str]:
    """``file:line:column code message | hint`` of each problem."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    prefix = f"{root.as_posix()}/"
    return [
        f"{each.file}:{each.line}:{each.column} {each.code} {each.message} | {each.hint}".replace(prefix, "")
        for each in load(root).problems
    ]


@pytest.mark.parametrize("name", ["templates/jobs.yaml", "templates/ours/jobs.yml"])
def test_a_template_can_be_used(tmp_path: Path, name: str) -> None:
    assert problems_of(tmp_path, {name: TEMPLATE, "services/api.yaml": SERVICE}) == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_our_templates_are_read_alike(path: Path) -> None:
    """A project begins with a copy of one of our templates."""
    text = path.read_text("utf-8")
    documents, problems, _ = document.read(text, "x.yaml")
    assert problems == []
    assert template_of(documents[0].value, Origin("default")) == (read_template(text, path), [])


WRONG: dict[str, tuple[tuple[str, str], str]] = {
    "unknown key": (
        ("title: Jobs", "titel: Jobs\ntitle: Jobs"),
        "4:1 SCH203 unknown key 'titel' | did you mean 'title'?",
    ),
    "type": (("type: counter", "type: count"), "10:22 SCH206 `metrics.jobs_total.type` is 'count', and must be"),
    "name": (("name: jobs", "name: My Jobs"), "3:7 SCH206 `name` is 'My Jobs': it must be a name: small letters"),
    "kind's keys": (("counter_ratio", "histogram_latency"), "16:10 SCH203 `indicators.availability.bad`: the key "),
    "value and parameter": (
        ("parameter: queue}", "parameter: queue, value: x}"),
        "15:43 SCH209 `indicators.availability.select[0].match[0]` needs exactly one of `value` and `parameter`",
    ),
    "label": (("label: result", "label: res-ult"), "16:28 SCH206 `indicators.availability.bad[0].match[0].label` is"),
    "name of a parameter": (("  queue: {", "  Queue: {"), "8:3 SCH206 the key 'Queue' in `parameters` must be small"),
    "metric": (("metric: jobs_total", "metric: jobs"), "12:3 RES323 `indicators.availability`: jobs is not among"),
    "parameter": (("parameter: queue", "parameter: que"), "12:3 RES323 `indicators.availability`: there is no "),
    "list": (("required: true", "default: [a, b]"), "8:39 RES323 `parameters.queue.default`: queue must be a text"),
    "choice": (("type: label_value", "type: choice"), "8:10 SCH204 the key 'choices' is missing in "),
    "kind": (("kind: SLITemplate", "kind: Service"), "2:7 SCH206 `kind` is 'Service', and must be SLITemplate"),
    "tab": (("\n    kind:", "\n\tkind:"), "13:1 SYN111 a tab where only spaces are allowed"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_problems_have_a_place_and_no_echo(tmp_path: Path, wrong: str) -> None:
    """The problem of the template is reported. The service that uses it has no problem of its own."""
    (old, new), expected = WRONG[wrong]
    assert old in TEMPLATE
    found = problems_of(tmp_path, {"templates/jobs.yaml": TEMPLATE.replace(old, new, 1), "services/api.yaml": SERVICE})
    assert len(found) == 1
    assert found[0].startswith(f"templates/jobs.yaml:{expected}")


def test_every_broken_file_is_told(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path,
        {
            "templates/a.yaml": b"",
            "templates/b.yaml": b"- 1\n",
            "templates/c.yaml": TEMPLATE.encode("utf-16"),
            "templates/d.yaml": b"\xef\xbb\xbf" + TEMPLATE.replace("\n", "\r\n").encode(),
            "templates/e.yaml": TEMPLATE,
            "services/api.yaml": SERVICE,
        },
    )
    start = "start with `version: slosmith/v1` and `kind: SLITemplate`"
    assert found[0] == f"templates/a.yaml:0:0 SYN113 the file is empty | {start}, or remove the file"
    assert found[1] == f"templates/b.yaml:1:1 SYN118 the document is a list, not a mapping | {start}"
    assert [each.split(" ")[0:2] for each in found[2:]] == [
        ["templates/c.yaml:1:1", "SYN104"],
        ["templates/d.yaml:1:1", "SYN108"],
        ["templates/d.yaml:1:21", "SYN109"],
        ["templates/e.yaml:3:7", "RES308"],
    ]
    assert found[-1].endswith("| the first is templates/d.yaml:3; remove one, or rename it")
