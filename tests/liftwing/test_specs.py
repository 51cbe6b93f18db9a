"""The spec files: they have no errors, and editors find their schema."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slosmith.problems import Severity
from slosmith.vocabulary.dashboard_uids import service_uid
from tests.liftwing.policy import SPECS, loaded, workspace

FILES = sorted([SPECS / "slosmith.yaml", *SPECS.glob("classes/*.yaml"), *SPECS.glob("services/*.yaml")])


def test_the_specs_load_without_a_problem() -> None:
    assert [problem for problem in loaded().problems if problem.severity is not Severity.NOTICE] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_first_line_names_a_schema_that_exists(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    modeline = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert modeline is not None
    assert (path.parent / modeline[1]).resolve().is_file()


def test_every_service_names_its_own_dashboard() -> None:
    for service in workspace().services:
        assert service.dashboard.endswith(f"/d/{service_uid(service.name)}"), service.name
