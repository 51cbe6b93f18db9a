"""The helmfile target: Kubernetes accepts the objects, Helm does not change texts, and names do not depend
on an order.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from slosmith.output.compile import compile_workspace
from slosmith.output.kubernetes.config_maps import TooLargeError, rule_parts
from slosmith.problems import InputError
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.targets.helmfile import escaped, release_name
from slosmith.vocabulary.provenance import Source
from tests.cli.project import CHECKOUT
from tests.targets.compiling import LIFT_WING, FilesByTarget, compiled, lift_wing, put, run, small_project

TARGET = "helmfile"
LIMIT = 1024 * 1024
SCHEMAS = {
    kind: json.loads((CHECKOUT / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    for kind, name in (("ConfigMap", "config-map"), ("PrometheusRule", "prometheus-rule"))
}
LINT = "{extends: default, rules: {line-length: disable, document-start: disable}}"


def read(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def resources(files: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    for path, text in files.items():
        if path != "releases.yaml":
            content = read(text)
            assert content.keys() == {"resources"}
            found += content["resources"]
    return found


def data(files: dict[str, str]) -> dict[str, str]:
    """The content of all ConfigMaps, by file name."""
    return {
        name: text for each in resources(files) if each["kind"] == "ConfigMap" for name, text in each["data"].items()
    }


def rendered_by_tpl(text: str) -> str:
    """The result of Go's templates for ``text``, if all its actions are raw strings. Any other action fails."""
    parts = re.split(r"\{\{`([^`]*)`\}\}", text)
    assert not any("{{" in part for part in parts[::2]), "an action that a chart's tpl would evaluate"
    return "".join(parts)


@pytest.mark.parametrize("rules", ["configmap", "prometheusrule"])
def test_lift_wings_objects_are_what_the_api_server_takes(
    lift_wing_files: FilesByTarget, tmp_path: Path, rules: str
) -> None:
    settings = LIFT_WING[TARGET]
    shared = rules == settings["rules"]
    files = lift_wing_files[TARGET] if shared else compiled(lift_wing(), TARGET, {**settings, "rules": rules})
    found = resources(files)
    for each in found:
        jsonschema.Draft202012Validator(SCHEMAS[each["kind"]]).validate(each)
        assert sum(len(text.encode()) for text in each.get("data", {}).values()) < LIMIT
    # an object is in one release, so the order of releases does not matter
    names = [(each["kind"], each["metadata"]["name"]) for each in found]
    assert len(set(names)) == len(names)
    releases = read(files["releases.yaml"])["releases"]
    assert sorted(path for each in releases for path in each["values"]) == sorted(files.keys() - {"releases.yaml"})
    assert len({each["name"] for each in releases}) == len(releases)
    # Helm stores a release in one Secret: values and manifests, compressed and in base64
    for path, text in files.items():
        assert 2 * len(text) < 8 * LIMIT, path

    # three services are enough for this test, and much faster than all
    some = [path for path in sorted(files) if path.startswith("services/")][::20]
    folder = put({path: files[path] for path in ("shared.yaml", "releases.yaml", *some)}, tmp_path)
    linted = run(Path(sys.executable), folder, "-m", "yamllint", "--strict", "-d", LINT, ".")
    assert linted.returncode == 0, linted.stdout[:2000]


def test_texts_are_those_of_the_other_targets(tmp_path: Path) -> None:
    loaded = small_project(tmp_path)
    found = data(compiled(loaded, TARGET))
    plain = compiled(loaded, "prometheus", {"tests": False})
    drawn = {path: text for path, text in compiled(loaded, "grafana").items() if path.endswith(".json")}
    assert found == plain | drawn
    labels = {each["metadata"]["name"]: each["metadata"].get("labels") for each in resources(compiled(loaded, TARGET))}
    assert labels["slo-dashboard-slo-alpha"] == {"grafana_dashboard": "1"}
    assert labels["slo-rules-alpha"] is None


def test_dashboards_have_the_settings_of_the_target_grafana(tmp_path: Path) -> None:
    loaded = small_project(tmp_path, "targets:\n  grafana: {datasource: other, folders: team}\n  helmfile: {}\n")
    assert loaded.workspace is not None
    files = compile_workspace(loaded.workspace, loaded.project)
    (config_map,) = (
        each
        for each in read(files["helmfile/services/alpha.yaml"])["resources"]
        if each["metadata"]["name"] == "slo-dashboard-slo-alpha"
    )
    assert config_map["data"]["slo-alpha.json"] == files["grafana/slos-ml/slo-alpha.json"]


