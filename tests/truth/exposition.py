"""Writes raw series as OpenMetrics text. promtool makes TSDB blocks from it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tests.truth.server import collecting_less

MINUTE = 60
BLOCK_HOURS = 486
"""The longest block that promtool makes (2 h times a power of three, below 31 days); blocks begin at its multiples."""


class RawSeries(msgspec.Struct, frozen=True):
    """A series that is scraped once a minute: sample k is at ``start + 60 k`` (Unix seconds). None: no sample."""

    metric: str
    labels: Mapping[str, str]
    start: int
    values: Sequence[int | float | None]

    def head(self) -> str:
        inner = ",".join(f'{name}="{_escape(value)}"' for name, value in sorted(self.labels.items()))
        return f"{self.metric}{{{inner}}} "


def load(promtool: Path, series: Sequence[RawSeries], folder: Path) -> int:
    """Writes ``series`` as OpenMetrics. promtool makes blocks from it in ``folder``/data. Returns the number of
    samples.

    There is a file for each block, so promtool reads it only once. At the same time the next file is written.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    block = BLOCK_HOURS * 3600
    first = min(item.start for item in series) // block
    last = max(item.start + MINUTE * (len(item.values) - 1) for item in series) // block
    running: tuple[subprocess.Popen[str], Path] | None = None
    count = 0
    for index in range(first, last + 1):
        file = folder / f"traffic-{index}.om"
        count += _write(series, file, index * block, (index + 1) * block)
        if running:
            _finish(*running)
        command = [str(promtool), "tsdb", "create-blocks-from", "--quiet", f"--max-block-duration={BLOCK_HOURS}h",
                   "openmetrics", str(file), str(data)]  # fmt: skip
        running = (
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=collecting_less(),
            ),
            file,
        )
    if running:
        _finish(*running)
    return count


def _finish(process: subprocess.Popen[str], file: Path) -> None:
    try:
        said, _ = process.communicate(timeout=300)
    finally:
        process.kill()
    file.unlink()
    if process.returncode:
        raise AssertionError(f"promtool could not make blocks of {file.name}: {said[-2000:]}")


def _write(series: Sequence[RawSeries], file: Path, start: int, end: int) -> int:
    """Writes the samples at start <= time < end. Returns their number."""
    count = 0
    tails: dict[int, list[str]] = {}
    with file.open("w") as out:
        previous = ""
        for item in sorted(series, key=lambda item: item.metric):
            if item.metric != previous:
                # the type of a counter is written without its suffix; all others have no type, which Prometheus ignores
                kind = "counter" if item.metric.endswith("_total") else "unknown"
                out.write(f"# TYPE {item.metric.removesuffix('_total')} {kind}\n")
                previous = item.metric
            first = max(0, -((item.start - start) // MINUTE))
            last = min(len(item.values), -((item.start - end) // MINUTE))
            if first >= last:
                continue
            begin = item.start + MINUTE * first
            if begin not in tails or len(tails[begin]) < last - first:
                tails[begin] = [f" {time}\n" for time in range(begin, begin + MINUTE * (last - first), MINUTE)]
            head = item.head()
            lines = [
                f"{head}{value}{tail}"
                for value, tail in zip(item.values[first:last], tails[begin], strict=False)
                if value is not None
            ]
            out.write("".join(lines))
            count += len(lines)
        out.write("# EOF\n")
    return count


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
