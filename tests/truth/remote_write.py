"""A small part of Prometheus' remote-write protocol 1.0, enough to write results back to a server.

Later rules read the recordings from this server. To load them as blocks, the server would need a restart after every
stage.
"""

from __future__ import annotations

import struct
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from tests.prometheus_api import Series

_STALE_BITS = struct.pack("<Q", 0x7FF0000000000002)
STALE: float = struct.unpack("<d", _STALE_BITS)[0]
"""The value (this very object) that says that a series has ended; Prometheus writes it when a rule gives it no more."""

_SAMPLES_A_MESSAGE = 2000
"""Of one series. The head remembers who wrote each sample of the last message, and looks through that at every read."""


def write(url: str, series: Iterable[Series], timeout: float = 60) -> int:
    """Sends ``series`` (times ascending, in seconds) to the receiver at ``url``. Returns the number of samples."""
    waiting, count, first = list(series), 0, 0
    while waiting:
        last = first + _SAMPLES_A_MESSAGE
        message = [_time_series(item.labels, item.times[first:last], item.values[first:last]) for item in waiting]
        _post(url, b"".join(message), timeout)
        count += sum(len(item.times[first:last]) for item in waiting)
        waiting = [item for item in waiting if len(item.times) > last]
        first = last
    return count


def write_native_histogram(
    url: str, labels: dict[str, str], times: Sequence[int], buckets: Mapping[int, Sequence[int]], timeout: float = 60
) -> None:
    """Sends a cumulative native histogram with schema 0: bucket i has the events in (2^(i-1), 2^i].

    No text format has native histograms, so it cannot be loaded as OpenMetrics. ``labels`` include ``__name__``.
    """
    body = bytearray()
    for name, text in sorted(labels.items()):
        body += _field(1, _field(1, name.encode()) + _field(2, text.encode()))
    indexes = sorted(buckets)
    spans = b"".join(
        _field(11, b"\x08" + _varint(_zigzag(index if before is None else index - before - 1)) + b"\x10\x01")
        for before, index in zip([None, *indexes], indexes, strict=False)
    )
    for position, when in enumerate(times):
        counts = [buckets[index][position] for index in indexes]
        deltas = b"".join(_varint(_zigzag(count - before)) for before, count in zip([0, *counts], counts, strict=False))
        histogram = b"\x08" + _varint(sum(counts)) + b"\x19" + struct.pack("<d", float(sum(counts)))
        histogram += b"\x30\x00" + spans + _field(12, deltas) + b"\x78" + _varint(when * 1000)
        body += _field(4, histogram)
    _post(url, _field(1, bytes(body)), timeout)


def _post(url: str, message: bytes, timeout: float) -> None:
    headers = {
        "Content-Encoding": "snappy",
        "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }
    request = urllib.request.Request(f"{url}/api/v1/write", data=_snappy(message), headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=timeout) as answer:
        answer.read()


def _snappy(message: bytes) -> bytes:
    """Snappy's block format with one literal. It is valid, and not compressed, because the data stays on
    this machine.
    """
    return _varint(len(message)) + b"\xfc" + struct.pack("<I", len(message) - 1) + message


def _time_series(labels: dict[str, str], times: Sequence[float], values: Sequence[float]) -> bytes:
    body = bytearray()
    for name, text in sorted(labels.items()):
        body += _field(1, _field(1, name.encode()) + _field(2, text.encode()))
    pack = struct.Struct("<3sd").pack
    for when, value in zip(times, values, strict=True):
        # the usual length: three bytes of framing, the value, and a time of six bytes with one more byte
        body += (b"\x12\x10\x09" + _STALE_BITS if value is STALE else pack(b"\x12\x10\x09", value)) + _time(when)
    return _field(1, bytes(body))


@lru_cache(maxsize=1_000_000)
def _time(when: float) -> bytes:
    """The time of a sample as a field: 7 bytes for the years 2004 to 2109."""
    encoded = b"\x10" + _varint(round(when * 1000))
    if len(encoded) != 7:
        raise ValueError(f"not a time of this century: {when}")
    return encoded


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return bytes((number << 3 | 2,)) + _varint(len(content)) + content


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
