"""`--from-metrics`: what is proposed for series, and how pages and servers are read. Proposals make valid specs."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from slosmith.authoring.metrics.proposing import Proposal, propose, wanted_metrics
from slosmith.authoring.metrics.series import Metrics, MetricsError, Series, load_metrics, parse_page
from slosmith.engines import http
from slosmith.engines.error import EngineError
from slosmith.engines.http import HttpError
from slosmith.model import Indicator, Selector
from slosmith.promql import examples
from slosmith.settings import Project, Site
from slosmith.sli.example import example_parameters, example_threshold
from slosmith.sli.expand import expand
from slosmith.sli.library import library
from tests.authoring.terminal import on_terminal
from tests.cli.project import files, slosmith, write
from tests.sampling import Sample

PAGES = Path(__file__).parent / "pages"
LIBRARY = library()


def page(name: str) -> Metrics:
    return parse_page((PAGES / f"{name}.txt").read_bytes(), name)


def best(metrics: Metrics, name: str, project: Project | None = None) -> Proposal:
    return propose(metrics, name, LIBRARY, project or Project())[0]


def test_a_counter_with_codes_and_a_histogram() -> None:
    found = best(page("go-server"), "checkout")
    assert found.template == "http-requests"
    assert found.parameters == {"select": ['job="checkout"'], "buckets": ["0.1", "0.25", "1"]}
    assert found.indicators == ("availability", "latency")
    said = "\n".join(found.reasons)
    assert "http_requests_total has the labels code (200, 404, 500), handler (/pay), method (GET, POST)" in said
    assert "5xx are counted as bad" in said
    assert "the page has no label job" in said


def test_other_names_become_parameters() -> None:
    found = best(page("micrometer"), "checkout")
    assert found.parameters == {
        "select": ['job="checkout"'], "metric": "http_server_requests_seconds_count", "code_label": "status",
    }  # fmt: skip
    assert found.indicators == ("availability",)


def test_a_template_for_these_metrics_comes_before_the_general_one() -> None:
    names = [each.template for each in propose(page("istio-gateway"), "shop", LIBRARY, Project())]
    assert names == ["istio-gateway", "http-requests"]


def test_the_service_is_found_by_its_name() -> None:
    """``cart`` has no series of durations, so it gets no objective for them."""
    found = best(page("istio-gateway"), "cart")
    assert found.parameters["service"] == "cart"
    assert found.indicators == ("availability",)
    assert best(page("istio-gateway"), "checkout").indicators == ("availability", "latency")


def metrics(*series: tuple[str, Mapping[str, str]], scraped: bool = True) -> Metrics:
    by_name: dict[str, tuple[Series, ...]] = {}
    for name, labels in series:
        by_name[name] = (*by_name.get(name, ()), Series(name, labels))
    return Metrics(by_name, "a server", scraped)


def test_of_several_jobs_the_one_with_the_name_is_used() -> None:
    series = [("http_requests_total", {"code": "200", "job": job}) for job in ("kubelet", "shop-checkout", "search")]
    found = best(metrics(*series), "checkout")
    assert found.parameters["select"] == ['job="shop-checkout"']
    assert found.matched == 1


def test_without_a_name_the_values_are_candidates() -> None:
    series = [("http_requests_total", {"code": "200", "job": job}) for job in ("kubelet", "search")]
    found = best(metrics(*series), "checkout")
    assert found.candidates == {"select": ['job="kubelet"', 'job="search"']}


def test_codes_as_classes_and_milliseconds() -> None:
    bucket = ("api_http_request_time_ms_bucket", {"job": "api", "le": "250"})
    found = best(metrics(("api_http_requests_total", {"status": "2xx", "job": "api"}), bucket,
                         ("api_http_request_time_ms_count", {"job": "api"})), "api")  # fmt: skip
    assert found.parameters == {
        "select": ['job="api"'], "metric": "api_http_requests_total", "code_label": "status", "errors": "5[xX][xX]",
        "duration_metric": "api_http_request_time_ms", "unit": "milliseconds", "buckets": ["250"],
    }  # fmt: skip


def test_sites_are_those_of_the_project_that_have_series() -> None:
    project = Project(sites=(Site("eqiad"), Site("codfw"), Site("staging", covered=False)))
    series = [("http_requests_total", {"code": "200", "job": "a", "site": site}) for site in ("eqiad", "staging", "x")]
    assert best(metrics(*series), "a", project).sites == ("eqiad",)


def witnesses(indicator: Indicator) -> list[tuple[str, Mapping[str, str]]]:
    """A series for each selector of an indicator."""
    values = [getattr(indicator, name) for name in indicator.__struct_fields__]
    selectors = [each for value in values if isinstance(value, tuple) for each in value if isinstance(each, Selector)]
    return [(each.metric, examples(each)[0]) for each in selectors]


def test_every_template_is_proposed_for_its_own_metrics(sample: Sample) -> None:
    """Series made from each template's example: some proposal names the template."""
    templates = [each for each in LIBRARY.templates.values() if each.metrics]
    for template in sample.of(templates, lambda each: each.name, one_in=3):
        given = example_parameters(template)
        made: list[tuple[str, Mapping[str, str]]] = []
        for name in template.indicators:
            threshold = example_threshold(template, name)
            made += witnesses(expand(template.name, given, indicator=name, threshold=threshold, library=LIBRARY))
        found = {each.template for each in propose(metrics(*made), "checkout", LIBRARY, Project())}
        assert template.name in found, template.name


