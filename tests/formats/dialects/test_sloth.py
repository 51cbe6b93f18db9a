"""Specs in Sloth's formats (its own and the Kubernetes resource), and problems in them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from slosmith.formats.dialects.sloth import alert_windows as sloth_windows
from slosmith.formats.dialects.sloth import kubernetes as sloth_kubernetes
from slosmith.formats.dialects.sloth import prometheus as sloth
from slosmith.model import Duration, Origin, QueryRatio, RawRatio, Slo

from .specs import load_files, problems_of, slo_of, workspace_of

EVERYTHING = """\
version: prometheus/v1
service: seats
labels: {owner: stage, tier: 2}
slo_plugins:
  chain:
    - {id: sloth.dev/core/sli_rules/v1, priority: 10, config: {a: b}}
slos:
  - name: bookings
    objective: 99.95
    description: Bookings that went through.
    labels: {tier: gold, category: availability}
    sli:
      events:
        error_query: sum(rate(bookings_total{result="failed"}[{{.window}}]))
        total_query: sum(rate(bookings_total[{{ .window }}]))
    alerting:
      name: SeatsBookings
      labels: {team: stage}
      annotations: {runbook: "https://wiki.example.org/seats"}
      page_alert: {labels: {severity: page}, annotations: {note: wake up}}
      ticket_alert: {disable: true}
  - name: plan-age
    objective: 90
    sli: {raw: {error_ratio_query: "avg_over_time(plan:stale:ratio[{{- .window -}}])"}}
    alerting:
      page_alert: {disable: true}
      ticket_alert: {disable: true}
"""

KUBERNETES = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata:
  name: seats
  namespace: theatre
  labels: {app: seats}
  annotations: {a: b}
spec:
  service: seats
  labels: {owner: stage, tier: "2"}
  sloPlugins:
    chain:
      - id: sloth.dev/core/sli_rules/v1
  slos:
    - name: bookings
      objective: 99.95
      description: Bookings that went through.
      labels: {tier: gold, category: availability}
      sli:
        events:
          errorQuery: sum(rate(bookings_total{result="failed"}[{{.window}}]))
          totalQuery: sum(rate(bookings_total[{{ .window }}]))
      alerting:
        name: SeatsBookings
        labels: {team: stage}
        annotations: {runbook: "https://wiki.example.org/seats"}
        pageAlert: {labels: {severity: page}, annotations: {note: wake up}}
        ticketAlert: {disable: true}
    - name: plan-age
      objective: 90
      sli: {raw: {errorRatioQuery: "avg_over_time(plan:stale:ratio[{{- .window -}}])"}}
      alerting:
        pageAlert: {disable: true}
        ticketAlert: {disable: true}
status:
  processedSLOs: 2
"""


def essence(slo: Slo) -> tuple[object, ...]:
    """An SLO without the places of its values."""
    return tuple(getattr(slo, name) for name in slo.__struct_fields__ if name not in ("origin", "origins", "dialect"))


def test_every_field_is_read(tmp_path: Path) -> None:
    slo = slo_of(tmp_path, {"services/seats.yaml": EVERYTHING}, "seats-bookings")
    assert isinstance(slo.indicator, QueryRatio)
    assert slo.indicator.bad == 'sum(rate(bookings_total{result="failed"}[{{.window}}]))'
    assert slo.indicator.total == "sum(rate(bookings_total[{{ .window }}]))"
    assert str(slo.objective.target_ratio) == "0.9995"
    assert slo.description == "Bookings that went through."
    assert dict(slo.labels) == {"owner": "stage", "tier": "gold", "category": "availability"}
    assert (slo.team, slo.runbook) == ("stage", "https://wiki.example.org/seats")
    assert slo.period.rolling == Duration.parse("30d")
    assert slo.dialect == "prometheus/v1"
    alerting = slo.alerting
    assert alerting is not None
    assert (alerting.name, alerting.page, alerting.ticket) == ("SeatsBookings", True, False)
    assert dict(alerting.page_labels) == {"severity": "page"}
    assert dict(alerting.page_annotations) == {"note": "wake up"}
    assert (alerting.absence, alerting.exhaustion) == (True, False)


def test_disabled_alerts_need_no_name_and_bring_none_of_ours(tmp_path: Path) -> None:
    slo = slo_of(tmp_path, {"services/seats.yaml": EVERYTHING}, "seats-plan-age")
    assert isinstance(slo.indicator, RawRatio)
    assert slo.labels == (("owner", "stage"), ("tier", "2"))
    alerting = slo.alerting
    assert alerting is not None
    assert not any((alerting.page, alerting.ticket, alerting.absence, alerting.exhaustion))