def test_prometheus_rules_hold_the_same_groups(tmp_path: Path) -> None:
    loaded = small_project(tmp_path)
    files = compiled(loaded, TARGET, {"rules": "prometheusrule", "dashboards": False, "rule_labels": {"release": "x"}})
    found = {each["metadata"]["name"]: each for each in resources(files)}
    plain = compiled(loaded, "prometheus", {"tests": False})
    assert {name: each["spec"] for name, each in found.items()} == {
        f"slo-rules-{path.removesuffix('.yaml')}": read(text) for path, text in plain.items()
    }
    assert all(each["metadata"]["labels"] == {"release": "x"} for each in found.values())


def test_braces_survive_charts_that_use_tpl_and_charts_that_do_not(tmp_path: Path) -> None:
    loaded = small_project(tmp_path)
    for rules in ("configmap", "prometheusrule"):
        plain = compiled(loaded, TARGET, {"rules": rules})
        assert any("{{" in text for text in plain.values())
        for path, text in compiled(loaded, TARGET, {"rules": rules, "tpl": True}).items():
            # a chart writes the resource in its own way, with its own quotes, and renders it
            written = yaml.safe_dump(read(text), default_style='"', width=2**20)
            assert read(rendered_by_tpl(written)) == read(plain[path]), path
            as_json = json.dumps(read(text))
            assert json.loads(rendered_by_tpl(as_json)) == read(plain[path]), path


@pytest.mark.parametrize("text", ["", "{{ a }}", "{{{{ a }}}}", "{{- `b` -}}", "{{{", "} }", "{", "a {{"])
def test_escaping_is_undone_by_tpl(text: str) -> None:
    assert rendered_by_tpl(escaped(text)) == text
    assert escaped({"a": [text], "b": 1}) == {"a": [escaped(text)], "b": 1}


def test_rules_too_large_for_one_config_map_are_split_between_groups(tmp_path: Path, promtool: Path) -> None:
    loaded = small_project(tmp_path)
    assert loaded.workspace is not None
    rules = compile_service(loaded.workspace.services[0], loaded.project.evaluation_interval)
    ((whole_name, whole),) = rule_parts(rules, Source("specs/alpha.yaml"))
    assert whole_name == "alpha.yaml"
    alone = [msgspec.structs.replace(rules, groups=(group,)) for group in rules.groups]
    largest = max(len(rule_parts(each, Source("specs/alpha.yaml"))[0][1].encode()) for each in alone)
    parts = rule_parts(rules, Source("specs/alpha.yaml"), most=largest + 100)
    assert len(parts) > 1
    assert [name for name, _ in parts] == [f"alpha-{number}.yaml" for number in range(1, len(parts) + 1)]
    assert all(len(text.encode()) <= largest + 100 for _, text in parts)
    groups = [group for _, text in parts for group in read(text)["groups"]]
    assert groups == read(whole)["groups"]
    done = run(promtool, put(dict(parts), tmp_path / "parts"), "check", "rules", *dict(parts))
    assert done.returncode == 0, done.stderr
    with pytest.raises(TooLargeError, match=re.escape(rules.groups[0].name)):
        rule_parts(rules, Source("specs/alpha.yaml"), most=200)


def test_names_of_releases_are_helms_and_differ() -> None:
    names = ["a", "A", "a.b", "a-b", "a_b", "x" * 49, "x" * 50, "x" * 63, "x" * 62 + "y", "ends-", "s", "é"]
    releases = [release_name(name) for name in names]
    assert len(set(releases)) == len(releases)
    for name in releases:
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", name)
        assert len(name) <= 53
    assert release_name("revertrisk") == "slo-revertrisk"


@pytest.mark.parametrize(
    "wrong",
    [{"namespace": "Big"}, {"labels": {"a b": "c"}}, {"rule_labels": {"a": "b c"}}, {"name_prefix": "_"}],
)
def test_metadata_that_kubernetes_would_refuse(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        compiled(small_project(tmp_path), TARGET, wrong)
    assert {finding.code for finding in caught.value.problems} == {"TGT408"}