@pytest.mark.parametrize("name", ["go-server", "micrometer", "istio-gateway"])
def test_a_proposal_becomes_a_spec_without_errors(name: str, tmp_path: Path) -> None:
    assert slosmith(tmp_path, "init", "--ci", "none", "--no-editor", "--service", "first").returncode == 0
    done = slosmith(tmp_path, "new", "service", "checkout", "--from-metrics", str(PAGES / f"{name}.txt"))
    assert done.returncode == 0, done.stderr
    assert slosmith(tmp_path, "fmt", "--check").returncode == 0
    assert slosmith(tmp_path, "generate").returncode == 0


# --- pages


def test_openmetrics() -> None:
    text = b'# TYPE http_requests counter\nhttp_requests_total{code="200"} 1.0\n# EOF\n'
    assert list(parse_page(text, "a page").by_name) == ["http_requests_total"]


@pytest.mark.parametrize("text", [b"", b"<html>\n", b"version: slosmith/v1\n", b"\xff\xfe\x00", b"a{b=\n", b'{"a": 1}'])
def test_what_is_no_page(text: bytes) -> None:
    with pytest.raises(MetricsError, match=r"not a metrics page|has no series"):
        parse_page(text, "a page")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(EngineError, match=r"slosmith\[metrics\]"):
        parse_page(GO, "a page")


# --- servers

Answers = Mapping[str, Any]


