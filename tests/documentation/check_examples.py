"""The examples on the pages of policy checks, each completed to a project that policy can check.

An example shows only the important part of a spec. This module adds the missing parts in their simplest form: a service
gets a name, an indicator and an objective, a class gets a service. A comment that names a file (``# slosmith.yaml:
rules: sloth``, or ``# classes/batch.yaml`` above the content of the file) is read as this file. ``TAKEN_FOR_GRANTED``
has what a page assumes, such as a class with a name that it uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import yaml

from tests.documentation.pages import DOCS, blocks, parse
from tests.policy.cases import TODAY

REPORTED, ACCEPTED = ("Bad", "Reported"), ("Good", "Not reported")
_OF_A_FILE = re.compile(r"# (?P<file>[\w./-]+\.yaml)(?:: (?P<content>.*))?")
_JUDGED_ON = re.compile(r"# judged on (\S+)")
_TOP_KEY = re.compile(r"([a-z_]+):")
_INDICATORS = ("counter_ratio", "histogram_latency", "query_ratio")

Mapping = dict[str, Any]


@dataclass
class Example:
    """One example of a page: the files below slo_specs/, and whether the check must find something."""

    code: str
    reported: bool
    line: int
    text: str
    today: date = TODAY
    files: dict[str, Any] = field(default_factory=dict)


_INVENTORY = {"inventory": {"file": "inventory/all.yaml"}}
_EXPERIMENTAL = {
    "objectives": {"availability": {"target": "95%"}},
    "overrides": {"availability": {"target": {"min": "90%", "max": "99%"}}},
}
_STABLE = {
    "objectives": {"availability": {"target": "98%"}},
    "overrides": {"availability": {"target": {"min": "90%", "max": "99%"}}},
}
TAKEN_FOR_GRANTED: dict[str, dict[str, Any]] = {
    "ALT208": {
        "catalogues/calm.yaml": {
            "windows": [{"budget_share": "10%", "long": "1d", "short": "2h", "severity": "ticket"}]
        }
    },
    "BUD109": {"classes/experimental.yaml": _EXPERIMENTAL},
    "BUD110": {"classes/stable.yaml": _STABLE},
    "DOC408": {"classes/experimental.yaml": _EXPERIMENTAL},
    "DOC409": {"slosmith.yaml": _INVENTORY, "services/other.yaml": {}},
    "DOC410": {"slosmith.yaml": _INVENTORY},
    "NAM502": {"services/search.yaml": {}},
}
"""Check -> what its page does not show, by path."""
SOURCES: dict[str, Any] = {"SLI301": {"template": "kubernetes-apiserver", "with": {"job": "k8s-api"}}}
"""Check -> the indicator source of its services, where the usual one does not do."""
_USUAL = {"template": "istio-gateway", "with": {"namespace": "example"}}


def examples(code: str) -> Iterator[Example]:
    """The examples of the check's page, in order."""
    page = (DOCS / "checks" / f"{code}.md").read_text("utf-8")
    starts = {}
    tokens = parse(page)
    for token, after in pairwise(tokens):
        if token.type == "heading_open" and token.map:
            starts[token.map[0] + 1] = after.content
    for block in blocks(page):
        heading = starts[max(line for line in starts if line < block.line)]
        if heading in (*REPORTED, *ACCEPTED):
            for text in _variants(block.text):
                yield _completed(Example(code, heading in REPORTED, block.line, text))


def _variants(text: str) -> Iterator[str]:
    """Several examples in one block. Each of them begins with the same key."""
    lines = text.splitlines()
    keys = [match[1] for line in lines if (match := _TOP_KEY.match(line))]
    if len(keys) > 1 and len(set(keys)) == 1 and not any(_OF_A_FILE.match(line) for line in lines):
        yield from lines
    else:
        yield text


def _completed(example: Example) -> Example:
    parts: dict[str, list[str]] = {"": []}
    name = ""
    for line in example.text.splitlines():
        of_a_file = _OF_A_FILE.fullmatch(line.strip())
        if judged := _JUDGED_ON.fullmatch(line.strip()):
            example.today = date.fromisoformat(judged[1])
        elif of_a_file and of_a_file["content"]:
            parts.setdefault(of_a_file["file"], []).append(of_a_file["content"])
        elif of_a_file:
            name = of_a_file["file"]
            parts.setdefault(name, [])
        else:
            parts[name].append(line)
    read = {name: yaml.safe_load("\n".join(lines)) for name, lines in parts.items()}
    files = {name: content for name, content in read.items() if content is not None and name}
    if read[""] is not None:
        files |= _placed(read[""])
    for name, content in TAKEN_FOR_GRANTED.get(example.code, {}).items():
        files.setdefault(name, content)
    if not any(name.startswith("services/") for name in files):
        classes = [name for name in files if name.startswith("classes/")]
        files |= {f"services/{_stem(name)}.yaml": {"class": _stem(name)} for name in classes} or {
            "services/example.yaml": {}
        }
    source = SOURCES.get(example.code, _USUAL)
    example.files = {name: _complete(name, content, source) for name, content in files.items()}
    return example


def _placed(content: Mapping) -> dict[str, Mapping]:
    """An example without a file name. Its keys show the kind of document."""
    keys = set(content)
    if content.get("kind") == "SLOClass":
        return {"classes/example.yaml": content}
    if "windows" in keys:
        service = {"alerting": {"catalogue": "own"}}
        return {"catalogues/own.yaml": content, "services/example.yaml": service}
    if keys & {"total", "bad"}:
        content = _ratio(content)
    if "histogram_latency" in content:
        content["histogram_latency"].setdefault("le", "0.5")
    if set(content) & set(_INDICATORS):
        content = {"objectives": {"availability": {"target": "99%", "indicator": content}}}
    return {f"services/{content.get('name', 'example')}.yaml": content}


def _ratio(content: Mapping) -> Mapping:
    """An indicator, if the page shows only one side of it."""
    if any("(" in query for query in content.values()):
        whole = {side: f"sum(rate(http_{side}_total[{{{{.window}}}}]))" for side in ("total", "bad")}
        return {"query_ratio": whole | content}
    total = content["total"]
    bad = f'{total[:-1]}, code="500"}}' if total.endswith("}") else f'{total}{{code="500"}}'
    return {"counter_ratio": {"bad": bad} | content}


def _complete(name: str, content: Any, source: Mapping) -> Any:
    if name.startswith("inventory"):
        return content
    kinds = {"services": "Service", "classes": "SLOClass", "catalogues": "AlertCatalogue"}
    kind = kinds.get(name.split("/")[0], "Project")
    whole: Mapping = {"version": "slosmith/v1", "kind": kind, "name": _stem(name), **content}
    if kind == "SLOClass":
        whole.setdefault("description", "A class.")
        whole.setdefault("objectives", {"availability": {"target": "99%"}})
    if kind in ("SLOClass", "Service") and "class" not in whole:
        objectives = whole.setdefault("objectives", {"availability": {"target": "99%"}})
        for indicator, objective in objectives.items():
            if indicator == "latency":
                objective.setdefault("threshold", "500ms")
    if kind == "Service":
        whole.setdefault("indicator_source", source)
    return whole


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".yaml")


def written(example: Example) -> dict[str, str]:
    """The files as text."""
    return {name: yaml.safe_dump(content, sort_keys=False) for name, content in example.files.items()}
