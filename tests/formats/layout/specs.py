"""Every spec of the repository: of slo_specs/, of the package and of the tests, those in transcripts and pages too."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from slosmith.formats.layout.files import layout_schemas
from slosmith.formats.layout.order import Schemas
from slosmith.formats.schema import Schema
from slosmith.formats.yaml.document import read
from tests.documentation.pages import DOCS, blocks
from tests.formats.test_cases import read_case
from tests.transcripts.transcript import parse

CHECKOUT = Path(__file__).resolve().parents[3]


@cache
def schemas() -> Schemas:
    return layout_schemas([Schema("policy-v1", CHECKOUT / "generators/slosmith/policy/schemas").document()])


@cache
def specs() -> dict[str, str]:
    """Name -> text of each file that is YAML in slosmith's own format."""
    return {name: text for name, text in _texts() if "slosmith/v1" in text and not read(text, name).problems}


def _texts() -> Iterator[tuple[str, str]]:
    for folder in ("slo_specs", "generators", "tests", "bench"):
        for path in sorted((CHECKOUT / folder).rglob("*.yaml")):
            if path.is_file():
                yield path.relative_to(CHECKOUT).as_posix(), path.read_text("utf-8")
    transcripts = CHECKOUT / "tests/transcripts"
    for path in sorted(transcripts.rglob("*.txt")):
        if not path.is_relative_to(transcripts / "trees"):
            for name, text in parse(path.read_text("utf-8")).files.items():
                yield f"{path.relative_to(CHECKOUT).as_posix()}: {name}", text
    for path in sorted((CHECKOUT / "tests/formats/cases").glob("*.txt")):
        for name, text in read_case(path.read_text("utf-8"))[0].items():
            yield f"{path.relative_to(CHECKOUT).as_posix()}: {name}", text
    for page in sorted(DOCS.rglob("*.md")):
        for block in blocks(page.read_text("utf-8")):
            yield f"{page.relative_to(DOCS.parent).as_posix()}:{block.line}", block.text
