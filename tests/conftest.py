"""Fixtures for external programs. If a program is missing, a test that needs it fails. It is not skipped."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.sampling import Sample

if TYPE_CHECKING:
    from tests.distribution.installing import Built

# No deadline, because an example can be slow on a busy machine. The examples are always the same for the same code.
hypothesis.settings.register_profile("part", deadline=None, derandomize=True)
hypothesis.settings.register_profile("everything", deadline=None, derandomize=True, max_examples=1000)

# promtool takes a fifth less processor time if Go collects garbage less often; each test needs 200 MB at most
os.environ.setdefault("GOGC", "400")

CHECKOUT = Path(__file__).resolve().parent.parent

_LONGEST_ID = 100
_BEGINNING = 60
"""Characters."""

ONCE = {"lift_wing_files": "lift-wing", "built": "distribution"}
"""Fixtures that take long to make, and the group of the tests that share them."""


def _program(name: str, home: str = "prometheus/usr/bin", rule: str = "prometheus") -> Path:
    """The program, on PATH or in the folder ``home`` of .tools/. ``make rule`` installs it there."""
    # another version than the installed one, for manual runs
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
    parser.addoption("--all", action="store_true", help="big sets whole, and the tests that are marked `all`")
    parser.addoption("--seed", type=int, default=8, help="which part of the big sets is tried without --all")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("everything" if config.getoption("--all") else "part")


def pytest_report_header(config: pytest.Config) -> str:
    return f"big sets: {_sample(config)}"


def _sample(config: pytest.Config) -> Sample:
    return Sample(config.getoption("--seed"), config.getoption("--all"))


def pytest_make_parametrize_id(val: object) -> str | None:
    """The beginning of a long text, and a checksum: an id goes from worker to worker, and into the reports."""
    if not isinstance(val, str | bytes) or len(val) <= _LONGEST_ID:
        return None  # pytest's own id
    data = val.encode("utf-8", "surrogatepass") if isinstance(val, str) else val
    beginning = ascii(val[:_BEGINNING].decode("latin-1") if isinstance(val, bytes) else val[:_BEGINNING])[1:-1]
    return f"{beginning}... {sha256(data).hexdigest()[:8]}"


@pytest.fixture(scope="session")
def sample(pytestconfig: pytest.Config) -> Sample:
    """The part of a large set of cases that this run tests."""
    return _sample(pytestconfig)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts all tests that share an expensive fixture (the world of the truth tests, Lift Wing's files, the package)
    into one worker. Removes tests with the mark `all` if --all is not given.
    """
    if not config.getoption("--all"):
        left_out = [item for item in items if item.get_closest_marker("all")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    for item in items:
        if item.path.is_relative_to(CHECKOUT / "tests" / "truth"):
            item.add_marker(pytest.mark.xdist_group("truth"))
        for fixture in ONCE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(ONCE[fixture]))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The wheel and the sdist of `make dist`."""
    from tests.distribution.installing import build

    return build(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The path of promtool."""
    return _program("promtool")


@pytest.fixture(scope="session")
def prometheus() -> Path:
    """The path of the Prometheus server."""
    return _program("prometheus")


@pytest.fixture(scope="session")
def puppet() -> Path:
    """The path of puppet."""
    return _program("puppet", "puppet", "puppet")


@pytest.fixture(scope="session")
def amtool() -> Path:
    """The path of amtool, Alertmanager's command line."""
    return _program("amtool", "prometheus-alertmanager/usr/bin", "alertmanager")


@pytest.fixture(scope="session")
def alertmanager() -> Path:
    """The path of the Alertmanager server, which has another name in Debian."""
    return _program("prometheus-alertmanager", "prometheus-alertmanager/usr/bin", "alertmanager")
