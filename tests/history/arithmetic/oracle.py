"""What promtool makes of the same series, rules and expressions: every value, and every alert."""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from slosmith.history.arithmetic import PROMETHEUS_2, PROMETHEUS_3, Dialect, Series
from slosmith.history.arithmetic.samples import STALE_BITS
from slosmith.model import Labels

RESOLUTION = 5_000
"""Milliseconds: every time of a sample is a multiple of it."""

Found = dict[Labels, float]


def dialect_of(promtool: Path) -> Dialect:
    """The arithmetic of this promtool's version."""
    said = subprocess.run([promtool, "--version"], capture_output=True, text=True, check=True)
    return PROMETHEUS_2 if re.search(r"version 2\.", said.stdout + said.stderr) else PROMETHEUS_3


def ask(
    promtool: Path,
    folder: Path,
    series: Sequence[Series],
    queries: Sequence[tuple[str, int]],
    rules: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
) -> list[Found | None]:
    """What each query (an expression, milliseconds since the start) finds; None where its evaluation fails. ``rules``
    are files by name, evaluated every minute from 0 on; ``order`` names their groups.
    """
    for name, text in (rules or {}).items():
        (folder / name).write_text(text, "utf-8")
    test = {
        "interval": "5s",
        "input_series": [{"series": _notation(each.labels), "values": _values(each)} for each in series],
        "promql_expr_test": [
            {"expr": expression, "eval_time": f"{instant}ms", "exp_samples": [{"labels": "nothing", "value": 0}]}
            for expression, instant in queries
        ],
    }
    document = {
        "rule_files": sorted(rules or {}),
        "evaluation_interval": "1m",
        "group_eval_order": list(order),
        "tests": [test],
    }
    file = folder / "oracle.yaml"
    file.write_text(json.dumps(document), "utf-8")
    done = subprocess.run(
        [promtool, "test", "rules", file.name], cwd=folder, capture_output=True, text=True, check=False, timeout=600
    )
    found = _answers(done.stdout + done.stderr)
    if len(found) != len(queries):
        raise AssertionError(f"promtool answered {len(found)} of {len(queries)}: {(done.stdout + done.stderr)[:3000]}")
    return found


def _notation(labels: Labels) -> str:
    known = dict(labels)
    inner = ",".join(f"{name}={json.dumps(value)}" for name, value in labels if name != "__name__")
    return f"{known.get('__name__', '')}{{{inner}}}"


def _values(series: Series) -> str:
    """Promtool's notation: one value every 5 seconds from 0 on, ``_`` for none."""
    words: list[str] = []
    place = 0
    times = (series.samples.times // RESOLUTION).tolist()
    assert all(series.samples.times % RESOLUTION == 0)
    bits = series.samples.values.view(np.uint64) == STALE_BITS
    for time, value, ended in zip(times, series.samples.values.tolist(), bits.tolist(), strict=True):
        if time > place:
            words.append(f"_x{time - place}")
        words.append("stale" if ended else "NaN" if math.isnan(value) else repr(value))
        place = time + 1
    return " ".join(words)


_INNER = r'\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}'
_SAMPLE = re.compile(rf"((?:[a-zA-Z_:][\w:]*)?{_INNER}|[a-zA-Z_:][\w:]*) (\S+?)(?:, |$)")
_LABEL = re.compile(r'([\w:]+)="((?:[^"\\]|\\.)*)"')


_ANSWER = re.compile(r"^\s+(?:got:\s?(.*)|expr: .*, (err): .*)$", re.MULTILINE)


def _answers(output: str) -> list[Found | None]:
    return [None if failed else _samples(text) for text, failed in _ANSWER.findall(output)]


def _samples(text: str) -> Found:
    found: Found = {}
    for labels, value in _SAMPLE.findall("" if text.strip() == "nil" else text.strip()):
        name, _, inner = labels.partition("{")
        pairs = [(key, json.loads(f'"{quoted}"')) for key, quoted in _LABEL.findall(inner)]
        if name:
            pairs.append(("__name__", name))
        found[tuple(sorted(pairs))] = float(value.replace("+Inf", "inf").replace("Inf", "inf"))
    return found
