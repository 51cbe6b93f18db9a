"""Fixtures that name the outside programs; a test that needs one fails, and is not skipped, where it is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

# A busy machine makes an example slow, not wrong.
hypothesis.settings.register_profile("slosmith", deadline=None)
hypothesis.settings.load_profile("slosmith")

CHECKOUT = Path(__file__).resolve().parent.parent


def _program(name: str, home: str = "prometheus/usr/bin", rule: str = "prometheus") -> Path:
    """On PATH, or in the folder ``home`` of .tools/, where ``make rule`` puts it."""
    # another version than the one that is set up, for a run by hand
    folder = os.environ.get("SLOSMITH_PROMETHEUS_DIR") if rule == "prometheus" else None
    found = str(Path(folder, name)) if folder else shutil.which(name)
    if found is not None:
        return Path(found)
    unpacked = CHECKOUT / ".tools" / home / name
    if unpacked.is_file():
        return unpacked
    pytest.fail(f"{name} is neither on PATH nor unpacked: run `make {rule}`", pytrace=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-transcripts", action="store_true", help="write what commands print into tests/transcripts/"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The truth tests share a world that takes minutes to make: one worker of pytest-xdist has them all."""
    for item in items:
        if item.path.is_relative_to(CHECKOUT / "tests" / "truth"):
            item.add_marker(pytest.mark.xdist_group("truth"))


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The promtool binary."""
    return _program("promtool")


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """The Prometheus server binary."""
    return _program("prometheus")


@pytest.fixture(scope="session")
def puppet() -> Path:
    """The puppet command."""
    return _program("puppet", "puppet", "puppet")


@pytest.fixture(scope="session")
def amtool() -> Path:
    """Alertmanager's command line."""
    return _program("amtool", "prometheus-alertmanager/usr/bin", "alertmanager")


@pytest.fixture(scope="session")
def alertmanager() -> Path:
    """The Alertmanager server, under the name that Debian gives it."""
    return _program("prometheus-alertmanager", "prometheus-alertmanager/usr/bin", "alertmanager")
