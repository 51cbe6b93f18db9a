"""Damaged specs in Sloth's formats give problems with places, or rules that can be written. They never give a
traceback.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slosmith.model import Service
from slosmith.schemes.sloth.service_rules import compile_service as compile_sloth
from slosmith.schemes.sloth.service_tests import compile_tests
from slosmith.workspace import load
from tests.formats.test_fuzz import damage, judge, odd, places

from .specs import PROJECT
from .test_sloth import EVERYTHING, KUBERNETES

PLUGIN = """\
version: prometheus/v1
service: cart
slos:
  - name: slow
    objective: 99
    sli:
      plugin:
        id: sloth-common/istio/v1/latency
        options: {namespace: a, service: b, bucket: 250, exclude_errors: true, filter: 'c="d"'}
    alerting: {name: Cart, page_alert: {labels: {severity: page}}}
"""
WINDOWS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 4, shortWindow: 10m, longWindow: 2h}
    slow: {errorBudgetPercent: 8, shortWindow: 1h, longWindow: 12h}
  ticket:
    quick: {errorBudgetPercent: 12.5, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 20, shortWindow: 12h, longWindow: 6d}
"""
SPECS: dict[str, Any] = {text: yaml.safe_load(text) for text in (EVERYTHING, KUBERNETES, PLUGIN, WINDOWS)}
PLACES = [(text, path) for text, value in SPECS.items() for path in places(value)]
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    for folder in ("services", "catalogues"):
        (tmp_path / folder).mkdir()
    (tmp_path / "slosmith.yaml").write_text(PROJECT)
    (tmp_path / "services" / "seats.yaml").write_text(EVERYTHING)
    return tmp_path


def hold(specs: Path, text: str, of: str) -> None:
    name = "catalogues/windows.yaml" if of == WINDOWS else "services/damaged.yaml"
    if of != WINDOWS:
        (specs / "services" / "seats.yaml").unlink(missing_ok=True)
    judge(specs, text.encode("utf-8", "surrogatepass"), name)
    loaded = load(specs, rules="sloth")
    services: tuple[Service, ...] = loaded.workspace.services if loaded.workspace is not None else ()
    for service in services:
        compile_tests(service, compile_sloth(service))


@relaxed
@given(place=st.sampled_from(PLACES), new=odd, how=st.sampled_from(["replace", "remove", "add"]))
def test_structural_edits(specs: Path, place: tuple[str, tuple[str | int, ...]], new: Any, how: str) -> None:
    of, path = place
    text = yaml.safe_dump(damage(SPECS[of], path, new, how), sort_keys=False, allow_unicode=True)
    hold(specs, text, of)


@relaxed
@given(
    of=st.sampled_from(list(SPECS)),
    start=st.integers(0, len(KUBERNETES)),
    length=st.integers(0, 30),
    inserted=st.sampled_from(["", " ", "\n", ":", "- ", "'", '"', "{", "{{", "}}", "[", "%", "0"])
    | st.text(max_size=5),
)
def test_text_edits(specs: Path, of: str, start: int, length: int, inserted: str) -> None:
    hold(specs, of[:start] + inserted + of[start + length :], of)
