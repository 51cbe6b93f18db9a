"""`slosmith list`: all SLOs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slosmith.cli import completing_specs
from slosmith.cli.apps import command_app
from slosmith.cli.exits import usage_error
from slosmith.cli.loading import load_or_exit
from slosmith.cli.options import Format, FormatOption, SpecsOption, find_specs
from slosmith.cli.output import duration_text, print_json, print_table
from slosmith.model import Slo
from slosmith.problems.nearest import suggestion
from slosmith.vocabulary.numbers import percent_exact, plural

if TYPE_CHECKING:
    from slosmith.workspace import LoadedWorkspace

app = command_app()


@app.command("list")
def list_slos(
    specs: SpecsOption = None,
    slo_class: Annotated[
        list[str] | None,
        typer.Option(
            "--class", metavar="NAME", autocompletion=completing_specs.classes, help="Only SLOs of this class."
        ),
    ] = None,
    site: Annotated[
        list[str] | None,
        typer.Option("--site", metavar="NAME", autocompletion=completing_specs.sites, help="Only SLOs at this site."),
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="NAME", autocompletion=completing_specs.teams, help="Only SLOs of this team."),
    ] = None,
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service", metavar="NAME", autocompletion=completing_specs.services, help="Only SLOs of this service."
        ),
    ] = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """List the SLOs, with their objectives. A filter can be repeated, and then accepts any of its values."""
    workspace = load_or_exit(find_specs(specs), format)
    filters = {"slo_class": slo_class, "site": site, "team": team, "service": service}
    for field, wanted in filters.items():
        _check_names(field, wanted, workspace)
    slos = [
        slo
        for slo in workspace.slos
        if all(not wanted or getattr(slo, field) in wanted for field, wanted in filters.items())
    ]
    if format is Format.JSON:
        print_json([_as_json(slo) for slo in slos])
        return
    rows = [_as_row(slo) for slo in slos]
    print_table(("service", "slo", "class", "target", "threshold", "period", "team", "alerts"), rows)
    print(f"\n{plural(len(slos), 'SLO')} of {plural(len({slo.service for slo in slos}), 'service')}")


_OPTIONS = {"slo_class": "class", "site": "site", "team": "team", "service": "service"}


def _check_names(field: str, wanted: list[str] | None, loaded: LoadedWorkspace) -> None:
    """Raises UsageError for an unknown name: an empty list would look like a correct result."""
    known = {name for slo in loaded.slos if (name := getattr(slo, field))}
    if field == "slo_class" and loaded.workspace is not None:
        known |= {slo_class.name for slo_class in loaded.workspace.classes}
    elif field == "site":
        known |= {site.name for site in loaded.project.sites}
    elif field == "service":
        known |= {service.name for service in loaded.services}
    for name in wanted or ():
        if name not in known:
            option = _OPTIONS[field]
            hint = suggestion(name, known, "there are") or f"no SLO has a {option}"
            raise usage_error(f"--{option} {name}: there is no {option} '{name}'; {hint}")


def _as_row(slo: Slo) -> tuple[str, ...]:
    period = slo.period.rolling.in_days
    if slo.period.calendar is not None:
        period += f", {slo.period.calendar.name}"
    threshold = "" if slo.objective.threshold is None else str(slo.objective.threshold)
    target = percent_exact(slo.objective.target_ratio)
    alerts = "no" if slo.alerting is None else "yes"
    return (slo.service, slo.name, slo.slo_class or "", target, threshold, period, slo.team, alerts)


def _as_json(slo: Slo) -> dict[str, object]:
    calendar = slo.period.calendar
    return {
        "id": slo.id,
        "service": slo.service,
        "slo": slo.name,
        "indicator": slo.indicator_name,
        "indicator_kind": type(slo.indicator).__struct_config__.tag,
        "site": slo.site,
        "class": slo.slo_class,
        "team": slo.team,
        "target_ratio": slo.objective.target_ratio,
        "aspirational_ratio": slo.objective.aspirational_ratio,
        "threshold": None if slo.objective.threshold is None else str(slo.objective.threshold),
        "threshold_seconds": None if slo.objective.threshold is None else slo.objective.threshold.seconds,
        "period": duration_text(slo.period.rolling),
        "calendar": None if calendar is None else calendar.name,
        "alerts": slo.alerting is not None,
        "group_by": slo.group_by,
        "scope": slo.scope,
        "source": slo.origin.file,
    }
