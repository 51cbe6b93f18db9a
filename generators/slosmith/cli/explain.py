"""`slosmith explain`: what an SLO means, in words and numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from slosmith.cli.apps import command_app
from slosmith.cli.exits import usage_error
from slosmith.cli.loading import load_or_exit
from slosmith.cli.options import Format, FormatOption, SpecsOption, find_specs
from slosmith.cli.output import duration_words, plural, print_json, print_table
from slosmith.explain import Detection, Explanation, PeriodBudget, Tier, Value, explain
from slosmith.model import Origin, Slo
from slosmith.problems.nearest import suggestion
from slosmith.rules.numbers import percent, percent_exact, plain, significant

if TYPE_CHECKING:
    from slosmith.spec import Sources

app = command_app()


@app.command("explain")
def explain_command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="SLO", help="Its id (<service>-<slo>, or <service>/<slo>), or a service for all of its SLOs."
        ),
    ],
    specs: SpecsOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Tell what an SLO promises, in words and numbers.

    What its budget is worth, when its alerts fire, and where each value was written.
    """
    loaded, workspace = load_or_exit(find_specs(specs), format)
    slos = find(name, workspace.slos())
    explanations = [_located(explain(slo), loaded.sources) for slo in slos]
    if format is Format.JSON:
        print_json(explanations)
        return
    for index, explanation in enumerate(explanations):
        if index:
            print("\n")
        _print(explanation)


def find(name: str, slos: tuple[Slo, ...]) -> list[Slo]:
    """The SLO of that id, or all SLOs of that service. Raises typer.Exit (wrong usage), naming the nearest."""
    found = [slo for slo in slos if name in (slo.id, f"{slo.service}/{slo.name}")]
    found = found or [slo for slo in slos if slo.service == name]
    if found:
        return found
    known = {slo.id for slo in slos} | {slo.service for slo in slos}
    hint = suggestion(name, known, "there are")
    raise usage_error(f"there is no SLO '{name}'{f'; {hint}' if hint else ''} (`slosmith list` shows all)")


def _located(explanation: Explanation, sources: Sources) -> Explanation:
    """With the names that files have for the user, and lines."""

    def locate(value: Value) -> Value:
        span = sources.span(Origin("default", value.file, value.path, value.document)) if value.file else None
        return msgspec.structs.replace(value, file=sources.shown(value.file), line=span.line if span else 0)

    return msgspec.structs.replace(explanation, values=tuple(locate(value) for value in explanation.values))


def _print(it: Explanation) -> None:
    print(f"{it.id}\n")
    print(it.objective)
    if it.aspirational_ratio is not None:
        print(f"Aspirational, not guaranteed and never alerted on: {percent_exact(it.aspirational_ratio)}.")
    print(f"\nError budget: {percent_exact(it.error_budget_ratio)} of the events")
    for count, bad in it.bad_events_per.items():
        print(f"  {_number(bad)} of {_number(Decimal(count))}")
    for budget in it.budgets:
        print(f"  {budget.period}: {_budget(budget)}")
    print("\nAlerts" if it.alerts else "\nAlerts: none on burn rates")
    if it.alerts:
        situations = [detection.situation for detection in it.alerts[0].detection]
        header = [
            "tier",
            "severity",
            "over",
            "burn rate",
            "budget spent",
            *(f"at {said}" for said in situations),
            "clears",
        ]
        print_table(header, [_row(tier) for tier in it.alerts])
        print("  over: share of bad events in both windows; at: from the start of such errors until it fires;")
        print("  clears: after the end of a full outage")
        for tier in it.alerts:
            if tier.clamped:
                wanted, got = percent_exact(tier.catalogue_budget_share), percent(tier.budget_share, 3)
                print(
                    f"  {tier.tier}: clamped: {wanted} of the budget takes more errors than max_error_ratio, so {got}"
                )
        print(
            f"  none fires on fewer than {plural(int(it.alerts[0].minimum_bad_events), 'bad event')} in its long window"
        )
    if it.absent_after_seconds is not None:
        print(f"  no data: a ticket after {duration_words(it.absent_after_seconds)}")
    if it.exhaustion:
        print("  budget exhausted: a ticket, for each period")
    print("\nWhere the values come from")
    print_table(("value", "is", "from"), [(value.field, value.value, _origin(value)) for value in it.values])


def _budget(budget: PeriodBudget) -> str:
    minutes = _number(budget.outage_seconds / 60)
    text = f"{duration_words(budget.outage_seconds)} of full outage ({minutes} minutes)"
    if budget.events is not None and budget.bad_events is not None:
        text += f", {_number(budget.bad_events)} of {_number(budget.events)} expected events"
    return text


def _row(tier: Tier) -> tuple[str, ...]:
    severity = tier.severity if tier.severity == tier.severity_label else f"{tier.severity} ({tier.severity_label})"
    share = f"{percent(tier.budget_share, 3)}{' (clamped)' if tier.clamped else ''}"
    worst = tier.detection[0].clears_after_seconds
    return (
        tier.tier,
        severity,
        percent(tier.threshold_ratio),
        f"{plain(significant(tier.burn_rate_factor, 4))}x",
        share,
        *(_fires(detection) for detection in tier.detection),
        duration_words(worst) if worst is not None else "-",
    )


def _fires(detection: Detection) -> str:
    return "never" if detection.fires_after_seconds is None else duration_words(detection.fires_after_seconds)


def _origin(value: Value) -> str:
    place = f"{value.file}:{value.line}" if value.line else value.file
    return f"{value.kind}, {place}" if place else value.kind


def _number(value: Decimal) -> str:
    """With thousands apart, at most two digits behind the point; small ones with three digits that count."""
    rounded = round(value, 2) if value >= 1 or value == 0 else significant(value, 3)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
