"""The jsonnet engine: input and output, files that it cannot read, and messages for wrong programs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import _gojsonnet
import msgspec
import pytest

from slosmith.engines import jsonnet
from slosmith.engines.error import EngineError
from slosmith.engines.jsonnet import JsonnetError, evaluate
from slosmith.engines.jsonnet_worker import import_path


def test_values_come_back_as_they_went_in() -> None:
    value = {"ratio": 0.98, "text": 'a"b\\c\n\u2028é', "none": None, "list": [1, 2.5, -3], "empty": {}, "yes": True}
    assert evaluate("std.extVar('v')", values={"v": value}) == value


def test_structs_are_readable_as_json() -> None:
    class Point(msgspec.Struct):
        x: int

    assert evaluate("std.extVar('p').x + 1", values={"p": Point(2)}) == 3


def test_imports_come_from_the_mapping() -> None:
    files = {
        "lib/a.libsonnet": "(import 'b.libsonnet') + (import 'top.libsonnet') + { text: importstr '../note.txt' }",
        "lib/b.libsonnet": "{ b: 1 }",
        "top.libsonnet": "{ top: 2 }",
        "note.txt": "local is not a keyword here",
    }
    assert evaluate("import 'lib/a.libsonnet'", files=files) == {"b": 1, "top": 2, "text": files["note.txt"]}


@pytest.mark.parametrize("path", ["/etc/hostname", "../../../../../../etc/hostname", "pyproject.toml"])
def test_nothing_is_read_from_the_disk(path: str) -> None:
    with pytest.raises(JsonnetError, match=r"cannot import .* \(known: none\)"):
        evaluate(f"importstr '{path}'")


@pytest.mark.parametrize(
    ("folder", "wanted", "found"),
    [
        ("", "x.libsonnet", "x.libsonnet"),
        ("lib", "x.libsonnet", "lib/x.libsonnet"),
        ("lib", "y.libsonnet", "y.libsonnet"),
        ("lib/", "./../x.libsonnet", "x.libsonnet"),
        ("", "missing.libsonnet", None),
    ],
)
def test_import_paths(folder: str, wanted: str, found: str | None) -> None:
    files = {"x.libsonnet": "", "lib/x.libsonnet": "", "y.libsonnet": ""}
    assert import_path(folder, wanted, files) == found


@pytest.mark.parametrize(
    ("program", "files", "message", "place"),
    [
        ("{a: 1", {}, "expected one of", ("main.jsonnet", 1, 6)),
        ("{\n  a: error 'too bad',\n}", {}, "too bad", ("main.jsonnet", 2, 6)),
        ("import 'l.libsonnet'", {"l.libsonnet": "{\n a: 1 + }"}, "expected", ("l.libsonnet", 2, 9)),
        ("(import 'l.libsonnet').f", {"l.libsonnet": "{ f: self.g }"}, "no such field: g", ("main.jsonnet", 1, 24)),
        ("{a: import 'l'}", {"l": "{ f: self.g }"}, "no such field: g (in a.f)", ("", 0, 0)),
        ("{a: std.length(5)}", {}, "type error", ("main.jsonnet", 1, 5)),
        ("import 'nowhere'", {"l.libsonnet": "{}"}, "cannot import 'nowhere'", ("main.jsonnet", 1, 1)),
        ("import 'a'", {"a": '{}\n+ importstr "b"'}, "cannot import 'b'", ("a", 2, 3)),
        ("local f(x) = f(x + 1) + 1; f(1)", {}, "stack overflow", ("main.jsonnet", 1, 14)),
        ("std.extVar('unknown')", {}, "unknown", ("main.jsonnet", 1, 1)),
    ],
)
def test_errors_say_where(program: str, files: dict[str, str], message: str, place: tuple[str, int, int]) -> None:
    with pytest.raises(JsonnetError) as caught:
        evaluate(program, files=files)
    error = caught.value
    assert message in error.message
    assert "\n" not in error.message
    assert (error.file, error.line, error.column) == place


@pytest.mark.parametrize(
    "program",
    [
        "{a: 0.1 + 0.2, b: 1e21, c: 1e-7, d: 2.6880000000000002, e: 0.0186666666667, f: 1/3, g: 100000000000000000000}",
        "{a: 'é\\u0001<>&\\u2028', b: [], c: {}, d: null, ['x' + 1]: 'y' % []}",
        "local a = {f(x):: x + $.n, n:: 1, r: self.f(2)}; (a + {n:: 10}).r",
        "{a: std.set(['b', 'a', 'b']), b: std.sort([3, 1, 2]), c: std.join(', ', ['x', 'y'])}",
        "std.find('b', ['a', 'b']) + std.mapWithIndex(function(i, x) [i, x], ['a'])",
        "std.foldl(function(s, x) s {n+: x}, [1, 2, 3], {n: 0})",
        "{a: 1, b:: 2, c+: {d: 1}} + {c+: {e: 2}, [if false then 'g']: 1}",
    ],
)
def test_the_official_engine_means_the_same(program: str) -> None:
    assert evaluate(program) == msgspec.json.decode(_gojsonnet.evaluate_snippet("main.jsonnet", program))


# --- programs that use too much time or memory


RUNAWAYS = {
    "tail recursion without end": ("local f(n) = f(n + 1) tailstrict; f(1)", "calls itself"),
    "strict recursion without end": ("local f(n) = 1 + f(n + 1) tailstrict; f(1)", "calls itself"),
    "parentheses": ("(" * 100_000 + "1" + ")" * 100_000, "nested too deeply"),
    "brackets": ("[" * 200_000 + "]" * 200_000, "nested too deeply"),
    "a text of 5.9 GB": ("std.length(std.repeat('x', 5900000000))", "too much memory"),
    "a text that doubles": ("std.foldl(function(a, x) a + a, std.range(1, 40), 'x')", "too much memory"),
    "a list without end": ("std.toString(std.makeArray(100000000, function(i) i))", "too much memory"),
    "a deep result": ("std.foldl(function(a, x) [a], std.range(1, 3000), [])", "nested too deeply"),
    "a large result": ("std.repeat('x', 70000000)", "bytes, at most 67,108,864"),
    "an object in itself": ("{ a: self }", "stack overflow"),
}


def test_how_deep_a_result_may_be_does_not_depend_on_the_version_of_python() -> None:
    nested = "std.foldl(function(a, x) [a], std.range(1, {}), [])"
    value = evaluate(nested.format(400))
    for _ in range(400):
        (value,) = value
    assert value == []
    for depth in (600, 900, 3000):
        with pytest.raises(JsonnetError, match="nested too deeply"):
            evaluate(nested.format(depth))


@pytest.mark.parametrize("name", RUNAWAYS)
def test_a_program_that_runs_away_is_an_error_and_the_next_one_runs(name: str) -> None:
    program, message = RUNAWAYS[name]
    with pytest.raises(JsonnetError, match=message):
        evaluate(program)
    assert evaluate("1 + 1") == 2


@pytest.fixture
def fresh() -> Iterator[None]:
    """A process of the engine with the limits of a test. No other test uses it."""
    jsonnet._forget()
    yield
    jsonnet._forget()


LOOP = "std.foldl(function(a, b) a + b, std.range(1, 1000000000), 0)"


def test_a_program_without_end_is_stopped(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonnet, "SECONDS", 0)  # it is rounded up to one second
    with pytest.raises(JsonnetError, match="takes too long: more than 0 s of processor time"):
        evaluate(LOOP)
    assert evaluate("1") == 1


def test_an_answer_is_not_waited_for_without_end(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the operating system does not limit processor time, the clock limits the run."""
    monkeypatch.setattr(jsonnet, "WALL_SECONDS", 0.2)
    monkeypatch.setattr("slosmith.engines.worker.START_SECONDS", 0.3)
    with pytest.raises(JsonnetError, match=r"takes too long: no answer within 0.5 s"):
        evaluate(LOOP)


