"""Fixtures for the tests of targets."""

from __future__ import annotations

import pytest

from tests.targets.compiling import FilesByTarget, lift_wing_compiled


@pytest.fixture(scope="session")
def lift_wing_files() -> FilesByTarget:
    """Lift Wing's files by target and path. All tests that use them run in one worker, so they are made once."""
    return lift_wing_compiled()
