"""Whatever a spec looks like, its meaning is the same: random orders of keys, quotes, comments, anchors, folders."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from slosmith import api
from slosmith.changes.collecting import facts_of
from slosmith.changes.comparing import compare
from slosmith.changes.facts import ProjectFacts
from slosmith.formats.yaml.document import read
from tests.changes.cases import PROJECT
from tests.formats.layout.scrambling import Scrambler
from tests.sampling import Sample

REFORMATTINGS = 1000


def values(path: Path) -> Any:
    (document,) = read(path.read_text("utf-8"), "").documents
    return document.value


def facts(root: Path) -> ProjectFacts:
    loaded = api.load(root)
    assert loaded.workspace is not None, [str(problem) for problem in loaded.problems]
    return facts_of(loaded.workspace, loaded.project)


@pytest.fixture(scope="module")
def original() -> ProjectFacts:
    return facts(PROJECT)


def test_reformatting_is_silent(original: ProjectFacts, sample: Sample, tmp_path: Path) -> None:
    for seed in sample.of(range(REFORMATTINGS), str, 25):
        random = Random(seed)
        root = tmp_path / str(seed)
        for place, text in reformatted(random):
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_bytes(text.encode())
        found = compare(original, facts(root))
        assert found.changes == (), f"seed {seed}: {found.changes[0]}"


def reformatted(random: Random) -> Iterator[tuple[str, str]]:
    """Every spec of the project, in another place and written otherwise."""
    for path in sorted(PROJECT.rglob("*.yaml")):
        place = path.relative_to(PROJECT)
        value = shuffled(values(path), random)
        text = anchored(value, random) if random.random() < 0.3 else Scrambler(random).text(value).replace("\r\n", "\n")
        if len(place.parts) > 1:
            folders = random.choice([(), ("shop",), ("shop", "a-b")])
            place = Path(place.parts[0], *folders, f"{path.stem}{random.choice(['.yaml', '.yml'])}")
        yield place.as_posix(), text


def shuffled(value: Any, random: Random) -> Any:
    """The value with all keys in another order. Lists of names that are sets are in another order too."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(each, random) for each in value] if isinstance(value, list) else value


def anchored(value: Any, random: Random) -> str:
    """The value with an anchor for every part that is there twice, and aliases for the others."""
    known: dict[str, Any] = {}

    def shared(part: Any) -> Any:
        if isinstance(part, dict):
            part = {key: shared(each) for key, each in part.items()}
        elif isinstance(part, list):
            part = [shared(each) for each in part]
        elif isinstance(part, Decimal):
            return int(part) if part == int(part) else float(part)
        return known.setdefault(repr(part), part)

    width = random.choice([20, 60, 10_000])
    flow = random.random() < 0.3
    return yaml.dump(shared(value), Dumper=_Anchors, sort_keys=False, width=width, default_flow_style=flow)


class _Anchors(yaml.SafeDumper):
    """Texts have anchors too."""

    def ignore_aliases(self, data: Any) -> bool:
        return data in (None, "") or isinstance(data, bool | int | float)


def test_the_reformattings_differ(tmp_path: Path) -> None:
    """The test above is one of texts that are really different, with and without anchors."""
    texts = {text for seed in range(40) for _, text in reformatted(Random(seed))}
    assert len(texts) > 200
    assert any("*id001" in text for text in texts)
    assert any("# " in text for text in texts)
