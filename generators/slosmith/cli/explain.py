"""`slosmith explain`: what an SLO means, in words and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer

from slosmith import api
from slosmith.cli import completing_specs
from slosmith.cli.apps import command_app
from slosmith.cli.costing import print_cost
from slosmith.cli.exits import usage_error
from slosmith.cli.loading import load_or_exit
from slosmith.cli.options import Format, FormatOption, RulesOption, SpecsOption, find_specs
from slosmith.cli.output import print_json, print_table
from slosmith.explanation.detection import Detection, Tier
from slosmith.explanation.summary import Explanation, PeriodBudget, Value
from slosmith.schemes.first_page import too_late
from slosmith.vocabulary.numbers import (
    amount,
    approximate_time,
    percent,
    percent_exact,
    plain,
    plural,
    significant,
    time_until,
)

app = command_app()


@app.command("explain")
def explain_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="SLO",
            autocompletion=completing_specs.slos,
            help="Its id (<service>-<slo>, or <service>/<slo>), or a service for all of its SLOs. With --cost it may"
            " be left out, for the whole project.",
            show_default=False,
        ),
    ] = None,
    specs: SpecsOption = None,
    rules: RulesOption = None,
    cost: Annotated[
        bool, typer.Option("--cost", help="Series, rule evaluations and samples a minute instead.", show_default=False)
    ] = False,
    series: Annotated[
        int | None,
        typer.Option(
            "--series",
            min=1,
            metavar="N",
            help="With --cost: number of raw series that each selector has.  [default: 1]",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Explain an SLO in words and numbers.

    Shows the objective, what the error budget allows, when the alerts fire, and where each value was written. The
    alerts are those of the project's rules; `--rules` chooses others, such as `--rules sloth`. With `--cost`, shows
    what the rules cost the server that evaluates them.
    """
    if name is None and not cost:
        raise usage_error("name an SLO or a service (`slosmith list` shows all)")
    if series is not None and not cost:
        raise usage_error("--series goes with --cost")
    workspace = load_or_exit(find_specs(specs), format, rules)
    try:
        if cost:
            print_cost(api.cost(workspace, name, raw_series=series or 1), format)
            return
        assert name is not None
        explanations = api.explain(workspace, name)
    except api.UnknownSloError as error:
        raise usage_error(f"{error} (`slosmith list` shows all)") from None
    if format is Format.JSON:
        print_json(explanations)
        return
    for index, explanation in enumerate(explanations):
        if index:
            print("\n")
        _print(explanation)


def _print(it: Explanation) -> None:
    print(f"{it.id}\n")
    print(it.objective)
    if it.aspirational_ratio is not None:
        print(f"Aspirational, not guaranteed and never alerted on: {percent_exact(it.aspirational_ratio)}.")
    unit = "of the events" if it.counts_events else "of the time, if everything fails in it"
    print(f"\nError budget: {percent_exact(it.error_budget_ratio)} {unit}")
    for count, bad in it.bad_events_per.items():
        print(f"  {amount(bad)} of {amount(Decimal(count))}")
    for budget in it.budgets:
        print(f"  {budget.period}: {_budget(budget)}")
    if it.coverage:
        print(f"  coverage, the share of the period that was seen: {', '.join(it.coverage)}")
    if it.combined:
        _print_combined(it)
    elif it.alerts:
        _print_tiers(it)
    else:
        print("\nAlerts: none on burn rates")
    if it.first_page is not None and it.budget_gone_before_page:
        print(f"  budget gone before the page: {too_late(it.first_page)}")
    if it.absent_after_seconds is not None:
        severity = _severity(it.absent_severity, it.absent_severity_label)
        print(f"  no data: a {severity} after {approximate_time(it.absent_after_seconds)}")
    if it.exhaustion:
        print("  budget exhausted: a ticket, for each period")
    if it.alerts:
        _print_typical(it.alerts)
    for index, note in enumerate(it.notes):
        print(f"{'' if index else chr(10)}{note}")
    print("\nWhere the values come from")
    print_table(("value", "is", "from"), [(value.field, value.value, _origin(value)) for value in it.values])


def _budget(budget: PeriodBudget) -> str:
    minutes = amount(budget.outage_seconds / 60)
    text = f"{approximate_time(budget.outage_seconds)} of full outage ({minutes} minutes)"
    if budget.events is not None and budget.bad_events is not None:
        text += f", {amount(budget.bad_events)} of {amount(budget.events)} expected events"
    return text