@contextmanager
def serving(answers: Answers, seen: list[tuple[str, Mapping[str, str]]] | None = None) -> Iterator[str]:
    """A server on loopback: path -> body (text, or JSON data), or a number for an error, or a URL to go to."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if seen is not None:
                seen.append((self.path, dict(self.headers)))
            answer = answers.get(urlsplit(self.path).path, 404)
            if isinstance(answer, int):
                self.send_error(answer)
                return
            if isinstance(answer, str) and answer.startswith("http://"):
                self.send_response(302)
                self.send_header("Location", answer)
                self.end_headers()
                return
            body = answer if isinstance(answer, bytes) else json.dumps({"status": "success", "data": answer}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


GO = (PAGES / "go-server.txt").read_bytes()
NAMES = "/prom/api/v1/label/__name__/values"
SERIES = "/prom/api/v1/series"
API: Answers = {
    NAMES: ["http_requests_total", "node_cpu_seconds_total"],
    SERIES: [{"__name__": "http_requests_total", "code": "200", "job": "checkout"}],
}


def test_a_url_of_a_page() -> None:
    with serving({"/metrics": GO}) as url:
        assert "http_requests_total" in load_metrics(f"{url}/metrics", [], [])


def test_a_prometheus_is_asked_for_known_metrics_only() -> None:
    seen: list[tuple[str, Mapping[str, str]]] = []
    with serving(API, seen) as url:
        found = load_metrics(f"{url}/prom/", ['job="checkout"'], wanted_metrics(LIBRARY))
    assert list(found.by_name) == ["http_requests_total"]
    assert found.scraped
    query = parse_qs(urlsplit(seen[-1][0]).query)
    assert query["match[]"] == ['{__name__=~"http_requests_total",job="checkout"}']
    assert query["limit"] == ["50000"]
    assert int(query["end"][0]) - int(query["start"][0]) == 3600


def test_credentials_go_to_this_server_only_and_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, Mapping[str, str]]] = []
    with serving({"/metrics": GO, "/forbidden": 403}, seen) as url, serving({"/": GO}, seen) as other:
        named = url.replace("//", "//ann:s%40cret@")
        assert load_metrics(f"{named}/metrics", [], []).source == f"{url}/metrics"
        assert seen[-1][1]["Authorization"] == "Basic YW5uOnNAY3JldA=="
        monkeypatch.setenv(http.TOKEN, "t0ken")
        load_metrics(f"{url}/metrics", [], [])
        assert seen[-1][1]["Authorization"] == "Bearer t0ken"
        with pytest.raises(HttpError) as refused:
            load_metrics(f"{named}/forbidden?token=x", [], [])
        assert str(refused.value) == f"{url}/forbidden answers 403 Forbidden"
        with serving({"/metrics": f"{other}/"}, seen) as away:
            before = len(seen)
            with pytest.raises(HttpError, match="redirects to another server"):
                http.get(f"{away.replace('//', '//ann:secret@')}/metrics")
        assert len(seen) == before + 1


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"/prom/": b"<html>"}, "answers 404"),
        ({NAMES: b"<html>"}, "neither a metrics page nor a server"),
        ({NAMES: b'{"status": "error", "data": []}'}, "neither a metrics page nor a server"),
        ({NAMES: {"a": 1}}, "neither a metrics page nor a server"),
        ({NAMES: ["node_cpu_seconds_total"]}, "no metric that a template reads"),
        ({NAMES: ["http_requests_total"], SERIES: []}, "has no series"),
        ({"/prom/": 500, NAMES: 500}, "answers 500"),
    ],
)
def test_answers_that_cannot_be_used(answers: Answers, why: str, tmp_path: Path) -> None:
    with serving(answers) as url, pytest.raises((MetricsError, HttpError), match=why):
        load_metrics(f"{url}/prom/", [], wanted_metrics(LIBRARY))


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BYTES", 100)
    with serving({"/metrics": GO}) as url, pytest.raises(HttpError, match="answers more than"):
        load_metrics(f"{url}/metrics", [], [])


def test_a_silent_server(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(HttpError, match="timed out"):
        load_metrics(f"http://127.0.0.1:{silent.getsockname()[1]}/metrics", [], [])


@pytest.mark.parametrize("url", ["ftp://host/", "file:///etc/passwd", "http://", "http://host:port/", "http://[::1/"])
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(HttpError):
        http.get(url)


def test_a_failure_writes_nothing(tmp_path: Path) -> None:
    assert slosmith(tmp_path, "init", "--ci", "none", "--no-editor").returncode == 0
    before = files(tmp_path)
    for place, code in (
        ("nosuch.txt", 3),
        ("http://127.0.0.1:1/", 3),
        ("slo_specs/slosmith.yaml", 2),
        ("slo_specs", 3),
    ):
        done = slosmith(tmp_path, "new", "service", "a", "--from-metrics", place)
        assert done.returncode == code, (place, done.stderr)
        assert "Traceback" not in done.stderr
        assert "a bug" not in done.stderr
    assert files(tmp_path) == before


def test_on_a_terminal_a_person_chooses(tmp_path: Path) -> None:
    """Of two templates and of two jobs, with the values that the series have."""
    assert slosmith(tmp_path, "init", "--ci", "none", "--no-editor", "--team", "sre").returncode == 0
    series = [f'{name}job="{job}"}} 1\n' for name in ('http_requests_total{code="200",', "up{") for job in "ab"]
    write(tmp_path / "page.txt", "".join(series))
    answers = ["", "http-requests", "job=b", 'job="b"', ""]
    screen, code = on_terminal(tmp_path, ["new", "service", "x", "--from-metrics", "page.txt"], answers)
    assert code == 0, screen
    assert "http-requests (availability)" in screen
    assert 'The series have: job="a", job="b"' in screen
    text = (tmp_path / "slo_specs/services/x.yaml").read_text("utf-8")
    assert "with: {select: ['job=\"b\"']}" in text
