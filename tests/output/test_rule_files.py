"""The generated files that promtool can check, and the rule files without unit tests."""

from __future__ import annotations

from pathlib import Path

from slosmith.output.alike import first_of_each_kind, kinds
from slosmith.output.rule_files import find_rule_files, groups_of
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

    # the same without tests, and with another rule
    assert find_rule_files([puppet]).untested == tuple(sorted(puppet.rglob("slo_[ab]*.yaml")))
    copy = puppet / "slo_rules/files/slo_alpha.yaml"
    copy.write_text(copy.read_text().replace("minimum", "other", 1).replace("  - name:", "  - limit: 7\n    name:", 1))
    assert find_rule_files([tmp_path / "out"]).untested == (copy,)
    assert find_rule_files([thanos]).untested == ()


def test_the_same_tests_of_the_same_rules_are_run_once(tmp_path: Path) -> None:
    loaded = small_project(tmp_path)
    first = put(compiled(loaded, "thanos"), tmp_path / "out/thanos")
    second = tmp_path / "out/under-other-names"
    second.mkdir()
    for file in sorted(first.rglob("*.yaml")):
        text = f"# another head\n{file.read_text()}".replace(
            f"  - {file.stem[:-5]}.yaml", f"  - slo_{file.stem[:-5]}.yaml"
        )
        (second / f"slo_{file.name}").write_text(text)
    both = find_rule_files([tmp_path / "out"])
    assert len(both.tests) == len(both.copies) == 2
    assert len(find_rule_files([second]).tests) == 2

    # if a rule or a test differs, it is a separate test
    rules = second / "slo_alpha.yaml"
    rules.write_text(rules.read_text().replace(" > 0.", " > 1.", 1))
    assert len(find_rule_files([tmp_path / "out"]).copies) == 1
    test = second / "slo_beta_test.yaml"
    test.write_text(test.read_text().replace("eval_time: ", "eval_time: 1", 1))
    assert find_rule_files([tmp_path / "out"]).copies == ()


def test_rules_that_differ_only_in_names_are_alike(tmp_path: Path) -> None:
    loaded = small_project(tmp_path)
    folder = put(compiled(loaded, "thanos"), tmp_path / "out/thanos")
    alpha = folder / "alpha.yaml"
    text = alpha.read_text()
    other = folder / "other.yaml"
    other.write_text(text.replace("alpha", "other"))
    assert first_of_each_kind([alpha, other]) == (alpha,)
    assert first_of_each_kind([other, alpha]) == (other,)
    beta = folder / "beta.yaml"
    assert kinds([beta, other, alpha]) == ((beta,), (other, alpha))
    for old, new in ((" > 0.", " > 1."), ("[5m]", "[6m]"), ("for: ", "for: 1"), ("record: slo:", "record: slx:")):
        changed = text.replace(old, new, 1)
        assert changed != text, old
        other.write_text(changed)
        assert first_of_each_kind([alpha, other]) == (alpha, other), old
    for broken in (
        "groups: [", "groups: 1\n", "[]\n", f"groups: {'[' * 5000}{']' * 5000}\n", "groups: [{rules: []}]\n", "\x00",
    ):  # fmt: skip
        other.write_text(broken)
        assert first_of_each_kind([alpha, other, other]) == (alpha, other, other)


def test_rules_of_others_with_odd_values_are_compared_too(tmp_path: Path) -> None:
    """Values that YAML would read as something that does not exist, and shapes that no rule file has."""
    odd = tmp_path / "odd.yaml"
    for text in (
        "expr: 2026-02-30", "expr: [1]", "labels: [[a]]", "labels: 7", "record: {a: 1}", "for: [1]", "expr: 1e999",
    ):  # fmt: skip
        odd.write_text(f"groups: [{{name: x, interval: [1], rules: [{{record: a, {text}}}, 7]}}]\n")
        assert [group["name"] for group in groups_of(odd)] == ["x"], text
        assert first_of_each_kind([odd, odd]) == (odd,), text
