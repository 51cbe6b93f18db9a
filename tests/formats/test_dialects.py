"""The dialect of a document depends on its content, and not on the order in which dialects are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.formats import dialects as room
from slosmith.formats.dialects import declare, dialect_of, dialects
from slosmith.formats.yaml.document import Document


def test_dialects_are_what_stands_in_their_folder() -> None:
    folders = {path.parent.name for path in Path(room.__file__).parent.glob("*/__init__.py")}
    assert {known.part.name for known in dialects()} == folders


@pytest.mark.parametrize("known", dialects(), ids=lambda known: known.name)
def test_a_dialect_and_its_reader_agree(known: room.Known) -> None:
    reader = known.reader()
    assert known.name == reader.NAME
    assert known.dialect.marks
    assert known.name.split()[0] in {mark.text for mark in known.dialect.marks}
    assert (reader.__doc__ or "").strip()


def test_a_format_that_nobody_knows() -> None:
    for key in ("version", "apiVersion"):
        declarations, (finding,) = declare(Document("a.yaml", 0, {key: "example.org/v1", "kind": "Thing"}))
        assert declarations == ()
        assert (finding.code, finding.origin.path) == ("SCH201", (key,))
        for known in dialects():
            assert known.name in finding.hint


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"version": "slosmith/v1"}, "slosmith/v1"),
        ({"version": "slosmith/v9"}, "slosmith/v1"),
        ({"version": "prometheus/v1"}, "prometheus/v1"),
        ({"version": "prometheus/v2"}, "prometheus/v1"),
        ({"apiVersion": "sloth.slok.dev/v1", "kind": "PrometheusServiceLevel"}, "sloth.slok.dev/v1"),
        ({"apiVersion": "sloth.slok.dev/v1"}, "sloth.slok.dev/v1"),
        ({"apiVersion": "sloth.slok.dev/v1", "kind": "AlertWindows"}, "sloth.slok.dev/v1 AlertWindows"),
        ({"apiVersion": "sloth.slok.dev/v2", "kind": "AlertWindows"}, "sloth.slok.dev/v1 AlertWindows"),
        ({"apiVersion": "openslo/v1alpha", "kind": "SLO"}, "openslo/v1alpha"),
        ({"apiVersion": "openslo/v1", "kind": "SLO"}, "openslo/v1"),
        ({"apiVersion": "openslo/v3", "kind": "SLO"}, "openslo/v1"),
        ({"apiVersion": "openslo.com/v2alpha", "kind": "SLO"}, "openslo.com/v2alpha"),
        ({"apiVersion": "openslo/v2alpha", "kind": "SLO"}, "openslo.com/v2alpha"),
        ({"apiVersion": "openslo.com/v9", "kind": "SLO"}, "openslo.com/v2alpha"),
        ({"apiVersion": "pyrra.dev/v1alpha1"}, "pyrra.dev/v1alpha1"),
        ({"apiVersion": "pyrra.dev/v2"}, "pyrra.dev/v1alpha1"),
        # two marks in one document: our own format first, then `version`
        ({"version": "slosmith/v1", "apiVersion": "openslo/v1"}, "slosmith/v1"),
        ({"version": "prometheus/v1", "apiVersion": "openslo/v1alpha"}, "prometheus/v1"),
        ({"version": 1, "apiVersion": ["x"], "kind": {}}, None),
        ({"version": "slosmith", "apiVersion": "openslo"}, None),
        ({"kind": "SLO"}, None),
    ],
)
def test_the_most_exact_mark_decides_in_whatever_order(
    document: dict[str, object], name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dialects()
    for order in [known, known[::-1], *(known[start:] + known[:start] for start in range(1, len(known)))]:
        monkeypatch.setattr(room, "dialects", lambda order=order: order)
        found = dialect_of(document)
        assert (found.name if found is not None else None) == name
