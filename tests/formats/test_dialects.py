"""Which format a document has is told by its content."""

from __future__ import annotations

from slosmith.formats.dialects import declare, dialects
from slosmith.formats.yaml.document import Document


def test_a_format_that_nobody_knows() -> None:
    for key in ("version", "apiVersion"):
        declarations, (finding,) = declare(Document("a.yaml", 0, {key: "example.org/v1", "kind": "Thing"}))
        assert declarations == ()
        assert (finding.code, finding.origin.path) == ("SCH201", (key,))
        for dialect in dialects():
            assert dialect.NAME in finding.hint


def test_every_document_has_at_most_one_format() -> None:
    for dialect in dialects():
        for value in ({"version": dialect.NAME}, {"apiVersion": dialect.NAME}):
            assert sum(other.recognises(value) for other in dialects()) <= 1
    assert not any(dialect.recognises({"version": 1, "apiVersion": ["x"], "kind": {}}) for dialect in dialects())
