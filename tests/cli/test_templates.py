"""`slosmith templates`: the list, a page, a template of the project, a name that does not exist."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from slosmith.sli.library import FOLDER
from tests.cli.project import slosmith


def templates(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return slosmith(cwd, "templates", *arguments)


def test_every_template_is_listed(tmp_path: Path) -> None:
    done = templates(cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    listed = {line.split()[0] for line in done.stdout.splitlines()[1:]}
    assert listed == {path.stem for path in FOLDER.glob("*.yaml")}
    data = json.loads(templates("--format", "json", cwd=tmp_path).stdout)
    assert {template["name"] for template in data} == listed


def test_a_page_documents_parameters_and_promql(tmp_path: Path) -> None:
    page = templates("istio-gateway", cwd=tmp_path).stdout
    assert page.startswith("# istio-gateway")
    assert "`client_errors`" in page
    assert "rate(istio_requests_total{" in page


def test_a_wrong_name_gets_the_nearest(tmp_path: Path) -> None:
    done = templates("istio-gatway", cwd=tmp_path)
    assert done.returncode == 2
    assert "istio-gateway" in done.stderr


def test_a_projects_own_template_is_listed_and_a_broken_one_is_named(tmp_path: Path) -> None:
    own = tmp_path / "slo_specs" / "templates"
    own.mkdir(parents=True)
    text = (FOLDER / "coredns.yaml").read_text("utf-8").replace("name: coredns", "name: our-dns", 1)
    (own / "our-dns.yaml").write_text(text, "utf-8")
    assert "our-dns" in templates(cwd=tmp_path).stdout
    (own / "our-dns.yaml").write_text("name: 3\n", "utf-8")
    done = templates(cwd=tmp_path)
    assert done.returncode == 1
    assert "slo_specs/templates/our-dns.yaml:1:7: error SCH205: `name` is 3, and must be a name" in done.stderr
    assert "Traceback" not in done.stderr
    found = json.loads(templates("--format", "json", cwd=tmp_path).stdout)
    assert {problem["code"] for problem in found["problems"]} == {"SCH204", "SCH205"}
