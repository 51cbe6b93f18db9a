"""Routes and inhibition: amtool checks and tests them, and a running Alertmanager inhibits alerts with them."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from slosmith.problems import InputError
from slosmith.workspace import LoadedWorkspace, load
from tests.cli.project import CLASS, make_project, write
from tests.targets.compiling import PROJECT, compiled, lift_wing, put, run, small_project, sound

TARGET = "alertmanager"
SLO = "alpha-availability-eqiad"
SEVERITIES = "severities: {page: critical, ticket: warning}\n"

Labels = dict[str, str]


def configuration(loaded: LoadedWorkspace, folder: Path, settings: Mapping[str, Any] | None = None) -> Path:
    return put(compiled(loaded, TARGET, settings), folder / TARGET) / "alertmanager.yml"


def alerts_of(loaded: LoadedWorkspace, service: str) -> list[Labels]:
    """The labels of a service's alerts in Alertmanager, from the rules in the files."""
    groups = yaml.safe_load(compiled(loaded, "prometheus", {"tests": False})[f"{service}.yaml"])["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    return [{"alertname": rule["alert"], **rule["labels"]} for rule in alerts]


def receivers(amtool: Path, config: Path, labels: Labels) -> list[str]:
    pairs = [f"{name}={value}" for name, value in labels.items()]
    done = run(amtool, config.parent, "config", "routes", "test", f"--config.file={config}", *pairs)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


@contextmanager
def running(alertmanager: Path, config: Path, folder: Path) -> Iterator[str]:
    """An Alertmanager on the loopback interface, with a free port. Yields the address of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    storage = folder / "storage"
    flags = [f"--config.file={config}", f"--storage.path={storage}", f"--web.listen-address={address}"]
    log = (folder / "log").open("w")
    # Debian's build reads usr/share/... relative to this folder, if it is not installed
    root = alertmanager.parents[2]
    process = subprocess.Popen([alertmanager, *flags, "--cluster.listen-address="], cwd=root, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f"http://{address}/-/ready", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, "Alertmanager does not get ready"
                time.sleep(0.1)
        yield f"http://{address}/api/v2/alerts"
    finally:
        process.kill()
        process.wait()
        log.close()
        shutil.rmtree(storage, ignore_errors=True)


def states(api: str, alerts: list[Labels], suppressed: int) -> list[tuple[Labels, str]]:
    """Fires ``alerts``, waits until the expected number of them is suppressed (or some seconds), and returns all
    states.
    """
    body = json.dumps([{"labels": labels} for labels in alerts]).encode()
    request = urllib.request.Request(api, body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()
    deadline = time.monotonic() + 10
    while True:
        with urllib.request.urlopen(api, timeout=10) as answer:
            found = [(each["labels"], each["status"]["state"]) for each in json.load(answer)]
        settled = len(found) == len(alerts) and sum(state == "suppressed" for _, state in found) == suppressed
        if settled or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def tiers_that_are(state: str, found: list[tuple[Labels, str]], **labels: str) -> set[str]:
    wanted = labels.items()
    return {each.get("slo_tier", "") for each, is_state in found if is_state == state and wanted <= each.items()}


# --- the configuration


def test_lift_wings_configuration_is_sound(tmp_path: Path, amtool: Path) -> None:
    config = configuration(lift_wing(), tmp_path)
    done = run(amtool, tmp_path, "check-config", str(config))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


def test_routes_lead_to_teams_by_severity(tmp_path: Path, amtool: Path) -> None:
    loaded = small_project(tmp_path, SEVERITIES)
    config = configuration(loaded, tmp_path, {"receivers": {"search": {"page": "search-phone"}}})
    for service, page, ticket in (("alpha", "ml-page", "ml-ticket"), ("beta", "search-phone", "search-ticket")):
        expected = {"critical": [page], "warning": [ticket]}
        found = {(alert["alertname"], alert["slo_tier"]): alert for alert in alerts_of(loaded, service)}
        for alert in found.values():
            assert receivers(amtool, config, alert) == expected[alert["severity"]]
    # not an alert of slosmith, for every team and severity
    assert receivers(amtool, config, {"alertname": "DiskFull", "team": "ml", "severity": "critical"}) == ["default"]
    assert receivers(amtool, config, {"alertname": "X", "sloth_id": "x", "team": "other"}) == ["default"]


SLOTH_SPEC = """version: prometheus/v1
service: gamma
slos:
  - name: requests
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total[{{.window}}]))
    alerting:
      name: GammaErrors
      labels: {team: duty}
      page_alert: {labels: {severity: sev1}}
      ticket_alert: {labels: {severity: sev4}}
