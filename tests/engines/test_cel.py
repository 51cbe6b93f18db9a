"""The CEL engine: values, errors with places, and limits of time and memory."""

from __future__ import annotations

import importlib.util
import time

import pytest

from slosmith.engines.cel import CelEngine
from slosmith.engines.error import EngineError


def nested(depth: int) -> str:
    """An expression whose run time grows by a factor of ten with every level."""
    expression = "true"
    for _ in range(depth):
        expression = f"[1,2,3,4,5,6,7,8,9,10].all(x, {expression})"
    return expression


def test_a_value_for_each_set_in_order() -> None:
    with CelEngine() as engine:
        outcomes = engine.evaluate("n > 1.0", [{"n": float(number)} for number in range(4)])
        assert [outcome.value for outcome in outcomes] == [False, False, True, True]
        assert engine.evaluate("1 == 1", []) == []
        assert [outcome.value for outcome in engine.evaluate("size(s)", [{"s": "abc"}, {"s": [1]}])] == [3, 1]


def test_variables_change_between_expressions() -> None:
    with CelEngine() as engine:
        assert engine.evaluate("a", [{"a": 1}])[0].value == 1
        assert engine.evaluate("a", [{"a": 2}])[0].value == 2
        assert engine.evaluate("a + 1", [{"a": 2}])[0].value == 3


def test_a_syntax_error_is_one_for_all_and_has_a_place() -> None:
    with CelEngine() as engine:
        (outcome,) = engine.evaluate("a &&\n  )", [{"a": True}] * 3)
        assert (outcome.kind, outcome.line, outcome.column) == ("syntax", 2, 3)
        assert engine.evaluate("a", [{"a": True}])[0].value is True


def test_a_failed_evaluation_does_not_stop_the_others() -> None:
    with CelEngine() as engine:
        outcomes = engine.evaluate("m.a == 1", [{"m": {"a": 1}}, {"m": {}}, {"m": {"a": 2}}])
        assert [outcome.kind for outcome in outcomes] == ["value", "failed", "value"]
        assert outcomes[1].message == "there is no field 'a'"


@pytest.mark.parametrize("expression", ["(" * 5000 + "1" + ")" * 5000, "-" * 50_000 + "1", "\x00", "'" * 3, ""])
def test_odd_expressions_are_answered(expression: str) -> None:
    with CelEngine() as engine:
        (outcome,) = engine.evaluate(expression, [{}])
        assert outcome.kind in ("syntax", "failed", "value", "slow")
        assert engine.evaluate("1 == 1", [{}])[0].value is True


def test_one_that_runs_away_is_stopped_and_the_next_runs() -> None:
    with CelEngine(seconds=0.3) as engine:
        started = time.monotonic()
        outcomes = engine.evaluate(nested(10), [{}, {}])
        assert outcomes[-1].kind == "slow"
        assert "longer than 0.3 s" in outcomes[-1].message
        assert time.monotonic() - started < 30
        assert engine.evaluate("1 == 1", [{}])[0].value is True


def test_one_that_takes_too_much_memory_is_stopped() -> None:
    with CelEngine(seconds=30) as engine:
        grows = " + ".join(["s"] * 40)
        (outcome,) = engine.evaluate(f"size({grows}) > 0", [{"s": "x" * 30_000_000}])
        assert outcome.kind in ("slow", "failed")
        assert engine.evaluate("1 == 1", [{}])[0].value is True


def test_no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with CelEngine() as engine:
        process = engine._process
        assert process is not None
    assert process.returncode is not None


def test_without_the_interpreter_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slosmith.engines.worker.find_spec", lambda name: None)
    with pytest.raises(EngineError, match=r"slosmith\[policies\]"):
        CelEngine()
    assert importlib.util.find_spec("cel") is not None
