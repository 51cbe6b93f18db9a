"""Files named on the command line, wherever they are, and the choice of rules."""

from __future__ import annotations

from pathlib import Path

from .project import files, slosmith, write

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
    alerting: {name: TicketSales, annotations: {runbook: "https://wiki.example.org/tickets"}}
"""


def test_a_spec_outside_of_any_project(tmp_path: Path) -> None:
    write(tmp_path / "inbox" / "tickets.yaml", SLOTH)
    write(tmp_path / "inbox" / "broken.yaml", SLOTH.replace("objective", "objectives"))
    good = slosmith(tmp_path, "validate", "inbox/tickets.yaml")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "1 file, 1 service, 1 SLO" in good.stdout
    bad = slosmith(tmp_path, "validate", "inbox/broken.yaml")
    assert bad.returncode == 1
    assert "inbox/broken.yaml:5:5: error SCH203" in bad.stdout
    missing = slosmith(tmp_path, "validate", "inbox/gone.yaml")
    assert missing.returncode == 2
    assert "no such file" in missing.stderr


def test_generate_single_files_into_a_folder_that_is_named(tmp_path: Path) -> None:
    write(tmp_path / "inbox" / "tickets.yaml", SLOTH)
    write(tmp_path / "inbox" / "other.yaml", SLOTH.replace("tickets", "seats"))
    refused = slosmith(tmp_path, "generate", "inbox/tickets.yaml")
    assert refused.returncode == 2
    assert "--output" in refused.stderr
    done = slosmith(tmp_path, "generate", "inbox/tickets.yaml", "--output", "out", "--rules", "sloth")
    assert done.returncode == 0, done.stdout + done.stderr
    rules = {path: text for path, text in files(tmp_path / "out").items() if path.endswith("/tickets.yaml")}
    assert len(rules) == 1
    assert b"name: sloth-slo-alerts-tickets-sales" in next(iter(rules.values()))
    assert not [path for path in files(tmp_path / "out") if "seats" in path]
    weighted = slosmith(tmp_path, "generate", "inbox/tickets.yaml", "--output", "out", "--rules", "weighted")
    assert weighted.returncode == 0, weighted.stdout + weighted.stderr
    assert b"record: slo:sli_bad:rate5m" in (tmp_path / "out" / next(iter(rules))).read_bytes()


def test_the_project_says_which_rules_and_the_option_wins(tmp_path: Path) -> None:
    specs = tmp_path / "slo_specs"
    write(specs / "slosmith.yaml", "version: slosmith/v1\nkind: Project\nname: x\nscope: site\nrules: sloth\n")
    write(specs / "services" / "tickets.yaml", SLOTH)
    path = tmp_path / "generated" / "prometheus" / "tickets.yaml"
    assert slosmith(tmp_path, "generate").returncode == 0
    assert "sloth-slo-alerts-tickets-sales" in path.read_text()
    assert slosmith(tmp_path, "generate", "--check", "--rules", "weighted").returncode == 1
    assert slosmith(tmp_path, "generate", "--rules", "weighted").returncode == 0
    assert "slosmith-tickets-sales" in path.read_text()
