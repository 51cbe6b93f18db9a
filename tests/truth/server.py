"""A real Prometheus on the loopback interface, with a temporary TSDB. It is always stopped at the end."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from slosmith.engines.error import EngineError
from tests.prometheus_api import PrometheusApi

_START_SECONDS = 60
_ATTEMPTS = 3

NOTHING_SCRAPED = "global: {scrape_interval: 1m}\n"
"""For what was written into the TSDB, with times in the past."""


def also_reading(other: PrometheusApi) -> str:
    """The same for a server that has the series of ``other`` too: a rule may read raw series and recordings."""
    return f"{NOTHING_SCRAPED}remote_read: [{{url: {other.url}/api/v1/read, read_recent: true}}]\n"


def collecting_less() -> dict[str, str]:
    """The environment, with a setting for Go's garbage collection: it runs a quarter as often. The samples stay in
    memory anyway, and garbage collection would take a third of the time.
    """
    return {**os.environ, "GOGC": "400"}


@contextlib.contextmanager
def running(
    prometheus: Path, folder: Path, *flags: str, configuration: str = NOTHING_SCRAPED
) -> Iterator[PrometheusApi]:
    """A server with the TSDB in ``folder``/data. Raises EngineError, with the end of its log, if it does not start."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text(configuration)
    log = folder / "prometheus.log"
    for attempt in range(_ATTEMPTS):
        address = f"127.0.0.1:{_free_port()}"
        command = [
            str(prometheus), f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
            "--storage.tsdb.retention.time=50y", f"--web.listen-address={address}", "--log.level=warn", *flags,
        ]  # fmt: skip
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder, env=collecting_less()
            )
        try:
            api = PrometheusApi(f"http://{address}", timeout=120)
            try:
                _wait(process, api)
            except EngineError as error:
                if attempt + 1 == _ATTEMPTS:
                    raise EngineError(f"{error}\n{log.read_text(errors='replace')[-2000:]}") from None
                continue
            yield api
            return
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], api: PrometheusApi) -> None:
    """Waits until the server is ready. Raises EngineError if it has ended (for example, the port is in use) or is too
    slow.
    """
    for _ in range(_START_SECONDS):
        with contextlib.suppress(EngineError):
            api.wait_until_ready(1)
            if process.poll() is None:
                return
        if process.poll() is not None:
            raise EngineError(f"Prometheus ended at once with exit code {process.returncode}")
    raise EngineError(f"Prometheus was not ready within {_START_SECONDS} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
