"""docs/liftwing.md describes the specs as they are."""

from __future__ import annotations

from collections import Counter

from tests.liftwing.policy import CHECKOUT, workspace

PAGE = (CHECKOUT / "docs" / "liftwing.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in lines[2:]]


def test_the_table_of_services() -> None:
    expected = {}
    for service in workspace().services:
        (threshold,) = {str(slo.objective.threshold) for slo in service.slos if slo.indicator_name == "latency"}
        words = {"500ms": "500 ms", "5s": "5 s"}[threshold]
        sites = "both" if len(service.sites) == 2 else service.sites[0]
        expected[service.name] = [service.slo_class, words, sites]
    assert {row[0]: row[1:4] for row in rows("Services")} == expected


def test_the_table_of_classes() -> None:
    services = Counter(service.slo_class for service in workspace().services)
    slos = Counter(slo.slo_class for slo in workspace().slos())
    for name, availability, latency, number, slo_number in rows("Classes"):
        assert (int(number), int(slo_number)) == (services[name], slos[name])
        objectives = next(item for item in workspace().classes if item.name == name).objectives
        targets = [f"{(objective.target_ratio * 100).normalize()} %" for objective in objectives]
        assert [availability, latency.split(" within")[0]] == targets
    assert len(rows("Classes")) == len(workspace().classes)
