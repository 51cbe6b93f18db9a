"""Damages documents: values, keys and parts of other documents in wrong places, and wrong bytes in their text."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import yaml

from tests.fuzz.corpus import Seed, by_key, seeds, words

EDGES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**30, 0.0, -0.0, 1e-12, 1e308, 0.1, 99.999999999999, "", " ",
    "\n", "\t", "x", "-", ".", "/", "..", "../../x", "/etc/passwd", "a\nb", "é", "\u202e", "\ufeff", "\U0001f600",
    "\ud7ff", "0", "1", "100", "100%", "0%", "99.9%", "1e999", "NaN", "inf", "0x10", "1_000", "1:30", "010", "no",
    "~", "null", "0s", "1ms", "1s", "5m", "1h", "1d", "28d", "30d", "1w", "1M", "1Q", "1Y", "999999999y", "5m5m",
    "PT5M", "-5m", "2026-01-01", "2026-02-30", "9999-12-31", "0000-00-00", "2024-02-29", "02-29", "13-01", "{", "}",
    "{{", "}}", "{{.window}}", "{{ .window }}", "[{{.window}}]", "{site}", "{service}", "{{ $labels.x }}", "$value",
    "${x}", "$__file{/etc/passwd}", "%s", "%(x)s", "\\", "'", '"', "`", "`x`", "<b>", "-->", "*/", "#", ": ",
    "x" * 64, "x" * 300, "a-" * 100, "a." * 40, [], {}, [[]], [{}], [None], {"": ""}, {"x": {"x": {"x": {}}}},
)  # fmt: skip
QUERIES = (
    "x", "x{}", "{}", "x{a='b'}", 'x{a=~".*"}', 'x{a=~"("}', 'x{le="+Inf"}', 'x{le="1e999"}', "x[5m]", "rate(x[5m])",
    "rate(x[{{.window}}])", "sum(rate(x[{{.window}}])) by (a)",
    "sum by (site) (rate(x_bucket{le='0.5'}[{{.window}}]))", "1", "1/0", "vector(1)", "time()", "absent(x)", "x or y",
    "x and on() y", "x unless x", "-x", "x ^ 2 ^ 2", "x offset 5m", "x @ end()", "max_over_time(x[5m:1m])",
    "histogram_quantile(0.9, x)", "label_replace(x,'a','b','c','d')", "topk(5, x)", "count_values('a', x)",
    "x == bool 1", "x[5m:]", "(((x)))", "x > 1e308", "# x", "x # y", "x{__name__='y'}", "sum(x) / sum(y)",
    "1 - (sum(x) / sum(y))", "sum(rate(x[5m])) / clamp_min(sum(rate(y[5m])), 1)",
)  # fmt: skip
EXTENSIONS = (
    "{}", "{ colours+:: { bad: 'purple' } }", "{ serviceTags(service):: [] }", "{ layout(panels):: [] }", "5", "null",
    "{ serviceDashboard(s):: {} }", "{ layout:: error 'x' }", "local f(x) = f(x) tailstrict; f(1)", "{ a: self }",
    "{", "std.repeat('x', 100000000)", "importstr '/etc/passwd'",
    "{ serviceDashboard(s):: super.serviceDashboard(s) + {x: 1} }", "function(x) x", "{ ['a' + 1]:: 2 }",
    "std.extVar('nope')", "{ fleetDashboard(f):: super.fleetDashboard(f) {title: 5} }",
)  # fmt: skip
EXPRESSIONS = (
    "true", "false", "1", "slo", "slo.target_ratio < 0.999", "slo.nope", "service.team != ''",
    "size(service.slos) > 0", "[1, 2, 3].map(x, x * 2)", "[].exists(x, x)", "slo.name.matches('(')", "1 / 0",
    "today > '2026'", "'a' + 1", "((", "", "'x' in slo.labels", "has(slo.threshold)", "duration('5m')",
    "timestamp('x')", "dyn(slo)", "slo == slo", "\x00",
)  # fmt: skip
TEXTS = (
    "\t", "\r\n", "\r", "\n", "\x00", "\ufeff", "\x85", "\u2028", "&a ", "*a", "!!python/object ", "!x ", "<<: ",
    "? ", "- ", ": ", "{", "}", "[", "]", ",", "|", ">", "%YAML 1.1\n", "---\n", "...\n", "'", '"', "\\x", "#", "@",
    "`", "\udcff", "  ", "\U0010ffff",
)  # fmt: skip

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values in ``value``."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*path, key))


def damage(seed: Seed, random: Random, times: int) -> Seed:
    """A copy of the document with this number of changes."""
    value = copy.deepcopy(seed.value)
    for _ in range(times):
        value = _once(value, random)
    return Seed(seed.folder, value, seed.beside)


def _once(value: Any, random: Random) -> Any:
    paths = list(places(value))
    path = random.choice(paths)
    if not path:
        return value if random.random() < 0.98 else junk(random, path)
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    key = path[-1]
    match random.randrange(9):
        case 0 | 1 | 2:
            holder[key] = junk(random, path)
        case 3:
            del holder[key]
        case 4:  # a part from another place or another document
            donor = value if random.random() < 0.5 else random.choice(seeds()).value
            part = donor
            for step in random.choice(list(places(donor))):
                part = part[step]
            holder[key] = copy.deepcopy(part)
        case 5 if isinstance(holder, dict):  # another key
            holder[_key(random)] = holder.pop(key)
        case 6 if isinstance(holder, dict):
            holder[_key(random)] = junk(random, path)
        case 7:
            holder[key] = [holder[key]] if random.random() < 0.5 else {_key(random): holder[key]}
        case _:
            if isinstance(holder, list):
                holder.insert(random.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
            elif isinstance(holder[key], str):
                holder[key] = spoil(holder[key], random)
            else:
                holder[key] = junk(random, path)
    return value


def touch(seed: Seed, random: Random, times: int) -> Seed:
    """A copy of the document with this number of changes that may be valid: another value of the same key, or a key
    less.
    """
    value = copy.deepcopy(seed.value)
    for _ in range(times):
        path = random.choice(list(places(value)))
        if not path:
            continue
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        key = path[-1]
        chance = random.random()
        if chance < 0.1 and len(holder) > 1:
            del holder[key]
        elif chance < 0.7 and key in by_key():
            holder[key] = copy.deepcopy(random.choice(by_key()[str(key)]))
        elif isinstance(holder[key], bool):
            holder[key] = not holder[key]
        elif isinstance(holder[key], int | float):
            holder[key] = random.choice((0, 1, 2, 5, 10, 99, 99.99, 1000, holder[key] * 2))
        elif isinstance(holder[key], str) and chance > 0.8:
            holder[key] = spoil(holder[key], random)
    return Seed(seed.folder, value, seed.beside)


def junk(random: Random, path: Path) -> Any:
    """A value that is usually wrong at ``path``, and sometimes nearly right."""
    named = str(path[-1]) if path else ""
    special = {"extension": EXTENSIONS, "expression": EXPRESSIONS, "when": EXPRESSIONS}.get(named)
    if special is not None and random.random() < 0.8:
        return random.choice(special)
    match random.randrange(8):
        case 0 | 1 | 2:
            return copy.deepcopy(random.choice(EDGES))
        case 3 | 4:
            return random.choice(words()[1])
        case 5 | 6:
            return random.choice(QUERIES)
        case _:
            return spoil(str(random.choice(words()[1])), random)


def _key(random: Random) -> str:
    return random.choice(words()[0]) if random.random() < 0.8 else str(random.choice(EDGES))


def spoil(text: str, random: Random) -> str:
    """``text`` with a part of it removed, doubled, reversed or replaced."""
    start = random.randrange(len(text) + 1)
    end = min(len(text), start + random.choice((0, 1, 1, 2, 5, 20)))
    middle = text[start:end]
    new = random.choice(
        ("", middle * 2, middle[::-1], middle.upper(), str(random.choice(EDGES)), random.choice(QUERIES))
    )
    return text[:start] + new + text[end:]


def written(value: Any, random: Random, *, damaged: bool = True) -> bytes:
    """The document as YAML in one of several styles. With ``damaged``, sometimes a text that is not YAML."""
    style = random.randrange(10)
    try:
        if style < 4:
            text = json.dumps(value, ensure_ascii=style < 2, indent=2 if style == 0 else None)
        else:
            text = yaml.dump(
                value, Dumper=_Dumper, sort_keys=False, allow_unicode=style < 8, width=1000,
                default_flow_style=None if style == 9 else False,
            )  # fmt: skip
    except (yaml.YAMLError, ValueError, TypeError):
        text = repr(value)
    if damaged and random.random() < 0.12:
        for _ in range(random.choice((1, 1, 2, 5))):
            start = random.randrange(len(text) + 1)
            text = text[:start] + random.choice(TEXTS) + text[start + random.choice((0, 0, 1, 10)) :]
    if damaged and random.random() < 0.02:
        text = text[: random.randrange(len(text) + 1)]
    return text.encode("utf-8", "surrogateescape" if random.random() < 0.9 else "replace")


class _Dumper(yaml.CSafeDumper):
    """A dumper that writes aliases only if a test needs them, because they are rare in specs."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
