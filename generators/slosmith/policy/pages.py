"""Pages of checks, made from the checks themselves; ``python -m slosmith.policy.pages`` writes docs/checks."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from slosmith.policy import catalogue
from slosmith.policy.check import FAMILIES
from slosmith.policy.parameters import Parameter, describe

_PAGE = re.compile(r"[A-Z]{3}[0-9]{3}\.md")

_LOOKS_AT = {
    "slo": "each SLO", "service": "each service", "class": "each class",
    "workspace": "all specs together (not when only some files are validated)",
    "waivers": "each waiver, after all other checks",
}  # fmt: skip


def page(code: str) -> str:
    """The page of a check, Markdown: its properties, its module's docstring, and how to change it."""
    check = catalogue.check(code)
    title, _, body = catalogue.documentation(code).partition("\n")
    parts = [
        f"# {code}: {title.rstrip('.')}",
        f"| | |\n|---|---|\n| Family | {catalogue.family(code)} |\n| Level | {check.level.value} |\n"
        f"| Looks at | {_LOOKS_AT[check.of]} |\n| Can be waived | {'yes' if check.waivable else 'no'} |",
        body.strip(),
        _parameters(code, describe(check.parameters)),
        _settings(code),
    ]
    if check.waivable:
        parts.append(_waiving(code))
    return "\n\n".join(part for part in parts if part) + "\n"


def index() -> str:
    """docs/checks/README.md: every check, by family."""
    parts = [
        "# Policy checks",
        "These pages are made from the checks by `python -m slosmith.policy.pages`.\n"
        "[policy.md](../policy.md) explains checks, levels, waivers and policies of your own.\n"
        "`slosmith checks` prints this list with the levels of the project.",
    ]
    for letters, name in FAMILIES.items():
        codes = [code for code in catalogue.own_codes() if code.startswith(letters)]
        rows = [
            f"| [{code}]({code}.md) | {catalogue.check(code).level.value} | {catalogue.title(code)} |" for code in codes
        ]
        parts.append(f"## {name}\n\n| check | level | what it finds |\n|---|---|---|\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """File name -> text of every page below docs/checks."""
    return {"README.md": index()} | {f"{code}.md": page(code) for code in catalogue.own_codes()}


def _parameters(code: str, parameters: tuple[Parameter, ...]) -> str:
    if not parameters:
        return ""
    rows = [
        f"| `{item.name}` | {item.type_words} | `{item.default_text}` | {item.description} |" for item in parameters
    ]
    first = parameters[0]
    example = f"policy:\n  parameters:\n    {code}: {{{first.name}: {first.default_text}}}"
    table = "| parameter | is | default | meaning |\n|---|---|---|---|\n" + "\n".join(rows)
    return f"## Parameters\n\n{table}\n\n```yaml\n# slosmith.yaml\n{example}\n```"


def _settings(code: str) -> str:
    comment = "# slosmith.yaml: error, warning, notice or off"
    return f"## Level\n\n```yaml\n{comment}\npolicy:\n  levels: {{{code}: warning}}\n```"


def _waiving(code: str) -> str:
    return (
        "## Waiving\n\nWrite this in the spec of the service, or in its class for all services of the class:\n\n"
        "```yaml\nwaivers:\n"
        f"  - code: {code}\n    reason: Why this is acceptable here, and what will end it.\n    owner: ml\n"
        "    expires: 2026-12-31\n```"
    )


def write(folder: Path) -> None:
    """Write every page below ``folder``, and remove the pages (named by codes) of checks that no longer exist."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")
    for file in folder.glob("*.md"):
        if file.name not in wanted and _PAGE.fullmatch(file.name) and not file.is_symlink():
            file.unlink()


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/checks"))
