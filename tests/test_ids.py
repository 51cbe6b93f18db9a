"""Ids of tests are short, because every worker sends all of them, and reports repeat them."""

from __future__ import annotations

import pytest

from tests.conftest import pytest_make_parametrize_id as made


def test_long_texts_are_cut_and_stay_apart() -> None:
    assert made("short") is None
    assert made(4711) is None
    one, other = made("#" * 8_000_000), made("#" * 8_000_001)
    assert one is not None
    assert other is not None
    assert one != other
    assert max(len(one), len(other)) < 100
    assert made("\udcff\n" * 100) != made(b"\xff\n" * 100)


def test_no_id_is_long(request: pytest.FixtureRequest) -> None:
    """Of all tests of this run."""
    long = [item.nodeid[:200] for item in request.session.items if len(item.nodeid) > 500]
    assert long == []