def test_the_kubernetes_resource_says_the_same(tmp_path: Path) -> None:
    plain = workspace_of(tmp_path / "plain", {"services/seats.yaml": EVERYTHING}).slos()
    resource = workspace_of(tmp_path / "resource", {"services/any-name.yaml": KUBERNETES}).slos()
    assert [essence(slo) for slo in plain] == [essence(slo) for slo in resource]
    assert {slo.dialect for slo in resource} == {"sloth.slok.dev/v1"}


def test_windows_line_ends_a_mark_and_keys_without_a_value(tmp_path: Path) -> None:
    text = EVERYTHING.replace("    alerting:\n      name", "    plugins:\n    alerting:\n      name", 1)
    raw = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    plain = workspace_of(tmp_path / "plain", {"services/seats.yaml": EVERYTHING}).slos()
    odd = workspace_of(tmp_path / "odd", {"services/seats.yaml": raw}).slos()
    assert [essence(slo) for slo in plain] == [essence(slo) for slo in odd]


def test_documents_of_one_service_are_put_together(tmp_path: Path) -> None:
    first, second = EVERYTHING, EVERYTHING.replace("bookings\n", "refunds\n").replace("plan-age", "plan-size")
    files = {"services/a.yaml": f"{first}---\n{second}", "services/b.yaml": KUBERNETES.replace("seats", "doors")}
    workspace = workspace_of(tmp_path, files)
    found = {service.name: [slo.name for slo in service.slos] for service in workspace.services}
    assert found == {"doors": ["bookings", "plan-age"], "seats": ["bookings", "plan-age", "refunds", "plan-size"]}


def test_one_name_in_two_documents_is_a_problem_at_its_place(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"services/a.yaml": f"{EVERYTHING}---\n{EVERYTHING}"})
    here = f"{tmp_path.as_posix()}/services/a.yaml"
    assert [problem for problem in found if "RES326" not in problem] == [
        f"36:11 RES325 the service 'seats' has two SLOs named 'bookings' | the first is {here}:8; rename one",
        f"50:11 RES325 the service 'seats' has two SLOs named 'plan-age' | the first is {here}:22; rename one",
    ]


def test_a_raw_ratio_is_told_once_and_only_where_rules_are_weighted(tmp_path: Path) -> None:
    files = {"services/seats.yaml": EVERYTHING}
    weighted = load_files(tmp_path, files).problems
    assert [(problem.code, problem.severity, problem.line) for problem in weighted] == [("RES326", "notice", 24)]
    assert load_files(tmp_path, files, rules="sloth").problems == ()


