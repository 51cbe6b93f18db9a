"""Fixtures that name the outside programs; a test that needs one fails, and is not skipped, where it is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def _program(name: str) -> Path:
    found = shutil.which(name)
    if found is not None:
        return Path(found)
    unpacked = CHECKOUT / ".tools" / "prometheus" / "usr" / "bin" / name
    if unpacked.is_file():
        return unpacked
    pytest.fail(f"{name} is neither on PATH nor unpacked: run `make prometheus`", pytrace=False)


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The promtool binary."""
    return _program("promtool")


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """The Prometheus server binary."""
    return _program("prometheus")
