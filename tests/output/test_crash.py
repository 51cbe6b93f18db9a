"""If the writer is killed (SIGKILL) at any step, each file has its old content or its new content."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slosmith.output.tree import compare
from slosmith.output.writer import write
from slosmith.workspace import load
from tests.cli.project import CHECKOUT, SERVICE, files, make_project, slosmith
from tests.cli.project import write as write_text
from tests.targets.compiling import compiled, small_project, sound

DIES_AT_EVERY_STEP = """
import json, os, signal, sys
from pathlib import Path
from slosmith.output import writer

root, trees = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
before, after = trees
ours = ("writer.py", "staging.py", "tree.py", "pathlib.py",
        "pathlib/__init__.py", "pathlib/_local.py", "pathlib/_abc.py")  # a package from Python 3.13 on
steps = 0
commits = (writer.Staging._move_into_place.__code__, writer.Staging._remove.__code__)
depth = 0

def write_and_die(last, commit):
    def step(frame, event, argument):
        global steps, depth
        if frame.f_code in commits and event in ("call", "return"):
            depth += 1 if event == "call" else -1
        if frame.f_code.co_filename.endswith(ours) and bool(depth) == commit:
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(step)
    writer.write(after, root)
    sys.setprofile(None)

def found():
    paths = [path for path in root.rglob("*") if path.is_file() and not path.parent.name.startswith(".slosmith-")]
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}

writer.write(before, root)
write_and_die(0, True)
total, kills, mixed, wrong = steps, 0, 0, []
moments = [(last, True) for last in range(1, total, max(1, total // int(sys.argv[3])))]
moments += [(last, False) for last in range(1, 2000, 150)]
for last, commit in moments:
    writer.write(before, root)
    steps = 0
    child = os.fork()
    if child == 0:
        write_and_die(last, commit)
        os._exit(0)
    kills += os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    files = found()
    wrong += [f"half a file: {path}" for path, text in files.items() if text not in (before.get(path), after.get(path))]
    wrong += [f"gone: {path}" for path in before.keys() & after.keys() if path not in files]
    mixed += files not in (before, after)
print(json.dumps({"moments": len(moments), "kills": kills, "mixed": mixed, "wrong": wrong[:5]}))
"""
"""A process that dies at a step - a call or a return in the writer - here and there while it stages, and at many steps
where it puts files in place and removes others."""

KILLS = 120


def test_any_step_of_the_writer_can_be_the_last(tmp_path: Path) -> None:
    """A change from one tree to another: files and folders are changed, added and removed."""
    loaded = small_project(tmp_path)
    before = compiled(loaded, "puppet") | {f"gone/{name}": text for name, text in compiled(loaded, "thanos").items()}
    specs = tmp_path / "slo_specs"
    (specs / "services/beta.yaml").unlink()
    write_text(specs / "services/gamma.yaml", SERVICE.format(name="gamma", slo_class="stable", team="ml"))
    changed = (specs / "services/alpha.yaml").read_text().replace("class: stable", "class: lenient")
    write_text(specs / "services/alpha.yaml", changed)
    after = compiled(sound(load(specs)), "puppet")
    assert before.keys() - after.keys()
    assert after.keys() - before.keys()
    assert any(before[path] != after[path] for path in before.keys() & after.keys())
    write_text(tmp_path / "trees.json", json.dumps([before, after]))
    root = tmp_path / "out"
    command = [sys.executable, "-c", DIES_AT_EVERY_STEP, str(root), str(tmp_path / "trees.json"), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["kills"] == found["moments"] > KILLS
    assert found["mixed"] > 5  # these were killed while they renamed and removed files

    # the last of them left temporary files; the next run removes them
    write(after, root)
    assert compare(after, root).clean
    assert files(root) == {path: text.encode() for path, text in after.items()}


@pytest.mark.slow
def test_generate_killed_by_the_clock(tmp_path: Path) -> None:
    """The command, killed while it starts, compiles and writes."""
    targets = "targets: {thanos: {}, grafana: {}, helmfile: {}, puppet: {}}\n"
    settings = f"version: slosmith/v1\nkind: Project\nname: tests\n{targets}"
    trees = []
    for name, slo_class in (("one", "stable"), ("two", "lenient")):
        specs = make_project(tmp_path / name)
        write_text(specs / "slosmith.yaml", settings)
        write_text(specs / "services/alpha.yaml", SERVICE.format(name="alpha", slo_class=slo_class, team="ml"))
        started = time.monotonic()
        done = slosmith(tmp_path / name, "generate", "--output", str(tmp_path / f"{name}-whole"))
        seconds = time.monotonic() - started
        assert done.returncode == 0, done.stderr
        trees.append(files(tmp_path / f"{name}-whole"))
    assert trees[0] != trees[1]

    output = tmp_path / "generated"
    assert slosmith(tmp_path / "one", "generate", "--output", str(output)).returncode == 0
    for kill in range(8):
        command = [sys.executable, "-m", "slosmith", "generate", "--output", str(output)]
        folder = tmp_path / ("two" if kill % 2 == 0 else "one")
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds * (0.3 + 0.1 * kill))
        process.kill()
        process.wait()
        for path, content in files(output).items():
            if not path.startswith(".slosmith-"):
                assert content in (trees[0].get(path), trees[1].get(path)), f"half a file: {path}"
    assert slosmith(tmp_path / "two", "generate", "--output", str(output)).returncode == 0
    assert files(output) == trees[1]
    assert slosmith(tmp_path / "two", "verify", str(output), "--source", str(tmp_path / "two-whole")).returncode == 0
    assert CHECKOUT not in output.parents
