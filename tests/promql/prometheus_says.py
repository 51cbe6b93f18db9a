"""Checks expressions with Prometheus itself, through promtool."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path


def refused(promtool: Path, folder: Path, expressions: list[str]) -> set[int]:
    """Indexes of the expressions that Prometheus does not accept."""
    rules = [{"record": f"expression:{index}", "expr": expression} for index, expression in enumerate(expressions)]
    file = folder / "rules.yaml"
    file.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}, ensure_ascii=False), "utf-8")
    done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)
    found = re.findall(r'rule \d+, "expression:(\d+)"', done.stdout + done.stderr)
    assert bool(found) == (done.returncode != 0), done.stderr
    return {int(index) for index in found}