"""


@pytest.mark.parametrize("mode", ["weighted", "sloth"])
def test_labels_of_ones_own_are_followed(tmp_path: Path, amtool: Path, mode: str) -> None:
    """Specs in Sloth's format have their own labels for routing."""
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", PROJECT + f"rules: {mode}\n")
    write(specs / "services" / "gamma.yaml", SLOTH_SPEC)
    loaded = sound(load(specs))
    config = configuration(loaded, tmp_path, {"receiver": "{severity}/{team}"})
    alerts = [alert for alert in alerts_of(loaded, "gamma") if alert["alertname"] == "GammaErrors"]
    routed = {alert["severity"]: receivers(amtool, config, {**alert, "sloth_id": "gamma-requests"}) for alert in alerts}
    assert routed == {"sev1": ["page/duty"], "sev4": ["ticket/duty"]}


@pytest.mark.parametrize(
    ("settings", "path", "hint"),
    [
        ({"receivers": {"serch": {"page": "x"}}}, ("receivers", "serch"), "did you mean 'search'?"),
        ({"receivers": {"ml": {"pages": "x"}}}, ("receivers", "ml", "pages"), "did you mean 'page'?"),
        ({"group_by": ["a-b"]}, ("group_by", 0), "write letters, digits and _"),
    ],
)
def test_settings_that_name_what_is_not_there(
    tmp_path: Path, settings: dict[str, Any], path: tuple[str | int, ...], hint: str
) -> None:
    with pytest.raises(InputError) as raised:
        compiled(small_project(tmp_path), TARGET, settings)
    (finding,) = raised.value.problems
    assert (finding.code, finding.origin.path, finding.hint) == ("TGT402", ("targets", TARGET, *path), hint)


# --- inhibition, by a running Alertmanager


def test_a_page_silences_its_tickets_and_nothing_else(tmp_path: Path, alertmanager: Path) -> None:
    loaded = small_project(tmp_path, SEVERITIES)
    config = configuration(loaded, tmp_path)
    alpha, beta = alerts_of(loaded, "alpha"), alerts_of(loaded, "beta")
    burning = [alert for alert in alpha if alert["sloth_id"] == SLO]
    # the same service at another site, and another team, without pages
    others = [alert for alert in (*alpha, *beta) if alert["sloth_id"] != SLO and alert["severity"] == "warning"]
    foreign = [
        {"alertname": "DiskFull", "severity": "warning", "team": "ml"},
        {"alertname": "OwnTier", "severity": "warning", "team": "ml", "slo_tier": "3d"},
    ]
    with running(alertmanager, config, tmp_path) as api:
        found = states(api, [*burning, *others, *foreign], suppressed=5)
    assert tiers_that_are("suppressed", found) == {"6h", "1d", "3d", "budget-28d", "budget-slo-quarter"}
    assert {labels["sloth_id"] for labels, state in found if state == "suppressed"} == {SLO}
    assert tiers_that_are("active", found, sloth_id=SLO) == {"1h", "absent"}
    assert len([1 for _, state in found if state == "active"]) == 2 + len(others) + len(foreign)


