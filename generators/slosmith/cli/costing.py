"""What `slosmith explain --cost` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slosmith.cli.options import Format
from slosmith.cli.output import print_json, print_table
from slosmith.vocabulary.numbers import amount, approximate_time, plural

if TYPE_CHECKING:
    from slosmith.explanation.cost import Cost, ProjectCost


def print_cost(it: ProjectCost, format: Format) -> None:
    """A row for each SLO, and their sum."""
    if format is Format.JSON:
        print_json(it)
        return
    rows = [(each.id, *_numbers(each.cost)) for each in it.slos]
    if it.shared.series:
        rows.append(("calendars", *_numbers(it.shared)))
    if len(rows) != 1:
        rows.append((f"sum of {plural(len(it.slos), 'SLO')}", *_numbers(it.total)))
    print_table(("rules of", "series", "evaluations/minute", "samples/minute"), rows, right=(1, 2, 3))
    print("\n  series: recorded by the rules; alerts that fire add their own")
    print("  evaluations: of rules")
    print("  samples: read by the evaluations, as Prometheus counts them, with a whole history")
    print(
        f"  raw series: {it.raw_series} for each selector (--series), with a sample every "
        f"{approximate_time(it.scrape_interval_seconds)}; slosmith does not know how many there are"
    )
    if any(each.group_by for each in it.slos):
        print("  SLOs with group_by: one combination of their labels; each other one costs the same again")


def _numbers(cost: Cost) -> tuple[str, str, str]:
    return f"{cost.series:,}", amount(cost.rule_evaluations_per_minute), amount(cost.samples_per_minute)
