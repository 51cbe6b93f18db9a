"""With a single file on the command line, only the files that it refers to are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from slosmith import workspace
from slosmith.formats.reading import read_file
from slosmith.policy.judging import judge
from slosmith.problems import Severity
from slosmith.workspace import LoadedWorkspace, load
from tests.cli.project import CHECKOUT, make_project, write

TODAY = date(2026, 3, 1)

SLOTH = """\
version: prometheus/v1
service: tickets
slos:
  - name: sales
    objective: 99
    sli:
      events:
        error_query: sum(rate(sales_total{result="failed"}[{{.window}}]))
        total_query: sum(rate(sales_total[{{.window}}]))
    alerting: {name: TicketSales}
"""
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: availability}
spec:
  service: shop
  indicatorRef: shop-requests
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""
SLI = """\
apiVersion: openslo/v1
kind: SLI
metadata: {name: shop-requests}
spec:
  ratioMetric:
    counter: true
    good: {metricSource: {type: Prometheus, spec: {query: 'x_total{code="200"}'}}}
    total: {metricSource: {type: Prometheus, spec: {query: x_total}}}
"""
BROKEN_SLI = "apiVersion: openslo/v1\nkind: SLI\nmetadata: {name: broken}\nspec: {}\n"

NOT_OURS = {
    "templates/deployment.yaml": "{{- if .Values.enabled }}\nkind: {{ .Values.kind }}\n{{- end }}\n",
    "classes/Main.yaml": "a: [\n",
    "catalogues/products.yaml": "- a\n- b: [\n",
    "policies/no-root.yaml": "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {rules: []}\n",
    "other/values.yaml": "x: {{ y }}\n",
    "other/service.yaml": "version: slosmith/v1\nkind: Service\nname: Not A Name\n",
    "other/tabs.yaml": "a:\n\tb: 1\n",
    "inventory/list.yaml": "&a [*b]\n",
}


def said(loaded: LoadedWorkspace) -> list[str]:
    """Errors and warnings of reading and of policy, by file and code."""
    found = [*loaded.problems, *judge(loaded, TODAY)]
    return [f"{each.file} {each.code}" for each in found if each.severity is Severity.ERROR]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were parsed."""
    paths: list[str] = []

    def reading(root: Path, path: str, sources: object) -> object:
        paths.append(path)
        return read_file(root, path, sources)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace, "read_file", reading)
    return paths


