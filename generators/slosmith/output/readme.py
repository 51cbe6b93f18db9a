"""generated/README.md: what each folder is. It lists no file or service, so merge requests do not conflict in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from slosmith.output.target import Configured
from slosmith.vocabulary.characters import visible
from slosmith.vocabulary.provenance import Source, header


def readme_text(targets: Sequence[Configured], source: Source) -> str:
    """The page. It changes with the project's targets only."""
    folders = [(f"`{each.place}`", each.target.PURPOSE, _page(each.target.PAGE)) for each in targets]
    return "\n".join(
        (
            f"<!-- {header(source)} -->",
            "# Generated files",
            "",
            f"{_code(source.command)} writes these files from {_code(visible(source.name))}. "
            "Do not edit them: change the spec.",
            "slosmith does not change files that it did not write. Each folder is for one consumer:",
            "",
            *_table(("folder", "content", "how to use it"), folders),
            "",
            "## Copies elsewhere",
            "",
            "To check that a copy of a folder equals the generated folder:",
            "",
            "    slosmith verify COPY --source FOLDER                    # compare with a folder here",
            "    slosmith checksums FOLDER --output FOLDER/SHA256SUMS    # before you copy: make a list",
            "    slosmith verify COPY                                    # compare a copy with its list",
            "    sha256sum --check --quiet SHA256SUMS                    # inside the copy, without slosmith",
            "",
        )
    )


def _page(page: str) -> str:
    return page if "://" in page else _code(f"slosmith docs {page}")


def _table(header_cells: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---"] * len(header_cells)
    return [f"| {' | '.join(map(_cell, cells))} |" for cells in (header_cells, rule, *rows)]


def _cell(text: str) -> str:
    """Text for one cell of a table, without column separators, and without HTML outside of code."""
    cell = visible(text).replace("|", "\\|")
    return cell if cell.startswith("`") else cell.replace("<", "&lt;")


def _code(text: str) -> str:
    """``text`` as code, in as many back quotes as it needs."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{text}{fence}" if len(fence) == 1 else f"{fence} {text} {fence}"