def _print_tiers(it: Explanation) -> None:
    """Our alerts, one a tier."""
    print("\nAlerts")
    print_table(_header("tier", it.alerts[0]), [_row(tier) for tier in it.alerts])
    _print_columns(it, it.delay if it.counts_events else "")
    for tier in it.alerts:
        if tier.clamped:
            wanted, got = percent_exact(tier.catalogue_budget_share), percent(tier.budget_share, 3)
            print(f"  {tier.tier}: clamped to {got} of the budget: {wanted} needs more errors than max_error_ratio")
    first = it.alerts[0]
    if first.minimum_bad_events:
        fewest = plural(int(first.minimum_bad_events), "bad event")
        grows = "; the more events, the more are needed" if first.minimum_is_adaptive else ""
        print(f"  no alert fires with fewer than {fewest} in its long window{grows}")


def _print_typical(tiers: Sequence[Tier]) -> None:
    """The times with typical traffic, if none is declared: a full outage, and 10 % errors."""
    if not tiers[0].typical:
        return
    print("\nTime to fire by traffic, at 100% and at 10% errors (the spec declares no traffic)")
    rows = [
        (tier.tier, *(" / ".join(_fires(each.detection, said) for said in ("100%", "10%")) for each in tier.typical))
        for tier in tiers
    ]
    print_table(("tier", *(each.traffic for each in tiers[0].typical)), rows)


def _fires(detection: Sequence[Detection], situation: str) -> str:
    return next(time_until(each.fires_after_seconds) for each in detection if each.situation == situation)


def _print_combined(it: Explanation) -> None:
    """Alerts that join pairs of windows: the pairs, and the result for each alert."""
    names = " and ".join(dict.fromkeys(alert.name for alert in it.combined))
    print(f"\nAlerts ({names}): each fires when its first pair of windows fires, and clears when its last pair clears")
    pairs = {tier.tier: tier for tier in it.alerts}
    rows: list[tuple[str, ...]] = []
    for alert in it.combined:
        rows += (_row(pairs[name]) for name in alert.pairs)
        severity = _severity(alert.severity, alert.severity_label)
        rows.append((f"{alert.severity} alert", severity, "", "", "", *_reaction(alert.detection)))
    print_table(_header("pair", it.alerts[0]), rows)
    _print_columns(it, it.delay)
    for tier in it.alerts:
        if tier.threshold_ratio >= 1:
            print(f"  {tier.tier}: never fires: errors would have to be more than 100%")


def _header(first: str, tier: Tier) -> list[str]:
    situations = [f"at {detection.situation}" for detection in tier.detection]
    return [first, "severity", "over", "burn rate", "budget spent", *situations, "clears"]


def _print_columns(it: Explanation, delay: str) -> None:
    """The meaning of the table's columns."""
    print(f"  over: {'share of bad events' if it.counts_events else 'error ratio'} in both windows")
    print("  at: time from the start of such errors until the alert fires")
    print("  clears: time from the end of a full outage until the alert clears")
    interval = approximate_time(it.evaluation_interval_seconds)
    print(f"  times: rounded up to the next evaluation; rules are evaluated every {interval}")
    if delay:
        print(f"  delay: {delay}")


def _severity(severity: str, label: str) -> str:
    return severity if severity == label else f"{severity} ({label})"


def _row(tier: Tier) -> tuple[str, ...]:
    return (
        tier.tier,
        _severity(tier.severity, tier.severity_label),
        percent(tier.threshold_ratio),
        f"{plain(significant(tier.burn_rate_factor, 4))}x",
        f"{percent(tier.budget_share, 3)}{' (clamped)' if tier.clamped else ''}",
        *_reaction(tier.detection),
    )


def _reaction(detection: tuple[Detection, ...]) -> tuple[str, ...]:
    """When it fires in each situation, and when it clears after the first, a full outage."""
    clears = detection[0].clears_after_seconds
    return (
        *(time_until(each.fires_after_seconds) for each in detection),
        "-" if clears is None else time_until(clears),
    )


def _origin(value: Value) -> str:
    place = f"{value.file}:{value.line}" if value.line else value.file
    return f"{value.kind}, {place}" if place else value.kind