@pytest.mark.parametrize("spec", [SLOTH, OPENSLO + "---\n" + SLI], ids=["sloth", "openslo"])
def test_what_is_not_ours_is_nobodys_business(spec: str, parsed: list[str], tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", spec)
    for path, text in NOT_OURS.items():
        write(tmp_path / path, text)
    for number in range(300):
        write(
            tmp_path / f"manifests/{number}.yaml", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\n"
        )
    loaded = load(tmp_path, [tmp_path / "spec.yaml"])
    assert said(loaded) == []
    assert len(loaded.slos) == 1
    assert parsed == ["spec.yaml"]
    assert loaded.sources.files == ("spec.yaml",)


def test_documents_that_are_referred_to_are_found_where_they_are(parsed: list[str], tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", OPENSLO)
    write(tmp_path / "far/away/slis.yaml", f"{BROKEN_SLI}---\n{SLI}")
    write(tmp_path / "other.yaml", SLI.replace("shop-requests", "other"))
    loaded = load(tmp_path, [tmp_path / "spec.yaml"])
    assert said(loaded) == []
    assert len(loaded.slos) == 1
    assert parsed == ["spec.yaml", "far/away/slis.yaml"]
    assert load(tmp_path).workspace is None  # the folder as a whole is broken


def test_what_is_referred_to_and_broken_is_said(tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", OPENSLO.replace("shop-requests", "broken"))
    write(tmp_path / "slis.yaml", f"{SLI}---\n{BROKEN_SLI}")
    assert said(load(tmp_path, [tmp_path / "spec.yaml"])) == [f"{tmp_path}/slis.yaml SCH209"]


def test_a_file_that_may_hold_it_and_cannot_be_read_is_said(tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", OPENSLO)
    write(tmp_path / "slis.yaml", f"{SLI}  total: [\n")
    assert said(load(tmp_path, [tmp_path / "spec.yaml"])) == [
        f"{tmp_path}/slis.yaml SYN110",
        f"{tmp_path}/spec.yaml RES328",
    ]


def test_the_nearest_name_is_shown_though_its_file_was_not_named(tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", OPENSLO.replace("shop-requests", "shop-request"))
    write(tmp_path / "slis.yaml", f"{SLI}---\n{BROKEN_SLI}")
    (problem,) = load(tmp_path, [tmp_path / "spec.yaml"]).problems
    assert problem.code == "RES328"
    assert problem.hint == "did you mean 'shop-requests'?"


CATALOGUE = """\
version: slosmith/v1
kind: AlertCatalogue
name: {name}
windows:
  - {{name: fast, budget_share: 2%, long: 1h, short: 5m, severity: page}}
"""


def _template(name: str) -> str:
    from slosmith.sli.library import FOLDER

    text = (FOLDER / "coredns.yaml").read_text("utf-8")
    return text.replace("name: coredns", f"name: {name}", 1)


def test_a_service_its_class_its_catalogue_and_its_template(parsed: list[str], tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    text = (specs / "classes/stable.yaml").read_text("utf-8").replace("catalogue: default", "catalogue: ours")
    write(specs / "classes/stable.yaml", text)
    write(specs / "catalogues/ours.yaml", CATALOGUE.format(name="ours"))
    write(specs / "catalogues/wrong.yaml", CATALOGUE.format(name="wrong").replace("1h", "one hour"))
    write(specs / "classes/wrong.yaml", text.replace("name: stable", "name: wrong").replace("98%", "never"))
    write(specs / "templates/our-dns.yaml", _template("our-dns"))
    write(specs / "templates/wrong.yaml", _template("wrong").replace("histogram_latency", "histogram"))
    service = (specs / "services/alpha.yaml").read_text("utf-8")
    service = service.replace("istio-gateway", "our-dns").partition("  with:")[0] + "  with: {job: dns}\n"
    service = service.replace("class: stable", "class: stable\nobjectives: {latency: {threshold: 500ms}}")
    write(specs / "services/alpha.yaml", service)
    write(specs / "services/beta.yaml", "a: [\n")
    loaded = load(specs, [specs / "services/alpha.yaml"])
    assert {problem.code for problem in loaded.problems} == {"RES318"}  # its buckets are of another exporter
    assert loaded.sources.files == (
        "catalogues/ours.yaml",
        "classes/stable.yaml",
        "services/alpha.yaml",
        "templates/our-dns.yaml",
    )
    assert "catalogues/wrong.yaml" not in parsed


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("class: stable", "class: stabel", "did you mean 'stable'?"),
        ("template: istio-gateway", "template: our-dsn", "did you mean 'our-dns'?"),
        ("class: stable", "class: stable\nalerting: {catalogue: our}", "did you mean 'ours'?"),
    ],
)
def test_slips_get_the_nearest_of_what_was_not_read(old: str, new: str, hint: str, tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "catalogues/ours.yaml", CATALOGUE.format(name="ours"))
    write(specs / "templates/our-dns.yaml", _template("our-dns"))
    write(specs / "templates/chart.yaml", NOT_OURS["templates/deployment.yaml"])
    path = specs / "services/alpha.yaml"
    write(path, path.read_text("utf-8").replace(old, new))
    found = load(specs, [path]).problems
    assert hint in {problem.hint for problem in found}


def test_what_a_broken_service_refers_to_is_known(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    path = specs / "services/alpha.yaml"
    write(path, path.read_text("utf-8").replace("team: ml", "teem: ml"))
    assert [problem.code for problem in load(specs, [path]).problems] == ["SCH203"]


def test_a_class_that_is_broken_is_said(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    write(specs / "classes/stable.yaml", "a: [\n")
    assert said(load(specs, [specs / "services/alpha.yaml"])) == [f"{specs}/classes/stable.yaml SYN110"]


def test_sloths_catalogues_are_found_by_their_period(tmp_path: Path) -> None:
    write(tmp_path / "services/tickets.yaml", SLOTH)
    windows = (
        "apiVersion: sloth.slok.dev/v1\nkind: AlertWindows\nspec:\n  sloPeriod: 30d\n  page:\n"
        "    quick: {errorBudgetPercent: 3, shortWindow: 10m, longWindow: 2h}\n"
        "    slow: {errorBudgetPercent: 5, shortWindow: 30m, longWindow: 6h}\n  ticket:\n"
        "    quick: {errorBudgetPercent: 10, shortWindow: 2h, longWindow: 1d}\n"
        "    slow: {errorBudgetPercent: 10, shortWindow: 6h, longWindow: 3d}\n"
    )
    write(tmp_path / "catalogues/month.yaml", windows)
    write(tmp_path / "catalogues/chart.yaml", NOT_OURS["templates/deployment.yaml"])
    whole = [slo.alerting for slo in load(tmp_path, [tmp_path / "services", tmp_path / "catalogues/month.yaml"]).slos]
    alone = [slo.alerting for slo in load(tmp_path, [tmp_path / "services/tickets.yaml"]).slos]
    assert alone == whole
    assert alone[0] is not None
    assert alone[0].catalogue == "month"


@pytest.mark.parametrize("name", ["revertrisk-language-agnostic", "ores-legacy", "tts", "ml-serve-kubernetes"])
def test_one_file_gives_what_it_gives_among_all(name: str) -> None:
    specs = CHECKOUT / "slo_specs"
    alone = load(specs, [specs / f"services/{name}.yaml"])
    assert [problem.code for problem in alone.problems if problem.severity is Severity.ERROR] == []
    assert alone.slos == tuple(slo for slo in _everything().slos if slo.service == name)


def _everything() -> LoadedWorkspace:
    from tests.targets.compiling import lift_wing

    return lift_wing()


def test_a_text_that_stands_in_no_file(tmp_path: Path) -> None:
    specs = make_project(tmp_path)
    service = (specs / "services/alpha.yaml").read_text("utf-8")
    file = load(specs, [specs / "services/alpha.yaml"])
    text = load(specs, [], text=service.encode())
    assert [slo.indicator for slo in text.slos] == [slo.indicator for slo in file.slos]
    assert {slo.origin.file for slo in text.slos} == {"<stdin>"}
    wrong = load(specs, [], text=b"version: slosmith/v1\nkind: Service\nnam: x\n")
    assert {problem.file for problem in wrong.problems} == {"<stdin>"}


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    (problem,) = load(tmp_path, [], text=b"#" * 20_000_000).problems
    assert problem.code.startswith("SYN1")
