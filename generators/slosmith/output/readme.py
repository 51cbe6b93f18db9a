"""generated/README.md: what each folder is, and from which specs everything was made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from slosmith.model import Service, Workspace
from slosmith.output.checksums import Made, sha256
from slosmith.output.target import Configured
from slosmith.vocabulary.characters import visible
from slosmith.vocabulary.provenance import Source, header


def readme_text(workspace: Workspace, targets: Sequence[Configured], made: Sequence[Made], source: Source) -> str:
    """The page. ``made`` are all other files, with paths below the output folder."""
    specs = source.name.rstrip("/")
    folders = [
        (f"`{each.name}/`", each.target.PURPOSE, str(_count(made, each.name)), _page(each.target.PAGE))
        for each in targets
    ]
    return "\n".join(
        (
            f"<!-- {header(source)} -->",
            "# What was generated",
            "",
            f"Everything here was made from {_code(visible(source.name))} by {_code(source.command)}, "
            "and is changed in no other way. "
            "A folder is",
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


def _count(made: Sequence[Made], target: str) -> int:
    return sum(file.path.startswith(f"{target}/") for file in made)


def _page(page: str) -> str:
    return page if "://" in page else f"{page.rpartition('/')[2]}.md"


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
                _code(source) if of_source else "all of them",
                ", ".join(sorted(service.name for service in of_source)),
                str(sum(len(service.slos) for service in of_source or workspace.services)),
                str(len(lines)),
                f"`{sha256(''.join(lines).encode())}`",
            )
        )
    return rows


def _table(header_cells: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    rule = ["--:" if column in right else "---" for column in range(len(header_cells))]
    return [f"| {' | '.join(map(_cell, cells))} |" for cells in (header_cells, rule, *rows)]


def _cell(text: str) -> str:
    """Text that stays in its cell, and outside of code is no HTML."""
    cell = visible(text).replace("|", "\\|")
    return cell if cell.startswith("`") else cell.replace("<", "&lt;")


def _code(text: str) -> str:
    """``text`` as code, in as many back quotes as it needs."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{text}{fence}" if len(fence) == 1 else f"{fence} {text} {fence}"
