"""Search for a template by its name, its aliases and its metrics. Each template is found by all of its own."""

from __future__ import annotations

import pytest

from slosmith.sli.library import library
from slosmith.sli.search import find_templates, for_any_metric, indicators_reading, nearest_metric, suggest_template

LIBRARY = library()


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("nginx", ["nginx-ingress"]),
        ("ingress-nginx", ["nginx-ingress"]),
        ("NGINX_Ingress", ["nginx-ingress"]),
        ("nginx_ingress_controller_requests", ["nginx-ingress"]),
        ("istio", ["istio-gateway", "istio-sidecar"]),
        ("istio-gatway", ["istio-gateway"]),
        ("istio_requests_total", ["istio-gateway", "istio-sidecar"]),
        ("mariadb", ["mysql"]),
        ("postgres", ["postgresql"]),
        ("mysqld_exporter", ["mysql"]),
        ("gateway", ["istio-gateway"]),
        ("job-queue", ["queue-age"]),
        ("celery_task_runtime_bucket", ["celery"]),
        ("scraped", ["prometheus-targets"]),
        ("zeppelin", []),
        ("", []),
        ("---", []),
    ],
)
def test_what_people_write_finds_what_they_mean(word: str, found: list[str]) -> None:
    assert find_templates(word, LIBRARY) == found


@pytest.mark.parametrize("name", LIBRARY.names())
def test_every_template_is_found_by_its_names_and_metrics(name: str) -> None:
    template = LIBRARY.templates[name]
    for word in (name, name.replace("-", "_").upper(), *template.aliases, *template.metrics):
        assert name in find_templates(word, LIBRARY)
    for metric, described in template.metrics.items():
        series = f"{metric}_bucket" if described.type == "histogram" else metric
        assert indicators_reading(template, series), f"no indicator reads {metric}"


def test_hints() -> None:
    assert suggest_template("nginx", LIBRARY) == "did you mean 'nginx-ingress'?"
    assert suggest_template("istio", LIBRARY) == "did you mean one of istio-gateway, istio-sidecar?"
    assert "slosmith templates --metric" in suggest_template("zeppelin", LIBRARY)
    assert nearest_metric("istio_request_total", LIBRARY) == "istio_requests_total"
    assert {"counters", "latency-histogram", "queue-age", "cron-freshness"} <= set(for_any_metric(LIBRARY))
