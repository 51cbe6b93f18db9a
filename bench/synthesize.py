"""Writes a synthetic specs folder: services of several classes, sites and templates, mixed like in a real policy.

    python bench/synthesize.py FOLDER SLOS

Each service has four SLOs (two indicators at two sites) and a file of its own, as people write them. Nothing is random:
service number n is the same in every folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

SLOS_A_SERVICE = 4

PROJECT = """\
version: slosmith/v1
kind: Project
name: synthetic
max_slos: 100000
team: platform
sites: [north, south]
scope: global
global_matchers: {site: "{site}", prometheus: main}
severities: {page: critical, ticket: warning}
urls:
  runbook: https://runbooks.example.org/{service}
  dashboard: https://grafana.example.org/d/{uid}
  documentation: https://docs.example.org/slo/{service}
dependencies:
  network: {target: 99.999%, description: Between everything.}
targets:
  thanos: {}
  grafana: {}
"""

CLASS = """\
version: slosmith/v1
kind: SLOClass
name: {name}
description: Services of the class {name}.
responsible: The platform team.
clients: {{internal: [the other services]}}
period: {{rolling: {rolling}, calendar: slo-quarter}}
objectives:
  availability: {{target: {target}}}
  latency: {{target: {target}, threshold: 500ms}}
overrides:
  latency: {{threshold: [500ms, 1s, 5s]}}
aspirational:
  availability: {{target: {aspirational}}}
alerting: {{catalogue: default, minimum_bad_events: 5}}
decisions:
  - date: 2026-01-01
    decision: Targets as measured in the year before.
    reason: Realistic targets are published first.
"""

CLASSES = (
    ("basic", "28d", "95%", "98%"),
    ("stable", "28d", "98%", "99%"),
    ("critical", "30d", "99.9%", "99.95%"),
    ("core", "91d", "99%", "99.5%"),
)

SERVICE = """\
version: slosmith/v1
kind: Service
name: {name}
class: {slo_class}
description: >-
  Synthetic service number {number}. It answers requests of other services and has a description
  of a length that people write.
sites: [north, south]
indicator_source:
{source}
{objectives}dependencies: {{hard: [network]}}
operations: {{time_to_detect: 5m, time_to_repair: 10m, expected_outages: 1}}
decisions:
  - date: 2026-02-01
    decision: Class {slo_class}.
    reason: Its clients have asked for no more.
"""

SOURCES = (
    "  template: istio-gateway\n  with: {{namespace: ns-{group}, service: {name}-predictor(-default)?}}",
    "  template: istio-sidecar\n  with: {{namespace: ns-{group}, service: {name}}}",
    "  template: kubernetes-apiserver\n  with: {{job: api-{group}}}",
)


def write(folder: Path, slos: int) -> int:
    """Writes the folder for at least ``slos`` SLOs. Returns the number of services."""
    (folder / "classes").mkdir(parents=True)
    (folder / "services").mkdir()
    (folder / "slosmith.yaml").write_text(PROJECT, "utf-8")
    for name, rolling, target, aspirational in CLASSES:
        text = CLASS.format(name=name, rolling=rolling, target=target, aspirational=aspirational)
        (folder / "classes" / f"{name}.yaml").write_text(text, "utf-8")
    services = -(-slos // SLOS_A_SERVICE)
    for number in range(services):
        (folder / "services" / f"service-{number:05}.yaml").write_text(service(number), "utf-8")
    return services


def service(number: int) -> str:
    """The spec of service ``number``."""
    name = f"service-{number:05}"
    source = number % len(SOURCES)
    objectives = ""
    if SOURCES[source].find("kubernetes-apiserver") > 0:
        # the API server's histogram has no bucket at 500 ms
        objectives = "objectives:\n  latency: {threshold: 1s}\n"
    elif number % 5 == 0:
        objectives = "objectives:\n  latency: {threshold: 5s}\n"
    return SERVICE.format(
        name=name,
        number=number,
        slo_class=CLASSES[number % len(CLASSES)][0],
        source=SOURCES[source].format(name=name, group=number // 10),
        objectives=objectives,
    )


if __name__ == "__main__":
    target_folder, wanted = Path(sys.argv[1]), int(sys.argv[2])
    print(f"{write(target_folder, wanted)} services in {target_folder}")
