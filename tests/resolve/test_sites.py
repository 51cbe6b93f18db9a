"""Each site counts its own events, also in a project without settings for matchers."""

from __future__ import annotations

from pathlib import Path

from slosmith.model import CounterRatio, Matcher
from slosmith.workspace import load

PROJECT = "version: slosmith/v1\nkind: Project\nname: shop\nteam: web\nsites: [north, south]\n"
SERVICE = """\
version: slosmith/v1
kind: Service
name: checkout
sites: [north, south]
period: {rolling: 28d}
objectives:
  availability:
    target: 99%
    indicator:
      counter_ratio:
        total: http_requests_total{job="checkout"}
        bad: http_requests_total{job="checkout",code=~"5.."}
"""


def matchers(folder: Path, project: str) -> dict[str | None, set[Matcher]]:
    (folder / "services").mkdir()
    (folder / "slosmith.yaml").write_text(project)
    (folder / "services" / "checkout.yaml").write_text(SERVICE)
    loaded = load(folder)
    assert loaded.workspace is not None, loaded.problems
    found: dict[str | None, set[Matcher]] = {}
    for slo in loaded.workspace.slos():
        assert isinstance(slo.indicator, CounterRatio)
        found[slo.site] = {m for s in (*slo.indicator.total, *slo.indicator.bad) for m in s.matchers}
    return found


def test_a_site_is_matched_by_default(tmp_path: Path) -> None:
    found = matchers(tmp_path, PROJECT)
    assert Matcher("site", "=", "north") in found["north"]
    assert Matcher("site", "=", "south") in found["south"]
    assert Matcher("site", "=", "south") not in found["north"]


def test_a_project_may_name_the_label_otherwise(tmp_path: Path) -> None:
    found = matchers(tmp_path, PROJECT + 'global_matchers: {cluster: "{site}"}\n')
    assert Matcher("cluster", "=", "north") in found["north"]
    assert not any(matcher.label == "site" for matcher in found["north"])
