"""The promtool engine, with the real promtool and with programs that misbehave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slosmith.engines import promtool as engine
from slosmith.engines.error import EngineError

RULES = """groups:
  - name: g
    interval: 1m
    rules:
      - record: a:b:c
        expr: {expr}
"""
TEST = """rule_files: [{name}.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{{series: x, values: "1+0x10"}}]
    promql_expr_test:
      - {{expr: "a:b:c", eval_time: 5m, exp_samples: [{{labels: "a:b:c", value: {value}}}]}}
"""


def rule_and_test(folder: Path, name: str, expr: str, value: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(RULES.format(expr=expr))
    test = folder / f"{name}_test.yaml"
    test.write_text(TEST.format(name=name, value=value))
    return test


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return path


def test_results_come_in_order_with_what_promtool_said(promtool: Path, tmp_path: Path) -> None:
    files = [
        rule_and_test(tmp_path / "one", "good", "x * 2", 2),
        rule_and_test(tmp_path / "two", "wrong", "x * 3", 2),
        rule_and_test(tmp_path / "one", "-dash", "x * 2", 2),
        tmp_path / "one" / "none_test.yaml",
    ]
    seen: list[Path] = []
    results = engine.run_rule_tests(promtool, files, jobs=2, on_result=lambda result: seen.append(result.file))
    assert [result.file for result in results] == files
    assert sorted(seen) == sorted(files)
    assert [result.passed for result in results] == [True, False, True, False]
    assert any("got" in line for line in results[1].messages)
    assert any("3E+00" in line for line in results[1].messages)
    assert any("none_test.yaml" in line for line in results[3].messages)


def test_alerts_that_differ_in_their_series_alone_are_no_duplicates(promtool: Path, tmp_path: Path) -> None:
    alerts = [
        f"      - {{alert: Burn, expr: 'a{{x=\"{index}\"}} > 1', labels: {{severity: page}}}}" for index in (1, 2)
    ]
    group = "groups:\n  - name: g\n    rules:\n"
    record = "      - record: 'a:b:c'\n        expr: vector(1)\n"
    files = {
        "alerts.yaml": group + "\n".join(alerts) + "\n",
        "recordings.yaml": group + record * 2 + "\n".join(alerts) + "\n",
        "broken.yaml": group + "\n".join(alerts).replace("> 1", "> (") + "\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    results = engine.check_rules(promtool, [tmp_path / name for name in files], 1)
    assert [result.passed for result in results] == [True, False, False]


def test_check_is_fatal_about_duplicates(promtool: Path, tmp_path: Path) -> None:
    good, bad, twice = (tmp_path / f"{name}.yaml" for name in ("good", "bad", "twice"))
    good.write_text(RULES.format(expr="x"))
    bad.write_text(RULES.format(expr="'x +'"))
    twice.write_text(RULES.format(expr="x") + "      - record: a:b:c\n        expr: x\n")
    results = engine.check_rules(promtool, [good, bad, twice], jobs=2)
    assert [result.passed for result in results] == [True, False, False]
    assert any("could not parse" in line for line in results[1].messages)
    assert any("duplicate" in line for line in results[2].messages)


def test_a_hanging_process_is_killed(tmp_path: Path) -> None:
    hanging = script(tmp_path / "promtool", "import time\ntime.sleep(60)\n")
    started = time.monotonic()
    (result,) = engine.run_rule_tests(hanging, [tmp_path / "a_test.yaml"], jobs=1, timeout=0.3)
    assert not result.passed
    assert result.messages == ("not done after 0.3 s: killed",)
    assert time.monotonic() - started < 10


SAYS_TOO_MUCH = r"""
import sys
sys.stderr.write("\x1b[31mred\x1b]0;title\x07 over\n")
sys.stderr.write("a" * 1000000 + "\n")
sys.stderr.buffer.write(b"\xff\xe2\x80\xa8x\n")
sys.stderr.write("line\n" * 100000)
sys.exit(1)
"""


def test_its_words_steer_no_terminal_and_have_an_end(tmp_path: Path) -> None:
    """Messages may contain texts of specs."""
    talkative = script(tmp_path / "promtool", SAYS_TOO_MUCH)
    (result,) = engine.check_rules(talkative, [tmp_path / "a.yaml"], jobs=1)
    first, long, bytes_, *rest = result.messages
    assert first == r"\x1b[31mred\x1b]0;title\x07 over"
    assert long.endswith("aaa ...")
    assert len(long) < 2100
    assert bytes_ == "\ufffd\\u2028x"
    assert len(rest) < 1000
    assert rest[-1] == "... and more"


def test_every_file_is_run_once(tmp_path: Path) -> None:
    """Nothing in a test is random: what fails once is wrong."""
    failing = script(tmp_path / "promtool", "open('tried', 'a').write('x')\nprint('wrong')\nraise SystemExit(1)\n")
    for run in (engine.run_rule_tests, engine.check_rules):
        (result,) = run(failing, [tmp_path / "a_test.yaml"], jobs=1)
        assert (result.passed, result.messages) == (False, ("wrong",))
    assert (tmp_path / "tried").read_text() == "xx"


def test_surroundings_are_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("GODEBUG", "x=1")
    text = "import os, sys\n"
    text += "print(sorted(os.environ.items()), os.getcwd(), repr(sys.stdin.read()), sys.argv[1:])\nsys.exit(1)\n"
    (tmp_path / "folder").mkdir()
    (result,) = engine.run_rule_tests(
        script(tmp_path / "promtool", text), [tmp_path / "folder" / "a_test.yaml"], jobs=1
    )
    (said,) = result.messages
    assert "('LC_ALL', 'C')" in said
    assert "('TZ', 'UTC')" in said
    assert "GODEBUG" not in said
    assert f"{tmp_path}/folder ''" in said
    assert "['test', 'rules', './a_test.yaml']" in said


def test_missing_promtool_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="install Prometheus"):
        engine.find_promtool(tmp_path)
    unpacked = tmp_path / engine.UNPACKED
    unpacked.mkdir(parents=True)
    script(unpacked / "promtool", "")
    assert engine.find_promtool(tmp_path) == unpacked / "promtool"


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    (tmp_path / "promtool").write_text("not a program")
    with pytest.raises(EngineError, match="cannot be run"):
        engine.check_rules(tmp_path / "promtool", [tmp_path / "a.yaml"], jobs=1)


INTERRUPTED = """
import sys
from pathlib import Path
from slosmith.engines import promtool
folder = Path(sys.argv[1])
promtool.run_rule_tests(folder / "promtool", [folder / f"{n}_test.yaml" for n in range(6)], jobs=3)
"""


def test_an_interrupt_leaves_nothing_running(tmp_path: Path) -> None:
    script(tmp_path / "promtool", "import os, time\nopen(f'pid-{os.getpid()}', 'w').close()\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        # a process in the background may inherit that interrupts are ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + 20
    while len(list(tmp_path.glob("pid-*"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors
    started = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    assert len(started) == 3
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
