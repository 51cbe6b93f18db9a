"""generated/README.md: what each folder is, and from which specs everything was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from slosmith.model import Service, Workspace
from slosmith.output.checksums import Made, sha256
from slosmith.output.tree import header

NAME = "README.md"

PURPOSES: Mapping[str, str] = {
    "alertmanager": "Inhibition and routes for Alertmanager: a page silences its tickets, each team gets its alerts",
    "grafana": "Dashboards, and the provisioning file that puts them into folders",
    "helmfile": "Dashboards and rules as values of a Helm chart that takes raw manifests",
    "mimir": "Rule groups for Mimir, within its limits",
    "mixin": "A jsonnet monitoring mixin: rules, alerts and dashboards, to be imported and overridden",
    "operations_alerts": "Alerts and their unit tests for the alerts repository, a folder a team",
    "prometheus": "Rule files for Prometheus, with their unit tests",
    "prometheus_operator": "PrometheusRule manifests for the Prometheus operator",
    "puppet": "A Puppet module that puts the rule files in place",
    "thanos": "Rule files for a Thanos ruler, with their unit tests",
}
"""Target -> what it is, in one line."""


def readme_text(workspace: Workspace, targets: Sequence[str], made: Sequence[Made], specs: str) -> str:
    """The page. ``targets`` are their names, ``made`` all files with paths below generated/."""
    source = f"{specs}/"
    folders = [
        (f"`{name}/`", PURPOSES[name], str(sum(file.path.startswith(f"{name}/") for file in made)), f"{name}.md")
        for name in targets
    ]
    return "\n".join(
        (
            f"<!-- {header(source)} -->",
            "# What was generated",
            "",
            f"Everything here was made from `{source}` by `make generate`, and is changed in no other way. A folder is",
            "for one consumer; slosmith's page `docs/targets/<folder>.md` tells how to hook it up. Files that are not",
            "slosmith's are left alone.",
            "",
            *_table(("folder", "what it is", "files", "page"), folders, right=(2,)),
            "",
            "## Copies elsewhere",
            "",
            "Each folder has a list of checksums, `SHA256SUMS`, grouped by spec. Whether a copy is what was generated:",
            "",
            "    slosmith verify FOLDER                       # a copy of a whole folder, with its list",
            "    slosmith verify PLACE --sums SHA256SUMS      # a copy among other files",
            "    sha256sum --check --quiet SHA256SUMS         # without slosmith, inside the folder",
            "",
            "## From which specs",
            "",
            "The checksum changes if and only if some file does that was made from this spec alone.",
            "",
            *_table(("spec", "services", "SLOs", "files", "checksum"), _specs(workspace, made, specs), right=(2, 3)),
            "",
        )
    )


def _specs(workspace: Workspace, made: Iterable[Made], specs: str) -> list[tuple[str, ...]]:
    services: dict[str, list[Service]] = {}
    for service in workspace.services:
        services.setdefault(f"{specs}/{service.origin.file}", []).append(service)
    files: dict[str, list[Made]] = {}
    for file in made:
        files.setdefault(file.source, []).append(file)
    rows: list[tuple[str, ...]] = []
    for source in sorted(services.keys() | files.keys()):
        lines = sorted(f"{file.sha256}  {file.path}\n" for file in files.get(source, []))
        of_source = services.get(source, [])
        rows.append(
            (
                f"`{source}`" if of_source else "all of them",
                ", ".join(sorted(service.name for service in of_source)),
                str(sum(len(service.slos) for service in of_source or workspace.services)),
                str(len(lines)),
                f"`{sha256(''.join(lines).encode())}`",
            )
        )
    return rows


def _table(header_cells: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    rule = ["--:" if column in right else "---" for column in range(len(header_cells))]
    return [f"| {' | '.join(cells)} |" for cells in (header_cells, rule, *rows)]
