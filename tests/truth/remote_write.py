"""Prometheus' remote-write protocol 1.0, as little of it as handing over a server's own results needs.

Recordings are written back to the server that later rules read them from. Loading them as blocks instead would cost a
restart for every link of the chain.
"""

from __future__ import annotations

import struct
import urllib.request
from collections.abc import Iterable, Sequence

from slosmith.engines.prometheus_api import Series

_MESSAGE_BYTES = 4_000_000


def write(url: str, series: Iterable[Series], timeout: float = 60) -> int:
    """Send ``series`` (times ascending, in seconds) to the receiver at ``url``; returns how many samples were sent."""
    count, parts, size = 0, [], 0
    for item in series:
        count += len(item.times)
        encoded = _time_series(item.labels, item.times, item.values)
        parts.append(encoded)
        size += len(encoded)
        if size > _MESSAGE_BYTES:
            _post(url, b"".join(parts), timeout)
            parts, size = [], 0
    if parts:
        _post(url, b"".join(parts), timeout)
    return count


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
    """Snappy's block format, one literal: correct, and not compressed (nothing leaves this machine)."""
    return _varint(len(message)) + b"\xfc" + struct.pack("<I", len(message) - 1) + message


def _time_series(labels: dict[str, str], times: Sequence[float], values: Sequence[float]) -> bytes:
    body = bytearray()
    for name, value in sorted(labels.items()):
        body += _field(1, _field(1, name.encode()) + _field(2, value.encode()))
    pack = struct.Struct("<d").pack
    for when, value in zip(times, values, strict=True):
        sample = b"\x09" + pack(value) + b"\x10" + _varint(round(when * 1000))
        body += b"\x12" + bytes((len(sample),)) + sample
    return _field(1, bytes(body))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return bytes((number << 3 | 2,)) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
