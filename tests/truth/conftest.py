"""The worlds of the truth test: made, loaded and recorded once, for many tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.truth.recorded import Recorded, record_lift_wing


@pytest.fixture(scope="session")
def lift_wing(promtool: Path, prometheus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Lift Wing's winter with all its recordings."""
    with record_lift_wing(promtool, prometheus, tmp_path_factory.mktemp("lift-wing")) as recorded:
        yield recorded
