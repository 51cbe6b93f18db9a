"""Killed at any step (SIGKILL, not an exception), the writer leaves each file as it was or as it will be."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slosmith.spec import load
from slosmith.targets.tree import TEMPORARY, compare
from slosmith.targets.writer import write
from tests.cli.project import CHECKOUT, SERVICE, files, make_project, slosmith
from tests.cli.project import write as write_text
from tests.targets.compiling import compiled, small_project, sound

STEPS = 40
"""Of the writer's steps, this many are the last one of a process."""

DIES_AT_STEP = """
import json, os, signal, sys
from pathlib import Path
import slosmith.targets.writer as writer

root, tree, last = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), int(sys.argv[3])
ours = ("writer.py", "tree.py", "pathlib.py")
steps = 0

def step(frame, event, argument):
    global steps
    if frame.f_code.co_filename.endswith(ours):
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.setprofile(step)
writer.write(tree, root)
sys.setprofile(None)
print(steps)
"""


def visible(root: Path) -> dict[str, str]:
    return {path: text.decode() for path, text in files(root).items() if not TEMPORARY.fullmatch(Path(path).name)}


def test_every_step_of_the_writer_can_be_the_last(tmp_path: Path) -> None:
    """From one tree to another: files change, appear, disappear, and folders with them."""
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
    write_text(tmp_path / "after.json", json.dumps(after))
    root = tmp_path / "out"

    def run(last: int) -> subprocess.CompletedProcess[str]:
        write(before, root)
        command = [sys.executable, "-c", DIES_AT_STEP, str(root), str(tmp_path / "after.json"), str(last)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    whole = run(0)
    assert whole.returncode == 0, whole.stderr
    total = int(whole.stdout)
    assert total > 10 * STEPS
    assert visible(root) == after

    mixed = 0
    chance = random.Random(11)
    for index in range(STEPS):
        # every part of the run, and within it any step; renaming and removing are at the end
        low, high = total * index // STEPS, total * (index + 1) // STEPS
        died = run(chance.randint(low + 1, high))
        assert died.returncode == -signal.SIGKILL, died.stderr
        found = visible(root)
        for path, text in found.items():
            assert text in (before.get(path), after.get(path)), f"half a file: {path}"
        assert before.keys() & after.keys() <= found.keys(), "a file that both trees have is gone"
        mixed += found not in (before, after)
    assert mixed  # some died halfway: the test looked where it should
    write(after, root)
    assert compare(after, root).clean
    assert files(root) == {path: text.encode() for path, text in after.items()}


@pytest.mark.slow
def test_generate_killed_by_the_clock(tmp_path: Path) -> None:
    """The command as people run it, killed while it starts, compiles and writes."""
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
            if not TEMPORARY.fullmatch(Path(path).name):
                assert content in (trees[0].get(path), trees[1].get(path)), f"half a file: {path}"
    assert slosmith(tmp_path / "two", "generate", "--output", str(output)).returncode == 0
    assert files(output) == trees[1]
    assert slosmith(tmp_path / "two", "verify", str(output)).returncode == 0
    assert CHECKOUT not in output.parents
