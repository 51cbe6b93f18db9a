"""The worlds of the truth test: made, loaded and recorded once, for many tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sampling import Sample
from tests.truth.recorded import Recorded, record_lift_wing


@pytest.fixture(scope="session")
def lift_wing(
    promtool: Path, prometheus: Path, sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Recorded]:
    """Lift Wing's winter with all its recordings; without --all, eight of its ten SLOs."""
    folder = tmp_path_factory.mktemp("lift-wing")
    with record_lift_wing(promtool, prometheus, folder, sample.everything) as recorded:
        yield recorded