def test_tickets_alone_and_faster_pages_are_told(tmp_path: Path, alertmanager: Path) -> None:
    """The slower page does not inhibit the faster one, and a ticket inhibits nothing."""
    loaded = small_project(tmp_path, SEVERITIES)
    config = configuration(loaded, tmp_path)
    alpha = [alert for alert in alerts_of(loaded, "alpha") if alert["alertname"] == "ErrorBudgetBurn"]
    slow_page = [alert for alert in alpha if alert["sloth_id"] == SLO and alert["slo_tier"] in ("6h", "1d", "3d")]
    tickets = [alert for alert in alpha if alert["sloth_id"] != SLO and alert["severity"] == "warning"]
    with running(alertmanager, config, tmp_path) as api:
        found = states(api, [*slow_page, *tickets], suppressed=2)
    assert tiers_that_are("active", found, sloth_id=SLO) == {"6h"}
    assert tiers_that_are("suppressed", found) == {"1d", "3d"}
    assert {labels["sloth_id"] for labels, state in found if state == "suppressed"} == {SLO}


def test_sites_that_evaluate_for_themselves_do_not_silence_each_other(tmp_path: Path, alertmanager: Path) -> None:
    loaded = small_project(tmp_path, SEVERITIES + "scope: site\n")
    config = configuration(loaded, tmp_path)
    alerts = {alert["slo_tier"]: alert for alert in alerts_of(loaded, "alpha") if "availability" in alert["sloth_id"]}
    page = {**alerts["1h"], "site": "eqiad", "prometheus": "k8s"}
    tickets = [{**alerts["3d"], "site": site, "prometheus": "k8s"} for site in ("eqiad", "codfw")]
    with running(alertmanager, config, tmp_path) as api:
        found = states(api, [page, *tickets], suppressed=1)
    assert tiers_that_are("suppressed", found, site="eqiad") == {"3d"}
    assert tiers_that_are("active", found, site="codfw") == {"3d"}


def test_sloths_alerts_are_silenced_by_their_own_labels(tmp_path: Path, alertmanager: Path, amtool: Path) -> None:
    loaded = small_project(tmp_path, "rules: sloth\n")
    config = configuration(loaded, tmp_path)
    alerts = alerts_of(loaded, "alpha")
    identity = [
        {"sloth_id": f"alpha-{name}", "sloth_service": "alpha", "sloth_slo": name}
        for name in ("availability-eqiad", "latency-eqiad")
    ]
    page, ticket = ({**alert, **identity[0]} for alert in alerts[:2])
    assert receivers(amtool, config, page) == ["ml-page"]
    with running(alertmanager, config, tmp_path) as api:
        found = states(api, [page, ticket, {**ticket, **identity[1]}], suppressed=1)
    assert [labels["sloth_id"] for labels, state in found if state == "suppressed"] == [identity[0]["sloth_id"]]
    assert [labels["sloth_severity"] for labels, state in found if state == "suppressed"] == ["ticket"]


def test_catalogues_that_contradict_each_other_never_silence_both(tmp_path: Path, alertmanager: Path) -> None:
    """Two catalogues with the same names in opposite orders: all pages of both are sent."""
    specs = make_project(tmp_path)
    write(specs / "slosmith.yaml", PROJECT)
    for name, slo_class, target, order in (
        ("a", "stable", "98%", ("fast", "slow")),
        ("b", "lenient", "95%", ("slow", "fast")),
    ):
        windows = "".join(
            f"  - {{name: {tier}, budget_share: {budget}, long: {long}, short: {short}, severity: page}}\n"
            for tier, (budget, long, short) in zip(order, (("2%", "1h", "5m"), ("5%", "6h", "30m")), strict=True)
        )
        write(
            specs / "catalogues" / f"{name}.yaml",
            f"version: slosmith/v1\nkind: AlertCatalogue\nname: {name}\ndescription: Test.\nwindows:\n{windows}",
        )
        text = CLASS.format(name=slo_class, target=target).replace("catalogue: default", f"catalogue: {name}")
        write(specs / "classes" / f"{slo_class}.yaml", text)
    loaded = sound(load(specs))
    config = configuration(loaded, tmp_path)
    alerts = [alert for alert in alerts_of(loaded, "alpha") if alert["alertname"] == "ErrorBudgetBurn"]
    burning = [alert for alert in alerts if alert["sloth_id"] == SLO]
    assert {alert["slo_tier"] for alert in burning} == {"fast", "slow"}
    with running(alertmanager, config, tmp_path) as api:
        found = states(api, burning, suppressed=0)
    assert tiers_that_are("active", found) == {"fast", "slow"}
