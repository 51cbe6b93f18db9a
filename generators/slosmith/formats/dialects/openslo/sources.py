"""OpenSLO's data sources: only those that answer PromQL are accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from slosmith.formats.dialects.foreign import UnusableError, not_supported
from slosmith.formats.dialects.openslo.references import Documents
from slosmith.formats.schema import Schema
from slosmith.formats.values import Node
from slosmith.model import DocumentPath, Origin
from slosmith.problems import Problem

_SOURCES = frozenset({
    "prometheus", "promql", "thanos", "mimir", "cortex", "grafanamimir", "victoriametrics", "amazonprometheus",
    "googlemanagedprometheus", "amp", "gmp", "sloth",
})  # fmt: skip
"""Types of sources that answer PromQL, in small letters without separators. ``sloth`` is a name for
Prometheus in v1alpha."""

_REFERENCES = ("metricSourceRef", "dataSourceRef")
_SCHEMA = Schema("openslo-v1")


def query_of(metric: Node, documents: Documents | None, *, alpha: bool) -> tuple[Node, str]:
    """The place of a metric's PromQL. Raises UnusableError if its source does not answer PromQL (reported)."""
    if alpha:
        for field in ("source", "queryType"):
            if field in metric:
                _check_source(metric, field)
        return metric, "query"
    source = metric.child("metricSource") or metric
    declared = source.child("dataSourceSpec") or source
    if "type" in declared:
        _check_source(declared, "type")
    for field in _REFERENCES:
        if field in source and documents is not None:
            _check_source(documents.refer(source, field, "DataSource"), "type")
    spec = source.child("spec")
    assert spec is not None  # the schema requires it
    problems = _SCHEMA.check(spec.values, "querySpec", spec.origin)
    if problems:
        spec.problems += problems
        raise UnusableError
    return spec, "query" if "query" in spec else "promql"


def foreign_sources(value: Mapping[str, Any], place: Origin) -> list[Problem]:
    """A problem for each source in a document that does not answer PromQL, at its name. Queries of such sources have
    other keys. The schema rejects these keys too, but only this problem names the cause.
    """
    problems: list[Problem] = []
    for path, source in _sources(value, ()):
        if isinstance(source.get("type"), str):
            try:
                _check_source(
                    Node(source, Origin(place.kind, place.file, place.path + path, place.document), problems), "type"
                )
            except UnusableError:
                continue
    return problems


def _sources(value: Any, path: DocumentPath) -> Iterator[tuple[DocumentPath, Mapping[str, Any]]]:
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        if key in ("metricSource", "dataSourceSpec") and isinstance(below, Mapping):
            yield (*path, key), below
        yield from _sources(below, (*path, key))


def _check_source(node: Node, field: str) -> None:
    kind = "".join(letter for letter in node.text(field).lower() if letter.isalnum())
    if kind not in _SOURCES:
        message = f"the source is '{node.text(field)[:40]}', but Prometheus evaluates the rules"
        not_supported(node, (field,), message, "write the query in PromQL, and `Prometheus` here")
        raise UnusableError
