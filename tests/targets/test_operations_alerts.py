"""The contract of the alerts repository for all services of Lift Wing, and the changes and errors of the target."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import promql_parser
import pytest
import yaml

from slosmith.problems import InputError
from slosmith.workspace import load
from tests.cli.project import CLASS, make_project, slosmith, write
from tests.targets.compiling import (
    PROJECT,
    FilesByTarget,
    assert_rule_tests_pass,
    compiled,
    lift_wing,
    put,
    read_yaml,
    small_project,
    sound,
)

TARGET = "operations_alerts"
SITE_LOCAL = "\nscope: site\n"
EXTERNAL_LABELS = ("site", "prometheus")


@pytest.fixture(scope="module")
def written(lift_wing_files: FilesByTarget, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lift Wing's committed files. `slosmith test` checks and tests them with promtool, in their folder."""
    return put(lift_wing_files[TARGET], tmp_path_factory.mktemp("alerts"))


@cache
def groups_of(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_yaml(path.read_text("utf-8"))["groups"]
    return found


def rule_files(root: Path) -> list[Path]:
    found = sorted(path for path in root.rglob("*.yaml") if not path.name.endswith("_test.yaml"))
    assert found
    return found


def alerts_of(path: Path) -> list[dict[str, Any]]:
    return [rule for group in groups_of(path) for rule in group["rules"] if "alert" in rule]


def head_of(path: Path) -> list[str]:
    """The comment lines with tags for the consumer: all lines before the first line that is not a comment."""
    lines = path.read_text("utf-8").split("\n")
    return lines[: next(index for index, line in enumerate(lines) if not line.startswith("#"))]


def check_contract(root: Path) -> int:
    """Checks everything that the tests of the consumer check, without promtool. Returns the number of alerts."""
    count = 0
    for path in rule_files(root):
        assert re.fullmatch(r"team-[a-z0-9-]+/slo_[A-Za-z0-9._-]+\.yaml", path.relative_to(root).as_posix())
        lines = head_of(path)
        tags = [line for line in lines if "deploy-" in line]
        assert lines[: len(tags)] == tags
        assert re.fullmatch(r"# deploy-tag: (global|[a-z0-9-]+(, [a-z0-9-]+)*)", tags[0])
        if tags[0] != "# deploy-tag: global":
            assert re.fullmatch(r"# deploy-site: [a-z]+(, [a-z]+)*", tags[1])
        for group in groups_of(path):
            assert group["interval"] in ("1m", "2m", "5m")
        for alert in alerts_of(path):
            count += 1
            check_alert(alert, site_local=tags[0] != "# deploy-tag: global")
    return count


def check_alert(alert: dict[str, Any], site_local: bool) -> None:
    labels, annotations = alert["labels"], alert["annotations"]
    assert not re.search(r"\s", alert["alert"])
    assert labels["severity"]
    assert labels["team"]
    assert {"summary", "description", "dashboard", "runbook"} <= annotations.keys()
    assert (labels["severity"] == "page") == ("#page" in annotations["summary"])
    assert not any("$value" in value for value in labels.values())
    for link in ("dashboard", "runbook"):
        query = re.sub(r"\{\{.*?\}\}", "", urlsplit(annotations[link]).query)
        assert quote(query, safe="=&%+") == query
    matchers = re.findall(r"([A-Za-z_0-9]+)\s*(?:=~|!~|!=|=)", re.sub(r'"(?:\\.|[^"\\])*"', '""', alert["expr"]))
    assert matchers
    if site_local:
        assert not [name for name in matchers if name.endswith(EXTERNAL_LABELS)]
        assert "$labels.site" not in str(annotations)
    check_templates(alert)


def check_templates(alert: dict[str, Any]) -> None:
    """A label in a template must be a label of the query's result: its outermost aggregation must keep the label."""
    used = set(re.findall(r"\$labels\.(\w+)", str(alert["annotations"]) + str(alert["labels"])))
    produced = set(re.findall(r"\w+", alert["expr"]))
    promql_parser.parse(alert["expr"])
    assert used <= produced


def test_lift_wing_keeps_the_contract(written: Path) -> None:
    slos = lift_wing().workspace.slos()  # type: ignore[union-attr]
    alerting = [slo for slo in slos if slo.alerting is not None]
    assert check_contract(written) == 7 * len(alerting)
    assert head_of(written / "team-ml" / "slo_calendars.yaml")[0] == "# deploy-tag: global"


def test_severities_are_wikimedias(written: Path) -> None:
    found = {alert["labels"]["severity"] for path in rule_files(written) for alert in alerts_of(path)}
    assert found == {"critical", "warning"}


def test_every_test_file_has_one_rule_file_its_own(written: Path) -> None:
    tests = sorted(written.rglob("*_test.yaml"))
    assert len(tests) == len([path for path in rule_files(written) if alerts_of(path)])
    for path in tests:
        loader = yaml.CSafeLoader(path.read_text("utf-8")[:2000].split("\nevaluation_interval")[0])
        assert loader.get_data() == {"rule_files": [path.name.replace("_test.yaml", ".yaml")]}
        assert path.with_name(path.name.replace("_test.yaml", ".yaml")).is_file()


def test_a_real_prometheus_loads_and_evaluates_them(written: Path, prometheus: Path, tmp_path: Path) -> None:
    names = [path.as_posix() for path in rule_files(written) if "multilingual" in path.name or "calendars" in path.name]
    write(tmp_path / "prometheus.yml", json.dumps({"global": {"evaluation_interval": "1m"}, "rule_files": names}))
    with running_prometheus(prometheus, tmp_path) as api, urllib.request.urlopen(f"{api}/rules", timeout=10) as answer:
        groups = json.load(answer)["data"]["groups"]
    found = {group["file"]: 0 for group in groups}
    for group in groups:
        found[group["file"]] += len(group["rules"])
    assert found == {name: sum(len(group["rules"]) for group in groups_of(Path(name))) for name in names}
    assert not [rule["lastError"] for group in groups for rule in group["rules"] if rule.get("lastError")]


@contextmanager
def running_prometheus(prometheus: Path, folder: Path) -> Iterator[str]:
    """A Prometheus on the loopback interface, with a free port. Yields the address of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    flags = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [prometheus, *flags, f"--web.listen-address={address}"], cwd=folder, stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(f"http://{address}/-/ready", timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None, (folder / "log").read_text()
                    assert time.monotonic() < deadline, "Prometheus does not get ready"
                    time.sleep(0.1)
            yield f"http://{address}/api/v1"
        finally:
            process.kill()
            process.wait()


def test_sloths_absence_alert_finds_one_series_of_each_ratio(written: Path) -> None:
    """The alert of Wikimedia for Sloth joins these series with the info series, by service, SLO and revision."""
    wanted = [f"slo:sli_error:ratio_rate{window}" for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d")]
    for path in rule_files(written):
        slos: dict[str, list[dict[str, Any]]] = {}
        for group in groups_of(path):
            for rule in group["rules"]:
                if "record" in rule:
                    slos.setdefault(rule["labels"].get("sloth_id", ""), []).append(rule)
        for records in slos.values():
            if not any(rule["record"] == "sloth_slo_info" for rule in records):
                continue
            keys = [
                tuple(rule["labels"].get(label, "") for label in ("sloth_service", "sloth_slo", "revision"))
                for rule in records
                if rule["record"] in (*wanted, "sloth_slo_info")
            ]
            found = sorted(rule["record"] for rule in records if rule["record"] in wanted)
            assert found == sorted(wanted)
            assert len(set(keys)) == 1


# --- site-local


def test_the_same_slos_site_local(tmp_path: Path, promtool: Path) -> None:
    settings = SITE_LOCAL + "targets: {operations_alerts: {instances: [k8s-mlserve]}}\n"
    loaded = small_project(tmp_path, settings)
    files = compiled(loaded, TARGET, {"instances": ["k8s-mlserve"]})
    root = put(files, tmp_path / "alerts")
    assert check_contract(root) == 2 * 2 * 7
    for name in ("team-ml/slo_alpha.yaml", "team-search/slo_beta.yaml", "team-ml/slo_calendars.yaml"):
        assert head_of(root / name)[:2] == ["# deploy-tag: k8s-mlserve", "# deploy-site: eqiad, codfw"]
        assert "site=" not in files[name].replace("slo_site", "")
    summaries = [alert["annotations"]["summary"] for alert in alerts_of(root / "team-ml/slo_alpha.yaml")]
    assert all("{{ $externalLabels.site }}" in summary for summary in summaries)
    assert_rule_tests_pass(promtool, root / "team-ml" / "slo_alpha_test.yaml")


def test_annotations_with_other_names_are_written_under_the_consumers_too(tmp_path: Path) -> None:
    names = "{summary: title, description: message, runbook: runbook_url, dashboard: dashboard_url}"
    settings = f"\nalerting: {{annotation_names: {names}}}\n"
    files = compiled(small_project(tmp_path, settings), TARGET)
    root = put(files, tmp_path / "alerts")
    for alert in alerts_of(root / "team-ml/slo_alpha.yaml"):
        found = alert["annotations"]
        assert found["runbook"] == found["runbook_url"] == "https://docs.example.org/alpha/runbook"
        assert found["summary"].startswith(found["title"])
        assert found["description"] == found["message"]


def test_site_local_rules_need_instances(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        compiled(small_project(tmp_path, SITE_LOCAL), TARGET)
    (finding,) = raised.value.problems
    assert finding.code == "TGT406"
    assert finding.origin.path == ("targets", TARGET)


@pytest.mark.parametrize("wrong", ["k8s, ops", "a\n# deploy-site: x", "", "é"])
def test_what_would_break_a_tag_line_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputError, match="tag line"):
        compiled(small_project(tmp_path, SITE_LOCAL), TARGET, {"instances": [wrong]})


# --- content for the consumer


def test_pages_are_marked_and_missing_links_are_to_do(tmp_path: Path, promtool: Path) -> None:
    specs = make_project(tmp_path, sites="eqiad")
    write(specs / "slosmith.yaml", PROJECT.split("urls:")[0])
    service = (specs / "services" / "alpha.yaml").read_text("utf-8")
    write(specs / "services" / "alpha.yaml", service.replace("runbook: https", "#"))
    files = compiled(sound(load(specs)), TARGET)
    root = put(files, tmp_path / "alerts")
    alerts = alerts_of(root / "team-ml" / "slo_alpha.yaml")
    assert {(alert["annotations"]["runbook"], alert["annotations"]["dashboard"]) for alert in alerts} == {
        ("TODO", "TODO")
    }
    marked = [alert["labels"]["slo_tier"] for alert in alerts if alert["annotations"]["summary"].endswith(" #page")]
    assert marked == ["1h", "6h"] * 2
    check_contract(root)
    # the tests expect the texts in these files
    assert_rule_tests_pass(promtool, root / "team-ml" / "slo_alpha_test.yaml")


def test_sloths_rules_get_what_every_alert_needs(tmp_path: Path, promtool: Path) -> None:
    loaded = small_project(tmp_path, "rules: sloth\n")
    root = put(compiled(loaded, TARGET), tmp_path / "alerts")
    assert check_contract(root) == 8 * 2
    assert_rule_tests_pass(promtool, root / "team-ml" / "slo_alpha_test.yaml")


def test_links_are_encoded_and_templates_kept(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", PROJECT)
    annotations = "{dashboard: 'https://g.example.org/d/x?var-site={{ $labels.sloth_slo }}&var-q=a b/c'}"
    text = CLASS.format(name="stable", target="98%").replace(
        "minimum_bad_events: 5", f"minimum_bad_events: 5, annotations: {annotations}"
    )
    write(specs / "classes" / "stable.yaml", text)
    root = put(compiled(sound(load(specs)), TARGET), tmp_path / "alerts")
    check_contract(root)
    links = {alert["annotations"]["dashboard"] for alert in alerts_of(root / "team-ml" / "slo_alpha.yaml")}
    assert links == {"https://g.example.org/d/x?var-site={{ $labels.sloth_slo }}&var-q=a%20b%2Fc"}


def test_slos_go_to_the_teams_that_answer_for_them(tmp_path: Path, promtool: Path) -> None:
    loaded = small_project(tmp_path, sites="eqiad")
    workspace = loaded.workspace
    assert workspace is not None
    alpha, beta = workspace.services
    slos = tuple(
        msgspec.structs.replace(slo, team="search") if slo.indicator_name == "latency" else slo for slo in alpha.slos
    )
    changed = msgspec.structs.replace(
        workspace, services=(msgspec.structs.replace(alpha, slos=slos), msgspec.structs.replace(beta, slos=()))
    )
    files = compiled(msgspec.structs.replace(loaded, workspace=changed), TARGET)
    assert sorted(files) == [
        "team-ml/slo_alpha.yaml",
        "team-ml/slo_alpha_test.yaml",
        "team-ml/slo_calendars.yaml",
        "team-search/slo_alpha.yaml",
        "team-search/slo_alpha_test.yaml",
    ]
    root = put(files, tmp_path / "alerts")
    for team, indicator in (("ml", "availability"), ("search", "latency")):
        alerts = alerts_of(root / f"team-{team}" / "slo_alpha.yaml")
        assert {alert["labels"]["team"] for alert in alerts} == {team}
        assert all(indicator in alert["labels"]["sloth_slo"] for alert in alerts)
        assert_rule_tests_pass(promtool, root / f"team-{team}" / "slo_alpha_test.yaml")


# --- errors


@pytest.mark.parametrize(
    ("alerting", "said"),
    [
        ("annotations: {summary: 'wake up #page'}, ticket_annotations: {summary: 'later #page'}", "#page"),
    ],
)
def test_what_only_an_author_can_correct_is_a_problem(tmp_path: Path, alerting: str, said: str) -> None:
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", PROJECT)
    text = CLASS.format(name="stable", target="98%").replace("minimum_bad_events: 5", alerting.split(", ticket")[0])
    write(specs / "classes" / "stable.yaml", text)
    with pytest.raises(InputError, match=said) as raised:
        compiled(sound(load(specs)), TARGET)
    assert {finding.code for finding in raised.value.problems} == {"TGT406"}
    assert all(finding.origin.file == "services/alpha.yaml" for finding in raised.value.problems)


def test_slow_groups_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="every 10m"):
        compiled(small_project(tmp_path, "evaluation_interval: 10m\n"), TARGET)


def test_settings_are_checked_where_they_stand(tmp_path: Path) -> None:
    make_project(tmp_path)
    write(tmp_path / "slo_specs" / "slosmith.yaml", PROJECT + "targets: {operations_alerts: {instance: [a]}}\n")
    done = slosmith(tmp_path, "generate")
    assert done.returncode == 1
    assert "slosmith.yaml:9" in done.stderr
    assert "TGT402" in done.stderr
    assert "did you mean 'instances'?" in done.stderr
