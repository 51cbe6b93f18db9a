"""Rule files for a Thanos ruler: the rules of Prometheus with matchers on sites, and Thanos' field if it is set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from slosmith.output.registry import configured
from slosmith.output.rule_files import find_rule_files
from tests.targets.compiling import FilesByTarget, compiled, lift_wing, put, read_yaml, run, small_project

TARGET = "thanos"


def test_lift_wings_selectors_choose_one_site(lift_wing_files: FilesByTarget, tmp_path: Path, promtool: Path) -> None:
    """A ruler reads all sites, so every selector of raw series has matchers on the site and on the
    Prometheus server.
    """
    files = lift_wing_files[TARGET]
    raw = 0
    for text in files.values():
        assert "partial_response_strategy" not in text
        for group in read_yaml(text)["groups"]:
            for rule in group["rules"]:
                for selector in re.findall(r"(?:istio|apiserver|kube)\w+\{([^}]*)\}", rule["expr"]):
                    raw += 1
                    assert len(re.findall(r'\bsite="(eqiad|codfw)"', selector)) == 1
                    assert 'prometheus="k8s-mlserve"' in selector
    assert raw >= 2 * len(lift_wing().workspace.slos())  # type: ignore[union-attr]
    done = run(promtool, put(files, tmp_path), "check", "rules", "--lint-fatal", *files)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("strategy", ["abort", "warn"])
def test_the_strategy_stands_in_every_group_and_changes_nothing_else(tmp_path: Path, strategy: str) -> None:
    loaded = small_project(tmp_path)
    plain = compiled(loaded, TARGET, {"tests": False})
    files = compiled(loaded, TARGET, {"partial_response_strategy": strategy})
    assert files.keys() == plain.keys()
    for path, text in files.items():
        groups = yaml.safe_load(text)["groups"]
        assert {group.pop("partial_response_strategy") for group in groups} == {strategy}
        assert groups == yaml.safe_load(plain[path])["groups"]
    found = find_rule_files([put(files, tmp_path / "thanos")])
    assert (found.rules, found.tests, found.untested) == ((), (), ())
    assert [path.name for path in found.thanos] == sorted(files)


def test_only_thanos_has_the_field(tmp_path: Path) -> None:
    loaded = small_project(tmp_path, "targets: {prometheus: {partial_response_strategy: warn}}\n")
    (finding,) = configured(loaded.project)[1]
    assert finding.code == "TGT402"
    assert finding.origin.path == ("targets", "prometheus", "partial_response_strategy")
