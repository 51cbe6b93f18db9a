"""Measures the time to write Sloth's rules for specs in Sloth's format, by slosmith and by another program.

    python bench/against.py [--slos 1000,10000] [--slos-a-file 10] [--runs 5] [--jobs 2]
    python bench/against.py --against "sloth generate -i {input} -o {output}"

`{input}` is a folder of specs, or a single file with --slos-a-file 0. `{output}` is the folder or file for the output
of the other program. The programs run in turn, so other work on the machine affects both equally. The ratio is the
median of the ratios of the pairs.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import Figures, measure

SPEC = """\
version: prometheus/v1
service: service-{file:05}
labels: {{team: team-{team}, tier: "{tier}"}}
slos:
"""

SLO = """\
  - name: requests-{number:05}
    objective: {objective}
    description: Requests of kind {number} are answered.
    labels: {{kind: "{number}"}}
    sli:
      events:
        error_query: sum(rate(requests_total{{job="service-{file:05}",kind="{number}",code=~"5.."}}[{{{{.window}}}}]))
        total_query: sum(rate(requests_total{{job="service-{file:05}",kind="{number}"}}[{{{{.window}}}}]))
    alerting:
      name: RequestsFail{number:05}
      labels: {{category: availability}}
      annotations: {{summary: Requests of kind {number} fail., runbook: "https://docs.example.org/requests/{number}"}}
      page_alert: {{labels: {{severity: page, routing_key: team-{team}}}}}
      ticket_alert: {{labels: {{severity: slack, slack_channel: "#alerts-team-{team}"}}}}
"""

OBJECTIVES = ("99.9", "99.5", "99", "95", "99.95")


def main() -> None:
    """Measures and prints."""
    arguments = _arguments()
    print("| SLOs | files | slosmith: wall s | CPU s | MiB | other: wall s | CPU s | MiB | wall, ratio | CPU, ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for slos in map(int, arguments.slos.split(",")):
        with tempfile.TemporaryDirectory() as scratch:
            _row(Path(scratch), slos, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--slos", default="1000,10000")
    parser.add_argument("--slos-a-file", type=int, default=10, help="0: all in one file")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--against", help="the other side's command, with {input} and {output}")
    return parser.parse_args()


def _row(scratch: Path, slos: int, arguments: argparse.Namespace) -> None:
    specs = scratch / "slo_specs" / "services"
    files = write(specs, slos, arguments.slos_a_file or slos)
    read = specs if files > 1 else next(specs.iterdir())
    command = [sys.executable, "-m", "slosmith", "generate", "--rules", "sloth", "--jobs", str(arguments.jobs)]
    ours: list[Figures] = []
    others: list[Figures] = []
    for number in range(arguments.runs + 1):
        shutil.rmtree(scratch / "generated", ignore_errors=True)
        found = measure(command, scratch)
        if arguments.against:
            output = scratch / "other"
            shutil.rmtree(output, ignore_errors=True)
            output.mkdir()
            place = output if files > 1 else output / "rules.yaml"
            words = (word.format(input=read, output=place) for word in shlex.split(arguments.against))
            other = measure([*words], scratch)
        if number:  # the first run warms the caches
            ours.append(found)
            if arguments.against:
                others.append(other)
    cells = [f"{slos:,}", f"{files:,}", *_cells(ours)]
    if others:
        pairs = list(zip(ours, others, strict=True))
        cells += _cells(others)
        cells += [f"{statistics.median(a.wall / b.wall for a, b in pairs):.2f}"]
        cells += [f"{statistics.median(a.cpu / b.cpu for a, b in pairs):.2f}"]
    print(f"| {' | '.join([*cells, *[''] * (10 - len(cells))])} |", flush=True)


def _cells(figures: list[Figures]) -> list[str]:
    wall, cpu, memory = (statistics.median(getattr(each, key) for each in figures) for key in ("wall", "cpu", "memory"))
    return [f"{wall:.2f}", f"{cpu:.2f}", f"{memory:.0f}"]


def write(folder: Path, slos: int, each: int) -> int:
    """Writes specs with ``slos`` SLOs, ``each`` in every file and service. Returns the number of files."""
    folder.mkdir(parents=True)
    settings = "version: slosmith/v1\nkind: Project\nname: bench\nmax_slos: 1000000\n"
    settings += "targets: {thanos: {tests: false}}\n"
    (folder.parent / "slosmith.yaml").write_text(settings, "utf-8")
    files = -(-slos // each)
    for file in range(files):
        text = SPEC.format(file=file, team=file % 20, tier=file % 3)
        for number in range(file * each, min((file + 1) * each, slos)):
            objective = OBJECTIVES[number % len(OBJECTIVES)]
            text += SLO.format(number=number, file=file, team=file % 20, objective=objective)
        (folder / f"service-{file:05}.yaml").write_text(text, "utf-8")
    return files


if __name__ == "__main__":
    main()