WRONG = {
    "a mistyped key": (
        "ticket_alert",
        "ticket_alerts",
        "21:7 SCH203 unknown key 'ticket_alerts' in `slos[0].alerting` | did you mean 'ticket_alert'?",
    ),
    "labels in the wrong place": (
        "ticket_alert: {disable: true}\n  - name: plan",
        "ticket_alert: {labels: {disable: 1}, disabled: true}\n  - name: plan",
        "21:44 SCH203 unknown key 'disabled' in `slos[0].alerting.ticket_alert` | did you mean 'disable'?",
    ),
    "no window": (
        '{result="failed"}[{{.window}}]',
        '{result="failed"}[5m]',
        "14:22 RES313 `error_query` has no {{.window}} | write {{.window}} as the range: rate(x[{{.window}}])",
    ),
    "broken PromQL": (
        "sum(rate(bookings_total[{{ .window }}]))",
        "sum(rate(bookings_total[{{ .window }}])",
        "15:25 RES312 PromQL: expected ) to close this (",
    ),
    "100 percent": (
        "99.95",
        "100",
        "9:16 SCH214 a target of 100 % leaves no error budget | every error would alert at once, and "
        "burn rates would be divisions by zero: write 99.99 (4m of full outage in 28 days), or alert on single "
        "errors without an SLO",
    ),
    "an objective in quotes": (
        "99.95",
        '"99.95"',
        "9:16 SCH205 `slos[0].objective` is '99.95', and must be a number of percent above 0 and be"
        "low 100, such as 99.9 | write 99.95, without quotes",
    ),
    "no alert name": (
        "      name: SeatsBookings\n",
        "",
        "16:5 SCH204 the alerts have no name | add `alerting: {name: ...}`, or disable both alerts",
    ),
    "a plugin that makes rules": (
        "sloth.dev/core/sli_rules/v1",
        "example.org/rules/v1",
        "6:12 RES327 slosmith does not run the code of the plugin 'example.org/rules/v1' | remove it, and write its "
        "rules into a rule file of your own; only Sloth's own plugins are allowed",
    ),
    "a chain without metadata": (
        "  chain:",
        "  overridePrevious: true\n  chain:",
        "5:3 RES327 the chain has no sloth.dev/core/metadata_rules/v1, but other rules read the rules of this plugin"
        " | add `- id: sloth.dev/core/metadata_rules/v1`, or remove `overridePrevious`: a chain may leave out the "
        "alerts only",
    ),
    "a name with a space": (
        "name: bookings",
        "name: all bookings",
        "8:11 SCH206 `slos[0].name` is 'all bookings': it must be a name of two or more letters, digits,"
        " '-', '_' and '.', a letter or digit at both ends | for instance 'all-bookings'",
    ),
    "a label of ours": (
        "category: availability",
        "sloth_id: x",
        "11:26 RES319 the label 'sloth_id' is set by slosmith | choose another name",
    ),
    "equal queries": (
        '{result="failed"}[{{.window}}]',
        "[{{ .window }}]",
        "14:22 SCH216 both queries are the same: every event would be bad",
    ),
    "two kinds of indicator": (
        "      events:",
        "      raw: {error_ratio_query: x}\n      events:",
        "12:5 SCH209 `slos[0].sli` needs exactly one of `events`, `raw`, `plugin` and `latency`",
    ),
    "a later version": (
        "prometheus/v1",
        "prometheus/v2",
        "1:10 SCH206 `version` is 'prometheus/v2', and must be prometheus/v1",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_its_place(case: str, tmp_path: Path) -> None:
    old, new, expected = WRONG[case]
    text = EVERYTHING.replace(old, new, 1)
    assert text != EVERYTHING
    found = [problem for problem in problems_of(tmp_path, {"services/seats.yaml": text}) if "RES326" not in problem]
    assert found == [expected]


def test_alert_windows_are_a_catalogue_for_their_period(tmp_path: Path) -> None:
    windows = """\
        apiVersion: sloth.slok.dev/v1
        kind: AlertWindows
        spec:
          sloPeriod: 30d
          page:
            quick: {errorBudgetPercent: 4, shortWindow: 10m, longWindow: 2h}
            slow: {errorBudgetPercent: 8, shortWindow: 1h, longWindow: 12h}
          ticket:
            quick: {errorBudgetPercent: 12.5, shortWindow: 1h, longWindow: 12h}
            slow: {errorBudgetPercent: 20, shortWindow: 12h, longWindow: 6d}
        """
    files = {"services/seats.yaml": EVERYTHING, "catalogues/calm.yaml": windows}
    slo = slo_of(tmp_path / "fits", files, "seats-bookings")
    assert slo.alerting is not None
    assert slo.alerting.catalogue == "calm"
    assert [(w.name, str(w.budget_share), str(w.long), str(w.short), w.severity) for w in slo.alerting.windows] == [
        ("2h", "0.04", "2h", "10m", "page"),
        ("12h-page-1h", "0.08", "12h", "1h", "page"),
        ("12h-ticket-1h", "0.125", "12h", "1h", "ticket"),
        ("6d", "0.2", "6d", "12h", "ticket"),
    ]
    other = files | {"catalogues/calm.yaml": windows.replace("30d", "7d")}
    slo = slo_of(tmp_path / "other period", other, "seats-bookings")
    assert slo.alerting is not None
    assert slo.alerting.catalogue == "sloth", "windows for another period are not taken"
    settings = "version: slosmith/v1\nkind: Project\nname: x\nscope: site\nalerting: {catalogue: calm}\n"
    found = problems_of(tmp_path / "named", other | {"slosmith.yaml": settings})
    assert found[-1] == (
        "5:23 RES324 the alert catalogue 'calm' is for 7d, not 30d"
        " | `catalogue: default` scales its windows with the period; or set the period"
    )
    swapped = files | {"catalogues/calm.yaml": windows.replace("shortWindow: 10m", "shortWindow: 3h")}
    found = problems_of(tmp_path / "swapped", swapped)
    assert found[0].startswith("6:49 SCH207 the short window (3h) must be shorter than the long one (2h)")


def test_a_project_decides_the_period(tmp_path: Path) -> None:
    settings = "version: slosmith/v1\nkind: Project\nname: x\nscope: site\nperiod: {rolling: 28d}\n"
    slo = slo_of(tmp_path, {"services/seats.yaml": EVERYTHING, "slosmith.yaml": settings}, "seats-bookings")
    assert slo.period.rolling == Duration.parse("4w")


@pytest.mark.parametrize("dialect", [sloth, sloth_kubernetes, sloth_windows])
def test_schemas_are_strict_and_their_examples_hold(dialect: object) -> None:
    schema = dialect.SCHEMA  # type: ignore[attr-defined]
    document = json.loads(schema.text)
    whole = jsonschema_rs.Draft202012Validator(document)
    for name, definition in document["$defs"].items():
        assert definition["description"]
        for example in definition.get("examples", []):
            assert not schema.check(example, name, Origin("service")), (name, example)
        if definition.get("type") == "object" and "propertyNames" not in definition:
            assert definition["additionalProperties"] is False, name
        for field, rule in definition.get("properties", {}).items():
            assert rule.get("description") or "$ref" in rule, (name, field)
    top = document["$ref"].removeprefix("#/$defs/")
    assert whole.is_valid(document["$defs"][top]["examples"][0])
