"""Which of the generated files are promtool's, and which have no unit tests."""

from __future__ import annotations

from pathlib import Path

from slosmith.targets.rule_files import find_rule_files
from tests.targets.compiling import compiled, put, small_project


def test_copies_of_tested_rules_are_tested(tmp_path: Path) -> None:
    loaded = small_project(tmp_path)
    thanos = put(compiled(loaded, "thanos"), tmp_path / "out/thanos")
    puppet = put(compiled(loaded, "puppet"), tmp_path / "out/puppet")
    put(compiled(loaded, "helmfile"), tmp_path / "out/helmfile")
    found = find_rule_files([tmp_path / "out"])
    assert len(found.rules) == 6
    assert len(found.tests) == 2
    assert found.untested == ()

    # the same without the tests, and with a rule of its own
    assert find_rule_files([puppet]).untested == tuple(sorted(puppet.rglob("slo_[ab]*.yaml")))
    copy = puppet / "slo_rules/files/slo_alpha.yaml"
    copy.write_text(copy.read_text().replace("minimum", "other", 1).replace("  - name:", "  - limit: 7\n    name:", 1))
    assert find_rule_files([tmp_path / "out"]).untested == (copy,)
    assert find_rule_files([thanos]).untested == ()
