"""The sample of a large set is always the same, and does not depend on other cases in the set."""

from __future__ import annotations

import pytest

from tests.sampling import Sample

THINGS = [f"thing {number}" for number in range(100)]


def test_a_part_is_the_same_every_time() -> None:
    part = Sample(8, everything=False).of(THINGS, str, one_in=8)
    assert len(part) == 13
    assert part == [thing for thing in THINGS if thing in part]
    assert part == Sample(8, everything=False).of(THINGS, str, one_in=8)
    assert part[:3] == ["thing 8", "thing 11", "thing 13"]


def test_order_does_not_matter() -> None:
    part = Sample(8, everything=False).of(THINGS, str, one_in=8)
    assert sorted(Sample(8, everything=False).of(THINGS[::-1], str, one_in=8)) == sorted(part)


def test_other_seeds_are_other_parts_and_together_everything() -> None:
    parts = [set(Sample(seed, everything=False).of(THINGS, str, one_in=8)) for seed in range(80)]
    assert len({frozenset(part) for part in parts}) == 80
    assert set.union(*parts) == set(THINGS)


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 1), (2, 2), (3, 2), (17, 3), (24, 3), (25, 4)])
def test_not_fewer_than(count: int, expected: int) -> None:
    assert len(Sample(8, everything=False).of(THINGS[:count], str, one_in=8, at_least=2)) == expected


def test_everything() -> None:
    assert Sample(8, everything=True).of(THINGS, str, one_in=8) == THINGS