def test_one_process_serves_all_and_learns_of_other_files(fresh: None) -> None:
    first = evaluate("import 'a'", files={"a": "1"})
    process = jsonnet._engine().process
    assert (first, evaluate("import 'a'", files={"a": "2"}), evaluate("import 'a'", files={"a": "2"})) == (1, 2, 2)
    with pytest.raises(JsonnetError, match="cannot import"):
        evaluate("import 'a'")
    assert jsonnet._engine().process is process
    evaluate_in_another_process = multiprocessing.get_context("fork").Pool(1)
    with evaluate_in_another_process as pool:
        assert pool.apply(evaluate, ("1 + 1",)) == 2
    assert evaluate("import 'a'", files={"a": "3"}) == 3
    assert jsonnet._engine().process is process


def test_an_interruption_leaves_no_stale_answer(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate("1")
    usual = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            evaluate(LOOP)
    finally:
        signal.signal(signal.SIGALRM, usual)
    assert evaluate("2") == 2


def test_without_the_engine_it_says_what_to_install(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slosmith.engines.worker.find_spec", lambda name: None)
    with pytest.raises(EngineError, match="pip install rjsonnet"):
        evaluate("1")


def test_the_process_ends_with_the_command() -> None:
    script = "from slosmith.engines import jsonnet; jsonnet.evaluate('1'); print(jsonnet._engine().process.pid)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
