"""The client of Prometheus' API, with a test server that gives good and bad answers."""

from __future__ import annotations

import json
import math
import socket
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from slosmith.engines.error import EngineError
from tests.prometheus_api import POINTS_A_QUERY, PrometheusApi


class Stub(ThreadingHTTPServer):
    """Answers with ``answers[path]`` (status code, body, or a function of the parameters), and records the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.headers_seen: list[dict[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(dict(urllib.parse.parse_qsl(body)))

    def _answer(self, parameters: dict[str, str]) -> None:
        self.server.asked.append((self.path, parameters))
        self.server.headers_seen.append(dict(self.headers))
        answer = self.server.answers.get(self.path, (404, "404 page not found"))
        code, body = answer(parameters) if callable(answer) else answer
        text = body if isinstance(body, str) else json.dumps(body)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api(stub: Stub) -> PrometheusApi:
    return PrometheusApi(f"http://127.0.0.1:{stub.server_address[1]}/", timeout=5)


def success(kind: str, result: object) -> tuple[int, object]:
    return 200, {"status": "success", "data": {"resultType": kind, "result": result}}


def test_an_instant_query_gives_samples(stub: Stub, api: PrometheusApi) -> None:
    stub.answers["/api/v1/query"] = success(
        "vector",
        [{"metric": {"a": "1"}, "value": [12.5, "0.25"]}, {"metric": {"a": "2"}, "value": [12.5, "NaN"]}],
    )
    first, second = api.instant("x{}", at=1_709_251_200.123)
    assert (first.labels, first.time, first.value) == ({"a": "1"}, 12.5, 0.25)
    assert math.isnan(second.value)
    assert stub.asked == [("/api/v1/query", {"query": "x{}", "time": "1709251200.123"})]


def test_a_scalar_is_one_sample_without_labels(stub: Stub, api: PrometheusApi) -> None:
    stub.answers["/api/v1/query"] = success("scalar", [3, "+Inf"])
    (sample,) = api.instant("1 / 0")
    assert (sample.labels, sample.value) == ({}, math.inf)
    assert stub.asked[0][1] == {"query": "1 / 0"}


def test_a_matrix_is_no_answer_to_an_instant_query(stub: Stub, api: PrometheusApi) -> None:
    stub.answers["/api/v1/query"] = success("matrix", [])
    with pytest.raises(EngineError, match=r"answers with a matrix instead of a vector: x\[5m\]"):
        api.instant("x[5m]")


def test_a_range_is_asked_in_pieces_and_joined(stub: Stub, api: PrometheusApi) -> None:
    def answer(asked: dict[str, str]) -> tuple[int, object]:
        start, end, step = (float(asked[name]) for name in ("start", "end", "step"))
        count = round((end - start) / step) + 1
        assert count <= POINTS_A_QUERY
        values = [[start + step * index, "1"] for index in range(count)]
        # a series that is in the last piece only, and series without an order
        late = [{"metric": {"s": "a"}, "values": values[-1:]}] if end == 1_001_500_000 else []
        return success("matrix", [{"metric": {"s": "b"}, "values": values}, *late])

    stub.answers["/api/v1/query_range"] = answer
    series = api.range("x", 1_000_000_000, 1_001_500_020, 60)
    assert [item.labels for item in series] == [{"s": "a"}, {"s": "b"}]
    assert series[1].times == [1_000_000_000 + 60 * index for index in range(25_001)]
    assert series[0].times == [1_001_500_000]
    assert len(stub.asked) == 3


def test_stored_samples(stub: Stub, api: PrometheusApi) -> None:
    stub.answers["/api/v1/query"] = success(
        "matrix",
        [
            {"metric": {"__name__": "x", "s": "b"}, "values": [[60.5, "1"]]},
            {"metric": {"__name__": "x", "s": "a"}, "values": [[30, "1"], [60, "2.5"]]},
        ],
    )
    first, second = api.samples("x", 30, 60.5)
    assert (first.labels["s"], first.times, first.values) == ("a", [30, 60], [1, 2.5])
    assert (second.labels["s"], second.times, second.values) == ("b", [60.5], [1])
    assert stub.asked == [("/api/v1/query", {"query": "x[30501ms]", "time": "60.5"})]


def test_one_instant_is_a_range_too(stub: Stub, api: PrometheusApi) -> None:
    stub.answers["/api/v1/query_range"] = success("matrix", [])
    assert api.range("x", 60, 60, 60) == []
    assert stub.asked[0][1] == {"query": "x", "start": "60", "end": "60", "step": "60"}


@pytest.mark.parametrize(("start", "end", "step"), [(0, 60, 0), (0, 60, -1), (60, 0, 1)])
def test_a_range_that_is_none(api: PrometheusApi, start: float, end: float, step: float) -> None:
    with pytest.raises(ValueError, match="a range needs"):
        api.range("x", start, end, step)


def test_the_servers_own_error_is_repeated(stub: Stub, api: PrometheusApi) -> None:
    stub.answers["/api/v1/query"] = (
        400, {"status": "error", "errorType": "bad_data", "error": "parse error: unexpected end"},
    )  # fmt: skip
    with pytest.raises(EngineError) as caught:
        api.instant("sum(")
    assert str(caught.value) == f"Prometheus at {api.url} answers bad_data: parse error: unexpected end"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((502, "<html>\n  Bad   Gateway</html>"), "answers HTTP 502: <html> Bad Gateway</html>"),
        ((503, ""), "answers HTTP 503"),
        ((200, "<html>hello"), "answers with something that is not Prometheus' API"),
        ((200, {"status": "success", "data": {"resultType": "vector", "result": [1]}}), "is not Prometheus' API"),
        ((200, {"no": "status"}), "is not Prometheus' API"),
    ],
)
def test_what_is_not_prometheus(stub: Stub, api: PrometheusApi, answer: tuple[int, object], said: str) -> None:
    stub.answers["/api/v1/query"] = answer
    with pytest.raises(EngineError) as caught:
        api.instant("x")
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"Prometheus at {api.url} ")


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        # bound but not listening: no other program has the port, and it refuses connections
        taken.bind(("127.0.0.1", 0))
        api = PrometheusApi(f"http://127.0.0.1:{taken.getsockname()[1]}", timeout=5)
        with pytest.raises(EngineError, match=r"cannot be reached: .*refused"):
            api.instant("x")
        with pytest.raises(EngineError, match=r"cannot be reached: .*; waited for 0\.2 s"):
            api.wait_until_ready(0.2)


def test_a_server_that_hangs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        api = PrometheusApi(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        with pytest.raises(EngineError, match=r"does not answer within 0\.2 s"):
            api.instant("x")


def test_ready_once_the_server_says_so(stub: Stub, api: PrometheusApi) -> None:
    replies = iter([(503, "Service Unavailable"), (200, "ready")])
    stub.answers["/-/ready"] = lambda _: next(replies)
    api.wait_until_ready(5)
    assert len(stub.asked) == 2


def test_rules_and_version(stub: Stub, api: PrometheusApi) -> None:
    stub.answers["/api/v1/rules"] = (200, {"status": "success", "data": {"groups": [{"name": "g", "rules": []}]}})
    stub.answers["/api/v1/status/buildinfo"] = (200, {"status": "success", "data": {"version": "2.42.0+ds"}})
    assert api.rules() == [{"name": "g", "rules": []}]
    assert api.version() == (2, 42, 0)
    stub.answers["/api/v1/rules"] = (200, {"status": "success", "data": {}})
    with pytest.raises(EngineError, match="without rule groups"):
        api.rules()


def test_headers_go_along_and_a_proxy_is_not_asked_about_this_machine(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    stub.answers["/api/v1/query"] = success("vector", [])
    port = stub.server_address[1]
    PrometheusApi(f"http://127.0.0.1:{port}", headers={"X-Scope-OrgID": "team"}).instant("x")
    assert stub.headers_seen[0]["X-Scope-Orgid".title()] == "team"


@pytest.mark.parametrize("url", ["prometheus:9090", "file:///etc/passwd", "http://", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(EngineError, match="not the address of a Prometheus"):
        PrometheusApi(url)
